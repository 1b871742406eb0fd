import type { Database } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import { addMonths, firstOfMonth, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'

/**
 * The months (first dates, in UTC) that are known to be there, per database. One may leave, but only long
 * after the last event of it could arrive.
 */
const known = new WeakMap<Database, Set<LocalDate>>()

/** The month, by its first date, whose part of the table an event of that time is kept in. */
export const monthOf = (time: Instant): LocalDate => firstOfMonth(time.slice(0, 10))

/**
 * Makes the months that events of these times are kept in, where they are missing. Any number of transactions
 * may do so at once.
 */
export async function ensureMonths(tx: BillingTransaction, times: readonly Instant[]): Promise<void> {
  const months = [...new Set(times.map(monthOf))].filter((month) => !known.get(tx.db)?.has(month))
  if (months.length === 0) return
  const missing = await tx.query<{ month: LocalDate }>(
    `select month::date as month
      from unnest($1::text[]) as month
      where to_regclass('usage_events_' || to_char(month::date, 'YYYY_MM')) is null
      order by month`,
    [months],
  )
  if (missing.length === 0) return
  await tx.asOwner(async () => {
    for (const { month } of missing) await tx.query('select add_usage_month($1)', [month])
  })
}

/**
 * Remembers that the months of these times are there, so that nobody has to look. To be called once that has
 * been committed.
 */
export function rememberMonths(db: Database, times: readonly Instant[]): void {
  const months = known.get(db) ?? new Set()
  for (const time of times) months.add(monthOf(time))
  known.set(db, months)
}

/** The first dates of the month that holds an instant and of the `ahead` months after it. */
export function monthsFrom(at: Instant, ahead: number): LocalDate[] {
  return Array.from({ length: ahead + 1 }, (_, index) => addMonths(monthOf(at), index))
}
