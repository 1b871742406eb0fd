import type { TestProject } from 'vitest/node'
import { secretKey, standingClock, startServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
    /** Of the server whose clock stands. */
    standingUrl: string
    secretKey: string
    /** The file with all that the shared server has written. */
    serverOutput: string
  }
}

/**
 * One server with the demo for all end-to-end tests, run as `npm start` runs it: each makes the customers it
 * changes for itself. And one whose clock stands near the end of a billing period: on the first days of a
 * month, and in the hour before its invoices are issued, the demo has other things to show.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, standing] = await Promise.all([startServer(), startServer({ TEST_CLOCK: standingClock })])
  project.provide('serverUrl', server.url)
  project.provide('standingUrl', standing.url)
  project.provide('secretKey', secretKey)
  project.provide('serverOutput', server.outputFile)
  return async () => void (await Promise.all([server.stop(), standing.stop()]))
}
