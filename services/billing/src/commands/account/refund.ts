import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { creditBalance, maxExternalAmount, addBalanceTransaction } from '../../payments/balance.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import { onCustomer } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState } from '../../subscription/state.ts'
import { payOpenInvoices } from '../../invoicing/balance-use.ts'
import type { Instant } from '../../values/instant.ts'
import { money, type Money } from '../../values/money.ts'
import { storedInvoice } from '../../invoicing/view.ts'

/** A refund paid out to a customer, of their balance or of a credit note. */
export interface Refund {
  id: string
  customerId: string
  creditNoteId: string | null
  amount: Money
  currency: string
  method: string
  reference: string
  at: Instant
}

const refundColumns = sql`
  id, customer_id as "customerId", credit_note_id as "creditNoteId", amount, currency, method, reference, at`

/**
 * Records a refund of at most what the credit note has left, or else the balance. Idempotent by reference.
 * Throws customer_not_found, invoice_not_found, duplicate_reference, and amount_out_of_range with the amount
 * left.
 */
export async function recordRefund(
  engine: Engine,
  input: { customerId: string; amount: Money; method: string; reference: string; creditNoteId?: string },
): Promise<Refund> {
  const { customerId, amount, method, reference, creditNoteId = null } = input
  return onCustomer(engine, customerId, {}, async (tx, { customer: { currency } }) => {
    const [known] = await tx.query<Refund>(sql`
      select ${refundColumns}
      from refunds
      where customer_id = ${customerId} and reference = ${reference}`)
    if (known) {
      if (known.amount === amount && known.method === method && known.creditNoteId === creditNoteId)
        return known
      throw new BillingError('duplicate_reference', {
        pointer: '/reference',
        message: `refund '${reference}' was recorded for customer '${customerId}' before, with other content`,
      })
    }
    const source = await sourceOf(tx, customerId, currency, creditNoteId)
    if (!Number.isSafeInteger(amount) || amount <= 0 || amount > source.left) {
      throw new BillingError('amount_out_of_range', {
        pointer: '/amount',
        left: source.left,
        message: `${source.left} can be refunded of ${source.name}, not ${amount}`,
      })
    }
    const refund: Refund = {
      id: tx.newId('ref'),
      customerId,
      creditNoteId,
      amount,
      currency: source.currency,
      method,
      reference,
      at: tx.at,
    }
    await tx.query(
      `insert into refunds (customer_id, id, credit_note_id, amount, currency, method, reference, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [customerId, refund.id, creditNoteId, amount, source.currency, method, reference, tx.at],
    )
    await addBalanceTransaction(tx, {
      customerId,
      invoiceId: creditNoteId,
      reason: 'refund',
      amount: -amount,
      currency: source.currency,
      causeId: refund.id,
      heldFor: source.heldFor,
    })
    await recordActivity(tx, { type: 'balance.refunded', customerId, subjectId: refund.id })
    return refund
  })
}

interface Source {
  name: string
  currency: string
  left: Money
  heldFor: string | null
}

/**
 * Returns what can be refunded: the amount reserved by a note; for another note, what it added to the balance
 * and is still there; else the balance.
 */
async function sourceOf(
  tx: BillingTransaction,
  customerId: string,
  currency: string,
  creditNoteId: string | null,
): Promise<Source> {
  if (creditNoteId === null)
    return {
      name: `the balance of customer '${customerId}'`,
      currency,
      left: await creditBalance(tx, customerId, currency),
      heldFor: null,
    }
  const { document } = await storedInvoice(tx, creditNoteId, customerId)
  if (!document.creditNote)
    throw new BillingError('invoice_not_found', {
      pointer: '/creditNoteId',
      message: `${document.number} is no credit note`,
    })
  const [sums] = await tx.query<{ held: string; refunded: string }>(
    `select (
        select coalesce(sum(amount), 0) from balance_transactions where customer_id = $1 and held_for = $2
      )::text as held,
        (
          select coalesce(sum(amount), 0) from refunds where customer_id = $1 and credit_note_id = $2
        )::text as refunded`,
    [customerId, creditNoteId],
  )
  const name = `credit note ${document.number}`
  if (document.creditNote.refund)
    return { name, currency: document.currency, left: money(Number(sums!.held)), heldFor: creditNoteId }
  const refundable = -document.total - document.creditNote.amountCredited - Number(sums!.refunded)
  return {
    name,
    currency: document.currency,
    left: money(Math.min(refundable, await creditBalance(tx, customerId, document.currency))),
    heldFor: null,
  }
}

/** Lists a customer's refunds, newest first. */
export async function listRefunds(
  engine: Engine,
  input: { customerId: string; cursor?: string; limit?: number },
): Promise<Page<Refund>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 2)
  return engine.transaction(
    async (tx) => {
      await readSubscriptionState(tx, input.customerId)
      const rows = await tx.query<Refund>(sql`
        select ${refundColumns}
        from refunds
        where ${sql.and(
          sql`customer_id = ${input.customerId}`,
          after && sql`(at, id) < (${sql.join(after)})`,
        )}
        order by at desc, id desc
        limit ${limit + 1}`)
      const data = rows.slice(0, limit)
      const last = data.at(-1)
      return { data, nextCursor: rows.length > limit && last ? encodeCursor([last.at, last.id]) : null }
    },
    { readOnly: true },
  )
}

/** An adjustment of a customer's balance by the vendor, with its reason. */
export interface BalanceAdjustment {
  id: string
  customerId: string
  amount: Money
  currency: string
  reason: string
  /** The balance after it, and after the open invoices it paid. */
  balance: Money
  at: Instant
}

/**
 * Adjusts a customer's balance: up, which first pays open invoices, or down, at most to 0. Throws
 * customer_not_found, and amount_out_of_range with the amount left.
 */
export async function adjustBalance(
  engine: Engine,
  input: { customerId: string; amount: Money; reason: string },
): Promise<BalanceAdjustment> {
  const { customerId, amount, reason } = input
  return onCustomer(engine, customerId, {}, async (tx, { customer: { currency }, balance: before }) => {
    if (!Number.isSafeInteger(amount) || amount === 0 || amount + before < 0) {
      throw new BillingError('amount_out_of_range', {
        pointer: '/amount',
        left: before,
        message:
          'an adjustment is a whole number of minor units other than zero, '
          + `and takes at most the ${before} that are on the balance`,
      })
    }
    if (amount + before > maxExternalAmount)
      throw new BillingError('amount_out_of_range', {
        pointer: '/amount',
        message: `a balance holds ${maxExternalAmount} minor units at most, and there are ${before} on it`,
      })
    const id = tx.newId('adj')
    await tx.query(
      `insert into balance_adjustments (customer_id, id, amount, currency, reason, at)
        values ($1, $2, $3, $4, $5, $6)`,
      [customerId, id, amount, currency, reason, tx.at],
    )
    await addBalanceTransaction(tx, {
      customerId,
      invoiceId: null,
      reason: 'adjustment',
      amount,
      currency,
      causeId: id,
    })
    await recordActivity(tx, { type: 'balance.adjusted', customerId, subjectId: id })
    await payOpenInvoices(tx, { customerId, currency })
    return {
      id,
      customerId,
      amount,
      currency,
      reason,
      balance: await creditBalance(tx, customerId, currency),
      at: tx.at,
    }
  })
}
