import type { BillingState, SubscriptionState } from './state.ts'
import { addDays } from '../values/date.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { instantOf } from '../values/zone.ts'
import { usagePeriods } from './timeline.ts'
import { phaseOn } from './phase.ts'

/** Returns when a period's draft is issued: its end plus the grace of the plan it ended on. */
export function closesAt(state: SubscriptionState, period: LabelledPeriod): Instant {
  return addSeconds(instantOf(state.zones, period.to), (planAtEnd(state, period)?.graceHours ?? 0) * 3600)
}

/** Returns the oldest usage period that is not closed; it may still be running. */
export function firstOpen({ phases, today, closed }: BillingState): LabelledPeriod | undefined {
  return usagePeriods(phases, today).find((period) => !closed.has(period.from))
}

function planAtEnd(state: SubscriptionState, period: LabelledPeriod) {
  return phaseOn(state.phases, addDays(period.to, -1))?.plan ?? state.phases.at(-1)?.plan
}
