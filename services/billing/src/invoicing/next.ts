import type { BillingTransaction } from '../engine.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'
import type { TaxMode, Totals } from '../pricing/totals.ts'
import type { LocalizedText } from '../values/localized-text.ts'
import type { Money } from '../values/money.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { billingPeriodAt, usagePeriods } from '../subscription/timeline.ts'
import { localDateOf } from '../values/zone.ts'
import { chargesBilledOn } from './charge-billing.ts'
import { waitingLines } from './document/charge-line.ts'
import type { LineDraft } from './document/line.ts'
import { isIssued } from './zero-document.ts'
import { priced } from './document/discounted.ts'
import { replacementDraft } from './reissue.ts'
import { closingsLines, renewalLines } from './document/renewal.ts'
import { unclosedSubscriptions } from './unclosed.ts'
import { billsAgainAt, waitingToBillAgain } from './voided.ts'
import { currentPhase } from '../subscription/phase.ts'
import { payableOf } from './document/document.ts'

/** The next document as far as known now: the draft in its grace, or the running usage period so far. */
export interface NextDocument {
  period: LabelledPeriod
  /** The end of the running usage period, where only overage would be billed then. */
  usageAt: LocalDate | null
  lines: LineDraft[]
  totals: Totals
}

/** A one-off charge on the next invoice; `amount` before tax is added. */
export interface NextCharge {
  id: string
  name: LocalizedText
  quantity: number
  amount: Money
  taxRate: string
  taxMode: TaxMode
}

/**
 * The date of the next invoice if nothing more is used, its total, and the amount due after the balance.
 * `usageAt`: the end of the running usage period, where nothing but overage would be billed then. `charges`:
 * the one-off charges that wait for it, absent where there are none.
 */
export interface NextInvoice {
  at: LocalDate
  usageAt: LocalDate | null
  estimatedTotal: Money
  estimatedDue: Money
  currency: string
  charges?: NextCharge[]
}

/**
 * Computes the next document from what is not closed, oldest first. Null where none will come: a subscription
 * that ends without usage to bill.
 */
export async function nextDocument(
  tx: BillingTransaction,
  state: BillingState,
): Promise<NextDocument | null> {
  const open = usagePeriods(state.phases, state.today).filter((period) => !state.closed.has(period.from))
  for (const period of open) {
    const until = period.to <= state.today ? period : { ...period, to: nextDate(state, period) }
    const lines = await renewalLines(tx, state, until)
    if (await isIssued(tx, lines))
      return { period: until, usageAt: null, ...(await priced(tx, state, lines)) }
    if (until.to <= state.today || !goesOn(state, until.to)) continue
    const later = await nextFeeDocument(tx, state, until)
    // No document comes for a subscription that ends with nothing to bill, or for a plan that never bills.
    if (!later && (state.waiting.some((request) => request.change === null) || !mayBill(state))) return null
    return later ?? { period: until, usageAt: null, ...(await priced(tx, state, lines)) }
  }
  return null
}

/**
 * Where a usage period has nothing to bill so far: the document with the next fee, or that of an earlier
 * scheduled change.
 */
async function nextFeeDocument(
  tx: BillingTransaction,
  state: BillingState,
  running: LabelledPeriod,
): Promise<NextDocument | undefined> {
  const current = currentPhase(state)
  if (!current || current.trialEnds !== null) return undefined
  const to = [billingPeriodAt(current, state.today).to, ...state.ahead.map(({ at }) => at)].sort()[0]!
  if (to <= running.to) return undefined
  const period = { ...running, to }
  const lines = await renewalLines(tx, state, period)
  return (await isIssued(tx, lines))
    ? { period, usageAt: mayBill(state) ? running.to : null, ...(await priced(tx, state, lines)) }
    : undefined
}

/**
 * Returns the next invoice. A void document is billed again at the midnight after it was voided; late usage
 * of an ended subscription is billed at its closing unless a renewal bills it before.
 */
export async function nextInvoiceOf(
  tx: BillingTransaction,
  state: BillingState,
): Promise<NextInvoice | null> {
  const next = await nextDocument(tx, state)
  const between = [
    await nextReplacement(tx, state),
    await nextClosing(tx, state),
    await nextCharges(tx, state),
  ].flatMap((one) => one ?? [])
  const [first] = between.sort((a, b) => compare(a.at, b.at))
  if (first && (!next || first.at <= next.period.to)) return nextInvoice(state, { ...first, usageAt: null })
  return next && nextInvoice(state, { ...next, at: next.period.to })
}

function nextInvoice(
  { customer: { currency } }: SubscriptionState,
  { at, usageAt, totals, lines }: ComingDocument & Pick<NextInvoice, 'usageAt'>,
): NextInvoice {
  const charges = lines.flatMap(({ chargeId: id, description: name, quantity, amount, taxRate, taxMode }) =>
    id === undefined ? [] : [{ id, name, quantity, amount, taxRate, taxMode }],
  )
  return {
    at,
    usageAt,
    estimatedTotal: totals.total,
    estimatedDue: payableOf(totals),
    currency,
    ...(charges.length > 0 ? { charges } : {}),
  }
}

/** Returns whether overage is billed. */
function mayBill(state: SubscriptionState): boolean {
  return currentPhase(state)?.plan.charges.some(({ overage }) => overage === 'bill') ?? false
}

interface ComingDocument {
  at: LocalDate
  lines: LineDraft[]
  totals: Totals
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Returns the first final invoice of an ended subscription that has something to bill, as known now. */
async function nextClosing(tx: BillingTransaction, state: BillingState): Promise<ComingDocument | undefined> {
  const unclosed = unclosedSubscriptions(state).sort((a, b) => compare(a.closesAt, b.closesAt))
  const closings = await closingsLines(
    tx,
    state,
    unclosed.map(({ endsOn }) => endsOn),
  )
  for (const [index, lines] of closings.entries()) {
    if (!(await isIssued(tx, lines))) continue
    const at = localDateOf(state.zones, unclosed[index]!.closesAt)
    return { at, ...(await priced(tx, state, lines)) }
  }
  return undefined
}

/** Returns the invoice of waiting charges alone, where no renewal will bill them. */
async function nextCharges(tx: BillingTransaction, state: BillingState): Promise<ComingDocument | undefined> {
  const at = chargesBilledOn(state)
  return at === undefined ? undefined : { at, ...(await priced(tx, state, waitingLines(state))) }
}

/** Returns the first waiting void document that has something due, as due now. */
async function nextReplacement(
  tx: BillingTransaction,
  state: BillingState,
): Promise<ComingDocument | undefined> {
  const waiting = (await waitingToBillAgain(tx, state)).map((voided) => ({
    ...voided,
    at: localDateOf(state.zones, billsAgainAt(state, voided)),
  }))
  for (const { document, at } of waiting.sort((a, b) => compare(a.at, b.at))) {
    const draft = await replacementDraft(tx, state, document)
    if (draft && (await isIssued(tx, draft.lines))) return { at, ...(await priced(tx, state, draft.lines)) }
  }
  return undefined
}

/**
 * A trial of several months, or a plan without a usage charge, bills nothing before the next fee or a
 * scheduled change, unless one-off charges wait.
 */
function nextDate(state: BillingState, period: LabelledPeriod): LocalDate {
  const current = currentPhase(state)
  if (!current || state.charges.length > 0) return period.to
  const [next] = state.ahead
  const change = next && next.at <= period.to ? next.at : null
  if (current.trialEnds !== null) return change ?? current.trialEnds
  return current.plan.charges.length === 0 && current.plan.minimumSpend === 0 && change === null
    ? billingPeriodAt(current, state.today).to
    : period.to
}

function goesOn(state: SubscriptionState, date: LocalDate): boolean {
  return (
    currentPhase(state) !== undefined
    && !state.waiting.some((request) => request.change === null && request.at <= date)
  )
}
