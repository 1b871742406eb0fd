import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import type { Totals } from '../../pricing/totals.ts'
import { money, type Money } from '../../values/money.ts'
import type { SellerOnDocument } from '../../catalogue/seller.ts'
import type { Line } from './line.ts'
import type { InvoiceTitle } from '../../customer/invoice-title.ts'

export type InvoiceKind = 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'

/** The buyer of an invoice, as of its issue. */
export interface Buyer {
  customerId: string
  companyName: string
  email: string | null
  address: string | null
  phone: string | null
  invoiceTitle: InvoiceTitle | null
  /** Absent where they gave none. */
  purchaseOrderNumber?: string
}

/**
 * What a document was issued for, where kind and period leave that open: the phase it starts, the
 * subscription that was ended at once, or (for a final one) the subscription that was opened again, with the
 * instant.
 */
export interface Cause {
  kind: 'phase' | 'subscription' | 'reopening'
  id: string
}

/** An issued document: written once, whole, and never changed. */
export interface InvoiceDocument extends Totals {
  id: string
  customerId: string
  number: string
  kind: InvoiceKind
  currency: string
  period: { start: LocalDate; end: LocalDate; label: string }
  cause: Cause | null
  issuedAt: Instant
  dueAt: Instant
  lines: Line[]
  seller: SellerOnDocument
  buyer: Buyer
  /**
   * For a credit note: the invoice, the reason, and the amount taken off the invoice's amount due; the rest
   * became balance or (`refund`) waits to be paid out.
   */
  creditNote?: {
    invoiceId: string
    invoiceNumber: string
    reason: string
    amountCredited: Money
    refund?: true
  }
}

/**
 * Returns the balance a document creates at issue: its negative total, less what a credit note applies to its
 * invoice or refunds.
 */
export function addedToBalance({
  total,
  creditNote,
}: {
  total: Money
  creditNote?: InvoiceDocument['creditNote'] | null
}): Money {
  return creditNote?.refund ? 0 : money(Math.max(0, -total - (creditNote?.amountCredited ?? 0)))
}

/** Returns the amount to pay after the balance is applied; never below 0. */
export function payableOf(document: Pick<InvoiceDocument, 'total' | 'creditApplied'>): number {
  return Math.max(0, document.total - document.creditApplied)
}
