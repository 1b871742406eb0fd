import { fileURLToPath } from 'node:url'

export { registerWorkbenchApi } from './routes.ts'
export type { WorkbenchApiOptions } from './options.ts'
export { demoAgents, endDemoLogins, seedWorkbenchDemo } from './demo.ts'

/** The demo's FAQ, used when no other is configured. */
export const demoFaqPath = fileURLToPath(new URL('../faq.json', import.meta.url))
