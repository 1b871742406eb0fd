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

/** open, paid or void at an instant; overdue is open and past its due date. An invoice with nothing to pay is paid at issue. */
export function stateOf(row: InvoiceRow, payments: readonly Payment[], at: Instant): InvoiceState {
  const amountPaid = sum(payments.map((payment) => payment.amount))
  const left = Math.max(0, row.payable - amountPaid)
  const status = row.voidedAt !== null ? 'void' : left === 0 ? 'paid' : 'open'
  return {
    status, overdue: status === 'open' && row.dueAt < at, amountPaid, amountDue: status === 'void' ? 0 : left,
    paidAt: status === 'paid' ? paidAt(row, payments) : null, voidedAt: row.voidedAt, pdfSha256: row.pdfSha256,
  }
}

/** The moment the payments first reached what was to be paid. */
function paidAt(row: InvoiceRow, payments: readonly Payment[]): Instant {
  let paid = 0
  for (const payment of payments) {
    paid += payment.amount
    if (paid >= row.payable) return payment.paidAt
  }
  return row.issuedAt
}

export async function hasOverdueInvoice(tx: BillingTransaction, customerId: string): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from invoices i where i.customer_id = $1 and i.voided_at is null and i.due_at < $2
     and i.payable > (select coalesce(sum(p.amount), 0) from payments p where (p.customer_id, p.invoice_id) = (i.customer_id, i.id)) limit 1`,
    [customerId, tx.at],
  )
  return rows.length > 0
}
