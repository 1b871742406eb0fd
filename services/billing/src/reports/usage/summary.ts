import type { Engine, BillingTransaction } from '../../engine.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { isAdditive, type Meter } from '../../catalogue/meter.ts'
import { addDays, earlier, type LocalDate } from '../../values/date.ts'
import { daysUntilUsedUp, straightLine } from './forecast.ts'
import { millisecondsOf, type Instant } from '../../values/instant.ts'
import { sum, type Money } from '../../values/money.ts'
import { shown, type LabelledPeriod, type ShownPeriod } from '../../values/period.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { instantOf, zoneOn } from '../../values/zone.ts'
import { periodNamed, usagePeriods } from '../../subscription/timeline.ts'
import type { LocalizedText, Unit } from '../../values/localized-text.ts'
import { groupUsage, type Group } from '../../usage/totals/dimension.ts'
import { withHistory } from './historical.ts'
import { levelsOf } from './days.ts'
import { isValidOn } from '../../customer/grant.ts'
import { readUsage, type KnownUsage } from '../../rating/deficit.ts'
import { usageAfterEnd } from '../../usage/totals/after-end.ts'
import { coveredOn, usedOn, valueOf, type DailyUsage, type MeterInPeriod } from '../../rating/rated-usage.ts'
import { phaseOn } from '../../subscription/phase.ts'

/**
 * One meter in a period. `included` is the whole allowance, `remaining` what is left; the policy is that of
 * the last phase. Units; null is unlimited.
 */
export interface MeterUsage {
  meter: string
  name: LocalizedText
  unit: Unit
  decimals: number
  aggregation: Meter['aggregation']
  used: number
  /** The part of `used` that is history: shown, but in no other figure. */
  historical: number
  /**
   * Usage after the subscription was ended at once, on that date: charged to nobody and in no other figure.
   */
  afterEnd: number
  included: number | null
  /** What grants add: what they cover in the period, and what they have left today. */
  granted: number
  /** The deficit of earlier periods, which counts as used here. */
  deficit: number
  remaining: number | null
  overage: number
  overageAmount: Money
  overagePolicy: 'bill' | 'block' | null
  forecast: number | null
  runsOutAt: LocalDate | null
}

export interface UsageSummary {
  period: ShownPeriod
  periods: ShownPeriod[]
  timezone: string
  currency: string
  asOf: Instant
  meters: MeterUsage[]
  daily: { date: LocalDate; usage: Record<string, number> }[]
  usage: Record<string, number>
  /** On request: the usage by values of a property, for each meter with that break-down. */
  groups?: {
    meter: string
    property: string
    values: { kind: Group['kind']; value: string; used: number }[]
  }[]
}

const maxPeriods = 24

/**
 * Returns a customer's usage in a period, the current one by default, by day and optionally by the values of
 * a property. Future days are omitted.
 */
export async function getUsageSummary(
  engine: Engine,
  input: { customerId: string; period?: string; groupBy?: string },
): Promise<UsageSummary> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const period = periodNamed(state, input.period)
      const known = await readUsage(tx, state, period)
      const { days: usage, historical } = await withHistory(tx, state, period, known.days)
      const { kept: afterEnd } = await usageAfterEnd(tx, state, period)
      const counted = known.meters(period)
      const ofMeter = (meter: Meter) =>
        meterUsage(
          tx,
          state,
          period,
          meter,
          counted.find((one) => one.meter.key === meter.key),
          { usage, historical, afterEnd, granted: grantedIn(state, period, known, meter) },
        )
      const meters = metersIn(state, period, counted, [...usage, ...afterEnd]).map(ofMeter)
      return {
        period: shown(period),
        periods: usagePeriods(state.phases, state.today).slice(-maxPeriods).reverse().map(shown),
        timezone: zoneOn(state.zones, period.from),
        currency: state.customer.currency,
        asOf: tx.at,
        meters,
        daily: daysOf(
          state,
          period,
          [...known.all.filter((day) => day.date < period.from), ...usage],
          meters.map((meter) => state.meters.get(meter.meter)!),
        ),
        usage: Object.fromEntries(meters.map((meter) => [meter.meter, meter.used])),
        ...(input.groupBy === undefined ? {} : { groups: await groupsIn(tx, state, period, input.groupBy) }),
      }
    },
    { readOnly: true },
  )
}

async function groupsIn(
  tx: BillingTransaction,
  state: SubscriptionState,
  period: LabelledPeriod,
  property: string,
): Promise<UsageSummary['groups']> {
  const meters = [...state.meters.values()].filter((meter) => meter.groupBy?.includes(property))
  if (meters.length === 0)
    throw new BillingError('validation_failed', {
      pointer: '?groupBy',
      message: `no meter is broken down by '${property}'`,
    })
  const usage = await groupUsage(tx, state.customer.customerId, period, property)
  return meters.map((meter) => ({
    meter: meter.key,
    property,
    values: usage
      .filter((one) => one.meter === meter.key)
      .map((one) => ({
        kind: one.kind,
        value: one.value,
        used: unitsFrom(valueOf(one, meter), meter.decimals),
      }))
      .sort((a, b) => b.used - a.used),
  }))
}

/** Returns the meters of the plans in the period, in the plan's order, then other used ones. */
function metersIn(
  state: SubscriptionState,
  period: LabelledPeriod,
  rated: readonly MeterInPeriod[],
  usage: readonly DailyUsage[],
): Meter[] {
  const current = phaseOn(state.phases, state.today)?.plan.charges.map((charge) => charge.meter) ?? []
  const keys = new Set([
    ...current.filter((key) => rated.some((period) => period.meter.key === key)),
    ...rated.map((period) => period.meter.key),
    ...usage.map((day) => day.meter),
    ...state.grants
      .filter((grant) => isRunning(state, period) && isValidOn(grant, state.today))
      .map((grant) => grant.meter),
  ])
  return [...keys].map((key) => state.meters.get(key)!)
}

const isRunning = ({ today }: SubscriptionState, { from, to }: LabelledPeriod) => from <= today && today < to

/** Returns what grants cover in a period, and have left today where it is the current one. */
function grantedIn(
  state: SubscriptionState,
  period: LabelledPeriod,
  known: KnownUsage,
  { key }: Meter,
): { covered: number; left: number } {
  return {
    covered: coveredOn(known.days, key, period),
    left: isRunning(state, period) ? known.grantsLeft(key, state.today) : 0,
  }
}

interface Used {
  granted: { covered: number; left: number }
  usage: readonly DailyUsage[]
  historical: readonly DailyUsage[]
  afterEnd: readonly DailyUsage[]
}

function meterUsage(
  tx: BillingTransaction,
  state: SubscriptionState,
  period: LabelledPeriod,
  meter: Meter,
  counted: MeterInPeriod | undefined,
  { usage, historical, afterEnd, granted }: Used,
): MeterUsage {
  const units = (steps: number) => unitsFrom(steps, meter.decimals)
  const used = usedOn(usage, meter, period)
  const allowance = counted?.charge ? counted.allowance : 0
  const lines = counted?.lines ?? []
  return {
    meter: meter.key,
    name: meter.name,
    unit: meter.unit,
    decimals: meter.decimals,
    aggregation: meter.aggregation,
    used: units(used),
    historical: historical.length === 0 ? 0 : units(usedOn(historical, meter, period)),
    afterEnd: units(usedOn(afterEnd, meter, period)),
    included: allowance === null ? null : units(allowance),
    granted: units(granted.covered + granted.left),
    deficit: units(counted?.carried ?? 0),
    remaining: allowance === null ? null : units(leftOf(allowance, counted) + granted.left),
    // For a level the last line has the overage; for additive meters the lines add up.
    overage: units(isAdditive(meter) ? sum(lines.map((line) => line.overage)) : (lines.at(-1)?.overage ?? 0)),
    overageAmount: sum(lines.map((line) => line.rated.amount)),
    overagePolicy: counted?.charge?.overage ?? null,
    ...outlook(tx.at, state, period, meter, counted, used, granted.left),
  }
}

const leftOf = (allowance: number, counted: MeterInPeriod | undefined) =>
  Math.max(0, allowance - (counted ? counted.used - counted.covered + counted.carried : 0))

/**
 * Returns the forecast for the end of the period and the date the allowance runs out, both in a straight
 * line.
 */
export function outlook(
  at: Instant,
  state: SubscriptionState,
  period: LabelledPeriod,
  meter: Meter,
  counted: MeterInPeriod | undefined,
  used: number,
  grantsLeft = 0,
): Pick<MeterUsage, 'forecast' | 'runsOutAt'> {
  const begins = millisecondsOf(instantOf(state.zones, period.from))
  const ends = millisecondsOf(instantOf(state.zones, period.to))
  const now = millisecondsOf(at)
  const elapsed = now - begins
  // The first hours say little about a month, and levels do not grow in a straight line.
  if (!isAdditive(meter) || now >= ends || elapsed < 86_400_000) return { forecast: null, runsOutAt: null }
  const steps = straightLine(used, elapsed, ends - begins)
  const forecast = steps === null ? null : unitsFrom(steps, meter.decimals)
  if (!counted?.charge || counted.allowance === null || counted.used === 0)
    return { forecast, runsOutAt: null }
  // Grants that expire or begin meanwhile are not foreseen.
  const left = leftOf(counted.allowance, counted) + grantsLeft
  if (left === 0) return { forecast, runsOutAt: null }
  const daysLeft = daysUntilUsedUp(left, counted.used, elapsed)!
  const date = daysLeft > 366 ? period.to : addDays(state.today, daysLeft)
  return { forecast, runsOutAt: date < period.to ? date : null }
}

function daysOf(
  state: SubscriptionState,
  period: LabelledPeriod,
  usage: readonly DailyUsage[],
  meters: readonly Meter[],
): UsageSummary['daily'] {
  // A meter of the last value keeps it on days without a report.
  const standing = levelsOf(state, [period], meters, usage)
  const byDate = new Map<LocalDate, Map<string, number>>()
  for (const day of usage) {
    const meter = state.meters.get(day.meter)!
    byDate.set(
      day.date,
      (byDate.get(day.date) ?? new Map<string, number>()).set(
        meter.key,
        unitsFrom(valueOf(day, meter), meter.decimals),
      ),
    )
  }
  const days: UsageSummary['daily'] = []
  for (let date = period.from; date < earlier(period.to, addDays(state.today, 1)); date = addDays(date, 1)) {
    days.push({
      date,
      usage: Object.fromEntries(
        meters.map((meter) => [meter.key, standing(meter, date) ?? byDate.get(date)?.get(meter.key) ?? 0]),
      ),
    })
  }
  return days
}
