import type { BillingTransaction } from '../billing.ts'
import type { Instant } from '../rules/instant.ts'
import { sum, type Money } from '../rules/money.ts'

export interface Payment {
  reference: string
  amount: Money
  method: string
  paidAt: Instant
  createdAt: Instant
}

/** What happened to an invoice after it was issued; its state is derived from this at an instant. */
export interface InvoiceState {
  status: 'open' | 'paid' | 'void'
  overdue: boolean
  amountPaid: Money
  /** What credit notes took off the amount due. */
  amountCredited: Money
  amountDue: Money
  paidAt: Instant | null
  voidedAt: Instant | null
  pdfSha256: string | null
}

export interface InvoiceRow {
  id: string
  issuedAt: Instant
  dueAt: Instant
  payable: Money
  voidedAt: Instant | null
  pdfSha256: string | null
}

export async function paymentsOf(tx: BillingTransaction, customerId: string, invoiceId: string): Promise<Payment[]> {
  return tx.query<Payment>(
    'select reference, amount, method, paid_at as "paidAt", created_at as "createdAt" from payments where customer_id = $1 and invoice_id = $2 order by paid_at, created_at, reference',
    [customerId, invoiceId],
  )
}

/** A credit note of an invoice: `lowered` is what it took off the amount due, the rest became account credit. */
export interface NoteOnInvoice {
  id: string
  number: string
  total: Money
  lowered: Money
  issuedAt: Instant
}

/** The credit notes of an invoice, oldest first. */
export async function notesOf(tx: BillingTransaction, customerId: string, invoiceId: string): Promise<NoteOnInvoice[]> {
  return tx.query<NoteOnInvoice>(
    'select id, number, total, lowered, issued_at as "issuedAt" from invoices where customer_id = $1 and credits_id = $2 order by issued_at, number', [customerId, invoiceId],
  )
}

/** open, paid or void at an instant; overdue is open and past its due date. An invoice with nothing to pay is paid at issue. */
export function stateOf(row: InvoiceRow, payments: readonly Payment[], notes: readonly NoteOnInvoice[], at: Instant): InvoiceState {
  const amountPaid = sum(payments.map((payment) => payment.amount))
  const amountCredited = sum(notes.map((note) => note.lowered))
  const left = Math.max(0, row.payable - amountCredited - amountPaid)
  const status = row.voidedAt !== null ? 'void' : left === 0 ? 'paid' : 'open'
  return {
    status, overdue: status === 'open' && row.dueAt < at, amountPaid, amountCredited, amountDue: status === 'void' ? 0 : left,
    paidAt: status === 'paid' ? paidAt(row, payments, notes) : null, voidedAt: row.voidedAt, pdfSha256: row.pdfSha256,
  }
}

/** The moment payments and credit notes first reached what was to be paid. */
function paidAt(row: InvoiceRow, payments: readonly Payment[], notes: readonly NoteOnInvoice[]): Instant {
  const settled = [...payments.map(({ paidAt: at, amount }) => ({ at, amount })), ...notes.map(({ issuedAt: at, lowered: amount }) => ({ at, amount }))]
  let left = row.payable
  for (const { at, amount } of settled.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    left -= amount
    if (amount > 0 && left <= 0) return at
  }
  return row.issuedAt
}

/** SQL: what is left to pay of the invoice `i`. */
export const leftToPay = `i.payable - (select coalesce(sum(p.amount), 0) from payments p where (p.customer_id, p.invoice_id) = (i.customer_id, i.id))
  - (select coalesce(sum(n.lowered), 0) from invoices n where (n.customer_id, n.credits_id) = (i.customer_id, i.id))`

export async function hasOverdueInvoice(tx: BillingTransaction, customerId: string): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from invoices i where i.customer_id = $1 and i.voided_at is null and i.due_at < $2 and i.payable > 0 and ${leftToPay} > 0 limit 1`,
    [customerId, tx.at],
  )
  return rows.length > 0
}
