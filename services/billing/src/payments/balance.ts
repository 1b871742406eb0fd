import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageLimit, type Page } from '../values/cursor.ts'
import type { Instant } from '../values/instant.ts'
import { money, type Money } from '../values/money.ts'

export type BalanceReason =
  | 'negative_total'
  | 'applied'
  | 'applied_to_invoice'
  | 'application_undone'
  | 'overpaid'
  | 'payment_reversed'
  | 'void'
  | 'credit_note'
  | 'refund'
  | 'adjustment'
  | 'charged'

/**
 * Returns a customer's balance in one currency that may pay invoices: the sum of its transactions less what
 * is reserved for refunds.
 */
export async function creditBalance(
  tx: BillingTransaction,
  customerId: string,
  currency: string,
): Promise<Money> {
  const [row] = await tx.query<{ balance: string }>(
    `select coalesce(sum(amount), 0)::text as balance
      from balance_transactions
      where customer_id = $1 and currency = $2 and held_for is null`,
    [customerId, currency],
  )
  return money(Number(row!.balance))
}

/** Maximum sum of payments and adjustments, so that every amount computed from them stays a safe integer. */
export const maxExternalAmount = 1_000_000_000_000_000

/**
 * A balance transaction: what an invoice created or used, what was paid out or adjusted, and the balance
 * after it.
 */
export interface BalanceTransaction {
  id: string
  at: Instant
  reason: BalanceReason
  amount: Money
  balance: Money
  currency: string
  /** Null where no invoice is involved: a refund of the balance, an adjustment. */
  invoiceId: string | null
  invoiceNumber: string | null
  /** The reference of the payment or refund, or the reason of an adjustment. */
  detail: string | null
}

/**
 * Lists a customer's balance transactions, newest first, each with its invoice, so that the balance can be
 * traced to its origin.
 */
export async function listBalanceTransactions(
  engine: Engine,
  input: { customerId: string; cursor?: string; limit?: number },
): Promise<Page<BalanceTransaction>> {
  const limit = pageLimit(input.limit)
  const [, before = null] = decodeCursor(input.cursor, 2) ?? []
  if (before !== null && !/^\d{1,15}$/.test(before)) throw invalidCursor()
  return engine.transaction(
    async (tx) => {
      const rows = await tx.query<BalanceTransaction & { sequence: number }>(
        sql`
          select m.sequence, m.id, m.at, m.reason, m.amount, m.currency, m."invoiceId",
            i.number as "invoiceNumber", m.balance, coalesce(p.reference, r.reference, a.reason) as detail
          from (
            select m.customer_id, m.sequence, m.id, m.at, m.reason, m.amount, m.currency,
              m.invoice_id as "invoiceId", m.cause_id,
              (sum(m.amount) over (partition by m.currency order by m.sequence))::bigint as balance
            from balance_transactions m
            where m.customer_id = ${input.customerId}
          ) m
          left join invoices i on (i.customer_id, i.id) = (m.customer_id, m."invoiceId")
          left join payments p on (p.customer_id, p.id) = (m.customer_id, m.cause_id)
          left join refunds r on (r.customer_id, r.id) = (m.customer_id, m.cause_id)
          left join balance_adjustments a on (a.customer_id, a.id) = (m.customer_id, m.cause_id)
          where ${sql.and(before !== null && sql`m.sequence < ${before}`)}
          order by m.sequence desc
          limit ${limit + 1}`,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        data: shown.map(({ sequence: _, ...movement }) => movement),
        nextCursor: rows.length > limit && last ? encodeCursor([last.at, String(last.sequence)]) : null,
      }
    },
    { readOnly: true },
  )
}

/**
 * A change of the balance. `causeId`: the payment, refund, adjustment or reversed transaction behind it.
 * `heldFor`: the credit note whose refund reserves it.
 */
export interface BalanceEntry {
  customerId: string
  invoiceId: string | null
  reason: BalanceReason
  amount: Money
  currency: string
  causeId?: string
  heldFor?: string | null
}

/** Adds to the balance, or debits a negative amount; 0 writes nothing. */
export async function addBalanceTransaction(
  tx: BillingTransaction,
  { causeId, heldFor, ...movement }: BalanceEntry,
): Promise<void> {
  if (movement.amount === 0) return
  await tx.query(
    `insert into balance_transactions (
        customer_id, id, invoice_id, reason, amount, currency, at, cause_id, held_for
      )
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      movement.customerId,
      tx.newId('crd'),
      movement.invoiceId,
      movement.reason,
      movement.amount,
      movement.currency,
      tx.at,
      causeId ?? null,
      heldFor ?? null,
    ],
  )
}
