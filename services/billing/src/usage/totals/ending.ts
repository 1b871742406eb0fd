import { sql, type Sql } from '@customer-portal/database'
import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { localDateOf, type ZoneChange } from '../../values/zone.ts'

/**
 * An immediate ending of a subscription: its instant, its local date, and the start of the next subscription
 * (null: none).
 */
export interface Ending {
  at: Instant
  date: LocalDate
  until: Instant | null
}

/** An ending as the database returns it. */
export type EndingRow = Omit<Ending, 'date'>

// Formatted as text, because JSON would change the digits of instants.
const instant = (column: Sql) => sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** SQL: the immediate endings of a customer. */
export const endingsOf = (customerId: Sql) => sql`
  select ${instant(sql`u.ended_at`)} as at,
    (
      select ${instant(sql`n.started_at`)}
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

/** Returns endings with their local dates. */
export function endingsFrom(rows: readonly EndingRow[], zones: readonly ZoneChange[]): Ending[] {
  return rows.map((row) => ({ ...row, date: localDateOf(zones, row.at) }))
}

/**
 * Returns whether usage came after a subscription was ended at once on its date and before another started:
 * then it belongs to no subscription. Later dates have no subscription, or a new one for the whole date.
 */
export function isAfterEnd(endings: readonly Ending[], time: Instant, date: LocalDate): boolean {
  return endings.some(
    (ending) => ending.date === date && ending.at < time && (ending.until === null || time < ending.until),
  )
}
