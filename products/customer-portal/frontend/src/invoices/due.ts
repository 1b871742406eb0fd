import type { Invoice, InvoiceSummary } from '@customer-portal/portal-api/contract'

export type Due = InvoiceSummary['currencies'][number]

/** What the invoices of a currency come to; where there are none in it, those of the first that has any. */
export function dueOf(summary: InvoiceSummary | undefined, currency: string | undefined): Due | undefined {
  return summary?.currencies.find((one) => one.currency === currency) ?? summary?.currencies[0]
}

/** Whether something was paid of an invoice, and something is left. */
export const isPartPaid = ({
  status,
  amountPaid,
  balanceApplied,
  amountDue,
}: Pick<Invoice, 'status' | 'amountPaid' | 'balanceApplied' | 'amountDue'>): boolean =>
  status === 'open' && amountPaid + balanceApplied > 0 && amountDue > 0
