import type { Engine, BillingTransaction } from '../../engine.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import type { Meter } from '../../catalogue/meter.ts'
import {
  addDays,
  datesIn,
  daysBetween,
  earlier,
  intersection,
  isDate,
  later,
  type DateRange,
  type LocalDate,
} from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { sum, type Money } from '../../values/money.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { beginningOfTime, localDateOf, zoneOn } from '../../values/zone.ts'
import type { LocalizedText, Unit } from '../../values/localized-text.ts'
import { periodNamed } from '../../subscription/timeline.ts'
import { dailyFees, periodsIn, type DailyFees } from '../../rating/daily-fees.ts'
import { groupDays, type GroupDays } from '../../usage/totals/dimension.ts'
import { withHistory } from './historical.ts'
import { readUsage } from '../../rating/deficit.ts'
import { levelDates, sinceOf, usedOn, valueOf, type DailyUsage } from '../../rating/rated-usage.ts'
import { phaseOn } from '../../subscription/phase.ts'

/**
 * One meter over the days asked for. `used` is units; `fee` what they add to the fees for usage, before
 * discounts and tax.
 */
export interface DaysOfMeter {
  meter: string
  name: LocalizedText
  unit: Unit
  decimals: number
  groupBy: string[]
  used: number
  events: number
  fee: Money
}

/** One date. `historical`, where there is any: what of its usage is history, which costs nothing. */
export interface DayShown {
  date: LocalDate
  usage: Record<string, number>
  events: Record<string, number>
  fees: Record<string, Money>
  historical?: Record<string, number>
}

/**
 * A customer's usage day by day. `start` and `end` are the first and the last date asked for, `since` the
 * first that can have usage.
 */
export interface UsageDays {
  start: LocalDate
  end: LocalDate
  since: LocalDate
  timezone: string
  currency: string
  asOf: Instant
  meters: DaysOfMeter[]
  days: DayShown[]
  /**
   * Where asked for: what was used by the values of a property. `daily` has a number for each of the days.
   */
  groups?: {
    meter: string
    property: string
    values: { kind: GroupDays['kind']; value: string; used: number; daily: number[] }[]
  }[]
}

export const maxUsageDays = 92

/**
 * A customer's usage of at most 92 days (the current period unless `start` and `end` say otherwise, both in).
 * Days to come are not listed. Throws invalid_range.
 */
export async function getUsageDays(
  engine: Engine,
  input: { customerId: string; start?: string; end?: string; groupBy?: string },
): Promise<UsageDays> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const asked = datesAsked(state, input)
      const range = { from: asked.from, to: earlier(asked.to, addDays(state.today, 1)) }
      const periods = periodsIn(state, range)
      // A day's fee is what it adds to its period's: that is read from its beginning.
      const read = { from: earlier(periods[0]?.from ?? range.from, range.from), to: range.to }
      const known = await readUsage(tx, state, read)
      const { days: usage, historical } = await withHistory(tx, state, read, known.days)
      const fees = dailyFees(state, periods, known)
      const shown = usage.filter((day) => range.from <= day.date)
      const levels = [...known.all.filter((day) => day.date < read.from), ...usage].filter(
        (day) => state.meters.get(day.meter)?.aggregation === 'last' && day.date < range.to,
      )
      const meters = metersIn(state, periods, [...shown, ...levels])
      const standing = levelsOf(state, periods, meters, levels)
      const days = datesIn(range).map((date) =>
        dayOf(date, { usage: shown, historical, fees, meters, standing }),
      )
      return {
        start: asked.from,
        end: addDays(asked.to, -1),
        since: await firstDate(tx, state),
        timezone: zoneOn(state.zones, state.today),
        currency: state.customer.currency,
        asOf: tx.at,
        meters: meters.map((meter) =>
          totalOf(
            meter,
            days,
            standing(meter, addDays(range.to, -1)) ?? units(usedOn(usage, meter, range), meter),
          ),
        ),
        days,
        ...(input.groupBy === undefined ? {} : { groups: await groupsIn(tx, state, range, input.groupBy) }),
      }
    },
    { readOnly: true },
  )
}

/**
 * The dates asked for: the current period where none are, one end alone up to today or up to as many days as
 * are shown.
 */
function datesAsked(state: SubscriptionState, { start, end }: { start?: string; end?: string }): DateRange {
  const current = periodNamed(state, undefined)
  for (const [pointer, date] of [
    ['?start', start],
    ['?end', end],
  ] as const) {
    if (date !== undefined && !(isDate(date) && '0001-01-01' <= date && date < '9999-01-01'))
      throw new BillingError('invalid_range', { pointer, message: `'${date}' is not a date (YYYY-MM-DD)` })
  }
  if (start === undefined && end === undefined) return current
  const to = addDays(end ?? later(state.today, start!), 1)
  // Days before the first date there is are none.
  const from =
    start ?? (to < addDays(beginningOfTime, maxUsageDays) ? beginningOfTime : addDays(to, -maxUsageDays))
  if (from >= to)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `start ${start} is after end ${end}`,
    })
  const days = daysBetween(from, to)
  if (days > maxUsageDays)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `at most ${maxUsageDays} days are shown at once, not ${days}`,
    })
  return { from, to }
}

/**
 * The date the customer came, was subscribed from or was first seen using something, whichever is earliest:
 * events may be older than whom they are about.
 */
async function firstDate(tx: BillingTransaction, state: SubscriptionState): Promise<LocalDate> {
  const came = localDateOf(state.zones, state.customer.createdAt)
  const known = state.phases.reduce((first, phase) => earlier(first, phase.from), came)
  // By meter, since the sums are in that order: one look each, however long their history.
  const [used] = await tx.query<{ date: LocalDate | null }>(
    `select min(first.local_date) as date
      from meters m,
        lateral (
          (
            select local_date
            from usage_daily
            where customer_id = $1 and meter = m.key
            order by local_date
            limit 1
          )
          union all (
            select local_date
            from historical_daily
            where customer_id = $1 and meter = m.key
            order by local_date
            limit 1
          )
        ) first`,
    [state.customer.customerId],
  )
  return earlier(known, used?.date ?? known)
}

/**
 * The meters of the plan of today, in its order, then those of the plans of the range and others that were
 * used in it.
 */
function metersIn(
  state: SubscriptionState,
  periods: readonly DateRange[],
  usage: readonly DailyUsage[],
): Meter[] {
  const plans = state.phases
    .filter((phase) =>
      periods.some((period) => intersection({ from: phase.from, to: phase.to ?? period.to }, period)),
    )
    .map((phase) => phase.plan)
  const current = phaseOn(state.phases, state.today)?.plan
  const charged = [...(current ? [current] : []), ...plans].flatMap((plan) =>
    plan.charges.map((charge) => charge.meter),
  )
  return [...new Set([...charged, ...usage.map((day) => day.meter)])].map((key) => state.meters.get(key)!)
}

export type LevelOn = (meter: Meter, date: LocalDate) => number | undefined

/**
 * What a level stands at on a date, by the last report that its period counts; undefined for what is none,
 * and where nothing counts.
 */
export function levelsOf(
  state: SubscriptionState,
  periods: readonly DateRange[],
  meters: readonly Meter[],
  all: readonly DailyUsage[],
): LevelOn {
  const ofMeter = new Map(
    meters
      .filter((meter) => meter.aggregation === 'last')
      .map(({ key }) => [key, all.filter((day) => day.meter === key)]),
  )
  return (meter, date) => {
    const reports = ofMeter.get(meter.key)
    const period = periods.find(({ from, to }) => from <= date && date < to)
    if (!reports || !period) return undefined
    const phase = phaseOn(state.phases, date)
    const since = phase ? sinceOf(state.phases, phase.id) : period.from
    return units(
      usedOn(reports, meter, levelDates(meter, { to: addDays(date, 1) }, { period, since })),
      meter,
    )
  }
}

interface Shown {
  usage: readonly DailyUsage[]
  historical: readonly DailyUsage[]
  fees: DailyFees
  meters: readonly Meter[]
  standing: LevelOn
}

function dayOf(date: LocalDate, { usage, historical, fees, meters, standing }: Shown): DayShown {
  const used = new Map(usage.filter((day) => day.date === date).map((day) => [day.meter, day]))
  const old = new Map(historical.filter((day) => day.date === date).map((day) => [day.meter, day]))
  const byMeter = (valueFor: (meter: Meter, day: DailyUsage | undefined) => number) =>
    Object.fromEntries(meters.map((meter) => [meter.key, valueFor(meter, used.get(meter.key))]))
  return {
    date,
    usage: byMeter((meter, day) => standing(meter, date) ?? (day ? units(valueOf(day, meter), meter) : 0)),
    events: byMeter((_, day) => day?.events ?? 0),
    fees: byMeter((meter) => fees.get(date)?.get(meter.key) ?? 0),
    ...(old.size === 0
      ? {}
      : {
          historical: Object.fromEntries(
            meters
              .filter(({ key }) => old.has(key))
              .map((meter) => [meter.key, units(valueOf(old.get(meter.key)!, meter), meter)]),
          ),
        }),
  }
}

function totalOf(meter: Meter, days: readonly DayShown[], used: number): DaysOfMeter {
  const { key, name, unit, decimals, groupBy = [] } = meter
  return {
    meter: key,
    name,
    unit,
    decimals,
    groupBy,
    used,
    events: days.reduce((total, day) => total + day.events[key]!, 0),
    fee: sum(days.map((day) => day.fees[key]!)),
  }
}

const maxNamedValues = 20

/** So many of a meter's values have a name, the most used; the others are the rest. */
async function groupsIn(
  tx: BillingTransaction,
  state: SubscriptionState,
  range: DateRange,
  property: string,
): Promise<UsageDays['groups']> {
  const meters = [...state.meters.values()].filter((meter) => meter.groupBy?.includes(property))
  if (meters.length === 0)
    throw new BillingError('validation_failed', {
      pointer: '?groupBy',
      message: `no meter is broken down by '${property}'`,
    })
  const rows = await groupDays(tx, state.customer.customerId, range, property)
  return meters.map((meter) => ({
    meter: meter.key,
    property,
    values: valuesOf(
      rows.filter((row) => row.meter === meter.key),
      meter,
      range,
    ),
  }))
}

type Value = NonNullable<UsageDays['groups']>[number]['values'][number]

function valuesOf(rows: readonly GroupDays[], meter: Meter, range: DateRange): Value[] {
  const most = largestValues(rows, meter)
  const days = daysBetween(range.from, range.to)
  const values = new Map<string, { kind: Value['kind']; value: string; steps: number[] }>()
  for (const row of rows) {
    const [kind, value] =
      row.kind === 'value' && !most.has(row.value) ? (['rest', ''] as const) : [row.kind, row.value]
    const key = `${kind} ${value}`
    const one = values.get(key) ?? { kind, value, steps: Array.from({ length: days }, () => 0) }
    one.steps[daysBetween(range.from, row.date)]! += valueOf(row, meter)
    values.set(key, one)
  }
  return [...values.values()]
    .map(({ kind, value, steps }) => ({
      kind,
      value,
      used: units(sum(steps), meter),
      daily: steps.map((day) => units(day, meter)),
    }))
    .sort((a, b) => b.used - a.used)
}

function largestValues(rows: readonly GroupDays[], meter: Meter): Set<string> {
  const totals = new Map<string, number>()
  for (const row of rows)
    if (row.kind === 'value') totals.set(row.value, (totals.get(row.value) ?? 0) + valueOf(row, meter))
  return new Set(
    [...totals]
      .sort(([, a], [, b]) => b - a)
      .slice(0, maxNamedValues)
      .map(([value]) => value),
  )
}

const units = (steps: number, { decimals }: Meter) => unitsFrom(steps, decimals)
