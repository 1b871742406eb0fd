import type { BillingTransaction } from '../billing.ts'
import { noteChange } from '../change-feed.ts'
import { creditBalance, moveCredit } from '../credit.ts'
import { BillingError } from '../failure.ts'
import type { History } from '../history.ts'
import { templateVersion } from '../invoice-pdf/index.ts'
import { canonicalJson, sha256 } from '../rules/canonical.ts'
import { addSeconds, type Instant } from '../rules/instant.ts'
import { totals } from '../rules/invoicing.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { dateIn } from '../rules/zone.ts'
import { findSeller } from '../seller.ts'
import { shown } from '../usage/summary.ts'
import type { Buyer, InvoiceDocument, InvoiceKind } from './document.ts'
import type { LineDraft } from './line.ts'

/** What is to be issued: the lines decide everything else. */
export interface InvoiceDraft {
  kind: InvoiceKind
  period: LabelledPeriod
  lines: readonly LineDraft[]
  termsDays: number
  stretchId?: string
}

/** Issues an invoice, or nothing when there are no lines. Throws seller_missing. The caller holds the customer's lock. */
export async function issue(tx: BillingTransaction, history: History, draft: InvoiceDraft): Promise<InvoiceDocument | null> {
  if (draft.lines.length === 0) return null
  const seller = await findSeller(tx)
  if (!seller) throw new BillingError('seller_missing', { message: "an invoice needs the seller's details: PUT /api/billing/seller first" })
  const { customerId, currency } = history.customer
  const sums = totals(draft.lines, await creditBalance(tx, customerId, currency))
  const document: InvoiceDocument = {
    id: tx.newId('inv'), customerId, number: await nextNumber(tx, 'INV', dateIn(seller.timezone, tx.at).slice(0, 7)), kind: draft.kind, currency,
    period: shown(draft.period), stretchId: draft.stretchId ?? '', issuedAt: tx.at, dueAt: dueAt(tx.at, draft.termsDays),
    lines: draft.lines.map((line, index) => ({ id: `line_${index + 1}`, ...line })), ...sums, seller, buyer: buyerOf(history),
  }
  await store(tx, document)
  await moveCredit(tx, { customerId, invoiceId: document.id, reason: 'applied', amount: -sums.creditApplied, currency })
  // Nothing is paid out: what a document gives back becomes account credit.
  await moveCredit(tx, { customerId, invoiceId: document.id, reason: 'negative_total', amount: Math.max(0, -sums.total), currency })
  await noteChange(tx, { type: 'invoice.issued', customerId, subjectId: document.id })
  if (payableOf(document) === 0) await noteChange(tx, { type: 'invoice.paid', customerId, subjectId: document.id })
  return document
}

/** What is left to pay once the credit is applied; never below zero. */
export function payableOf(document: Pick<InvoiceDocument, 'total' | 'creditApplied'>): number {
  return Math.max(0, document.total - document.creditApplied)
}

export function buyerOf({ customer }: History): Buyer {
  const { customerId, companyName, email, address, phone, invoiceTitle } = customer
  return { customerId, companyName, email, address, phone, invoiceTitle }
}

function dueAt(issuedAt: Instant, termsDays: number): Instant {
  return addSeconds(issuedAt, termsDays * 86_400)
}

async function store(tx: BillingTransaction, document: InvoiceDocument): Promise<void> {
  await tx.query(
    `insert into invoices (customer_id, id, number, kind, period_start, stretch_id, issued_at, due_at, currency, total, payable, document, sha256, template)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [document.customerId, document.id, document.number, document.kind, document.period.start, document.stretchId, document.issuedAt, document.dueAt, document.currency,
      document.total, payableOf(document), JSON.stringify(document), sha256(canonicalJson(document)), templateVersion],
  )
}

/** The next number of a month, `INV-202611-000042`. The row stays locked until the transaction ends: a number exists exactly when its invoice does. */
async function nextNumber(tx: BillingTransaction, series: string, month: string): Promise<string> {
  const [row] = await tx.query<{ last: number }>(
    'insert into invoice_numbers (series, month, last) values ($1, $2, 1) on conflict (series, month) do update set last = invoice_numbers.last + 1 returning last',
    [series, month.replace('-', '')],
  )
  return `${series}-${month.replace('-', '')}-${String(row!.last).padStart(6, '0')}`
}
