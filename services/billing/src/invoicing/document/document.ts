import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import type { Totals } from '../../pricing/totals.ts'
import { money, type Money } from '../../values/money.ts'
import type { SellerOnDocument } from '../../catalogue/seller.ts'
import type { Line } from './line.ts'
import type { InvoiceTitle } from '../../customer/invoice-title.ts'

export type InvoiceKind = 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'

/** Whom an invoice is to, as they were when it was issued. */
export interface Buyer {
  customerId: string
  companyName: string
  email: string | null
  address: string | null
  phone: string | null
  invoiceTitle: InvoiceTitle | null
}

/**
 * What a document was issued for, where kind and period leave that open: the phase it begins, the
 * subscription that was ended at once, or (of a final one) the subscription that was opened again, with the
 * instant.
 */
export interface Cause {
  kind: 'phase' | 'subscription' | 'reopening'
  id: string
}

/** What was issued: written once, whole, never changed. */
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
   * Of a credit note: the invoice it gives back, why, and what it took off that invoice's amount due; the
   * rest became balance, or (`refund`) waits to be paid back.
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
 * What a document gives into the balance when it is issued: a total below zero, less what a credit note takes
 * off its invoice or pays back.
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

/** What is left to pay once the credit is applied; never below zero. */
export function payableOf(document: Pick<InvoiceDocument, 'total' | 'creditApplied'>): number {
  return Math.max(0, document.total - document.creditApplied)
}
