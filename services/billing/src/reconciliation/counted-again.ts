import type { BillingTransaction } from '../billing.ts'
import type { DateRange, LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import type { DailyUsage } from '../usage/rating.ts'

/** Events of one meter and date that were stored between two moments. `moment` is the place of the last one not after them (from 1; 0: before all). */
interface CountedEvents extends DailyUsage {
  moment: number
  /** Stored at that very moment. */
  at: boolean
}

/** A customer's usage, summed again from the events themselves. */
export interface CountedAgain {
  daily: DailyUsage[]
  /** Usage stored up to a moment, with what was stored at that very moment or without. The moment is one of those given. */
  storedBy(moment: Instant, including: boolean): DailyUsage[]
}

/** Usage by events, and where their months were dropped by the days' sums, which then are all there is. */
export function withDaysBefore(keptFrom: LocalDate | null, events: readonly DailyUsage[], daily: readonly DailyUsage[]): DailyUsage[] {
  if (keptFrom === null) return [...events]
  return [...daily.filter((day) => day.date < keptFrom), ...events.filter((day) => day.date >= keptFrom)]
}

/** Reads every event once, and knows afterwards what was stored by each of `moments`. */
export async function countAgain(tx: BillingTransaction, customerId: string, moments: readonly Instant[], dates?: DateRange): Promise<CountedAgain> {
  const ascending = [...new Set(moments)].sort()
  const counted = await tx.query<CountedEvents>(
    `select meter, local_date as date, width_bucket(stored_at, $2::timestamptz[]) as moment, stored_at = any($2::timestamptz[]) as at,
       sum(quantity)::bigint as quantity, count(*)::bigint as events
     from usage_events where customer_id = $1 and ($3::date is null or (local_date >= $3 and local_date < $4
       and time >= ($3::date - 1)::timestamp at time zone 'UTC' and time < ($4::date + 1)::timestamp at time zone 'UTC')) group by 1, 2, 3, 4 order by 2, 1`,
    // A sentinel, since a list of moments must not be empty.
    [customerId, [...ascending, '9999-12-31T00:00:00Z'], dates?.from ?? null, dates?.to ?? null],
  )
  return {
    daily: joined(counted),
    storedBy(moment, including) {
      const place = ascending.indexOf(moment) + 1
      return joined(counted.filter((one) => one.moment < place || (including && one.moment === place && one.at)))
    },
  }
}

function joined(counted: readonly CountedEvents[]): DailyUsage[] {
  const days = new Map<string, DailyUsage>()
  for (const { meter, date, quantity, events } of counted) {
    const before = days.get(`${date} ${meter}`)
    days.set(`${date} ${meter}`, { meter, date, quantity: (before?.quantity ?? 0) + quantity, events: (before?.events ?? 0) + events })
  }
  return [...days.values()]
}
