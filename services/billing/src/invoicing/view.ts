import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import type { Instant } from '../values/instant.ts'
import type { SellerOnDocument } from '../catalogue/seller.ts'
import { canonicalJson, sha256 } from '../values/canonical-json.ts'
import { sum, type Money } from '../values/money.ts'
import { billedPeriods, type BilledPeriods } from './document/billed-periods.ts'
import {
  addedToBalance,
  payableOf,
  type Buyer,
  type InvoiceDocument,
  type InvoiceKind,
} from './document/document.ts'
import type { Line, LineDraft } from './document/line.ts'
import {
  nothingSettled,
  paymentsOn,
  settlementsOn,
  stateOf,
  type InvoiceRow,
  type InvoiceState,
  type NoteRefund,
  type Payment,
} from './state.ts'
import type { Totals } from '../pricing/totals.ts'
import { BillingError } from '../errors.ts'

/**
 * An invoice as it is read: the issued document with its state now. A draft has no number, dates or hash yet.
 */
export interface Invoice extends Totals, Omit<InvoiceState, 'status'> {
  id: string
  customerId: string
  number: string | null
  kind: InvoiceKind
  status: 'draft' | InvoiceState['status']
  currency: string
  period: { start: string; end: string; label: string }
  /** The dates of its fee and of its usage, which the document prints as its period. */
  billedPeriods: BilledPeriods
  issuedAt: Instant | null
  finalizesAt: Instant | null
  lines: PublicLine[]
  seller: SellerOnDocument | null
  buyer: Buyer
  sha256: string | null
  /** The balance it created at issue; 0 where it is void. */
  addedToBalance: Money
  /** Its payments, oldest first, including reversed ones. */
  payments: Omit<Payment, 'applied'>[]
  /** The reason it was voided, if one was given. */
  voidReason: string | null
  /** For a credit note: its refunds, and the balance reserved for one. */
  refunds: NoteRefund[]
  toRefund: Money
  /** Its credit notes, oldest first. */
  creditNotes: { id: string; number: string; total: Money }[]
  /** For a credit note: the invoice it names; null on any other document. */
  creditNote: NonNullable<InvoiceDocument['creditNote']> | null
}

/** A line without the engine's internal members. */
export type PublicLine = Omit<
  Line,
  | 'phaseId'
  | 'whole'
  | 'billingPeriod'
  | 'usagePeriod'
  | 'usageDays'
  | 'discounts'
  | 'counted'
  | 'rated'
  | 'givesBack'
  | 'credited'
  | 'setup'
>

export function publicLine<Shown extends LineDraft>({
  phaseId: _phase,
  whole: _whole,
  billingPeriod: _billing,
  usagePeriod: _period,
  usageDays: _days,
  discounts: _discounts,
  counted: _counted,
  rated: _rated,
  givesBack: _gives,
  credited: _credited,
  setup: _setup,
  ...line
}: Shown) {
  return line
}

/** SQL: the columns of a `StoredInvoice`, of the invoice `i`. */
export const invoiceColumns = sql`
  i.id, i.issued_at as "issuedAt", i.due_at as "dueAt", i.due_again_at as "dueAgainAt", i.payable,
  i.voided_at as "voidedAt", i.void_reason as "voidReason", i.pdf_sha256 as "pdfSha256", i.document, i.sha256`

export interface StoredInvoice extends InvoiceRow {
  document: InvoiceDocument
  sha256: string
  voidReason: string | null
}

/** Returns a stored invoice with its state as of now. */
export async function view(tx: BillingTransaction, row: StoredInvoice): Promise<Invoice> {
  return (await viewAll(tx, [row]))[0]!
}

/** Returns stored invoices with their states as of now, in as many statements as for one. */
export async function viewAll(tx: BillingTransaction, rows: readonly StoredInvoice[]): Promise<Invoice[]> {
  if (rows.length === 0) return []
  const keys = rows.map(({ id, document }) => ({ customerId: document.customerId, id }))
  const [settled, payments] = [await settlementsOn(tx, keys), await paymentsOn(tx, keys)]
  return rows.map((row) => {
    const { cause: _, ...document } = row.document
    const own = settled.get(row.id) ?? nothingSettled
    const paid = payments.get(row.id) ?? []
    return {
      // Documents from before discounts existed lack the member.
      ...document,
      discounts: document.discounts ?? [],
      lines: document.lines.map(publicLine),
      billedPeriods: billedPeriods(document.lines),
      finalizesAt: null,
      sha256: row.sha256,
      addedToBalance: sum([
        row.voidedAt === null ? addedToBalance(document) : 0,
        ...paid.map((payment) => (payment.reversedAt === null ? payment.addedToBalance : 0)),
      ]),
      ...stateOf(row, paid, own, tx.at),
      payments: paid.map(({ applied: _applied, ...payment }) => payment),
      voidReason: row.voidReason,
      refunds: own.refunds,
      toRefund: own.toRefund,
      creditNotes: own.notes.map(({ id, number, total }) => ({ id, number, total })),
      creditNote: document.creditNote ?? null,
    }
  })
}

/** Returns a document issued in this transaction: only balance can have paid it so far. */
export async function viewOf(tx: BillingTransaction, document: InvoiceDocument): Promise<Invoice> {
  const { id, issuedAt, dueAt } = document
  const untouched = { dueAgainAt: null, voidedAt: null, voidReason: null, pdfSha256: null }
  return view(tx, {
    id,
    issuedAt,
    dueAt,
    payable: payableOf(document),
    ...untouched,
    document,
    sha256: sha256(canonicalJson(document)),
  })
}

export async function storedInvoice(
  tx: BillingTransaction,
  invoiceId: string,
  customerId?: string,
): Promise<StoredInvoice> {
  const [row] = await tx.query<StoredInvoice>(sql`
    select ${invoiceColumns}
    from invoices i
    where ${sql.and(
      sql`i.id = ${invoiceId}`,
      customerId !== undefined && sql`i.customer_id = ${customerId}`,
    )}`)
  if (!row) throw notFound(invoiceId)
  return row
}

export function notFound(invoiceId: string): BillingError {
  return new BillingError('invoice_not_found', { invoiceId, message: `there is no invoice '${invoiceId}'` })
}
