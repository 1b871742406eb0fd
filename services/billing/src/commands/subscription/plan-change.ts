import type { Engine, BillingTransaction } from '../../engine.ts'
import {
  beginsGrid,
  blockersOf,
  endedPeriod,
  planChange,
  type ChangeRequest,
  type PlannedChange,
} from './planned-change.ts'
import { recordActivity } from '../../activity/activity.ts'
import { catchUp, onCustomer, markClosed, scheduleNext } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState, stateAfter, type BillingState } from '../../subscription/state.ts'
import type { InvoiceDocument } from '../../invoicing/document/document.ts'
import { issue, type InvoiceDraft } from '../../invoicing/issue.ts'
import { issuedIn } from '../../invoicing/issued.ts'
import { viewOf } from '../../invoicing/view.ts'
import { alsoIssued, noticesBetween, trialNow, waitsUntil } from './notices.ts'
import { honourQuote, promisedChange, withCoupon } from './quote.ts'
import { onCustomerWith, redeemWith } from './with-coupon.ts'
import { insertWaiting, keepWaiting, writePhases } from '../../subscription/write.ts'
import { subscriptionOf, type Changed, type Subscription } from './subscribe.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import { deficitsOfChange } from './allowances.ts'
import { arriveToBill } from '../../customer/customer.ts'
import { keepZoneInPeriods } from '../../subscription/time-zone-change.ts'
import { currentPhase, type Phase } from '../../subscription/phase.ts'
import { leftAfter, nextPhase, type Party, type Waiting } from '../../subscription/schedule.ts'
import type { Notice } from '../../values/localized-text.ts'
import { partyOf } from './party.ts'

/**
 * Moves the customer to a higher plan or more seats now, on one invoice: the unused days of the old plan are
 * credited, the remaining days of the new one charged. A plan of equal rank and price waits for the end of
 * the usage period. With a quote, charges exactly its amount or throws. Asking for the current plan undoes
 * the customer's scheduled change. Throws not_an_upgrade for a lower plan.
 */
export async function upgradeSubscription(
  engine: Engine,
  input: { customerId: string; planId: string; seats?: number } & Confirmed,
): Promise<Changed> {
  return applyChange(engine, input, ({ direction, to, at }) => {
    if (direction === 'down')
      throw new BillingError('not_an_upgrade', {
        pointer: pointerOf(input),
        planId: to.plan.id,
        effectiveAt: at,
        message:
          `plan '${to.plan.id}' with ${to.seats} seats is below the current one: `
          + `as a downgrade it takes effect on ${at}`,
      })
  })
}

/**
 * Moves the customer to a lower plan or fewer seats at the end of the billing period, or to one of equal rank
 * and price at the end of the usage period; until then nothing changes. It replaces the customer's scheduled
 * change; asking for the current plan undoes that. Throws not_a_downgrade for a higher plan, change_blocked
 * where the lower plan has no room.
 */
export async function downgradeSubscription(
  engine: Engine,
  input: { customerId: string; planId: string; planVersion?: number; seats?: number } & Confirmed,
): Promise<{ subscription: Subscription; notices: Notice[] }> {
  const { subscription, notices } = await applyChange(
    engine,
    input,
    ({ direction, when, to }, { waiting }, party) => {
      const undoes = direction === 'same' && waiting.some((request) => request.by === party && request.change)
      if (when !== 'period_end' && !undoes)
        throw new BillingError('not_a_downgrade', {
          pointer: pointerOf(input),
          planId: to.plan.id,
          message:
            `plan '${to.plan.id}' with ${to.seats} seats is not below the current one: `
            + 'as an upgrade it takes effect at once',
        })
    },
  )
  return { subscription, notices: notices.filter((notice) => notice.code !== 'waits_for_period_end') }
}

/**
 * Moves a customer to a plan and seats in any direction: up or level now, down at the end of the billing
 * period, or when the vendor says. `planVersion` picks a version, which is how subscribers follow a changed
 * plan. Throws plan_not_found for an unknown version.
 */
export async function changeSubscription(
  engine: Engine,
  input: ChangeRequest & { customerId: string } & Confirmed,
): Promise<Changed> {
  return applyChange(engine, input, () => {})
}

/** The quote that is confirmed, and the code of the coupon that is redeemed with the change. */
export interface Confirmed {
  quoteId?: string
  coupon?: string
}

/** The field that decides the direction of a change: the seats, where they are given. */
const pointerOf = ({ seats }: ChangeRequest) => (seats === undefined ? '/planId' : '/seats')

type Check = (change: PlannedChange, state: BillingState, party: Party) => void

async function applyChange(
  engine: Engine,
  input: ChangeRequest & { customerId: string } & Confirmed,
  check: Check,
): Promise<Changed> {
  const { customerId, quoteId } = input
  return onCustomerWith(engine, input, async (tx, before, coupon) => {
    const redeemed = coupon && (await redeemWith(tx, before, coupon, input))
    const { state, change } = await changeFrom(tx, before, input)
    const party = partyOf(tx)
    check(change, state, party)
    const [blocker] = blockersOf(state, change, party)
    if (blocker)
      throw new BillingError('change_blocked', {
        pointer: '/planId',
        blocker: blocker.code,
        message: blocker.detail.en,
      })
    if (quoteId !== undefined)
      await honourQuote(
        tx,
        customerId,
        quoteId,
        withCoupon(await promisedChange(tx, state, change), redeemed),
      )
    const deficits = await deficitsOfChange(tx, state, change)
    const { document, state: after } = await makePlannedChange(tx, state, change, party)
    await scheduleNext(tx, after)
    const current = currentPhase(after)
    const trial =
      change.when === 'now' && current && current.trialEnds !== change.from.trialEnds
        ? [trialNow(current.trialEnds)]
        : []
    const waits = change.when === 'period_end' && change.direction === 'level' ? [waitsUntil(change.at)] : []
    return {
      subscription: await subscriptionOf(tx, after),
      invoice: document && (await viewOf(tx, document)),
      notices: [
        ...waits,
        ...trial,
        ...deficits,
        ...noticesBetween(state.waiting, after),
        ...alsoIssued(tx, customerId, document),
      ],
    }
  })
}

/** An immediate change is computed after the draft of the period before is issued. */
export async function changeFrom(
  tx: BillingTransaction,
  before: BillingState,
  input: ChangeRequest,
): Promise<{ state: BillingState; change: PlannedChange }> {
  const change = await planChange(tx, before, input)
  if (change.when !== 'now' || change.direction === 'same') return { state: before, change }
  const { from, to } = change
  const [known, issued] = [before.closed.size, issuedIn(tx).length]
  const state = await catchUp(tx, before, { force: true })
  // Another interval bills the usage of the period it ends.
  const begins = beginsGrid(from, nextPhase(from, { id: '', ...to, from: state.today, scheduled: false }))
  if (begins) await arriveToBill(tx, state.customer.customerId)
  const isAsBefore = !begins && state.closed.size === known && issuedIn(tx).length === issued
  return { state, change: isAsBefore ? change : await planChange(tx, state, input) }
}

/** The result of a command: the document it issued and the state after it. */
export interface Done {
  document: InvoiceDocument | null
  state: BillingState
}

/** Carries out a computed change: now, or by scheduling it. */
export async function makePlannedChange(
  tx: BillingTransaction,
  state: BillingState,
  change: PlannedChange,
  party: Party,
): Promise<Done> {
  if (change.direction === 'same')
    return {
      document: null,
      state: await dropWaiting(tx, state, (request) => request.by === party && request.change !== null),
    }
  if (change.when === 'now') return makeChange(tx, state, change, party)
  // Seats that were not given stay as they are by then: the customer may add seats until that date.
  const seats = party === 'vendor' && !change.seatsAsked ? null : change.to.seats
  const requested: Waiting = {
    by: party,
    at: change.at,
    change: { id: tx.newId('str'), plan: change.to.plan, seats },
  }
  return { document: null, state: await schedule(tx, state, requested) }
}

async function makeChange(
  tx: BillingTransaction,
  state: BillingState,
  change: PlannedChange,
  party: Party,
): Promise<Done> {
  const { from, to } = change
  const {
    customer: { customerId },
    today,
  } = state
  const phase = nextPhase(from, { id: tx.newId('str'), ...to, from: today, scheduled: false })
  const waiting = state.waiting.flatMap((request) =>
    stillWaits(request, { before: from, after: phase }, party),
  )
  if (state.waiting.length > 0) await keepWaiting(tx, customerId, waiting)
  await writePhases(tx, customerId, { endsOn: today, next: phase })
  await recordActivity(tx, { type: 'subscription.changed', customerId, subjectId: from.subscriptionId })
  const moved = stateAfter(state, {
    waiting,
    phases: [...state.phases.map((one) => (one.to === null ? { ...one, to: today } : one)), phase],
  })
  const period = usagePeriods(moved.phases, today).at(-1)!
  const draft: InvoiceDraft = {
    kind: 'change',
    period,
    cause: { kind: 'phase', id: phase.id },
    termsDays: to.plan.paymentTermsDays,
    lines: change.lines.map((line) => (line.phaseId === '' ? { ...line, phaseId: phase.id } : line)),
  }
  const document = await issue(tx, moved, draft)
  if (!beginsGrid(from, phase)) return { document, state: await catchUp(tx, moved) }
  await beginGrid(tx, moved, phase)
  return { document, state: await catchUp(tx, await readBillingState(tx, customerId)) }
}

/**
 * Returns whether a request still waits: a change replaces the plan change that the same party scheduled, and
 * anyone's where it goes to another plan.
 */
function stillWaits(
  request: Waiting,
  { before, after }: { before: Phase; after: Phase },
  party: Party,
): Waiting[] {
  if (
    request.change
    && request.by === 'customer'
    && (party === 'customer' || before.plan.id !== after.plan.id)
  )
    return []
  return leftAfter(request, { before, after }).filter(
    ({ change }) =>
      !change
      || change.plan.id !== after.plan.id
      || change.plan.version !== after.plan.version
      || (change.seats ?? after.seats) !== after.seats,
  )
}

/** After another interval or the end of a trial, bills the usage period that it ended. */
async function beginGrid(tx: BillingTransaction, state: BillingState, phase: Phase): Promise<void> {
  const ended = endedPeriod(state.phases, phase.from)
  if (ended) await markClosed(tx, state, ended)
  await keepZoneInPeriods(tx, state.customer.customerId)
}

/**
 * Undoes the scheduled change of the caller, or of `by`: the vendor may undo the customer's too. Without one
 * it changes nothing.
 */
export async function cancelScheduledChange(
  engine: Engine,
  input: { customerId: string; by?: Party },
): Promise<{ subscription: Subscription; notices: Notice[] }> {
  return onCustomer(engine, input.customerId, {}, async (tx, state) => {
    const party = input.by ?? partyOf(tx)
    const undone = (request: Waiting) => request.by === party && request.change !== null
    const after = await dropWaiting(tx, state, undone)
    await scheduleNext(tx, after)
    const notices = [
      ...noticesBetween(
        state.waiting.filter((request) => !undone(request)),
        after,
      ),
      ...alsoIssued(tx, input.customerId, null),
    ]
    return { subscription: await subscriptionOf(tx, after), notices }
  })
}

/** Drops some of the waiting requests, if there are any. */
export async function dropWaiting(
  tx: BillingTransaction,
  state: BillingState,
  isDropped: (request: Waiting) => boolean,
): Promise<BillingState> {
  const {
    customer: { customerId },
    phases,
  } = state
  if (!state.waiting.some(isDropped)) return state
  const waiting = state.waiting.filter((request) => !isDropped(request))
  await keepWaiting(tx, customerId, waiting)
  await recordActivity(tx, {
    type: 'subscription.changed',
    customerId,
    subjectId: phases.at(-1)!.subscriptionId,
  })
  return stateAfter(state, { waiting })
}

/**
 * Schedules a request, replacing the same party's: a customer has one in all, the vendor a change and an end.
 */
export async function schedule(
  tx: BillingTransaction,
  state: BillingState,
  requested: Waiting,
  reason?: string,
): Promise<BillingState> {
  const {
    customer: { customerId },
    phases,
  } = state
  const isReplaced = (request: Waiting) =>
    request.by === requested.by
    && (requested.by === 'customer' || (request.change === null) === (requested.change === null))
  const kept = state.waiting.filter((request) => !isReplaced(request))
  if (state.waiting.length > 0) await keepWaiting(tx, customerId, kept)
  await insertWaiting(tx, customerId, requested, reason)
  await recordActivity(tx, {
    type: 'subscription.changed',
    customerId,
    subjectId: phases.at(-1)!.subscriptionId,
  })
  return stateAfter(state, { waiting: [...kept, requested].sort(byDateAndParty) })
}

/** The order in which waiting requests are read: by date, then by party. */
const byDateAndParty = (a: Waiting, b: Waiting) =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.by < b.by ? -1 : a.by > b.by ? 1 : 0
