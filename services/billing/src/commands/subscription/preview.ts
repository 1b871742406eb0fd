import type { Engine, BillingTransaction } from '../../engine.ts'
import { blockersOf, warningsOf, type ChangeRequest } from './planned-change.ts'
import { catchUp } from '../../billing-run/run.ts'
import { readBillingState, type BillingState } from '../../subscription/state.ts'
import { issuedIn } from '../../invoicing/issued.ts'
import { nextInvoiceOf, type NextInvoice } from '../../invoicing/next.ts'
import { publicLine, type PublicLine } from '../../invoicing/view.ts'
import { noticesBetween, willAlsoBeIssued } from './notices.ts'
import { changeFrom, makePlannedChange } from './plan-change.ts'
import { promisedChange, quoteEnd, withCoupon, type Promised } from './quote.ts'
import { beginsLater, percentagesOf, redeemWith } from './with-coupon.ts'
import { findCoupon, type FoundCoupon } from '../../subscription/redemption.ts'
import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import type { Totals } from '../../pricing/totals.ts'
import type { Money } from '../../values/money.ts'
import { allowancesAfter, allowancesOf, deficitsOfChange, usedUp, type Allowance } from './allowances.ts'
import { beginSubscription } from './subscribe.ts'
import { lockCustomer } from '../../customer/customer.ts'
import { currentPhase } from '../../subscription/phase.ts'
import type { Notice } from '../../values/localized-text.ts'
import { payableOf } from '../../invoicing/document/document.ts'
import { termsOf } from '../../customer/contract-terms.ts'
import { partyOf } from './party.ts'

/** What a change will cost, and until when confirming it charges exactly that. */
export interface Preview extends Totals {
  quoteId: string
  expiresAt: Instant
  effectiveAt: LocalDate
  when: 'now' | 'period_end'
  currency: string
  /** As on the invoice, each with the breakdown of its amount. */
  lines: Omit<PublicLine, 'id'>[]
  dueNow: Money
  /** Days from the issue of its invoice until that is due. */
  paymentTermsDays: number
  /** The next invoice after confirming; null where none will come. */
  nextInvoice: NextInvoice | null
  /** What remains of each allowance right after the change. */
  allowancesAfter: Allowance[]
  /** What blocks the change: confirming is rejected. */
  blockers: Notice[]
  warnings: Notice[]
  /** What confirming drops or keeps of scheduled requests, and which other invoices it issues. */
  notices: Notice[]
}

/**
 * Previews a move to a plan or, without a subscription, the start on it: runs the command itself and rolls it
 * back, so the result is what will happen. The quote is valid for 15 minutes, at most until the customer's
 * midnight, when the number of days changes.
 */
export async function previewChange(
  engine: Engine,
  input: ChangeRequest & { customerId: string; trialDays?: number; coupon?: string },
): Promise<Preview> {
  return engine.transaction(async (tx) => {
    const coupon =
      input.coupon === undefined ? undefined : await findCoupon(tx, input.coupon, { isLocked: false })
    await lockCustomer(tx, input.customerId)
    const before = await readBillingState(tx, input.customerId)
    const {
      promised: { plan, seats, promise },
      ...preview
    } = await takenBack(tx, async () => {
      const state = await catchUp(tx, before)
      return currentPhase(state)
        ? previewOfChange(tx, state, { ...input, coupon })
        : previewOfStart(tx, state, { ...input, coupon })
    })
    const expiresAt = quoteEnd(tx.at, before)
    const quoteId = tx.newId('quo')
    await tx.query('delete from quotes where customer_id = $1 and expires_at < $2', [input.customerId, tx.at])
    await tx.query(
      `insert into quotes (customer_id, id, plan_id, seats, promise, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)`,
      [input.customerId, quoteId, plan.id, seats, JSON.stringify(promise), tx.at, expiresAt],
    )
    return { ...preview, quoteId, expiresAt }
  })
}

type Previewed = Omit<Preview, 'quoteId' | 'expiresAt'> & { promised: Promised }

async function previewOfChange(
  tx: BillingTransaction,
  before: BillingState,
  input: ChangeRequest & { customerId: string; coupon: FoundCoupon | undefined },
): Promise<Previewed> {
  const redeemed = input.coupon && (await redeemWith(tx, before, input.coupon, input))
  const { state, change } = await changeFrom(tx, before, input)
  const blockers = blockersOf(state, change, partyOf(tx))
  const promised = withCoupon(await promisedChange(tx, state, change), redeemed)
  const left = await allowancesAfter(tx, state, change)
  const warnings = [
    ...(await warningsOf(tx, state, change)),
    ...usedUp(state, change, left),
    ...(await deficitsOfChange(tx, state, change)),
    ...(await percentagesOf(tx, state, change)),
  ]
  const unchanged = { document: null, state }
  const { document, state: after } =
    blockers.length === 0 ? await makePlannedChange(tx, state, change, partyOf(tx)) : unchanged
  const besides = blockers.length === 0 ? willAlsoBeIssued(tx, input.customerId, document) : []
  return {
    effectiveAt: change.at,
    when: change.when,
    currency: state.customer.currency,
    lines: change.lines.map(publicLine),
    ...change.totals,
    dueNow: payableOf(change.totals),
    paymentTermsDays: termsOf(state.customer, change.to.plan.paymentTermsDays),
    nextInvoice: await nextInvoiceOf(tx, after),
    allowancesAfter: left,
    blockers,
    warnings,
    notices: [
      ...noticesBetween(state.waiting, after),
      ...besides,
      ...beginsLater(after, redeemed, change.when === 'now' ? change.at : null),
    ],
    promised,
  }
}

async function previewOfStart(
  tx: BillingTransaction,
  before: BillingState,
  input: {
    customerId: string
    planId: string
    seats?: number
    trialDays?: number
    coupon: FoundCoupon | undefined
  },
): Promise<Previewed> {
  const {
    from,
    lines,
    totals,
    promised,
    document,
    notices,
    redeemed,
    state: after,
  } = await beginSubscription(tx, before, input)
  return {
    effectiveAt: from,
    when: 'now',
    currency: after.customer.currency,
    lines: lines.map(publicLine),
    ...totals,
    dueNow: payableOf(totals),
    paymentTermsDays: termsOf(after.customer, promised.plan.paymentTermsDays),
    nextInvoice: await nextInvoiceOf(tx, after),
    allowancesAfter: await allowancesOf(tx, after),
    blockers: [],
    warnings: [],
    notices: [
      ...notices,
      ...willAlsoBeIssued(tx, input.customerId, document),
      ...beginsLater(after, redeemed, from),
    ],
    promised,
  }
}

/** Returns the result of some work without what it wrote. */
async function takenBack<T>(tx: BillingTransaction, work: () => Promise<T>): Promise<T> {
  let answer: { value: T } | undefined
  const issued = issuedIn(tx)
  const before = issued.length
  try {
    await tx.savepoint(async () => {
      answer = { value: await work() }
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  issued.length = before
  return answer!.value
}

class TakenBack extends Error {}
