import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { nextMidnight } from '../values/zone.ts'
import type { InvoiceDocument } from './document/document.ts'

/** A void document whose lines are due again and wait to be billed. */
export interface VoidedDocument {
  document: InvoiceDocument
  voidedAt: Instant
}

/** Number of waiting documents per read; the next run does the rest. */
const maxBatchSize = 100

/**
 * Returns the waiting void documents of a customer, earliest issue first. The lines of a credit note or
 * one-off charge are never billed again.
 */
export async function waitingToBillAgain(
  tx: BillingTransaction,
  { customer: { customerId }, billsAgain }: BillingState,
): Promise<VoidedDocument[]> {
  if (!billsAgain) return []
  return tx.query<VoidedDocument>(
    sql`
      select document, voided_at as "voidedAt"
      from invoices
      where customer_id = ${customerId}
        and voided_at is not null
        and billed_again_at is null
        and kind in ('start', 'renewal', 'change', 'final')
      order by issued_at, sequence
      limit ${maxBatchSize}`,
  )
}

/** Returns when the run bills a void document again: the customer's next midnight. */
export function billsAgainAt(state: SubscriptionState, { voidedAt }: VoidedDocument): Instant {
  return nextMidnight(state.zones, voidedAt)
}

/** Marks void documents of a kind and period as billed again, or as having nothing due any more. */
export async function markBilledAgain(
  tx: BillingTransaction,
  customerId: string,
  { kind, period, cause }: Pick<InvoiceDocument, 'kind' | 'cause'> & { period: { start: string } },
): Promise<void> {
  await tx.query(
    `update invoices
      set billed_again_at = $5
      where customer_id = $1
        and kind = $2
        and period_start = $3
        and cause_id = $4
        and voided_at is not null
        and billed_again_at is null`,
    [customerId, kind, period.start, cause?.id ?? '', tx.at],
  )
}
