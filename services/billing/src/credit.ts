import type { Billing, BillingTransaction } from './billing.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageLimit, type Page } from './cursor.ts'
import type { Instant } from './rules/instant.ts'
import { money, type Money } from './rules/money.ts'

export type CreditReason = 'negative_total' | 'applied' | 'overpaid' | 'void'

/** A customer's account credit in one currency: the sum of its movements. */
export async function creditBalance(tx: BillingTransaction, customerId: string, currency: string): Promise<Money> {
  const [row] = await tx.query<{ balance: string }>('select coalesce(sum(amount), 0)::text as balance from credit_movements where customer_id = $1 and currency = $2', [customerId, currency])
  return money(Number(row!.balance))
}

/** One movement of a customer's account credit: what an invoice gave or used, and the balance after it. */
export interface CreditMovement {
  id: string
  at: Instant
  reason: CreditReason
  amount: Money
  balance: Money
  currency: string
  invoiceId: string
  invoiceNumber: string
}

/** The movements of a customer's account credit, newest first: each with its invoice, so that the balance can be followed back to where it came from. */
export async function listCreditMovements(billing: Billing, input: { customerId: string; cursor?: string; limit?: number }): Promise<Page<CreditMovement>> {
  const limit = pageLimit(input.limit)
  const [, before = null] = decodeCursor(input.cursor, 2) ?? []
  if (before !== null && !/^\d{1,15}$/.test(before)) throw invalidCursor()
  return billing.transaction(async (tx) => {
    const rows = await tx.query<CreditMovement & { sequence: number }>(
      `select m.* from (
         select m.sequence, m.id, m.at, m.reason, m.amount, m.currency, m.invoice_id as "invoiceId", i.number as "invoiceNumber",
           (sum(m.amount) over (partition by m.currency order by m.sequence))::bigint as balance
         from credit_movements m join invoices i on (i.customer_id, i.id) = (m.customer_id, m.invoice_id) where m.customer_id = $1) m
       where $2::bigint is null or m.sequence < $2 order by m.sequence desc limit ${limit + 1}`,
      [input.customerId, before],
    )
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return { data: shown.map(({ sequence: _, ...movement }) => movement), nextCursor: rows.length > limit && last ? encodeCursor([last.at, String(last.sequence)]) : null }
  }, { readOnly: true })
}

/** Adds to (or takes from) the credit; nothing is written for zero. */
export async function moveCredit(
  tx: BillingTransaction,
  movement: { customerId: string; invoiceId: string; reason: CreditReason; amount: Money; currency: string },
): Promise<void> {
  if (movement.amount === 0) return
  await tx.query('insert into credit_movements (customer_id, id, invoice_id, reason, amount, currency, at) values ($1, $2, $3, $4, $5, $6, $7)', [
    movement.customerId, tx.newId('crd'), movement.invoiceId, movement.reason, movement.amount, movement.currency, tx.at,
  ])
}
