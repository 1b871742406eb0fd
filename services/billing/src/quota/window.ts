import type { SubscriptionState } from '../subscription/state.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { isValidOn } from '../customer/grant.ts'
import type { Price } from '../pricing/price.ts'
import { addDays, addMonths, later, type DateRange, type LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { instantOf } from '../values/zone.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { coversFrom, coverUsage, leftOn, type WrittenDraw } from '../rating/coverage.ts'
import { carriedFrom, carriesFrom, coveredFrom, mayCarry } from '../rating/deficit.ts'
import {
  allowanceOn,
  chargesOf,
  coveredOn,
  levelDates,
  uncountedDates,
  usagePhases,
  type DailyUsage,
} from '../rating/rated-usage.ts'
import { currentPhase, phaseOn } from '../subscription/phase.ts'

/**
 * The usage period in which a meter is counted, with its limit on a date. `allowance` is in steps, null when
 * unlimited.
 */
export interface QuotaWindow extends DateRange {
  meter: Meter
  allowance: number | null
  policy: 'bill' | 'block'
  /** Null where only grants allow the usage. */
  resetsAt: Instant | null
  /** The price on the current plan, which bounds the quantity that can be counted. */
  price: Price | undefined
  /** Dates inside that do not count: the plan had no limit then, or no charge for the meter. */
  gaps: DateRange[]
  /** Where earlier periods may have left a deficit: the part that counts, by the usage from `since` on. */
  carries: { since: LocalDate; deficit(usage: readonly DailyUsage[]): number } | null
  /** Where grants may cover usage: what they cover in this period, by the usage from `since` on, and have left. */
  grants: {
    since: LocalDate
    until: LocalDate
    /** The first date of which written draws are needed by date. */
    drawsSince: LocalDate
    count(usage: readonly DailyUsage[], written: readonly WrittenDraw[]): Granted
  } | null
}

/** What grants cover in a period and have left for a date, in steps, with the usage that says so. */
export interface Granted {
  covered: number
  left: number
  usage: DailyUsage[]
}

/** The windows that contain a date, by meter. */
export interface QuotaWindows {
  windows: Map<string, QuotaWindow>
  /** Whether the customer has a subscription on it. */
  subscribed: boolean
}

/**
 * Returns the windows that contain `date`, by meter. A meter outside the plan, or without a subscription, has
 * one only where a grant is valid on that date; none on the date on which a subscription was ended at once,
 * which belongs to it until it is over.
 */
export function quotaWindows(state: SubscriptionState, date: LocalDate): QuotaWindows {
  const planned = plannedWindows(state, date)
  const windows = planned ?? new Map<string, QuotaWindow>()
  const isCut = !planned && phaseOn(state.phases, date) !== undefined
  for (const { meter: key } of state.grants.filter((grant) => !isCut && isValidOn(grant, date)))
    if (!windows.has(key)) windows.set(key, grantedWindow(state, state.meters.get(key)!, date))
  return { windows, subscribed: planned !== undefined }
}

/** Beyond what grants have left, usage without a plan for it blocks. */
function grantedWindow(state: SubscriptionState, meter: Meter, date: LocalDate): QuotaWindow {
  const period = usagePeriods(state.phases, date).findLast((one) => one.from <= date && date < one.to)
  const month = `${date.slice(0, 7)}-01`
  const range = period ?? { from: month, to: addMonths(month, 1) }
  return {
    from: range.from,
    to: range.to,
    meter,
    allowance: 0,
    policy: 'block',
    resetsAt: null,
    price: undefined,
    gaps: [],
    carries: null,
    grants: grantsFor(state, meter, range, date, []),
  }
}

function grantsFor(
  state: SubscriptionState,
  meter: Meter,
  period: DateRange,
  date: LocalDate,
  gaps: readonly DateRange[],
): QuotaWindow['grants'] {
  if (!state.grants.some((grant) => grant.meter === meter.key)) return null
  const from = coversFrom(state)
  // Events may be a few minutes ahead of the date.
  const until = later(period.to, addDays(state.today, 2))
  const phases = usagePhases(state.phases)
  return {
    since: coveredFrom(state, { from, to: until }),
    until,
    drawsSince: from < period.from ? from : period.from,
    count: (days, written) => {
      const { usage, left } = coverUsage(state, days, written, until, (one, known) =>
        carriedFrom(state, phases, one, known),
      )
      const ofGaps = gaps.reduce((sum, gap) => sum + coveredOn(usage, meter.key, gap), 0)
      return {
        covered: coveredOn(usage, meter.key, period) - ofGaps,
        left: leftOn(state.grants, left, meter.key, date),
        usage,
      }
    },
  }
}

function plannedWindows(state: SubscriptionState, date: LocalDate): Map<string, QuotaWindow> | undefined {
  const phase = date === state.today ? currentPhase(state) : phaseOn(state.phases, date)
  if (!phase) return undefined
  const period = usagePeriods(state.phases, date).findLast((one) => one.from <= date && date < one.to)!
  const phases = usagePhases(state.phases)
  const counted = phases.find((one) => one.id === phase.id)!
  const resetsAt = instantOf(state.zones, period.to)
  const open = state.phases.find((one) => one.to === null)?.plan.charges ?? []
  const since = mayCarry(state, period, phases) ? carriesFrom(state, period) : null
  return new Map(
    chargesOf(counted).map((charge): [string, QuotaWindow] => {
      const meter = state.meters.get(charge.meter)!
      const { from } = isAdditive(meter)
        ? period
        : levelDates(meter, period, { period, since: counted.since })
      // Without a limit everything counts, for the response only.
      const gaps =
        isAdditive(meter) && charge.included !== null ? uncountedDates(phases, period, meter.key) : []
      const deficit = (usage: readonly DailyUsage[]) =>
        carriedFrom(state, phases, period, usage).get(meter.key) ?? 0
      return [
        meter.key,
        {
          from,
          to: period.to,
          meter,
          allowance: allowanceOn(phases, period, date, charge, meter),
          policy: charge.overage,
          resetsAt,
          price: open.find((one) => one.meter === meter.key)?.price,
          gaps,
          carries:
            since !== null && isAdditive(meter) && charge.included !== null ? { since, deficit } : null,
          grants: charge.included === null ? null : grantsFor(state, meter, period, date, gaps),
        },
      ]
    }),
  )
}
