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

/** An invoice by its key. */
export interface InvoiceKey {
  customerId: string
  id: string
}

export async function paymentsOf(tx: BillingTransaction, customerId: string, invoiceId: string): Promise<Payment[]> {
  return (await paymentsOn(tx, [{ customerId, id: invoiceId }])).get(invoiceId) ?? []
}

/** The payments of several invoices by their ids, each oldest first, in one statement. */
export async function paymentsOn(tx: BillingTransaction, invoices: readonly InvoiceKey[]): Promise<Map<string, Payment[]>> {
  const rows = await tx.query<Payment & { invoiceId: string }>(
    `select p.invoice_id as "invoiceId", p.reference, p.amount, p.method, p.paid_at as "paidAt", p.created_at as "createdAt"
     from ${keysIn('$1')} join payments p on (p.customer_id, p.invoice_id) = (k.customer_id, k.id)
     order by p.paid_at, p.created_at, p.reference`,
    [keysText(invoices)],
  )
  return byInvoice(rows)
}

const keysIn = (parameter: string) => `jsonb_to_recordset(${parameter}) as k(customer_id text, id text)`
const keysText = (invoices: readonly InvoiceKey[]) => JSON.stringify(invoices.map(({ customerId, id }) => ({ customer_id: customerId, id })))

function byInvoice<T extends { invoiceId: string }>(rows: readonly T[]): Map<string, Omit<T, 'invoiceId'>[]> {
  const found = new Map<string, Omit<T, 'invoiceId'>[]>()
  for (const { invoiceId, ...row } of rows) found.set(invoiceId, [...(found.get(invoiceId) ?? []), row])
  return found
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
  return (await notesOn(tx, [{ customerId, id: invoiceId }])).get(invoiceId) ?? []
}

/** The credit notes of several invoices by their ids, each oldest first, in one statement. */
export async function notesOn(tx: BillingTransaction, invoices: readonly InvoiceKey[]): Promise<Map<string, NoteOnInvoice[]>> {
  const rows = await tx.query<NoteOnInvoice & { invoiceId: string }>(
    `select n.credits_id as "invoiceId", n.id, n.number, n.total, n.lowered, n.issued_at as "issuedAt"
     from ${keysIn('$1')} join invoices n on (n.customer_id, n.credits_id) = (k.customer_id, k.id)
     order by n.issued_at, n.number`,
    [keysText(invoices)],
  )
  return byInvoice(rows)
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
