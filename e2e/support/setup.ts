import type { TestProject } from 'vitest/node'
import { secretKey, standingClock, startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
    /** The URL of the server on a test clock. */
    standingUrl: string
    secretKey: string
    /** The file with the shared server's output. */
    serverOutput: string
  }
}

/**
 * One server with the demo for all end-to-end tests, run as `npm start` runs it; each test creates the
 * customers it changes. A second one on a test clock near the end of a billing period: on the first days of a
 * month, and in the hour before its invoices are issued, the demo looks different.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, standing] = await Promise.all([startServer(), startServer({ TEST_CLOCK: standingClock })])
  project.provide('serverUrl', server.url)
  project.provide('standingUrl', standing.url)
  project.provide('secretKey', secretKey)
  project.provide('serverOutput', server.outputFile)
  return async () => void (await Promise.all([server.stop(), standing.stop()]))
}
