import type { Billing, BillingTransaction } from './billing.ts'
import { blockersOf, planChange } from './change.ts'
import { noteChange } from './change-feed.ts'
import { doWhatIsDue, rememberDue } from './due.ts'
import { BillingError } from './failure.ts'
import { lockCustomer, readHistory } from './history.ts'
import type { Plan } from './plan.ts'
import { honourQuote } from './quote.ts'
import type { LocalDate } from './rules/date.ts'
import { forgetScheduled } from './stretch.ts'
import { subscriptionOf, type Subscription } from './subscription.ts'

/**
 * Moves the customer to a lower plan (or fewer seats) at the end of the fee period; until then nothing changes. It takes the
 * place of what was scheduled before. Throws not_a_downgrade for what is not lower, change_blocked for what the lower plan has
 * no room for.
 */
export async function downgradeSubscription(
  billing: Billing, input: { customerId: string; planId: string; planVersion?: number; seats?: number; quoteId?: string },
): Promise<{ subscription: Subscription }> {
  return billing.transaction(async (tx) => {
    const { customerId } = input
    await lockCustomer(tx, customerId)
    await doWhatIsDue(tx, await readHistory(tx, customerId))
    const history = await readHistory(tx, customerId)
    const change = await planChange(tx, history, input)
    if (change.direction !== 'down') throw new BillingError('not_a_downgrade', { pointer: '/planId', planId: change.to.plan.id, message: `plan '${change.to.plan.id}' with ${change.to.seats} seats is not below the current one` })
    const [blocker] = blockersOf(history, change)
    if (blocker) throw new BillingError('change_blocked', { pointer: '/planId', blocker: blocker.code, message: blocker.detail.en })
    if (input.quoteId !== undefined) await honourQuote(tx, customerId, input.quoteId, change)
    await schedule(tx, customerId, { at: change.feePeriod.to, to: change.to })
    return { subscription: await subscriptionOf(tx, customerId) }
  })
}

/** Undoes a scheduled change. Without one it changes nothing. */
export async function cancelScheduledChange(billing: Billing, input: { customerId: string }): Promise<{ subscription: Subscription }> {
  return billing.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    await doWhatIsDue(tx, await readHistory(tx, input.customerId))
    const { scheduled, stretches } = await readHistory(tx, input.customerId)
    if (scheduled?.stretch && !scheduled.afterTrial) {
      await forgetScheduled(tx, input.customerId)
      await noteChange(tx, { type: 'subscription.changed', customerId: input.customerId, subjectId: stretches.at(-1)!.subscriptionId })
    }
    await rememberDue(tx, await readHistory(tx, input.customerId))
    return { subscription: await subscriptionOf(tx, input.customerId) }
  })
}

/** Writes down what happens at the end of the fee period, in the place of anything before: a change, or without `to` the end. */
export async function schedule(tx: BillingTransaction, customerId: string, change: { at: LocalDate; to?: { plan: Plan; seats: number }; reason?: string }): Promise<void> {
  await forgetScheduled(tx, customerId)
  const { to } = change
  await tx.query(
    'insert into scheduled_changes (customer_id, on_date, stretch_id, plan_id, plan_version, seats, reason, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [customerId, change.at, to ? tx.newId('str') : null, to?.plan.id ?? null, to?.plan.version ?? null, to?.seats ?? null, change.reason ?? null, tx.at],
  )
  const history = await readHistory(tx, customerId)
  await noteChange(tx, { type: 'subscription.changed', customerId, subjectId: history.stretches.at(-1)!.subscriptionId })
  await rememberDue(tx, history)
}
