import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { creditBalance, maxExternalAmount, addBalanceTransaction } from '../../payments/balance.ts'
import { billAgain, closePeriod, catchUp, scheduleNext } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState, type BillingState } from '../../subscription/state.ts'
import { parseInstant } from '../../values/instant.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { periodNamed } from '../../subscription/timeline.ts'
import { payOpenInvoices, placeOf, undoApplications } from '../../invoicing/balance-use.ts'
import { freeCharges } from '../../invoicing/charge-billing.ts'
import type { InvoiceDocument } from '../../invoicing/document/document.ts'
import { documentsToVoidFirst } from '../../invoicing/document/given-back.ts'
import { dueOf, notesOf, paymentsOf } from '../../invoicing/state.ts'
import {
  invoiceColumns,
  storedInvoice,
  view,
  type Invoice,
  type StoredInvoice,
} from '../../invoicing/view.ts'
import { markBilledAgain, waitingToBillAgain } from '../../invoicing/voided.ts'
import { lockCustomer } from '../../customer/customer.ts'

/**
 * Returns the renewal invoice of an ended period, issued now if it was not. Throws period_not_over while it
 * runs. Where an invoice of the period, or of a change in it, was voided, each call issues one replacement
 * first.
 */
export async function generateInvoice(
  engine: Engine,
  input: { customerId: string; period: string },
): Promise<Invoice> {
  return engine.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    const running = await readBillingState(tx, input.customerId)
    const period = periodNamed(running, input.period)
    const replacement = await firstReplacement(tx, running, period)
    if (replacement) {
      await scheduleNext(tx, await readBillingState(tx, input.customerId))
      return view(tx, await storedInvoice(tx, replacement.id, input.customerId))
    }
    if (period.to > running.today)
      throw new BillingError('period_not_over', {
        pointer: '/period',
        endsOn: period.to,
        message: `period ${period.label} runs until ${period.to}: its invoice can be issued after that`,
      })
    const state = await catchUp(tx, running, { force: true })
    const [row] = await tx.query<StoredInvoice>(sql`
      select ${invoiceColumns}
      from invoices i
      where i.customer_id = ${input.customerId}
        and i.kind = 'renewal'
        and i.period_start = ${period.from}
        and i.voided_at is null`)
    if (row) return view(tx, row)
    const document = await closePeriod(tx, state, period)
    await markBilledAgain(tx, input.customerId, {
      kind: 'renewal',
      cause: null,
      period: { start: period.from },
    })
    if (!document)
      throw new BillingError('invoice_not_found', {
        period: period.label,
        message: `there is nothing to bill for period ${period.label}`,
      })
    await scheduleNext(tx, state)
    return view(tx, await storedInvoice(tx, document.id, input.customerId))
  })
}

/**
 * Issues the first document of a period, or of a change or closing in it, that was voided and has something
 * due again.
 */
async function firstReplacement(
  tx: BillingTransaction,
  state: BillingState,
  period: LabelledPeriod,
): Promise<InvoiceDocument | null> {
  for (const { document } of await waitingToBillAgain(tx, state)) {
    if (document.period.start !== period.from || document.kind === 'renewal') continue
    const replacement = await billAgain(tx, state, document)
    if (replacement) return replacement
  }
  return null
}

/**
 * Voids an invoice: its lines are due again (the run bills them from the customer's next midnight,
 * `generateInvoice` at once; an invoice of one-off charges alone withdraws them), balance it used returns, and balance it created
 * is taken back, if needed from invoices it has paid since. Throws invoice_not_open when it has payments,
 * invoice_credited when it has credit notes, credit_already_given (with the documents to void first) when
 * later ones gave back part of it, credit_already_used when the balance it created was paid out, and
 * credit_note_final for a credit note.
 */
export async function voidInvoice(
  engine: Engine,
  input: { invoiceId: string; reason?: string },
): Promise<Invoice> {
  return engine.transaction(async (tx) => {
    const row = await lockedInvoice(tx, input.invoiceId)
    const { customerId, currency } = row.document
    refuseCreditNote(row, 'voided')
    if (row.voidedAt !== null) return view(tx, row)
    if ((await notesOf(tx, customerId, row.id)).length > 0)
      throw new BillingError('invoice_credited', {
        message:
          `invoice ${row.document.number} has credit notes: it cannot be voided; `
          + 'credit what is left of it instead',
      })
    const first = await documentsToVoidFirst(tx, customerId, row.id)
    if (first.length > 0)
      throw new BillingError('credit_already_given', {
        documents: first,
        message: `lines of invoice ${row.document.number} were given back since: void ${first.join(', then ')} first`,
      })
    if ((await paymentsOf(tx, customerId, row.id)).some((payment) => payment.reversedAt === null))
      throw new BillingError('invoice_not_open', {
        message: `invoice ${row.document.number} has payments: it cannot be voided`,
      })
    await takeBackBalance(tx, row)
    const used = await balanceUsedOn(tx, row)
    await tx.query(
      'update invoices set voided_at = $3, void_reason = $4 where customer_id = $1 and id = $2',
      [customerId, row.id, tx.at, input.reason ?? null],
    )
    for (const { amount, heldFor } of used)
      await addBalanceTransaction(tx, {
        customerId,
        invoiceId: row.id,
        reason: 'void',
        amount,
        currency,
        heldFor,
      })
    await recordActivity(tx, { type: 'invoice.voided', customerId, subjectId: row.id })
    await freeCharges(tx, row.document)
    await payOpenInvoices(tx, { customerId, currency })
    await scheduleNext(tx, await readBillingState(tx, customerId))
    return view(tx, await storedInvoice(tx, row.id, customerId))
  })
}

/** Takes back the balance that a document created. Throws credit_already_used where that was paid out. */
async function takeBackBalance(
  tx: BillingTransaction,
  { id, document: { customerId, currency, total, number } }: StoredInvoice,
): Promise<void> {
  if (total >= 0) return
  const since = await placeOf(tx, customerId, { reason: 'negative_total', invoiceId: id })
  const missing = await undoApplications(tx, { customerId, currency }, { amount: -total, since })
  if (missing > 0)
    throw new BillingError('credit_already_used', {
      message: `${missing} of the balance that invoice ${number} gave was paid out: it cannot be voided`,
    })
  await addBalanceTransaction(tx, { customerId, invoiceId: id, reason: 'void', amount: total, currency })
}

/** Returns the balance applied to an invoice now, by the refund that had reserved it. */
async function balanceUsedOn(
  tx: BillingTransaction,
  { id, document: { customerId } }: StoredInvoice,
): Promise<{ amount: number; heldFor: string | null }[]> {
  return tx.query<{ amount: number; heldFor: string | null }>(
    `select (-sum(amount))::bigint as amount, held_for as "heldFor"
      from balance_transactions
      where customer_id = $1
        and invoice_id = $2
        and reason in ('applied', 'applied_to_invoice', 'application_undone')
      group by held_for
      order by held_for nulls first`,
    [customerId, id],
  )
}

/**
 * Records a payment; idempotent by reference. An overpayment becomes balance, which first pays other open
 * invoices. Throws payment_reversed for the reference of a reversed payment.
 */
export async function recordPayment(
  engine: Engine,
  input: { invoiceId: string; amount: number; method: string; reference: string; paidAt?: string },
): Promise<Invoice> {
  return engine.transaction(async (tx) => {
    const row = await lockedInvoice(tx, input.invoiceId)
    const { customerId, currency, number } = row.document
    refuseCreditNote(row, 'paid')
    const paidAt = input.paidAt === undefined ? tx.at : parseInstant(input.paidAt)
    if (!paidAt)
      throw new BillingError('validation_failed', {
        pointer: '/paidAt',
        message: `'${input.paidAt}' is not an RFC 3339 instant`,
      })
    if (paidAt > tx.at)
      throw new BillingError('validation_failed', {
        pointer: '/paidAt',
        message: `paidAt ${paidAt} is after the server's ${tx.at}`,
      })
    if (!Number.isSafeInteger(input.amount) || input.amount <= 0)
      throw new BillingError('amount_out_of_range', {
        pointer: '/amount',
        message: 'a payment is a whole number of minor units above zero',
      })
    const before = await paymentsOf(tx, customerId, row.id)
    const known = before.find((payment) => payment.reference === input.reference)
    if (known) {
      if (known.reversedAt !== null)
        throw new BillingError('payment_reversed', {
          pointer: '/reference',
          message:
            `payment '${input.reference}' on invoice ${number} was reversed: `
            + 'a new payment has a reference of its own',
        })
      if (known.amount === input.amount && known.method === input.method) return view(tx, row)
      throw new BillingError('duplicate_reference', {
        pointer: '/reference',
        message:
          `payment '${input.reference}' was recorded for invoice ${number} before, `
          + 'with another amount or method',
      })
    }
    if (row.voidedAt !== null)
      throw new BillingError('invoice_void', { message: `invoice ${number} is void` })
    const due = await dueOf(tx, customerId, row.id)
    const paid = before.reduce(
      (total, payment) => total + (payment.reversedAt === null ? payment.amount : 0),
      input.amount,
    )
    if (Math.max(paid, input.amount + (await creditBalance(tx, customerId, currency))) > maxExternalAmount) {
      throw new BillingError('amount_out_of_range', {
        pointer: '/amount',
        message: `an invoice takes payments, and a balance holds, ${maxExternalAmount} minor units at most`,
      })
    }
    const [id, applied] = [tx.newId('pay'), Math.min(due, input.amount)]
    await tx.query(
      `insert into payments (
          customer_id, id, invoice_id, reference, amount, applied, method, paid_at, created_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [customerId, id, row.id, input.reference, input.amount, applied, input.method, paidAt, tx.at],
    )
    await addBalanceTransaction(tx, {
      customerId,
      invoiceId: row.id,
      reason: 'overpaid',
      amount: input.amount - applied,
      currency,
      causeId: id,
    })
    if (due > 0 && applied === due)
      await recordActivity(tx, { type: 'invoice.paid', customerId, subjectId: row.id })
    await payOpenInvoices(tx, { customerId, currency })
    return view(tx, row)
  })
}

function refuseCreditNote({ document: { number, creditNote } }: StoredInvoice, action: string): void {
  if (creditNote)
    throw new BillingError('credit_note_final', {
      message:
        `${number} is a credit note and cannot be ${action}: it has settled itself on invoice `
        + `${creditNote.invoiceNumber} or as account credit`,
    })
}

/** Returns an invoice with its customer locked and due work done. Throws invoice_not_found. */
export async function lockedInvoice(tx: BillingTransaction, invoiceId: string): Promise<StoredInvoice> {
  const { document } = await storedInvoice(tx, invoiceId)
  await lockCustomer(tx, document.customerId)
  await catchUp(tx, await readBillingState(tx, document.customerId))
  return storedInvoice(tx, invoiceId, document.customerId)
}
