import type { BillingState, SubscriptionState } from '../history.ts'
import { addDays } from '../rules/date.ts'
import { addSeconds, type Instant } from '../rules/instant.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { instantOf } from '../rules/zone.ts'
import { usagePeriods } from '../timeline.ts'
import { phaseOn } from '../phases.ts'

/** When a period's draft is issued: its end and the grace of the plan it ended on. */
export function closesAt(state: SubscriptionState, period: LabelledPeriod): Instant {
  return addSeconds(instantOf(state.zones, period.to), (planAtEnd(state, period)?.graceHours ?? 0) * 3600)
}

/** The oldest usage period not closed yet, perhaps still running. */
export function firstOpen({ phases, today, closed }: BillingState): LabelledPeriod | undefined {
  return usagePeriods(phases, today).find((period) => !closed.has(period.from))
}

function planAtEnd(state: SubscriptionState, period: LabelledPeriod) {
  return phaseOn(state.phases, addDays(period.to, -1))?.plan ?? state.phases.at(-1)?.plan
}
