import type { Engine } from './engine.ts'
import type { Instant } from './values/instant.ts'

/**
 * Returns the instant of the newest stored fact, or null in an empty database. Scans all events: for the
 * start of a standing clock, not for requests.
 */
export async function newestInstant(engine: Engine): Promise<Instant | null> {
  const [row] = await engine.transaction(
    (tx) =>
      tx.query<{ newest: Instant | null }>(
        `select greatest(
       (select max(greatest(last_at, created_at)) from customers),
       (select max(stored_at) from usage_events), (select max(voided_at) from voided_events),
       (select max(issued_at) from invoices), (select max(closed_at) from documents_of_nothing),
       (select max(created_at) from payments)
     ) as newest`,
      ),
    { readOnly: true, long: true },
  )
  return row!.newest
}
