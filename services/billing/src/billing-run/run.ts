import type { Engine, BillingTransaction } from '../engine.ts'
import { readBillingState, type BillingState } from '../subscription/state.ts'
import { closesAt, firstOpen } from '../invoicing/closing.ts'
import type { Cause, InvoiceDocument } from '../invoicing/document/document.ts'
import { issue } from '../invoicing/issue.ts'
import { draftAgain, periodOf, termsAtEnd } from '../invoicing/reissue.ts'
import { closingLines, renewalLines } from '../invoicing/document/renewal.ts'
import { unclosedSubscriptions } from '../invoicing/unclosed.ts'
import { billsAgainAt, rememberBilledAgain, waitingToBillAgain } from '../invoicing/voided.ts'
import type { Instant } from '../values/instant.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { instantOf } from '../values/zone.ts'
import { writeBegun } from '../subscription/write.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { writeDeficits } from '../rating/deficit.ts'
import { arriveToBill, lockCustomer, tryLockCustomer } from '../customer/customer.ts'

/** More than ten years of months: a loop that goes on longer is a mistake of ours. */
const maxPeriods = 130

/**
 * Does what is due for one customer, in order: a scheduled change whose day has come is written down, what
 * was voided before today is billed again, and each usage period that has ended, and whose grace is over, is
 * closed and invoiced, and the late usage of an ended subscription is billed for the last time. `force` does
 * not wait for the grace: a change in that hour issues the draft first. Answers the state it leaves.
 * Idempotent; the caller holds the customer's lock.
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
  await scheduleNext(tx, state)
  return state
}

/**
 * A command on one customer, in one transaction: takes their lock, does what is due, and gives `work` the
 * state that leaves. Throws customer_not_found.
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

/**
 * Bills what a void document billed once more, as it is due now; null where nothing of it is. A request does
 * not wait for the run.
 */
export async function billAgain(
  tx: BillingTransaction,
  state: BillingState,
  voided: InvoiceDocument,
): Promise<InvoiceDocument | null> {
  const document = await replacementOf(tx, state, voided)
  await rememberBilledAgain(tx, state.customer.customerId, voided)
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
  const draft = await draftAgain(tx, state, voided)
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
  // Before the invoice takes its number: until the end of the transaction every other issuer waits for that.
  await rememberClosed(tx, state, period)
  return issue(tx, state, { kind: 'renewal', period, lines, termsDays: termsAtEnd(state, period) })
}

/**
 * Writes down that a usage period is billed, and the deficit it leaves: what arrives later is an adjustment.
 */
export async function rememberClosed(
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
 * Bills late usage, and what was taken back since, of the ended subscriptions whose closing is due by `until`
 * (and by now).
 */
async function closeEnded(tx: BillingTransaction, state: BillingState, until: Instant): Promise<void> {
  for (const { id, endsOn, last, closesAt: at, reopenedAt } of unclosedSubscriptions(state)) {
    if (at > until || at > tx.at) continue
    await arriveToBill(tx, state.customer.customerId)
    const period = usagePeriods(state.phases, endsOn).findLast((one) => one.to <= endsOn)
    // A subscription that ended on the day it began has no period, and so no usage.
    if (period) {
      // There is one closing at the end, and one for each time it was opened again.
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

/** Writes down when this customer's next due work falls due, so that nobody has to look at every customer. */
export async function scheduleNext(tx: BillingTransaction, state: BillingState): Promise<void> {
  const period = firstOpen(state)
  const {
    customer: { customerId, dueAt: known },
  } = state
  const instants = [
    ...(period ? [closesAt(state, period)] : []),
    ...unclosedSubscriptions(state).map((one) => one.closesAt),
    ...(await waitingToBillAgain(tx, state)).map((voided) => billsAgainAt(state, voided)),
    ...state.ahead.slice(0, 1).map((next) => instantOf(state.zones, next.at)),
  ].sort()
  const dueAt = instants[0] ?? null
  if (dueAt === known) return
  await tx.query('update customers set due_at = $2 where customer_id = $1', [customerId, dueAt])
  state.customer = { ...state.customer, dueAt }
}

/** One customer whose due work failed, and why: the others are done all the same. */
export interface RunFailure {
  customerId: string
  error: unknown
}

export interface RunOptions {
  /** How many due customers are looked up at a time; 100 unless asked. */
  batch?: number
  /**
   * How many customers are worked on at the same time, each on a connection of its own. One unless asked, and
   * one on the embedded database, which has but one session.
   */
  atOnce?: number
  onFailure?: (failure: RunFailure) => void
}

/**
 * Does the due work of every customer who has some, the longest due first, each in a transaction of its own;
 * answers for how many. Any process may call it at any time, also several at once: then they share the
 * customers. With `onFailure`, a customer that fails is told there and passed over until the next call, so
 * that it cannot hold up the others; without, the first failure ends the call.
 */
export async function runBilling(engine: Engine, options: RunOptions = {}): Promise<number> {
  let done = 0
  for (
    let due = await dueAfter(engine, null, options.batch);
    due.length > 0;
    due = await dueAfter(engine, due.at(-1)!, options.batch)
  ) {
    // Whom another transaction holds is left for the end: likely another process is doing their work.
    const held: DueCustomer[] = []
    done += await forEachAtOnce(engine, due, options, async (customer) => {
      const worked = await billCustomer(engine, customer, 'skip locked')
      if (!worked) held.push(customer)
      return worked
    })
    done += await forEachAtOnce(engine, held, options, (customer) => billCustomer(engine, customer, ''))
  }
  return done
}

/** Works on `atOnce` customers at the same time and counts those for whom there was something to do. */
async function forEachAtOnce(
  engine: Engine,
  customers: readonly DueCustomer[],
  { atOnce = 1, onFailure }: RunOptions,
  work: (customer: DueCustomer) => Promise<boolean>,
): Promise<number> {
  const left = [...customers]
  let done = 0
  const worker = async () => {
    for (let customer = left.shift(); customer; customer = left.shift()) {
      try {
        if (await work(customer)) done += 1
      } catch (error) {
        if (onFailure) onFailure({ customerId: customer.customerId, error })
        else {
          left.length = 0
          throw error
        }
      }
    }
  }
  const ended = await Promise.allSettled(
    Array.from({ length: engine.db.kind === 'postgres' ? atOnce : 1 }, worker),
  )
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  return done
}

/**
 * False when there is nothing to do: the work was done meanwhile, or, with `skip locked`, somebody holds the
 * customer.
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
    { keepPlans: true },
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

/** The earliest instant at which something falls due, or null. */
export async function nextRunAt(engine: Engine): Promise<Instant | null> {
  const [row] = await engine.transaction(
    (tx) => tx.query<{ at: Instant | null }>('select min(due_at) as at from customers'),
    { readOnly: true },
  )
  return row!.at
}
