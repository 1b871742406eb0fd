import type { BillingTransaction } from '../engine.ts'
import { recordActivity } from '../activity/activity.ts'
import { creditBalance, addBalanceTransaction } from '../payments/balance.ts'
import { BillingError } from '../errors.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import { templateVersion } from './pdf/index.ts'
import { canonicalJson, sha256 } from '../values/canonical-json.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import { money, type Money } from '../values/money.ts'
import { shown, type LabelledPeriod } from '../values/period.ts'
import { dateIn } from '../values/zone.ts'
import { findSeller, onDocument, type Seller } from '../catalogue/seller.ts'
import { payOpenInvoices } from './balance-use.ts'
import { markChargesBilled } from './charge-billing.ts'
import {
  payableOf,
  type Buyer,
  type Cause,
  type InvoiceDocument,
  type InvoiceKind,
} from './document/document.ts'
import { termsOf } from '../customer/contract-terms.ts'
import { issuedIn } from './issued.ts'
import type { LineDraft } from './document/line.ts'
import { isIssued, storeZeroDocument } from './zero-document.ts'
import { priced } from './document/discounted.ts'

/** A document to issue: everything else follows from the lines. */
export interface InvoiceDraft {
  kind: InvoiceKind
  period: LabelledPeriod
  lines: readonly LineDraft[]
  /** Unless the customer has terms of their own. */
  termsDays: number
  cause?: Cause | null
  /** Maximum balance to apply; all of it by default. */
  balance?: Money
}

/**
 * Issues an invoice; none without lines, or where every line is 0 and the seller does not want such invoices.
 * Throws seller_missing. The caller holds the customer's lock.
 */
export async function issue(
  tx: BillingTransaction,
  state: BillingState,
  draft: InvoiceDraft,
): Promise<InvoiceDocument | null> {
  if (draft.lines.length === 0) return null
  const { customerId, currency } = state.customer
  if (!(await isIssued(tx, draft.lines))) {
    const lines = draft.lines.map((line, index) => ({ id: `line_${index + 1}`, ...line }))
    await storeZeroDocument(tx, customerId, {
      id: tx.newId('inv'),
      kind: draft.kind,
      period: shown(draft.period),
      issuedAt: tx.at,
      lines,
    })
    return null
  }
  const seller = await findSeller(tx)
  if (!seller) throw sellerMissing()
  const { lines, totals: sums } = await priced(tx, state, draft.lines, draft.balance)
  const document: InvoiceDocument = {
    id: tx.newId('inv'),
    customerId,
    number: await nextNumber(tx, 'INV', seller),
    kind: draft.kind,
    currency,
    period: shown(draft.period),
    cause: draft.cause ?? null,
    issuedAt: tx.at,
    dueAt: dueAt(tx.at, termsOf(state.customer, draft.termsDays)),
    lines: lines.map((line, index) => ({ id: `line_${index + 1}`, ...line })),
    ...sums,
    seller: onDocument(seller),
    buyer: buyerOf(state),
  }
  await store(tx, document)
  await markChargesBilled(tx, state, document)
  issuedIn(tx).push(document)
  await addBalanceTransaction(tx, {
    customerId,
    invoiceId: document.id,
    reason: 'applied',
    amount: -sums.creditApplied,
    currency,
  })
  // Nothing is paid out: a negative total becomes balance, which first pays open invoices.
  await addBalanceTransaction(tx, {
    customerId,
    invoiceId: document.id,
    reason: 'negative_total',
    amount: Math.max(0, -sums.total),
    currency,
  })
  await recordActivity(tx, { type: 'invoice.issued', customerId, subjectId: document.id })
  if (sums.total < 0) await payOpenInvoices(tx, { customerId, currency })
  state.balance =
    sums.total < 0 ? await creditBalance(tx, customerId, currency) : money(state.balance - sums.creditApplied)
  if (payableOf(document) === 0)
    await recordActivity(tx, { type: 'invoice.paid', customerId, subjectId: document.id })
  return document
}

export function sellerMissing(): BillingError {
  return new BillingError('seller_missing', {
    message: "an invoice needs the seller's details: PUT /api/billing/seller first",
  })
}

export function buyerOf({ customer }: SubscriptionState): Buyer {
  const { customerId, companyName, email, address, phone, invoiceTitle, purchaseOrderNumber } = customer
  return {
    customerId,
    companyName,
    email,
    address,
    phone,
    invoiceTitle,
    ...(purchaseOrderNumber === null ? {} : { purchaseOrderNumber }),
  }
}

function dueAt(issuedAt: Instant, termsDays: number): Instant {
  return addSeconds(issuedAt, termsDays * 86_400)
}

/** Inserts a document, once. */
export async function store(tx: BillingTransaction, document: InvoiceDocument): Promise<void> {
  await tx.query(
    `insert into invoices (
        customer_id, id, number, kind, period_start, cause_kind, cause_id, issued_at, due_at, currency, total,
        payable, document, sha256, template, credits_id, applied_to_invoice
      )
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      document.customerId,
      document.id,
      document.number,
      document.kind,
      document.period.start,
      document.cause?.kind ?? null,
      document.cause?.id ?? '',
      document.issuedAt,
      document.dueAt,
      document.currency,
      document.total,
      payableOf(document),
      JSON.stringify(document),
      sha256(canonicalJson(document)),
      templateVersion,
      document.creditNote?.invoiceId ?? null,
      document.creditNote?.amountCredited ?? null,
    ],
  )
}

/**
 * Returns the next number of the seller's month, `INV-202611-000042`. The row stays locked until the
 * transaction ends, so a number exists exactly when its document does.
 */
export async function nextNumber(
  tx: BillingTransaction,
  series: 'INV' | 'CN',
  seller: Seller,
): Promise<string> {
  const month = dateIn(seller.timezone, tx.at).slice(0, 7).replace('-', '')
  const [row] = await tx.query<{ last: number }>(
    `insert into invoice_numbers (series, month, last)
      values ($1, $2, 1)
      on conflict (series, month) do update set last = invoice_numbers.last + 1
      returning last`,
    [series, month],
  )
  return `${series}-${month}-${String(row!.last).padStart(6, '0')}`
}
