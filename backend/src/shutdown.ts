import { closePdfWorkers } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import type { Server } from './app.ts'

const patience = 10_000

/** On SIGTERM or SIGINT: stops accepting, finishes what is under way, closes the database and ends with 0. A second signal ends at once. */
export function drainOnSignal(server: Server, database: Database): void {
  let draining = false
  const drain = async () => {
    if (draining) process.exit(130)
    draining = true
    // A reader who never finishes must not keep the others from a clean end.
    setTimeout(() => server.app.server.closeAllConnections(), patience).unref()
    await server.close()
    await closePdfWorkers()
    await database.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      drain().catch((error: unknown) => {
        process.stderr.write(`The server could not end in order: ${error instanceof Error ? error.stack : String(error)}\n`)
        process.exit(1)
      })
    })
  }
}
