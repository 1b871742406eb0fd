import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { addBalanceTransaction } from '../../payments/balance.ts'
import { BillingError } from '../../errors.ts'
import {
  creditAmount,
  creditLines,
  givenBackAsCredit,
  leftOfLine,
  type Credit,
} from '../../pricing/credit-note.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { findSeller } from '../../catalogue/seller.ts'
import { draftIdParts } from '../../invoicing/draft.ts'
import type { InvoiceDocument } from '../../invoicing/document/document.ts'
import { payOpenInvoices } from '../../invoicing/balance-use.ts'
import { creditIn, givenBackOf } from '../../invoicing/document/given-back.ts'
import { lockedInvoice } from './invoice.ts'
import { nextNumber, sellerMissing, store } from '../../invoicing/issue.ts'
import { lessTakenOff, type Line } from '../../invoicing/document/line.ts'
import { dueOf } from '../../invoicing/state.ts'
import { viewOf, type Invoice, type StoredInvoice } from '../../invoicing/view.ts'

/** What to credit: a gross amount, or amounts of invoice lines before discount and tax. */
export interface CreditNoteInput {
  invoiceId: string
  amount?: Money
  lines?: readonly { lineId: string; amount: Money }[]
  reason: string
  /** The part beyond the amount due waits for a refund and pays no other invoice. */
  refund?: boolean
}

/**
 * Credits part of an issued invoice with a document of its own: all its notes together at most what changes,
 * endings and adjustments left. It reduces the invoice's amount due first; the rest becomes balance, which
 * first pays open invoices. Throws invoice_void, invoice_is_draft, credit_note_final (a note on a note),
 * amount_out_of_range with the amount left.
 */
export async function issueCreditNote(engine: Engine, input: CreditNoteInput): Promise<Invoice> {
  return engine.transaction(async (tx) => {
    if (draftIdParts(input.invoiceId))
      throw new BillingError('invoice_is_draft', {
        message: `'${input.invoiceId}' is a draft: it can be credited once it is issued`,
      })
    const row = await lockedInvoice(tx, input.invoiceId)
    const { document } = row
    if (document.kind === 'credit_note')
      throw new BillingError('credit_note_final', {
        message:
          `${document.number} is a credit note itself: credit invoice `
          + `${document.creditNote!.invoiceNumber} instead`,
      })
    if (row.voidedAt !== null)
      throw new BillingError('invoice_void', {
        message: `invoice ${document.number} is void: there is nothing of it to credit`,
      })
    const notes = await creditsOf(tx, document)
    const earlier = [
      ...notes,
      givenBackAsCredit(document.lines, notes, await givenBackOf(tx, document.customerId, row.id)),
    ]
    const credit = creditFor(document, earlier, input)
    const left = money(document.total - sum(earlier.map((one) => one.total)))
    if (credit.total > left) throw beyond(document, left, `credits ${credit.total} with tax`)
    return viewOf(tx, await write(tx, row, credit, input))
  })
}

/** Returns the credits of an invoice's notes, oldest first. */
async function creditsOf(tx: BillingTransaction, { customerId, id }: InvoiceDocument): Promise<Credit[]> {
  const rows = await tx.query<{ document: InvoiceDocument }>(
    'select document from invoices where customer_id = $1 and credits_id = $2 order by issued_at, number',
    [customerId, id],
  )
  return rows.map((row) => creditIn(row.document))
}

function creditFor(
  document: InvoiceDocument,
  earlier: readonly Credit[],
  { amount, lines }: CreditNoteInput,
): Credit {
  if ((amount === undefined) === (lines === undefined))
    throw new BillingError('validation_failed', {
      pointer: '/amount',
      message: 'say what to credit: either amount or lines',
    })
  const credit = lines
    ? creditLines(document.lines, earlier, checkedLines(document, earlier, lines))
    : creditAmount(document.lines, earlier, checkedAmount(document, earlier, amount!))
  if (credit.total <= 0)
    throw new BillingError('amount_out_of_range', {
      pointer: '/lines',
      message: 'what is to be credited comes to nothing',
    })
  return credit
}

function checkedAmount(document: InvoiceDocument, earlier: readonly Credit[], amount: Money): Money {
  const left = money(document.total - sum(earlier.map((credit) => credit.total)))
  if (!isAmount(amount) || amount > left) throw beyond(document, left, `credits ${amount}`)
  return amount
}

function checkedLines(
  document: InvoiceDocument,
  earlier: readonly Credit[],
  lines: readonly { lineId: string; amount: Money }[],
): readonly { lineId: string; amount: Money }[] {
  const seen = new Set<string>()
  for (const [index, { lineId, amount }] of lines.entries()) {
    const line = document.lines.find((one) => one.id === lineId)
    if (!line || seen.has(lineId))
      throw new BillingError('validation_failed', {
        pointer: `/lines/${index}/lineId`,
        message: line
          ? `line '${lineId}' is named twice`
          : `invoice ${document.number} has no line '${lineId}'`,
      })
    seen.add(lineId)
    const left = leftOfLine(line, earlier)
    if (!isAmount(amount) || amount > left) {
      throw new BillingError('amount_out_of_range', {
        pointer: `/lines/${index}/amount`,
        left,
        message:
          `of line '${lineId}' of invoice ${document.number} ${left} can be credited (before discount `
          + `and tax), not ${amount}`,
      })
    }
  }
  return lines
}

function isAmount(amount: Money): boolean {
  return Number.isSafeInteger(amount) && amount > 0
}

function beyond(document: InvoiceDocument, left: Money, requested: string): BillingError {
  const most = Math.max(0, left)
  return new BillingError('amount_out_of_range', {
    pointer: '/amount',
    left: most,
    message:
      `of invoice ${document.number} (total ${document.total}) ${most} can still be credited: `
      + `this note ${requested}`,
  })
}

async function write(
  tx: BillingTransaction,
  row: StoredInvoice,
  credit: Credit,
  { reason, refund = false }: CreditNoteInput,
): Promise<InvoiceDocument> {
  const invoice = row.document
  const { customerId, currency } = invoice
  const seller = await findSeller(tx)
  if (!seller) throw sellerMissing()
  const amountDue = await dueOf(tx, customerId, row.id)
  const amountCredited = Math.min(credit.total, amountDue)
  const taxes = credit.taxes.map((tax) => ({ ...tax, base: money(-tax.base), amount: money(-tax.amount) }))
  const lines = linesOf(invoice, credit)
  const document: InvoiceDocument = {
    id: tx.newId('inv'),
    customerId,
    number: await nextNumber(tx, 'CN', seller),
    kind: 'credit_note',
    currency,
    period: invoice.period,
    cause: null,
    issuedAt: tx.at,
    dueAt: tx.at,
    lines,
    subtotal: sum(lines.map((line) => line.amount)),
    discounts: [],
    discountTotal: 0,
    taxes,
    taxTotal: sum(taxes.map((tax) => tax.amount)),
    total: money(-credit.total),
    creditApplied: 0,
    seller,
    buyer: invoice.buyer,
    creditNote: {
      invoiceId: invoice.id,
      invoiceNumber: invoice.number,
      reason,
      amountCredited,
      ...(refund ? { refund } : {}),
    },
  }
  await store(tx, document)
  await addBalanceTransaction(tx, {
    customerId,
    invoiceId: document.id,
    reason: 'credit_note',
    amount: money(credit.total - amountCredited),
    currency,
    heldFor: refund ? document.id : null,
  })
  await recordActivity(tx, { type: 'invoice.issued', customerId, subjectId: document.id })
  if (amountDue > 0 && amountCredited === amountDue)
    await recordActivity(tx, { type: 'invoice.paid', customerId, subjectId: invoice.id })
  if (!refund) await payOpenInvoices(tx, { customerId, currency })
  return document
}

/** Returns the lines of a note in the order of the invoice's: what each credits, net of its discount. */
function linesOf(invoice: InvoiceDocument, credit: Credit): Line[] {
  const credited = invoice.lines.flatMap((line) =>
    credit.lines.filter((part) => part.lineId === line.id).map((part) => ({ line, ...part })),
  )
  return credited.map(({ line, gross, net }, index) => ({
    id: `line_${index + 1}`,
    kind: 'credit_note',
    description: line.description,
    quantity: 1,
    amount: money(-net),
    taxRate: line.taxRate,
    taxMode: line.taxMode,
    period: line.period,
    breakdown: lessTakenOff(money(-gross), money(-net)),
    phaseId: '',
    credited: { lineId: line.id, gross },
  }))
}
