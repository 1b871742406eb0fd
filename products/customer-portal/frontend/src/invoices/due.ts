import type { Invoice, InvoiceSummary } from '@customer-portal/portal-api/contract'

export type Due = InvoiceSummary['currencies'][number]

/** The invoice totals in a currency; if there are none, those of the first currency that has any. */
export function dueOf(summary: InvoiceSummary | undefined, currency: string | undefined): Due | undefined {
  return summary?.currencies.find((one) => one.currency === currency) ?? summary?.currencies[0]
}

/** Whether an invoice is partly paid. */
export const isPartPaid = ({
  status,
  amountPaid,
  balanceApplied,
  amountDue,
}: Pick<Invoice, 'status' | 'amountPaid' | 'balanceApplied' | 'amountDue'>): boolean =>
  status === 'open' && amountPaid + balanceApplied > 0 && amountDue > 0
