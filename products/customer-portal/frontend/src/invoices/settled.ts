import type { Invoice } from '@customer-portal/portal-api/contract'

type Settled = Pick<
  Invoice,
  | 'status'
  | 'total'
  | 'creditApplied'
  | 'balanceApplied'
  | 'amountPaid'
  | 'amountCredited'
  | 'addedToBalance'
  | 'amountDue'
  | 'creditNote'
>
type Word =
  'voided' | 'credit' | 'amountPaid' | 'amountCredited' | 'offInvoice' | 'toCredit' | 'refund' | 'amountDue'

/**
 * How a document's total was settled, in an order that adds up to the amount due; a credit note has nothing
 * due.
 */
export function settledRows(invoice: Settled): { word: Word; amount: number; strong?: true }[] {
  const { status, total, creditNote, amountDue } = invoice
  if (status === 'void')
    return [
      { word: 'voided', amount: -total },
      { word: 'amountDue', amount: 0, strong: true },
    ]
  const rows: { word: Word; amount: number }[] = [
    { word: 'credit', amount: -invoice.creditApplied - invoice.balanceApplied },
    { word: 'amountPaid', amount: -invoice.amountPaid },
    { word: 'amountCredited', amount: -invoice.amountCredited },
    { word: 'offInvoice', amount: creditNote?.amountCredited ?? 0 },
    { word: 'toCredit', amount: invoice.addedToBalance },
    { word: 'refund', amount: creditNote?.refund ? -total - creditNote.amountCredited : 0 },
  ]
  return [
    ...rows.filter((row) => row.amount !== 0),
    ...(status === 'draft' || creditNote
      ? []
      : [{ word: 'amountDue' as const, amount: amountDue, strong: true as const }]),
  ]
}
