import type { BillingTransaction } from '../engine.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { nextMidnight } from '../values/zone.ts'
import type { InvoiceDocument } from './document/document.ts'

/** A void document whose lines are due again and wait to be billed anew. */
export interface VoidedDocument {
  document: InvoiceDocument
  voidedAt: Instant
}

/** Waiting documents are read so many at a time: what is left is done by the next run. */
const maxBatchSize = 100

/**
 * The void documents of a customer that wait, the first issued first. What a credit note or a charge said is
 * never billed again.
 */
export async function waitingToBillAgain(
  tx: BillingTransaction,
  { customer: { customerId }, billsAgain }: BillingState,
): Promise<VoidedDocument[]> {
  if (!billsAgain) return []
  return tx.query<VoidedDocument>(
    `select document, voided_at as "voidedAt"
      from invoices
      where customer_id = $1
        and voided_at is not null
        and billed_again_at is null
        and kind in ('start', 'renewal', 'change', 'final')
      order by issued_at, sequence
      limit ${maxBatchSize}`,
    [customerId],
  )
}

/** From when on the run bills a void document again: the customer's next midnight. */
export function billsAgainAt(state: SubscriptionState, { voidedAt }: VoidedDocument): Instant {
  return nextMidnight(state.zones, voidedAt)
}

/**
 * Writes down that what the void documents of a kind and period billed was billed anew, or that nothing of it
 * is due any more.
 */
export async function rememberBilledAgain(
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
