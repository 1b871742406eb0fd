import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import { noMeter, type Meter } from '../../catalogue/meter.ts'
import type { DateRange, LocalDate } from '../../values/date.ts'
import { unboundDayOf, valueOf } from './day.ts'
import { endingsFrom, endingsOf, type EndingRow } from './ending.ts'
import { markedDay, tooLarge } from './limits.ts'
import { rebuildDate } from './rebuild.ts'
import { voidOf } from './void.ts'

/**
 * Places the usage of a date again after a subscription was ended at once on it, or started on the date of
 * such an ending: events may have a future time, and a subscription may start hours ago. The result does not
 * depend on which was known first. The caller holds the customer's lock.
 */
export async function replaceUsage(
  tx: BillingTransaction,
  { customer: { customerId }, zones }: SubscriptionState,
  date: LocalDate,
): Promise<void> {
  const customer = sql`${customerId}`
  const endings = endingsFrom(await tx.query<EndingRow>(endingsOf(customer)), zones).filter(
    (ending) => ending.date === date,
  )
  const [first] = endings.map(({ at }) => at).sort()
  if (first === undefined) return
  try {
    await tx.savepoint(async () => {
      const day = sql`${date}::date`
      const moved = await tx.query<{ meter: string; counts: boolean }>(sql`
        with placed as materialized (
          select u.customer_id, u.meter, u.time, u.id,
            case when exists (
              select
              from jsonb_to_recordset(${JSON.stringify(endings)}) as g(at timestamptz, until timestamptz)
              where g.at < u.time and (g.until is null or u.time < g.until)
            ) then 'after_end' end as apart
          from (select key from meters union all select ${noMeter}::text) m
          cross join lateral (
            select *
            from usage_events
            where customer_id = ${customer}
              and meter = m.key
              and local_date = ${day}
              and time > ${first}
              and time < (${day} + 2)::timestamp at time zone 'UTC'
          ) u
          where u.apart is distinct from 'history'
        ),
        moved as (
          update usage_events u
          set apart = p.apart
          from placed p
          where (u.customer_id, u.meter, u.time, u.id) = (p.customer_id, p.meter, p.time, p.id)
            and u.apart is distinct from p.apart
          returning u.id, u.meter, u.apart
        ),
        taken_back as (
          update voided_events v
          set apart = m.apart
          from (select distinct id, apart from moved) m
          where v.customer_id = ${customer} and v.id = m.id
        )
        select meter, bool_or(apart is null) as counts
        from moved
        group by 1`)
      if (moved.length === 0) return
      await rebuildDate(tx, customerId, date)
      const added = moved.flatMap(({ meter, counts }) =>
        counts && meter !== noMeter
          ? [{ customerId, meter, quantity: Number.MAX_SAFE_INTEGER, localDate: date }]
          : [],
      )
      if (await tooLarge(tx, added)) throw new TooLarge()
      await tx.query(sql`
        insert into customers_with_large_days (customer_id)
        select ${customer}
        where exists (
          select
          from usage_daily
          where customer_id = ${customer} and local_date = ${day} and quantity > ${markedDay}
        )
        on conflict do nothing`)
    })
  } catch (error) {
    // Usage that could not be billed exactly stays as it is.
    if (!(error instanceof TooLarge)) throw error
  }
}

class TooLarge extends Error {}

/** One meter's usage on one date, in steps. */
interface DayAfterEnd {
  meter: string
  date: LocalDate
  quantity: number
  events: number
}

/** Usage after immediate endings, by meter and date, and the part of it that was voided. */
export interface UsageAfterEnd {
  kept: DayAfterEnd[]
  voided: DayAfterEnd[]
}

/**
 * Returns the usage of a period after a subscription was ended at once, counted from its events: it is in no
 * sum and is dropped with its month. Reads nothing without an ending in the period.
 */
export async function usageAfterEnd(
  tx: BillingTransaction,
  { customer: { customerId }, phases }: SubscriptionState,
  { from, to }: DateRange,
): Promise<UsageAfterEnd> {
  const dates = [
    ...new Set(
      phases.flatMap(({ endedOn }) => (endedOn && from <= endedOn && endedOn < to ? [endedOn] : [])),
    ),
  ]
  if (dates.length === 0) return { kept: [], voided: [] }
  const values = sql`count(distinct ${valueOf(sql`e.properties`, sql`e.unique_by`)})`
  const rows = await tx.query<DayAfterEnd & { isVoided: boolean; aggregation: Meter['aggregation'] }>(
    // These sums are not bounded, because nobody bills them: they are returned up to what is exact.
    sql`
      select meter, local_date as date, aggregation, voided_at is not null as "isVoided",
        count(*)::bigint as events,
        least(${unboundDayOf(sql`e`, values)}, ${Number.MAX_SAFE_INTEGER})::bigint as quantity
      from (
        select e.*, v.voided_at, m.aggregation, m.unique_by
        from usage_events e
        join meters m on m.key = e.meter ${voidOf(sql`e`)}
        where e.customer_id = ${customerId}
          and e.apart = 'after_end'
          and e.local_date = any(${dates}::date[])
          and e.time >= (${from}::date - 1)::timestamp at time zone 'UTC'
          and e.time < (${to}::date + 1)::timestamp at time zone 'UTC'
      ) e
      group by 1, 2, 3, 4
      order by 2, 1`,
  )
  const days = rows.map(({ isVoided, aggregation, ...day }) => ({
    isVoided,
    day: aggregation === 'unique' ? { ...day, seen: [{ previous: null, values: day.quantity }] } : day,
  }))
  return {
    kept: days.flatMap(({ isVoided, day }) => (isVoided ? [] : [day])),
    voided: days.flatMap(({ isVoided, day }) => (isVoided ? [day] : [])),
  }
}
