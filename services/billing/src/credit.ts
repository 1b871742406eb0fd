import type { BillingTransaction } from './billing.ts'
import { money, type Money } from './rules/money.ts'

export type CreditReason = 'negative_total' | 'applied' | 'overpaid' | 'void' | 'credit_note'

/** A customer's account credit in one currency: the sum of its movements. */
export async function creditBalance(tx: BillingTransaction, customerId: string, currency: string): Promise<Money> {
  const [row] = await tx.query<{ balance: string }>('select coalesce(sum(amount), 0)::text as balance from credit_movements where customer_id = $1 and currency = $2', [customerId, currency])
  return money(Number(row!.balance))
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
