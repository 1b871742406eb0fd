import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import { instantOf, nextMidnight } from '../values/zone.ts'
import { latestDays } from '../usage/totals/taken-times.ts'
import { endedSubscriptions, type EndedSubscription } from '../subscription/phase.ts'

/**
 * An ended subscription that waits to be closed: for its last event, or, where usage was taken back after it
 * was closed, for the customer's next midnight.
 */
export interface Unclosed extends EndedSubscription {
  reopenedAt: Instant | null
  closesAt: Instant
}

/** The ended subscriptions of a customer that wait to be closed, the first ended first. */
export function unclosedSubscriptions(state: BillingState): Unclosed[] {
  return endedSubscriptions(state).flatMap((one) => {
    const reopenedAt = state.unclosed.get(one.id)
    if (reopenedAt === undefined) return []
    const closesAt =
      reopenedAt === null ? lastEventAt(state, one.endsOn) : nextMidnight(state.zones, reopenedAt)
    return { ...one, reopenedAt, closesAt }
  })
}

/** From when on no event from before the end of a subscription is accepted any more. */
function lastEventAt(history: SubscriptionState, endsOn: LocalDate): Instant {
  return addSeconds(instantOf(history.zones, endsOn), latestDays * 86_400)
}
