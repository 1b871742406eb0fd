import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { localDateOf, type ZoneChange } from '../../values/zone.ts'

/**
 * That a subscription was ended at once: when, on which date of the customer, and when the next one began
 * (null: none did).
 */
export interface Ending {
  at: Instant
  date: LocalDate
  until: Instant | null
}

/** An ending as the database tells it. */
export type EndingRow = Omit<Ending, 'date'>

// JSON would hold instants with other digits.
const instant = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** The endings at once of a customer, as a select. */
export const endingsOf = (customerId: string) => `select ${instant('u.ended_at')} as at,
    (
      select ${instant('n.started_at')}
      from phases l
      join subscriptions n on (n.customer_id, n.id) = (l.customer_id, l.subscription_id)
      where l.customer_id = u.customer_id
        and l.sequence > (
          select max(o.sequence)
          from phases o
          where (o.customer_id, o.subscription_id) = (u.customer_id, u.id)
        )
      order by l.sequence
      limit 1
    ) as until
  from subscriptions u
  where u.customer_id = ${customerId} and u.ended_at is not null`

/** Endings, each with its date. */
export function endingsFrom(rows: readonly EndingRow[], zones: readonly ZoneChange[]): Ending[] {
  return rows.map((row) => ({ ...row, date: localDateOf(zones, row.at) }))
}

/**
 * Whether usage of a time, on its date, came after a subscription was ended at once on that date, and before
 * another began: then it is nobody's. On later dates there is no subscription, or a new one, which has them
 * whole.
 */
export function isAfterEnd(endings: readonly Ending[], time: Instant, date: LocalDate): boolean {
  return endings.some(
    (ending) => ending.date === date && ending.at < time && (ending.until === null || time < ending.until),
  )
}
