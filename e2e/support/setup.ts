import type { TestProject } from 'vitest/node'
import { secretKey, startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
    secretKey: string
  }
}

/** One server with the demo for all end-to-end tests: each makes the customers it changes for itself. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  project.provide('serverUrl', server.url)
  project.provide('secretKey', secretKey)
  return () => server.stop()
}
