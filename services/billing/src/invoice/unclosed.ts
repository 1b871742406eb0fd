import type { BillingTransaction } from '../billing.ts'
import type { History } from '../history.ts'
import type { LocalDate } from '../rules/date.ts'
import { addSeconds, type Instant } from '../rules/instant.ts'
import { instantOf, nextMidnight } from '../rules/zone.ts'
import { latestDays } from '../usage/taken-times.ts'
import { endedSubscriptions, type EndedSubscription } from '../phases.ts'

/** An ended subscription that waits to be closed: for its last event, or, where usage was taken back after it was closed, for the customer's next midnight. */
export interface Unclosed extends EndedSubscription {
  reopenedAt: Instant | null
  closesAt: Instant
}

/** The ended subscriptions of a customer that wait to be closed, the first ended first. */
export async function unclosedSubscriptions(tx: BillingTransaction, history: History): Promise<Unclosed[]> {
  const ended = endedSubscriptions(history)
  if (ended.length === 0) return []
  const rows = await tx.query<{ id: string; reopenedAt: Instant | null }>(
    'select id, reopened_at as "reopenedAt" from subscriptions where customer_id = $1 and (closed_at is null or reopened_at >= closed_at)', [history.customer.customerId],
  )
  const unclosed = new Map(rows.map((row) => [row.id, row.reopenedAt]))
  return ended.flatMap((one) => {
    const reopenedAt = unclosed.get(one.id)
    if (reopenedAt === undefined) return []
    return { ...one, reopenedAt, closesAt: reopenedAt === null ? lastEventAt(history, one.endsOn) : nextMidnight(history.zones, reopenedAt) }
  })
}

/** From when on no event from before the end of a subscription is accepted any more. */
function lastEventAt(history: History, endsOn: LocalDate): Instant {
  return addSeconds(instantOf(history.zones, endsOn), latestDays * 86_400)
}
