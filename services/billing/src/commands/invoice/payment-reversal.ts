import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { addBalanceTransaction } from '../../payments/balance.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState } from '../../subscription/state.ts'
import { inChinese } from '../../values/localized-text.ts'
import { daysBetween } from '../../values/date.ts'
import { dateIn } from '../../values/zone.ts'
import type { Money } from '../../values/money.ts'
import { makingDueAgain, payOpenInvoices, placeOf, undoApplications } from '../../invoicing/balance-use.ts'
import { lockedInvoice } from './invoice.ts'
import { issue } from '../../invoicing/issue.ts'
import type { LineDraft } from '../../invoicing/document/line.ts'
import { paymentsOf, type Payment } from '../../invoicing/state.ts'
import { storedInvoice, view, type Invoice, type StoredInvoice } from '../../invoicing/view.ts'

/**
 * Reverses a whole payment that was recorded by mistake or bounced. The amount it applied is due again, by
 * the invoice's terms counted from now; balance it created is taken back, newest application first; what was
 * paid out meanwhile becomes a charge. Idempotent. Throws payment_not_found.
 */
export async function reversePayment(
  engine: Engine,
  input: { paymentId: string; reason: string },
): Promise<Invoice> {
  return engine.transaction(async (tx) => {
    const { customerId, invoiceId } = await placeOfPayment(tx, input.paymentId)
    const row = await lockedInvoice(tx, invoiceId)
    const payment = (await paymentsOf(tx, customerId, invoiceId)).find((one) => one.id === input.paymentId)!
    if (payment.reversedAt === null) await reverse(tx, row, payment, input.reason)
    return view(tx, await storedInvoice(tx, invoiceId, customerId))
  })
}

async function placeOfPayment(
  tx: BillingTransaction,
  paymentId: string,
): Promise<{ customerId: string; invoiceId: string }> {
  const [place] = await tx.query<{ customerId: string; invoiceId: string }>(
    'select customer_id as "customerId", invoice_id as "invoiceId" from payments where id = $1',
    [paymentId],
  )
  if (!place)
    throw new BillingError('payment_not_found', { paymentId, message: `there is no payment '${paymentId}'` })
  return place
}

async function reverse(
  tx: BillingTransaction,
  row: StoredInvoice,
  payment: Payment,
  reason: string,
): Promise<void> {
  const { customerId, currency } = row.document
  const balanceKey = { customerId, currency }
  if (payment.amount > payment.applied) await takeBack(tx, row, payment)
  await makingDueAgain(tx, customerId, row.id, async () => {
    await tx.query(
      'update payments set reversed_at = $3, reversal_reason = $4 where customer_id = $1 and id = $2',
      [customerId, payment.id, tx.at, reason],
    )
  })
  await recordActivity(tx, { type: 'invoice.payment_reversed', customerId, subjectId: row.id })
  await payOpenInvoices(tx, balanceKey)
}

/** Takes back the balance that a payment created. */
async function takeBack(tx: BillingTransaction, row: StoredInvoice, payment: Payment): Promise<void> {
  const { customerId, currency } = row.document
  const amount = payment.amount - payment.applied
  const since = await placeOf(tx, customerId, { reason: 'overpaid', causeId: payment.id })
  const missing = await undoApplications(tx, { customerId, currency }, { amount, since })
  if (missing > 0) {
    const charge = await chargeFor(tx, row, payment, missing)
    await addBalanceTransaction(tx, {
      customerId,
      currency,
      invoiceId: charge,
      reason: 'charged',
      amount: missing,
      causeId: payment.id,
    })
  }
  await addBalanceTransaction(tx, {
    customerId,
    currency,
    invoiceId: row.id,
    reason: 'payment_reversed',
    amount: -amount,
    causeId: payment.id,
  })
}

/**
 * Issues the charge for balance that was paid out although its payment was reversed. It carries no tax,
 * because it is money, and no discount.
 */
async function chargeFor(
  tx: BillingTransaction,
  { document, issuedAt, dueAt }: StoredInvoice,
  { reference }: Payment,
  amount: Money,
): Promise<string> {
  const state = await readBillingState(tx, document.customerId)
  const { start, end, label } = document.period
  const line: LineDraft = {
    kind: 'charge',
    description: {
      'zh-CN': inChinese({ 'zh-CN': '已退款的余额', en: '' }, `（付款 ${reference} 已撤销）`),
      en: `Balance already refunded (payment ${reference} reversed)`,
    },
    quantity: 1,
    amount,
    taxRate: '0',
    taxMode: 'exclusive',
    period: { start, end },
    breakdown: [],
    phaseId: '',
  }
  const termsDays = daysBetween(dateIn('UTC', issuedAt), dateIn('UTC', dueAt))
  const charge = await issue(tx, state, {
    kind: 'charge',
    period: { from: start, to: end, whole: { from: start, to: end }, label },
    lines: [line],
    termsDays,
    balance: 0,
  })
  return charge!.id
}
