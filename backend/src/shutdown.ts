import { closePdfWorkers, killPdfWorkers } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import type { Server } from './app.ts'

/** Milliseconds for what is under way, and until the end whatever is still under way. */
const patience = { requests: 7_000, all: 9_500 }

/**
 * On SIGTERM or SIGINT: stops accepting, finishes what is under way, closes the database and ends with 0.
 * After seven seconds readers and PDFs that are not done are given up; ten seconds is the end of it, with 1.
 * A second signal ends at once.
 */
export function drainOnSignal(server: Server, database: Database): void {
  let draining = false
  const drain = async () => {
    if (draining) process.exit(130)
    draining = true
    // A reader who never finishes, or a drawing that never does, must not keep the others from a clean end.
    setTimeout(() => {
      killPdfWorkers()
      server.app.server.closeAllConnections()
    }, patience.requests).unref()
    // What was acknowledged is on the disk: the next start recovers from there.
    setTimeout(() => process.exit(1), patience.all).unref()
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
