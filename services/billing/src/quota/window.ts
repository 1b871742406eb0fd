import type { SubscriptionState } from '../subscription/state.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import type { Price } from '../pricing/price.ts'
import type { DateRange, LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { instantOf } from '../values/zone.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { carriedFrom, carriesFrom, mayCarry } from '../rating/deficit.ts'
import {
  allowanceOn,
  chargesOf,
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
  resetsAt: Instant
  /** The price on the current plan, which bounds the quantity that can be counted. */
  price: Price | undefined
  /** Dates inside that do not count: the plan had no limit then, or no charge for the meter. */
  gaps: DateRange[]
  /** Where earlier periods may have left a deficit: the part that counts, by the usage from `since` on. */
  carries: { since: LocalDate; deficit(usage: readonly DailyUsage[]): number } | null
}

/**
 * Returns the windows that contain `date`, by meter; undefined where the customer has no subscription on it.
 * A meter outside the plan has none.
 */
export function quotaWindows(
  state: SubscriptionState,
  date: LocalDate,
): Map<string, QuotaWindow> | undefined {
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
          // Without a limit everything counts, for the response only.
          gaps:
            isAdditive(meter) && charge.included !== null ? uncountedDates(phases, period, meter.key) : [],
          carries:
            since !== null && isAdditive(meter) && charge.included !== null ? { since, deficit } : null,
        },
      ]
    }),
  )
}
