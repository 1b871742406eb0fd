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
 * One meter over the requested days. `used` is units; `fee` is the amount they add, before discounts and tax.
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

/** One date. `historical`, if any: the part of its usage that is history, which costs nothing. */
export interface DayShown {
  date: LocalDate
  usage: Record<string, number>
  events: Record<string, number>
  fees: Record<string, Money>
  historical?: Record<string, number>
}

/**
 * A customer's daily usage. `start` and `end` are the requested dates, `since` the first date that can have
 * usage.
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
  /** On request: the usage by values of a property. `daily` has one number per day. */
  groups?: {
    meter: string
    property: string
    values: { kind: GroupDays['kind']; value: string; used: number; daily: number[] }[]
  }[]
}

export const maxUsageDays = 92

/**
 * Returns a customer's usage of at most 92 days, inclusive; by default of the current period. Future days are
 * omitted. Throws invalid_range.
 */
export async function getUsageDays(
  engine: Engine,
  input: { customerId: string; start?: string; end?: string; groupBy?: string },
): Promise<UsageDays> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const requested = datesAsked(state, input)
      const range = { from: requested.from, to: earlier(requested.to, addDays(state.today, 1)) }
      const periods = periodsIn(state, range)
      // A day's fee is what it adds to its period's, so usage is read from the period's start.
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
        start: requested.from,
        end: addDays(requested.to, -1),
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
 * Returns the requested dates: the current period by default; with one end only, up to today or the maximum
 * number of days.
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
  // Days before the first one are omitted.
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
 * Returns the earliest of the dates the customer was created, subscribed or first used something: events may
 * be older than their customer.
 */
async function firstDate(tx: BillingTransaction, state: SubscriptionState): Promise<LocalDate> {
  const came = localDateOf(state.zones, state.customer.createdAt)
  const known = state.phases.reduce((first, phase) => earlier(first, phase.from), came)
  // Per meter, because the sums are in that order: one index look-up each, however long the history.
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
 * Returns the meters of today's plan, in its order, then those of other plans in the range and other used
 * ones.
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
 * Returns the value of a level on a date by the last report in its period; undefined for other meters, and
 * where nothing counts.
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

/** Maximum number of named values per meter, by usage; the others are summed as the rest. */
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
    const group = values.get(key) ?? { kind, value, steps: Array.from({ length: days }, () => 0) }
    group.steps[daysBetween(range.from, row.date)]! += valueOf(row, meter)
    values.set(key, group)
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
