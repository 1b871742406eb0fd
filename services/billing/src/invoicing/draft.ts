import type { BillingTransaction } from '../engine.ts'
import type { BillingState } from '../subscription/state.ts'
import { findSeller, onDocument } from '../catalogue/seller.ts'
import { billedPeriods } from './document/billed-periods.ts'
import { addedToBalance, payableOf } from './document/document.ts'
import { buyerOf } from './issue.ts'
import { nextDocument } from './next.ts'
import { publicLine, type Invoice } from './view.ts'
import { shown } from '../values/period.ts'
import { closesAt } from '../subscription/closing.ts'

/**
 * Returns the renewal between the end of its period and the end of the grace, computed on read and not
 * stored. Null when there is none.
 */
export async function draftOf(tx: BillingTransaction, state: BillingState): Promise<Invoice | null> {
  const next = await nextDocument(tx, state)
  if (!next || next.period.to > state.today) return null
  const { period, lines, totals: sums } = next
  const { customerId, currency } = state.customer
  const seller = await findSeller(tx)
  return {
    id: `draft_${customerId}_${period.label}`,
    customerId,
    number: null,
    kind: 'renewal',
    status: 'draft',
    overdue: false,
    currency,
    period: shown(period),
    billedPeriods: billedPeriods(lines),
    issuedAt: null,
    dueAt: null,
    paidAt: null,
    voidedAt: null,
    finalizesAt: closesAt(state, period),
    lines: lines.map((line, index) => publicLine({ id: `line_${index + 1}`, ...line })),
    ...sums,
    addedToBalance: addedToBalance(sums),
    amountPaid: 0,
    amountCredited: 0,
    balanceApplied: 0,
    amountDue: payableOf(sums),
    payments: [],
    voidReason: null,
    refunds: [],
    toRefund: 0,
    creditNotes: [],
    creditNote: null,
    seller: seller ? onDocument(seller) : null,
    buyer: buyerOf(state),
    sha256: null,
    pdfSha256: null,
  }
}

/** Parses the id of a draft; undefined for any other id. */
export function draftIdParts(invoiceId: string): { customerId: string; label: string } | undefined {
  const match = /^draft_(.+)_(\d{4}-\d{2}(?:-\d{2})?)$/.exec(invoiceId)
  return match ? { customerId: match[1]!, label: match[2]! } : undefined
}
