import { closePdfWorkers, killPdfWorkers } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import type { Server } from './app.ts'

/** Milliseconds for requests in progress, and for the whole shutdown. */
const timeouts = { requests: 7_000, all: 9_500 }

/**
 * On SIGTERM or SIGINT: stops accepting, finishes requests in progress, closes the database and exits with 0.
 * After seven seconds unfinished clients and PDFs are dropped; after ten seconds it exits with 1. A second
 * signal exits at once.
 */
export function drainOnSignal(server: Server, database: Database): void {
  let draining = false
  const drain = async () => {
    if (draining) process.exit(130)
    draining = true
    // A slow client, or a rendering that never ends, must not prevent a clean exit for the others.
    setTimeout(() => {
      killPdfWorkers()
      server.app.server.closeAllConnections()
    }, timeouts.requests).unref()
    // Acknowledged data is on the disk: the next start recovers from there.
    setTimeout(() => process.exit(1), timeouts.all).unref()
    await server.close()
    await closePdfWorkers()
    await database.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      drain().catch((error: unknown) => {
        process.stderr.write(
          `The server could not end in order: ${error instanceof Error ? error.stack : String(error)}\n`,
        )
        process.exit(1)
      })
    })
  }
}
