export { registerBillingApi, type BillingApiOptions } from './routes.ts'
export type { TestClock } from './handlers/test-clock.ts'
