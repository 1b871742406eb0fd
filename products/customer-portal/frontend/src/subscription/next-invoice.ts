import type { Subscription } from '@customer-portal/portal-api/contract'

type NextInvoice = NonNullable<Subscription['nextInvoice']>

/**
 * What invoice comes next: a `usual` one, the `last` of a subscription that ends, or none where it ends and
 * nothing is left to bill. Undefined: nothing is known to come.
 */
export function nextInvoiceOf({
  status,
  nextInvoice,
  cancelAtPeriodEnd,
  currentPeriod,
}: Pick<Subscription, 'status' | 'nextInvoice' | 'cancelAtPeriodEnd' | 'currentPeriod'>):
  { kind: 'usual' | 'last'; invoice: NextInvoice } | { kind: 'none' } | undefined {
  if (!nextInvoice) return cancelAtPeriodEnd ? { kind: 'none' } : undefined
  // On a plan paid by the year there are usage invoices before the last.
  const isLast =
    status === 'canceled'
    || (cancelAtPeriodEnd && currentPeriod !== null && nextInvoice.at >= currentPeriod.end)
  return { kind: isLast ? 'last' : 'usual', invoice: nextInvoice }
}
