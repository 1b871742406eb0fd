import type { TestProject } from 'vitest/node'
import { secretKey, startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
    secretKey: string
    /** The file with all that the shared server has written. */
    serverOutput: string
  }
}

/** One server with the demo for all end-to-end tests, run as `npm start` runs it: each makes the customers it changes for itself. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  project.provide('serverUrl', server.url)
  project.provide('secretKey', secretKey)
  project.provide('serverOutput', server.outputFile)
  return () => server.stop()
}
