import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import type { Instant } from '../values/instant.ts'
import { money, sum, type Money } from '../values/money.ts'

export interface Payment {
  id: string
  reference: string
  amount: Money
  /** The part applied to its invoice; the rest became balance. */
  applied: Money
  /** That rest as it was received; a reversal of the payment took it back. */
  addedToBalance: Money
  method: string
  paidAt: Instant
  createdAt: Instant
  reversedAt: Instant | null
  reversalReason: string | null
}

/** What happened to an invoice after issue; its status is derived from this at an instant. */
export interface InvoiceState {
  status: 'open' | 'paid' | 'void'
  overdue: boolean
  /**
   * When it falls due: by its terms from the issue, or from when it became due again after it was paid. Null
   * where nothing was ever to be paid.
   */
  dueAt: Instant | null
  amountPaid: Money
  /** The amount that credit notes took off the amount due. */
  amountCredited: Money
  /** Balance applied after the issue; negative where balance applied at the issue was taken back. */
  balanceApplied: Money
  amountDue: Money
  paidAt: Instant | null
  voidedAt: Instant | null
  pdfSha256: string | null
}

export interface InvoiceRow {
  id: string
  issuedAt: Instant
  dueAt: Instant
  dueAgainAt: Instant | null
  payable: Money
  voidedAt: Instant | null
  pdfSha256: string | null
}

/** The key of an invoice. */
export interface InvoiceKey {
  customerId: string
  id: string
}

export async function paymentsOf(
  tx: BillingTransaction,
  customerId: string,
  invoiceId: string,
): Promise<Payment[]> {
  return (await paymentsOn(tx, [{ customerId, id: invoiceId }])).get(invoiceId) ?? []
}

/** Returns the payments of several invoices by id, each list oldest first, in one statement. */
export async function paymentsOn(
  tx: BillingTransaction,
  invoices: readonly InvoiceKey[],
): Promise<Map<string, Payment[]>> {
  const rows = await tx.query<Payment & { invoiceId: string }>(sql`
    select p.invoice_id as "invoiceId", p.id, p.reference, p.amount, p.applied,
      p.amount - p.applied as "addedToBalance", p.method, p.paid_at as "paidAt",
      p.created_at as "createdAt", p.reversed_at as "reversedAt", p.reversal_reason as "reversalReason"
    from ${keysOf(invoices)}
    join payments p on (p.customer_id, p.invoice_id) = (k.customer_id, k.id)
    order by p.paid_at, p.created_at, p.reference`)
  return byInvoice(rows)
}

/** SQL: the keys of invoices as a table `k`. */
function keysOf(invoices: readonly InvoiceKey[]): Sql {
  const keys = JSON.stringify(invoices.map(({ customerId, id }) => ({ customer_id: customerId, id })))
  return sql`jsonb_to_recordset(${keys}) as k(customer_id text, id text)`
}

function byInvoice<T extends { invoiceId: string }>(rows: readonly T[]): Map<string, Omit<T, 'invoiceId'>[]> {
  const found = new Map<string, Omit<T, 'invoiceId'>[]>()
  for (const { invoiceId, ...row } of rows) found.set(invoiceId, [...(found.get(invoiceId) ?? []), row])
  return found
}

/** A credit note on an invoice: `appliedToInvoice` reduced the amount due; the rest became balance. */
export interface NoteOnInvoice {
  id: string
  number: string
  total: Money
  appliedToInvoice: Money
  issuedAt: Instant
}

/** Returns the credit notes of an invoice, oldest first. */
export async function notesOf(
  tx: BillingTransaction,
  customerId: string,
  invoiceId: string,
): Promise<NoteOnInvoice[]> {
  return (await settlementsOn(tx, [{ customerId, id: invoiceId }])).get(invoiceId)?.notes ?? []
}

/** Balance applied to an invoice after its issue (positive), or taken back from it (negative). */
export interface Application {
  amount: Money
  at: Instant
}

/** A refund paid out for a credit note. */
export interface NoteRefund {
  id: string
  amount: Money
  method: string
  reference: string
  at: Instant
}

/**
 * What happened to an invoice besides payments; for a credit note, its refunds and the balance reserved for
 * one.
 */
export interface Settlement {
  notes: NoteOnInvoice[]
  applications: Application[]
  refunds: NoteRefund[]
  toRefund: Money
}

export const nothingSettled: Settlement = { notes: [], applications: [], refunds: [], toRefund: 0 }

interface SettlementRow {
  invoiceId: string
  kind: string
  id: string
  text: string | null
  method: string | null
  amount: Money
  appliedToInvoice: Money
  at: Instant
  /**
   * Whether it concerns the invoice itself, and whether it uses the balance reserved for this note's refund.
   */
  own: boolean
  held: boolean
}

/**
 * Returns the credit notes, applications and refunds of several invoices by id, each list oldest first, in
 * one statement.
 */
export async function settlementsOn(
  tx: BillingTransaction,
  invoices: readonly InvoiceKey[],
): Promise<Map<string, Settlement>> {
  const keys = keysOf(invoices)
  const rows = await tx.query<SettlementRow>(sql`
    select k.id as "invoiceId", 'note' as kind, n.id, n.number as text, null as method, n.total as amount,
      n.applied_to_invoice as "appliedToInvoice", n.issued_at as at, true as own, false as held, n.sequence
    from ${keys}
    join invoices n on (n.customer_id, n.credits_id) = (k.customer_id, k.id)
    union all
    select k.id, m.reason, coalesce(m.cause_id, m.id), r.reference, r.method, m.amount, 0, m.at,
      m.invoice_id is not distinct from k.id, m.held_for is not distinct from k.id, m.sequence
    from ${keys}
    join balance_transactions m
      on m.customer_id = k.customer_id
      and (m.invoice_id = k.id or m.held_for = k.id)
      and m.reason in ('applied_to_invoice', 'application_undone', 'refund', 'credit_note', 'void')
    left join refunds r on (r.customer_id, r.id) = (m.customer_id, m.cause_id)
    order by at, sequence`)
  const found = new Map<string, Settlement>()
  for (const row of rows) {
    const settlement = found.get(row.invoiceId) ?? { notes: [], applications: [], refunds: [], toRefund: 0 }
    add(settlement, row)
    found.set(row.invoiceId, settlement)
  }
  return found
}

function add(
  settlement: Settlement,
  { kind, id, text, method, amount, appliedToInvoice, at, own, held }: SettlementRow,
): void {
  if (kind === 'note')
    settlement.notes.push({ id, number: text!, total: amount, appliedToInvoice, issuedAt: at })
  if (own && (kind === 'applied_to_invoice' || kind === 'application_undone'))
    settlement.applications.push({ amount: money(-amount), at })
  if (own && kind === 'refund')
    settlement.refunds.push({ id, amount: money(-amount), method: method!, reference: text!, at })
  if (held) settlement.toRefund = money(settlement.toRefund + amount)
}

/**
 * Returns open, paid or void at an instant; overdue is open and past its due date. An invoice with nothing to
 * pay is paid at issue.
 */
export function stateOf(
  row: InvoiceRow,
  payments: readonly Payment[],
  { notes, applications }: Settlement,
  at: Instant,
): InvoiceState {
  const standing = payments.filter((payment) => payment.reversedAt === null)
  const amountCredited = sum(notes.map((note) => note.appliedToInvoice))
  const balanceApplied = sum(applications.map((application) => application.amount))
  const left = Math.max(
    0,
    row.payable - amountCredited - balanceApplied - sum(standing.map((payment) => payment.applied)),
  )
  const status = row.voidedAt !== null ? 'void' : left === 0 ? 'paid' : 'open'
  const dueAt = row.dueAgainAt ?? row.dueAt
  const isToBePaid = status !== 'void' && (row.payable > 0 || row.dueAgainAt !== null)
  return {
    status,
    overdue: status === 'open' && dueAt < at,
    dueAt: isToBePaid ? dueAt : null,
    amountPaid: sum(standing.map((payment) => payment.amount)),
    amountCredited,
    balanceApplied,
    amountDue: status === 'void' ? 0 : left,
    paidAt: status === 'paid' ? paidAt(row, standing, notes, applications) : null,
    voidedAt: row.voidedAt,
    pdfSha256: row.pdfSha256,
  }
}

/** Returns when payments, credit notes and balance last reached the amount to pay. */
function paidAt(
  row: InvoiceRow,
  payments: readonly Payment[],
  notes: readonly NoteOnInvoice[],
  applications: readonly Application[],
): Instant {
  const settled = [
    ...payments.map(({ paidAt: at, applied: amount }) => ({ at, amount })),
    ...notes.map(({ issuedAt: at, appliedToInvoice: amount }) => ({ at, amount })),
    ...applications,
  ]
  let left = row.payable
  let reached = row.issuedAt
  for (const { at, amount } of settled.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    if (left > 0 && left <= amount) reached = at
    left -= amount
  }
  return reached
}

/** SQL: the amount due of invoice `i`: less standing payments, credit notes and applied balance. */
export const leftToPay = sql`i.payable - (
    select coalesce(sum(p.applied), 0)
    from payments p
    where (p.customer_id, p.invoice_id) = (i.customer_id, i.id) and p.reversed_at is null
  ) - (
    select coalesce(sum(n.applied_to_invoice), 0)
    from invoices n
    where (n.customer_id, n.credits_id) = (i.customer_id, i.id)
  ) + (
    select coalesce(sum(m.amount), 0)
    from balance_transactions m
    where (m.customer_id, m.invoice_id) = (i.customer_id, i.id)
      and m.reason in ('applied_to_invoice', 'application_undone')
  )`

/** SQL: whether invoice `i` can have an amount due, judged by its row alone. */
export const mayBeOpen = sql`i.voided_at is null and (i.payable > 0 or i.due_again_at is not null)`

/** SQL: when invoice `i` falls due. */
export const fallsDue = sql`coalesce(i.due_again_at, i.due_at)`

/** Returns the amount due of one invoice. */
export async function dueOf(tx: BillingTransaction, customerId: string, invoiceId: string): Promise<Money> {
  const [row] = await tx.query<{ due: Money }>(sql`
    select greatest(0, ${leftToPay})::bigint as due
    from invoices i
    where i.customer_id = ${customerId} and i.id = ${invoiceId}`)
  return row!.due
}

export async function hasOverdueInvoice(tx: BillingTransaction, customerId: string): Promise<boolean> {
  const rows = await tx.query(sql`
    select 1
    from invoices i
    where i.customer_id = ${customerId} and ${mayBeOpen} and ${fallsDue} < ${tx.at} and ${leftToPay} > 0
    limit 1`)
  return rows.length > 0
}
