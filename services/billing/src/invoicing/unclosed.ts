import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import { instantOf, nextMidnight } from '../values/zone.ts'
import { maxLateDays } from '../usage/totals/taken-times.ts'
import { endedSubscriptions, type EndedSubscription } from '../subscription/phase.ts'

/**
 * An ended subscription whose final invoice is pending: until its last event can arrive or, where usage was
 * voided after the closing, until the customer's next midnight.
 */
export interface Unclosed extends EndedSubscription {
  reopenedAt: Instant | null
  closesAt: Instant
}

/** Returns the ended subscriptions of a customer that are not closed, the earliest ending first. */
export function unclosedSubscriptions(state: BillingState): Unclosed[] {
  return endedSubscriptions(state).flatMap((subscription) => {
    const reopenedAt = state.unclosed.get(subscription.id)
    if (reopenedAt === undefined) return []
    const closesAt =
      reopenedAt === null ? lastEventAt(state, subscription.endsOn) : nextMidnight(state.zones, reopenedAt)
    return { ...subscription, reopenedAt, closesAt }
  })
}

/** Returns the instant from which no event before the end of a subscription is accepted. */
function lastEventAt(history: SubscriptionState, endsOn: LocalDate): Instant {
  return addSeconds(instantOf(history.zones, endsOn), maxLateDays * 86_400)
}
