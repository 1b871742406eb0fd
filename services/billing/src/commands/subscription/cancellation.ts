import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { onCustomer, scheduleNext } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState, type BillingState } from '../../subscription/state.ts'
import { withWaiting } from '../../invoicing/document/charge-line.ts'
import { issue } from '../../invoicing/issue.ts'
import { viewOf, type Invoice } from '../../invoicing/view.ts'
import { alsoIssued, noticesBetween } from './notices.ts'
import { dropWaiting, schedule } from './plan-change.ts'
import { addDays } from '../../values/date.ts'
import { keepWaiting, writePhases } from '../../subscription/write.ts'
import { subscriptionOf, type Changed, type Subscription } from './subscribe.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import { deficitsOfEnding } from './allowances.ts'
import { replaceUsage } from '../../usage/totals/after-end.ts'
import { currentPhase, type Phase } from '../../subscription/phase.ts'
import type { Waiting } from '../../subscription/schedule.ts'
import type { Notice } from '../../values/localized-text.ts'
import { partyOf } from './party.ts'
import { creditsFrom } from '../../invoicing/document/unused-time.ts'

/**
 * Ends the subscription: at the end of the billing period, replacing a scheduled change and undone by
 * resuming, or now: access stops at this instant, today's fee is kept, and usage up to now is invoiced when
 * the date is over. With `credit`, the days after today are credited to the balance (`invoice` returns the
 * document). Throws no_active_subscription.
 */
export async function cancelSubscription(
  engine: Engine,
  input: { customerId: string; when?: 'now' | 'period_end'; reason?: string; credit?: boolean },
): Promise<Changed> {
  const { customerId, reason } = input
  const now = input.when === 'now'
  // Under a standing clock, usage recorded before the ending at the same instant counts as used before it.
  return onCustomer(engine, customerId, { countsUsage: now, force: now }, async (tx, state) => {
    const current = currentOf(state)
    const by = partyOf(tx)
    let after = state
    let [invoice, deficits]: [Invoice | null, Notice[]] = [null, []]
    if (now) ({ invoice, deficits, state: after } = await endNow(tx, state, current, input.credit ?? false))
    else if (!state.waiting.some((request) => request.by === by && isEnd(request))) {
      after = await schedule(
        tx,
        state,
        { by, at: billingPeriodAt(current, state.today).to, change: null },
        reason,
      )
    }
    const { subscription, notices } = await leftBy(tx, state.waiting, after, invoice)
    return { subscription, invoice, notices: [...deficits, ...notices] }
  })
}

/**
 * Undoes a scheduled cancellation; without one it changes nothing. A customer cannot undo the vendor's; the
 * vendor undoes both. Throws no_active_subscription once it has ended.
 */
export async function resumeSubscription(
  engine: Engine,
  input: { customerId: string },
): Promise<{ subscription: Subscription; notices: Notice[] }> {
  return onCustomer(engine, input.customerId, {}, async (tx, state) => {
    currentOf(state)
    const by = partyOf(tx)
    const isUndone = (request: Waiting) => isEnd(request) && (by === 'vendor' || request.by === by)
    const after = await dropWaiting(tx, state, isUndone)
    return leftBy(
      tx,
      state.waiting.filter((request) => !isUndone(request)),
      after,
    )
  })
}

/** Returns the subscription after a command, with notices about earlier requests. */
async function leftBy(
  tx: BillingTransaction,
  waited: readonly Waiting[],
  after: BillingState,
  invoice: Invoice | null = null,
): Promise<{ subscription: Subscription; notices: Notice[] }> {
  await scheduleNext(tx, after)
  return {
    subscription: await subscriptionOf(tx, after),
    notices: [...noticesBetween(waited, after), ...alsoIssued(tx, after.customer.customerId, invoice)],
  }
}

const isEnd = (request: Waiting) => request.change === null

function currentOf(state: BillingState): Phase {
  const current = currentPhase(state)
  if (!current)
    throw new BillingError('no_active_subscription', {
      message: `customer '${state.customer.customerId}' has no active subscription`,
    })
  return current
}

/**
 * Ends access now; the fee of the date is kept, and its usage up to now is billed when the date is over.
 * Later usage belongs to no subscription.
 */
async function endNow(
  tx: BillingTransaction,
  state: BillingState,
  current: Phase,
  credit: boolean,
): Promise<{ invoice: Invoice | null; deficits: Notice[]; state: BillingState }> {
  const {
    customer: { customerId },
    today,
  } = state
  const endsOn = addDays(today, 1)
  const period = usagePeriods(state.phases, today).at(-1)!
  const credits = credit ? await creditsFrom(tx, customerId, state.phases, endsOn) : []
  // Where discounts took the whole fee, nothing is credited.
  const lines = withWaiting(state, credits.some((line) => line.amount !== 0) ? credits : [], current.plan)
  await keepWaiting(tx, customerId, [])
  await writePhases(tx, customerId, { endsOn, next: null, credited: credit })
  await tx.query('update subscriptions set ended_at = $3 where customer_id = $1 and id = $2', [
    customerId,
    current.subscriptionId,
    tx.at,
  ])
  await recordActivity(tx, { type: 'subscription.changed', customerId, subjectId: current.subscriptionId })
  const ended = await readBillingState(tx, customerId)
  await replaceUsage(tx, ended, today)
  // A subscription has one document for its ending: the subscription's id identifies it.
  const document = await issue(tx, ended, {
    kind: 'change',
    period,
    lines,
    termsDays: current.plan.paymentTermsDays,
    cause: { kind: 'subscription', id: current.subscriptionId },
  })
  return {
    invoice: document && (await viewOf(tx, document)),
    deficits: await deficitsOfEnding(tx, ended, today),
    state: ended,
  }
}
