import type { BillingTransaction } from '../engine.ts'
import { recordActivity } from '../activity/activity.ts'
import { creditBalance, addBalanceTransaction } from '../payments/balance.ts'
import { money, type Money } from '../values/money.ts'
import { dueOf, leftToPay, mayBeOpen } from './state.ts'

export interface Purse {
  customerId: string
  currency: string
}

/** So many invoices are read at a time. */
const atATime = 100

/**
 * What is on the balance pays open invoices, the oldest first, each by a movement that says so: balance never
 * stands beside what it could pay. What waits for the refund of a credit note pays that note's own invoice
 * only. The caller holds the customer's lock.
 */
export async function payOpenInvoices(tx: BillingTransaction, purse: Purse): Promise<void> {
  for (let balance = await creditBalance(tx, purse.customerId, purse.currency); balance > 0;) {
    const open = await openInvoices(tx, purse)
    if (open.length === 0) break
    for (const { id, due } of open.slice(0, atATime)) {
      const amount = money(Math.min(balance, due))
      if (amount === 0) break
      await apply(tx, purse, { invoiceId: id, amount, due })
      balance = money(balance - amount)
    }
  }
  for (const { id, due, noteId, held } of await openWithHeld(tx, purse))
    await apply(tx, purse, { invoiceId: id, amount: money(Math.min(due, held)), due, heldFor: noteId })
}

async function apply(
  tx: BillingTransaction,
  purse: Purse,
  { invoiceId, amount, due, heldFor }: { invoiceId: string; amount: Money; due: Money; heldFor?: string },
): Promise<void> {
  await addBalanceTransaction(tx, {
    ...purse,
    invoiceId,
    reason: 'applied_to_invoice',
    amount: money(-amount),
    heldFor: heldFor ?? null,
  })
  if (amount === due)
    await recordActivity(tx, { type: 'invoice.paid', customerId: purse.customerId, subjectId: invoiceId })
}

async function openInvoices(
  tx: BillingTransaction,
  { customerId, currency }: Purse,
): Promise<{ id: string; due: Money }[]> {
  return tx.query<{ id: string; due: Money }>(
    `select i.id, (${leftToPay})::bigint as due
      from invoices i
      where i.customer_id = $1 and i.currency = $2 and ${mayBeOpen} and ${leftToPay} > 0
      order by i.issued_at, i.sequence
      limit ${atATime}`,
    [customerId, currency],
  )
}

/** Invoices due again of which a note still holds something for its refund. */
async function openWithHeld(
  tx: BillingTransaction,
  { customerId, currency }: Purse,
): Promise<{ id: string; due: Money; noteId: string; held: Money }[]> {
  return tx.query<{ id: string; due: Money; noteId: string; held: Money }>(
    `select distinct on (i.id) i.id, (${leftToPay})::bigint as due, n.id as "noteId", h.held
      from (
        select held_for, sum(amount)::bigint as held
        from balance_transactions
        where customer_id = $1 and currency = $2 and held_for is not null
        group by 1
        having sum(amount) > 0
      ) h
      join invoices n on n.customer_id = $1 and n.id = h.held_for
      join invoices i on (i.customer_id, i.id) = (n.customer_id, n.credits_id)
      where i.voided_at is null and ${leftToPay} > 0
      order by i.id, n.sequence`,
    [customerId, currency],
  )
}

interface Application {
  id: string
  invoiceId: string
  left: Money
}

/**
 * Makes room to take an amount from the balance: what is not there any more is got back from the invoices it
 * was applied to after `since`, the newest application first, so that these are due again. Answers what is
 * still missing: that was paid out.
 */
export async function undoApplications(
  tx: BillingTransaction,
  purse: Purse,
  { amount, since }: { amount: Money; since: number },
): Promise<Money> {
  let missing = money(Math.max(0, amount - (await creditBalance(tx, purse.customerId, purse.currency))))
  while (missing > 0) {
    const applications = await newestApplications(tx, purse, since)
    if (applications.length === 0) break
    for (const { id, invoiceId, left } of applications) {
      const part = money(Math.min(missing, left))
      if (part === 0) break
      await makingDueAgain(tx, purse.customerId, invoiceId, () =>
        addBalanceTransaction(tx, {
          ...purse,
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
 * What is left of applications once what was undone of them is off; those to a void invoice came back with
 * it.
 */
async function newestApplications(
  tx: BillingTransaction,
  { customerId, currency }: Purse,
  since: number,
): Promise<Application[]> {
  return tx.query<Application>(
    `select a.id, a.invoice_id as "invoiceId", a.left
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
        where m.customer_id = $1
          and m.currency = $2
          and m.sequence > $3
          and m.reason in ('applied', 'applied_to_invoice')
          and m.held_for is null
          and i.voided_at is null
      ) a
      where a.left > 0
      order by a.sequence desc
      limit ${atATime}`,
    [customerId, currency, since],
  )
}

/**
 * Does something that raises what is due of an invoice. One that was paid falls due by its terms counted from
 * now.
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
  await tx.query(
    `update invoices
      set due_again_at = $3::timestamptz + (due_at - issued_at)
      where customer_id = $1 and id = $2`,
    [customerId, invoiceId, tx.at],
  )
  await recordActivity(tx, { type: 'invoice.due_again', customerId, subjectId: invoiceId })
}

/** The place among the movements of the balance at which money came to it. */
export async function placeOf(
  tx: BillingTransaction,
  customerId: string,
  came: { reason: 'overpaid'; causeId: string } | { reason: 'negative_total'; invoiceId: string },
): Promise<number> {
  const [row] = await tx.query<{ sequence: number }>(
    `select sequence
      from balance_transactions
      where customer_id = $1
        and reason = $2
        and ${came.reason === 'overpaid' ? 'cause_id' : 'invoice_id'} = $3
      order by sequence
      limit 1`,
    [customerId, came.reason, came.reason === 'overpaid' ? came.causeId : came.invoiceId],
  )
  return row!.sequence
}
