import type { Engine, BillingTransaction } from '../engine.ts'
import { readBillingState, type BillingState } from '../subscription/state.ts'
import { closesAt, firstOpen } from '../subscription/closing.ts'
import type { Cause, InvoiceDocument } from '../invoicing/document/document.ts'
import { chargesBilledOn } from '../invoicing/charge-billing.ts'
import { issueCharges } from '../invoicing/charge-invoice.ts'
import { issue } from '../invoicing/issue.ts'
import { replacementDraft, periodOf, termsAtEnd } from '../invoicing/reissue.ts'
import { closingLines, renewalLines } from '../invoicing/document/renewal.ts'
import { unclosedSubscriptions } from '../invoicing/unclosed.ts'
import { billsAgainAt, markBilledAgain, waitingToBillAgain } from '../invoicing/voided.ts'
import type { Instant } from '../values/instant.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { instantOf } from '../values/zone.ts'
import { writeBegun } from '../subscription/write.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { writeDeficits } from '../rating/deficit.ts'
import { drawsFinalAt, settleDraws } from './settled-draws.ts'
import { arriveToBill, lockCustomer, tryLockCustomer } from '../customer/customer.ts'

/** More than ten years of months: a loop that runs longer is a bug. */
const maxPeriods = 130

/**
 * Does a customer's due work in order: writes scheduled changes whose date has come, bills again what was
 * voided before today, closes and invoices each usage period whose end and grace have passed, issues the
 * final invoice of ended subscriptions, bills charges that wait without a subscription, and writes down what
 * was drawn on grants. `force` does not wait for the grace: a change within it issues the
 * draft first. Returns the state after it. Idempotent; the caller holds the customer's lock.
 */
export async function catchUp(
  tx: BillingTransaction,
  before: BillingState,
  options: { force?: boolean } = {},
): Promise<BillingState> {
  const state = await writeBegun(tx, before)
  for (const voided of await waitingToBillAgain(tx, state)) {
    if (billsAgainAt(state, voided) > tx.at) continue
    await billAgain(tx, state, voided.document)
  }
  for (let done = 0; done < maxPeriods; done += 1) {
    const period = firstOpen(state)
    if (!period || period.to > state.today || (!options.force && closesAt(state, period) > tx.at)) break
    await closeEnded(tx, state, closesAt(state, period))
    await closePeriod(tx, state, period)
  }
  await closeEnded(tx, state, tx.at)
  await billCharges(tx, state, tx.at)
  await settleDraws(tx, state)
  await scheduleNext(tx, state)
  return state
}

/**
 * Runs a command on one customer in one transaction: locks the customer, does due work, and passes the
 * resulting state to `work`. Throws customer_not_found.
 */
export async function onCustomer<Answer>(
  engine: Engine,
  customerId: string,
  options: { countsUsage?: boolean; force?: boolean },
  work: (tx: BillingTransaction, state: BillingState) => Promise<Answer>,
): Promise<Answer> {
  return engine.transaction(async (tx) => {
    await lockCustomer(tx, customerId, options)
    return work(tx, await catchUp(tx, await readBillingState(tx, customerId), options))
  })
}

/** Bills a void document again, as due now, without waiting for the run; null where nothing of it is due. */
export async function billAgain(
  tx: BillingTransaction,
  state: BillingState,
  voided: InvoiceDocument,
): Promise<InvoiceDocument | null> {
  const document = await replacementOf(tx, state, voided)
  await markBilledAgain(tx, state.customer.customerId, voided)
  if (voided.kind === 'renewal') state.closed.set(voided.period.start, 'billed')
  return document
}

async function replacementOf(
  tx: BillingTransaction,
  state: BillingState,
  voided: InvoiceDocument,
): Promise<InvoiceDocument | null> {
  await arriveToBill(tx, state.customer.customerId)
  if (voided.kind === 'renewal') return closePeriod(tx, state, periodOf(state, voided))
  const draft = await replacementDraft(tx, state, voided)
  return draft && issue(tx, state, draft)
}

/** Closes a usage period and issues its renewal invoice; null when there is nothing to bill. */
export async function closePeriod(
  tx: BillingTransaction,
  state: BillingState,
  period: LabelledPeriod,
): Promise<InvoiceDocument | null> {
  await arriveToBill(tx, state.customer.customerId)
  const lines = await renewalLines(tx, state, period)
  // Before the invoice takes its number: from then to the end of the transaction every other issuer waits.
  await markClosed(tx, state, period)
  return issue(tx, state, { kind: 'renewal', period, lines, termsDays: termsAtEnd(state, period) })
}

/** Marks a usage period as billed and writes the deficit it leaves: what arrives later is an adjustment. */
export async function markClosed(
  tx: BillingTransaction,
  state: BillingState,
  period: LabelledPeriod,
): Promise<void> {
  await tx.query(
    `insert into closed_periods (customer_id, period_start, closed_at)
      values ($1, $2, $3)
      on conflict do nothing`,
    [state.customer.customerId, period.from, tx.at],
  )
  state.closed.set(period.from, 'billed')
  await writeDeficits(tx, state, period.to)
}

/**
 * Bills late usage, and usage voided since, of the ended subscriptions whose closing is due by `until` (and
 * by now).
 */
async function closeEnded(tx: BillingTransaction, state: BillingState, until: Instant): Promise<void> {
  for (const { id, endsOn, last, closesAt: at, reopenedAt } of unclosedSubscriptions(state)) {
    if (at > until || at > tx.at) continue
    await billCharges(tx, state, at)
    await arriveToBill(tx, state.customer.customerId)
    const period = usagePeriods(state.phases, endsOn).findLast((one) => one.to <= endsOn)
    // A subscription that ended on the day it started has no period, and so no usage.
    if (period) {
      // There is one final invoice at the end, and one for each time the subscription was opened again.
      const cause: Cause | null =
        reopenedAt === null ? null : { kind: 'reopening', id: `${id} ${reopenedAt}` }
      await issue(tx, state, {
        kind: 'final',
        period,
        cause,
        lines: await closingLines(tx, state, endsOn),
        termsDays: last.plan.paymentTermsDays,
      })
    }
    await writeDeficits(tx, state, endsOn)
    await tx.query('update subscriptions set closed_at = $3 where customer_id = $1 and id = $2', [
      state.customer.customerId,
      id,
      tx.at,
    ])
    state.unclosed.delete(id)
  }
}

/**
 * Bills charges that no renewal will bill on an invoice of their own, once the month in which they began to
 * wait is over by `until`.
 */
async function billCharges(tx: BillingTransaction, state: BillingState, until: Instant): Promise<void> {
  const date = chargesBilledOn(state)
  if (date === undefined || instantOf(state.zones, date) > until) return
  await issueCharges(tx, state, { charges: state.charges, date })
}

/** Writes when this customer's next work is due, so that a run reads only customers with due work. */
export async function scheduleNext(tx: BillingTransaction, state: BillingState): Promise<void> {
  const period = firstOpen(state)
  const {
    customer: { customerId, dueAt: known },
  } = state
  const chargesOn = chargesBilledOn(state)
  const instants = [
    ...(chargesOn === undefined ? [] : [instantOf(state.zones, chargesOn)]),
    ...(period ? [closesAt(state, period)] : []),
    ...unclosedSubscriptions(state).map((subscription) => subscription.closesAt),
    ...(await waitingToBillAgain(tx, state)).map((voided) => billsAgainAt(state, voided)),
    ...drawsFinalAt(state),
    ...state.ahead.slice(0, 1).map((next) => instantOf(state.zones, next.at)),
  ].sort()
  const dueAt = instants[0] ?? null
  if (dueAt === known) return
  await tx.query('update customers set due_at = $2 where customer_id = $1', [customerId, dueAt])
  state.customer = { ...state.customer, dueAt }
}

/** A customer whose due work failed, with the error; the others are still billed. */
export interface RunFailure {
  customerId: string
  error: unknown
}

export interface RunOptions {
  /** Number of customers read at a time; 100 by default. */
  batch?: number
  /**
   * Number of customers billed concurrently, each on its own connection. Default 1; always 1 on PGlite, which
   * has one session.
   */
  atOnce?: number
  onFailure?: (failure: RunFailure) => void
}

/**
 * Does the due work of every customer that has some, longest due first, each in its own transaction; returns
 * their number. Any process may call it at any time; concurrent calls share the customers. With `onFailure`,
 * a failing customer is reported there and skipped until the next call, so that it does not hold up the
 * others; without, the first failure ends the call.
 */
export async function runBilling(engine: Engine, options: RunOptions = {}): Promise<number> {
  let done = 0
  for (
    let due = await dueAfter(engine, null, options.batch);
    due.length > 0;
    due = await dueAfter(engine, due.at(-1)!, options.batch)
  ) {
    // Customers locked by another transaction come last: another process is probably billing them.
    const locked: DueCustomer[] = []
    done += await forEachAtOnce(engine, due, options, async (customer) => {
      const worked = await billCustomer(engine, customer, 'skip locked')
      if (!worked) locked.push(customer)
      return worked
    })
    done += await forEachAtOnce(engine, locked, options, (customer) => billCustomer(engine, customer, ''))
  }
  return done
}

/** Bills `atOnce` customers concurrently and counts those with due work. */
async function forEachAtOnce(
  engine: Engine,
  customers: readonly DueCustomer[],
  { atOnce = 1, onFailure }: RunOptions,
  work: (customer: DueCustomer) => Promise<boolean>,
): Promise<number> {
  const remaining = [...customers]
  let done = 0
  const worker = async () => {
    for (let customer = remaining.shift(); customer; customer = remaining.shift()) {
      try {
        if (await work(customer)) done += 1
      } catch (error) {
        if (onFailure) onFailure({ customerId: customer.customerId, error })
        else {
          remaining.length = 0
          throw error
        }
      }
    }
  }
  const ended = await Promise.allSettled(
    Array.from({ length: engine.db.kind === 'postgres' ? atOnce : 1 }, worker),
  )
  for (const result of ended) if (result.status === 'rejected') throw result.reason
  return done
}

/**
 * Returns false when there is nothing to do: it was done meanwhile or, with `skip locked`, the customer is
 * locked.
 */
async function billCustomer(
  engine: Engine,
  { customerId }: DueCustomer,
  lock: 'skip locked' | '',
): Promise<boolean> {
  return engine.transaction(
    async (tx) => {
      if (!(await tryLockCustomer(tx, customerId, { dueBy: tx.at, skipLocked: lock === 'skip locked' })))
        return false
      await catchUp(tx, await readBillingState(tx, customerId))
      return true
    },
    { keepPlans: true, long: true },
  )
}

interface DueCustomer {
  customerId: string
  dueAt: Instant
}

async function dueAfter(engine: Engine, last: DueCustomer | null, batch = 100): Promise<DueCustomer[]> {
  return engine.transaction(
    (tx) =>
      tx.query<DueCustomer>(
        `select customer_id as "customerId", due_at as "dueAt"
          from customers
          where due_at <= $1 and ($2::timestamptz is null or (due_at, customer_id) > ($2, $3))
          order by due_at, customer_id
          limit $4`,
        [tx.at, last?.dueAt ?? null, last?.customerId ?? null, batch],
      ),
    { readOnly: true },
  )
}

/** Returns the earliest instant at which work is due, or null. */
export async function nextRunAt(engine: Engine): Promise<Instant | null> {
  const [row] = await engine.transaction(
    (tx) => tx.query<{ at: Instant | null }>('select min(due_at) as at from customers'),
    { readOnly: true },
  )
  return row!.at
}
