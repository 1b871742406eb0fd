import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import type { Meter } from '../catalogue/meter.ts'
import type { DateRange, LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { dayOf, latestOf, valueOf } from '../usage/totals/day.ts'
import type { DailyUsage } from '../rating/rated-usage.ts'
import { voidOf } from '../usage/totals/void.ts'

/**
 * Events of one meter and date that were stored between two moments. `moment` is the index of the last moment
 * not after them (from 1; 0: before all).
 */
interface CountedEvents {
  meter: string
  historical: boolean
  aggregation: Meter['aggregation']
  date: LocalDate
  quantity: number
  events: number
  /** Of the latest event, where that matters. */
  last_at: Instant | null
  last_id: string | null
  moment: number
  /** Whether they were stored at exactly that moment. */
  at: boolean
  /** The same index for when they were voided; null where they were not. */
  voidMoment: number | null
  voidAt: boolean | null
}

/** A value of a counted property on a date, and when it was first stored. */
interface CountedValue {
  meter: string
  historical: boolean
  date: LocalDate
  value: string
  storedAt: Instant
  voidedAt: Instant | null
}

/** A customer's usage, aggregated again from the events. */
export interface RecountedUsage {
  daily: DailyUsage[]
  /** Including voided events. */
  withVoided: DailyUsage[]
  /** History, which is in none of the others. */
  historical: DailyUsage[]
  /**
   * Returns the usage stored up to one of the given moments, including or excluding what was stored exactly
   * then.
   */
  storedBy(moment: Instant, including: boolean): DailyUsage[]
}

/** Returns usage by events, and by the sums of days where their months were dropped. */
export function withDaysBefore(
  keptFrom: LocalDate | null,
  events: readonly DailyUsage[],
  daily: readonly DailyUsage[],
): DailyUsage[] {
  if (keptFrom === null) return [...events]
  return [...daily.filter((day) => day.date < keptFrom), ...events.filter((day) => day.date >= keptFrom)]
}

/** Reads every event once; the result knows what was stored by each of `moments`. */
export async function recount(
  tx: BillingTransaction,
  customerId: string,
  moments: readonly Instant[],
  dates?: DateRange,
): Promise<RecountedUsage> {
  const ascending = [...new Set(moments)].sort()
  // Usage after an ending is in no sum and is counted separately (`usage/after-end.ts`).
  const isCounted = sql.and(
    sql`e.customer_id = ${customerId}`,
    sql`e.apart is distinct from 'after_end'`,
    dates && isWithin(dates),
  )
  // A sentinel, because the list of moments must not be empty.
  const places = sql`${[...ascending, '9999-12-31T00:00:00Z']}::timestamptz[]`
  const all = await tx.query<CountedEvents>(sql`
    select meter, aggregation, apart is not null as historical, local_date as date,
      width_bucket(stored_at, ${places}) as moment, stored_at = any(${places}) as at,
      width_bucket(voided_at, ${places}) as "voidMoment", voided_at = any(${places}) as "voidAt",
      ${dayOf(sql`e`, sql`0`)} as quantity, count(*)::bigint as events, ${latestOf(sql`e`)}
    from (
      select e.*, v.voided_at, m.aggregation
      from usage_events e
      join meters m on m.key = e.meter ${voidOf(sql`e`)}
      where ${isCounted}
    ) e
    group by 1, 2, 3, 4, 5, 6, 7, 8
    order by 4, 1`)
  const allValues = !all.some((events) => events.aggregation === 'unique')
    ? []
    : await tx.query<CountedValue>(sql`
        select e.meter, e.apart is not null as historical, e.local_date as date,
          encode(${valueOf(sql`e.properties`, sql`m.unique_by`)}, 'hex') as value,
          min(e.stored_at) as "storedAt", v.voided_at as "voidedAt"
        from usage_events e
        join meters m on m.key = e.meter and m.aggregation = 'unique' ${voidOf(sql`e`)}
        where ${isCounted}
        group by 1, 2, 3, 4, 6
        order by 3`)
  const [counted, values] = [
    all.filter(({ historical }) => !historical),
    allValues.filter(({ historical }) => !historical),
  ]
  return {
    historical: joined(
      all.filter(({ historical, voidMoment }) => historical && voidMoment === null),
      allValues.filter(({ historical, voidedAt }) => historical && voidedAt === null),
    ),
    daily: joined(
      counted.filter((events) => events.voidMoment === null),
      values.filter(({ voidedAt }) => voidedAt === null),
    ),
    withVoided: joined(counted, values),
    storedBy(moment, including) {
      const place = ascending.indexOf(moment) + 1
      const isBy = (one: number, at: boolean) => one < place || (including && one === place && at)
      const isBefore = (instant: Instant) => instant < moment || (including && instant === moment)
      return joined(
        counted.filter(
          (events) =>
            isBy(events.moment, events.at)
            && !(events.voidMoment !== null && isBy(events.voidMoment, events.voidAt!)),
        ),
        values.filter(
          ({ storedAt, voidedAt }) => isBefore(storedAt) && !(voidedAt !== null && isBefore(voidedAt)),
        ),
      )
    },
  }
}

/** SQL: whether the event `e` is of these dates. */
function isWithin(dates: DateRange): Sql {
  const [from, to] = [sql`${dates.from}::date`, sql`${dates.to}::date`]
  return sql`e.local_date >= ${from}
    and e.local_date < ${to}
    and e.time >= (${from} - 1)::timestamp at time zone 'UTC'
    and e.time < (${to} + 1)::timestamp at time zone 'UTC'`
}

function joined(counted: readonly CountedEvents[], values: readonly CountedValue[]): DailyUsage[] {
  const days = new Map<string, CountedEvents>()
  for (const events of counted) {
    const before = days.get(`${events.date} ${events.meter}`)
    days.set(`${events.date} ${events.meter}`, before ? together(before, events) : events)
  }
  const seen = valuesSeen(values)
  return [...days.entries()].map(([key, { meter, aggregation, date, quantity, events }]) => {
    if (aggregation !== 'unique') return { meter, date, quantity, events }
    const groups = seen.get(key) ?? new Map<LocalDate | null, number>()
    const list = [...groups].map(([previous, number]) => ({ previous, values: number }))
    return { meter, date, quantity: list.reduce((total, one) => total + one.values, 0), events, seen: list }
  })
}

function together(a: CountedEvents, b: CountedEvents): CountedEvents {
  const events = a.events + b.events
  switch (a.aggregation) {
    case 'max':
      return { ...a, quantity: Math.max(a.quantity, b.quantity), events }
    case 'last': {
      const isLater =
        b.last_at! > a.last_at!
        || (b.last_at === a.last_at && Buffer.compare(Buffer.from(b.last_id!), Buffer.from(a.last_id!)) > 0)
      return { ...(isLater ? b : a), events }
    }
    default:
      return { ...a, quantity: a.quantity + b.quantity, events }
  }
}

/**
 * Returns per date and meter how many values were last seen on which earlier date. The values are ordered by
 * date.
 */
function valuesSeen(values: readonly CountedValue[]): Map<string, Map<LocalDate | null, number>> {
  const last = new Map<string, LocalDate>()
  const seen = new Map<string, Map<LocalDate | null, number>>()
  for (const { meter, date, value } of values) {
    // The same value twice on a date: one of its events was voided.
    if (last.get(`${meter} ${value}`) === date) continue
    const previous = last.get(`${meter} ${value}`) ?? null
    last.set(`${meter} ${value}`, date)
    const groups = seen.get(`${date} ${meter}`) ?? new Map<LocalDate | null, number>()
    seen.set(`${date} ${meter}`, groups.set(previous, (groups.get(previous) ?? 0) + 1))
  }
  return seen
}
