import { sql } from '@customer-portal/database'
import { recordActivity } from '../activity/activity.ts'
import type { BillingTransaction } from '../engine.ts'
import type { ChargeSource, OneOffCharge, WaitingCharge } from '../customer/one-off-charge.ts'
import { firstOpen } from '../subscription/closing.ts'
import type { BillingState } from '../subscription/state.ts'
import { addMonths, firstOfMonth, type LocalDate } from '../values/date.ts'
import { localDateOf } from '../values/zone.ts'
import type { InvoiceDocument } from './document/document.ts'

/**
 * Returns the date on which charges are billed for themselves: where no usage period is open, whose renewal
 * would bill them, the first of the calendar month after the oldest began to wait. Undefined where none wait
 * or a renewal will come.
 */
export function chargesBilledOn(state: BillingState): LocalDate | undefined {
  const [oldest] = state.charges.map((charge) => charge.waitingSince).sort()
  if (oldest === undefined || firstOpen(state)) return undefined
  return addMonths(firstOfMonth(localDateOf(state.zones, oldest)), 1)
}

/** A charge to add, checked: omitted tax is that of the customer's plan when it is billed. */
export interface NewCharge extends Pick<WaitingCharge, 'id' | 'name' | 'quantity' | 'unitAmount'> {
  taxRate?: string | null
  taxMode?: WaitingCharge['taxMode']
  when: OneOffCharge['when']
  source: ChargeSource
}

/**
 * Adds a charge to a customer: a later document of the same transaction bills it, or `issueCharges` at once,
 * else it waits. The caller holds the customer's lock.
 */
export async function addCharge(
  tx: BillingTransaction,
  state: BillingState,
  { id, name, quantity, unitAmount, taxRate = null, taxMode = null, when, source }: NewCharge,
): Promise<WaitingCharge> {
  const { customerId, currency } = state.customer
  await tx.query(sql`
    insert into charges (
      customer_id, id, name, quantity, unit_amount, currency, tax_rate, tax_mode, bill_when, source_kind,
      source_id, created_at, waiting_since
    )
    values (
      ${customerId}, ${id}, ${JSON.stringify(name)}, ${quantity}, ${unitAmount}, ${currency}, ${taxRate},
      ${taxMode}, ${when}, ${source.kind}, ${source.id}, ${tx.at}, ${tx.at}
    )`)
  await recordActivity(tx, { type: 'charge.created', customerId, subjectId: id })
  const charge = { id, name, quantity, unitAmount, taxRate, taxMode, createdAt: tx.at, waitingSince: tx.at }
  state.charges = [...state.charges, charge]
  return charge
}

/** Marks the charges on an issued document as billed. */
export async function markChargesBilled(
  tx: BillingTransaction,
  state: BillingState,
  document: InvoiceDocument,
): Promise<void> {
  const billed = document.lines.flatMap((line) => line.chargeId ?? [])
  if (billed.length === 0) return
  await tx.query(sql`
    update charges
    set invoice_id = ${document.id}
    where customer_id = ${document.customerId} and id = any(${billed})`)
  state.charges = state.charges.filter((charge) => !billed.includes(charge.id))
}

/**
 * Frees the charges of a document that was voided: on an invoice of charges alone they are withdrawn, never to
 * be billed again; on any other they wait for the next invoice.
 */
export async function freeCharges(
  tx: BillingTransaction,
  { customerId, id, kind }: Pick<InvoiceDocument, 'customerId' | 'id' | 'kind'>,
): Promise<void> {
  if (kind !== 'charge') {
    await tx.query(sql`
      update charges
      set invoice_id = null, waiting_since = ${tx.at}
      where customer_id = ${customerId} and invoice_id = ${id}`)
    return
  }
  const withdrawn = await tx.query<{ id: string }>(sql`
    update charges
    set withdrawn_at = ${tx.at}
    where customer_id = ${customerId} and invoice_id = ${id}
    returning id`)
  for (const charge of withdrawn.map((row) => row.id).sort())
    await recordActivity(tx, { type: 'charge.withdrawn', customerId, subjectId: charge })
}
