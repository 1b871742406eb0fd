import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import type { Meter } from '../../catalogue/meter.ts'
import {
  addDays,
  addMonths,
  daysBetween,
  earlier,
  firstOfMonth,
  isDate,
  later,
  type DateRange,
} from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { zoneOn } from '../../values/zone.ts'
import type { LocalizedText } from '../../values/localized-text.ts'
import { dayOf, valueOf as hashOf } from '../../usage/totals/day.ts'
import { rangeOf } from './detail.ts'
import { withHistory } from './historical.ts'
import { shownEvents } from '../../usage/totals/void.ts'
import { dailyUsage, usedOn, valueOf } from '../../rating/rated-usage.ts'

export const usageWindows = ['hour', 'day', 'month'] as const
export type UsageWindow = (typeof usageWindows)[number]

/** Maximum number of days per request. */
export const maxDaysOf = { hour: 31, day: 366, month: 1_830, whole: 1_830 } as const

/** The usage of one window, in units: an hour of UTC, or a day or month of the customer's dates. */
export interface WindowUsage {
  start: string
  end: string
  used: number
}

/** A customer's usage over a range, in total and by windows. Windows without usage are omitted. */
export interface UsageRange {
  start: string
  end: string
  timezone: string
  asOf: Instant
  meters: {
    meter: string
    name: LocalizedText
    unit: LocalizedText
    decimals: number
    used: number
    windows: WindowUsage[]
  }[]
}

interface RangeInput {
  customerId: string
  start: string
  end: string
  meter?: string
  window?: UsageWindow
}

/**
 * Returns a customer's usage between two local dates (inclusive), in total and optionally by day, month or
 * hour; by the hour for one meter, also between two instants (half-open). Throws customer_not_found,
 * meter_not_found, invalid_range.
 */
export async function getUsageRange(engine: Engine, input: RangeInput): Promise<UsageRange> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      if (input.meter !== undefined && !state.meters.has(input.meter)) {
        throw new BillingError('meter_not_found', {
          pointer: '?meter',
          meter: input.meter,
          message: `there is no meter '${input.meter}'`,
        })
      }
      const read = input.window === 'hour' ? await byHour(tx, state, input) : await byDates(tx, state, input)
      return { ...read, timezone: zoneOn(state.zones, state.today), asOf: tx.at }
    },
    { readOnly: true },
  )
}

async function byDates(
  tx: BillingTransaction,
  state: SubscriptionState,
  { customerId, start, end, meter, window }: RangeInput,
): Promise<Pick<UsageRange, 'start' | 'end' | 'meters'>> {
  for (const [pointer, date] of [
    ['?start', start],
    ['?end', end],
  ] as const) {
    if (!isDate(date) || date < '0001-01-01' || date > '9998-12-31')
      throw new BillingError('invalid_range', { pointer, message: `'${date}' is not a date (YYYY-MM-DD)` })
  }
  const range = { from: start, to: addDays(end, 1) }
  assertWithin(daysBetween(range.from, range.to), maxDaysOf[window ?? 'whole'], { start, end })
  const usage = (await withHistory(tx, state, range, await dailyUsage(tx, customerId, range, meter), meter))
    .days
  const meters = [...new Set(usage.map((day) => day.meter))].sort().map((key) => {
    const own = usage.filter((day) => day.meter === key)
    const of = state.meters.get(key)!
    const used = (dates: DateRange) => unitsFrom(usedOn(own, of, dates), of.decimals)
    const seen = new Set(own.map((day) => (window === 'month' ? firstOfMonth(day.date) : day.date)))
    const windows =
      window === undefined
        ? []
        : [...seen].sort().map((first) => {
            const next = window === 'month' ? addMonths(first, 1) : addDays(first, 1)
            const dates = { from: later(first, range.from), to: earlier(next, range.to) }
            return { start: dates.from, end: dates.to, used: used(dates) }
          })
    return { ...shownAs(of), used: used(range), windows }
  })
  return { start, end, meters }
}

async function byHour(
  tx: BillingTransaction,
  state: SubscriptionState,
  { customerId, start, end, meter }: RangeInput,
): Promise<Pick<UsageRange, 'start' | 'end' | 'meters'>> {
  if (meter === undefined)
    throw new BillingError('validation_failed', {
      pointer: '?meter',
      message: 'usage by the hour is read of one meter: name it',
    })
  const { from, to } = rangeOf(state, { start, end })
  assertWithin((Date.parse(to) - Date.parse(from)) / 86_400_000, maxDaysOf.hour, { start, end })
  const values = sql`count(distinct ${hashOf(sql`e.properties`, sql`e.unique_by`)})`
  const rows = await tx.query<{ hour: Instant | null; quantity: number; events: number }>(sql`
    select hour, ${dayOf(sql`e`, values)} as quantity, count(*)::bigint as events
    from (
      select e.*, m.aggregation, m.unique_by, date_trunc('hour', e.time, 'UTC') as hour
      from ${shownEvents} e
      join meters m on m.key = e.meter
      where e.customer_id = ${customerId} and e.meter = ${meter} and e.time >= ${from} and e.time < ${to}
    ) e
    group by grouping sets ((e.aggregation, hour), (e.aggregation))
    order by hour nulls last`)
  const of = state.meters.get(meter)!
  const usedIn = (row: { quantity: number; events: number }) => unitsFrom(valueOf(row, of), of.decimals)
  const windows = rows.flatMap(({ hour, ...row }) =>
    hour === null ? [] : [{ start: hour, end: addSeconds(hour, 3_600), used: usedIn(row) }],
  )
  const whole = rows.find(({ hour }) => hour === null)
  return { start, end, meters: whole ? [{ ...shownAs(of), used: usedIn(whole), windows }] : [] }
}

function assertWithin(days: number, most: number, { start, end }: { start: string; end: string }): void {
  if (days <= 0)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `start ${start} is not before the end ${end}`,
    })
  if (days > most)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `at most ${most} days are read at once this way, not ${start} to ${end}`,
    })
}

function shownAs({ key, name, unit, decimals }: Meter) {
  return { meter: key, name, unit, decimals }
}
