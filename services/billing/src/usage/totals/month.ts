import { sharedBy, type Engine, type BillingTransaction } from '../../engine.ts'
import { addMonths, firstOfMonth, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'

/**
 * Cache of the months (first dates, in UTC) that exist. A month is dropped only long after its
 * last event could arrive.
 */
const knownMonths = () => new Set<LocalDate>()

/** Returns the month (first date) whose partition holds an event of that time. */
export const monthOf = (time: Instant): LocalDate => firstOfMonth(time.slice(0, 10))

/** Creates the partitions of these times where missing. Safe under concurrency. */
export async function ensureMonths(tx: BillingTransaction, times: readonly Instant[]): Promise<void> {
  const known = sharedBy(tx, knownMonths)
  const months = [...new Set(times.map(monthOf))].filter((month) => !known.has(month))
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

/** Caches that the partitions of these times exist. Call it after the commit. */
export function cacheMonths(engine: Engine, times: readonly Instant[]): void {
  const known = sharedBy(engine, knownMonths)
  for (const time of times) known.add(monthOf(time))
}

/** Returns the first dates of the month of an instant and of the next `ahead` months. */
export function monthsFrom(at: Instant, ahead: number): LocalDate[] {
  return Array.from({ length: ahead + 1 }, (_, index) => addMonths(monthOf(at), index))
}
