import type { Subscription } from '@customer-portal/portal-api/contract'

type NextInvoice = NonNullable<Subscription['nextInvoice']>

/**
 * The next invoice: a `usual` one, the `last` of a subscription that ends, or none when it ends with nothing
 * left to bill. Undefined when unknown.
 */
export function nextInvoiceOf({
  status,
  nextInvoice,
  cancelAtPeriodEnd,
  currentPeriod,
}: Pick<Subscription, 'status' | 'nextInvoice' | 'cancelAtPeriodEnd' | 'currentPeriod'>):
  { kind: 'usual' | 'last'; invoice: NextInvoice } | { kind: 'none' } | undefined {
  if (!nextInvoice) return cancelAtPeriodEnd ? { kind: 'none' } : undefined
  // On a yearly plan there are usage invoices before the last.
  const isLast =
    status === 'canceled'
    || (cancelAtPeriodEnd && currentPeriod !== null && nextInvoice.at >= currentPeriod.end)
  return { kind: isLast ? 'last' : 'usual', invoice: nextInvoice }
}
