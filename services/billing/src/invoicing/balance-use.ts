import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { recordActivity } from '../activity/activity.ts'
import { creditBalance, addBalanceTransaction } from '../payments/balance.ts'
import { money, type Money } from '../values/money.ts'
import { dueOf, leftToPay, mayBeOpen } from './state.ts'

export interface BalanceKey {
  customerId: string
  currency: string
}

/** Number of invoices read at a time. */
const batchSize = 100

/**
 * Pays open invoices from the balance, oldest first, each with a balance transaction: no balance stays beside
 * an invoice it could pay. Balance reserved for the refund of a credit note pays only that note's own
 * invoice. The caller holds the customer's lock.
 */
export async function payOpenInvoices(tx: BillingTransaction, balanceKey: BalanceKey): Promise<void> {
  for (let balance = await creditBalance(tx, balanceKey.customerId, balanceKey.currency); balance > 0;) {
    const open = await openInvoices(tx, balanceKey)
    if (open.length === 0) break
    for (const { id, due } of open.slice(0, batchSize)) {
      const amount = money(Math.min(balance, due))
      if (amount === 0) break
      await apply(tx, balanceKey, { invoiceId: id, amount, due })
      balance = money(balance - amount)
    }
  }
  for (const { id, due, noteId, held } of await openWithReserved(tx, balanceKey))
    await apply(tx, balanceKey, { invoiceId: id, amount: money(Math.min(due, held)), due, heldFor: noteId })
}

async function apply(
  tx: BillingTransaction,
  balanceKey: BalanceKey,
  { invoiceId, amount, due, heldFor }: { invoiceId: string; amount: Money; due: Money; heldFor?: string },
): Promise<void> {
  await addBalanceTransaction(tx, {
    ...balanceKey,
    invoiceId,
    reason: 'applied_to_invoice',
    amount: money(-amount),
    heldFor: heldFor ?? null,
  })
  if (amount === due)
    await recordActivity(tx, {
      type: 'invoice.paid',
      customerId: balanceKey.customerId,
      subjectId: invoiceId,
    })
}

async function openInvoices(
  tx: BillingTransaction,
  { customerId, currency }: BalanceKey,
): Promise<{ id: string; due: Money }[]> {
  return tx.query<{ id: string; due: Money }>(sql`
    select i.id, (${leftToPay})::bigint as due
    from invoices i
    where i.customer_id = ${customerId} and i.currency = ${currency} and ${mayBeOpen} and ${leftToPay} > 0
    order by i.issued_at, i.sequence
    limit ${batchSize}`)
}

/** Returns invoices that are due again and have a credit note with balance reserved for its refund. */
async function openWithReserved(
  tx: BillingTransaction,
  { customerId, currency }: BalanceKey,
): Promise<{ id: string; due: Money; noteId: string; held: Money }[]> {
  const customer = sql`${customerId}`
  return tx.query<{ id: string; due: Money; noteId: string; held: Money }>(sql`
    select distinct on (i.id) i.id, (${leftToPay})::bigint as due, n.id as "noteId", h.held
    from (
      select held_for, sum(amount)::bigint as held
      from balance_transactions
      where customer_id = ${customer} and currency = ${currency} and held_for is not null
      group by 1
      having sum(amount) > 0
    ) h
    join invoices n on n.customer_id = ${customer} and n.id = h.held_for
    join invoices i on (i.customer_id, i.id) = (n.customer_id, n.credits_id)
    where i.voided_at is null and ${leftToPay} > 0
    order by i.id, n.sequence`)
}

interface Application {
  id: string
  invoiceId: string
  left: Money
}

/**
 * Makes room to debit an amount from the balance: what is missing is taken back from invoices it was applied
 * to after `since`, newest first, and those are due again. Returns the amount still missing, which was paid
 * out.
 */
export async function undoApplications(
  tx: BillingTransaction,
  balanceKey: BalanceKey,
  { amount, since }: { amount: Money; since: number },
): Promise<Money> {
  let missing = money(
    Math.max(0, amount - (await creditBalance(tx, balanceKey.customerId, balanceKey.currency))),
  )
  while (missing > 0) {
    const applications = await newestApplications(tx, balanceKey, since)
    if (applications.length === 0) break
    for (const { id, invoiceId, left } of applications) {
      const part = money(Math.min(missing, left))
      if (part === 0) break
      await makingDueAgain(tx, balanceKey.customerId, invoiceId, () =>
        addBalanceTransaction(tx, {
          ...balanceKey,
          invoiceId,
          reason: 'application_undone',
          amount: part,
          causeId: id,
        }),
      )
      missing = money(missing - part)
    }
  }
  return missing
}

/**
 * Returns what is left of each application after reversals; applications to a void invoice came back with the
 * void.
 */
async function newestApplications(
  tx: BillingTransaction,
  { customerId, currency }: BalanceKey,
  since: number,
): Promise<Application[]> {
  return tx.query<Application>(sql`
    select a.id, a.invoice_id as "invoiceId", a.left
    from (
      select m.id, m.invoice_id, m.sequence,
        (
          -m.amount - (
            select coalesce(sum(u.amount), 0)
            from balance_transactions u
            where (u.customer_id, u.invoice_id) = (m.customer_id, m.invoice_id)
              and u.reason = 'application_undone'
              and u.cause_id = m.id
          )
        )::bigint as left
      from balance_transactions m
      join invoices i on (i.customer_id, i.id) = (m.customer_id, m.invoice_id)
      where m.customer_id = ${customerId}
        and m.currency = ${currency}
        and m.sequence > ${since}
        and m.reason in ('applied', 'applied_to_invoice')
        and m.held_for is null
        and i.voided_at is null
    ) a
    where a.left > 0
    order by a.sequence desc
    limit ${batchSize}`)
}

/**
 * Runs an action that raises an invoice's amount due. An invoice that was paid falls due by its terms counted
 * from now.
 */
export async function makingDueAgain(
  tx: BillingTransaction,
  customerId: string,
  invoiceId: string,
  work: () => Promise<void>,
): Promise<void> {
  const before = await dueOf(tx, customerId, invoiceId)
  await work()
  if (before > 0 || (await dueOf(tx, customerId, invoiceId)) <= 0) return
  await tx.query(sql`
    update invoices
    set due_again_at = ${tx.at}::timestamptz + (due_at - issued_at)
    where customer_id = ${customerId} and id = ${invoiceId}`)
  await recordActivity(tx, { type: 'invoice.due_again', customerId, subjectId: invoiceId })
}

/** Returns the position in the balance transactions at which an amount was added. */
export async function placeOf(
  tx: BillingTransaction,
  customerId: string,
  came: { reason: 'overpaid'; causeId: string } | { reason: 'negative_total'; invoiceId: string },
): Promise<number> {
  const isCause =
    came.reason === 'overpaid' ? sql`cause_id = ${came.causeId}` : sql`invoice_id = ${came.invoiceId}`
  const [row] = await tx.query<{ sequence: number }>(sql`
    select sequence
    from balance_transactions
    where customer_id = ${customerId} and reason = ${came.reason} and ${isCause}
    order by sequence
    limit 1`)
  return row!.sequence
}
