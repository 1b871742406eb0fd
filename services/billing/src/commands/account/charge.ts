import { sql } from '@customer-portal/database'
import type { BillingTransaction, Engine } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { onCustomer, scheduleNext } from '../../billing-run/run.ts'
import {
  chargeColumns,
  chargesAndInvoices,
  maxChargeAmount,
  maxChargeQuantity,
  maxWaitingCharges,
  type OneOffCharge,
} from '../../customer/one-off-charge.ts'
import { BillingError } from '../../errors.ts'
import { addCharge } from '../../invoicing/charge-billing.ts'
import { issueCharges } from '../../invoicing/charge-invoice.ts'
import { storedInvoice, view, type Invoice } from '../../invoicing/view.ts'
import { localized, type LocalizedText } from '../../values/localized-text.ts'

export interface ChargeInput {
  customerId: string
  /** Unique per customer; one is made where it is omitted. */
  id?: string
  name: string | LocalizedText
  quantity?: number
  unitAmount: number
  taxRate?: string
  taxMode?: 'exclusive' | 'inclusive'
  when: OneOffCharge['when']
}

/** A charge as it is now, and its invoice. */
export interface Charged {
  charge: OneOffCharge
  invoice: Invoice | null
}

/**
 * Charges a customer once: `now` on an invoice of its own, or with the next invoice. Idempotent by id: a
 * repeat returns the charge as it is now. Throws invalid_charge, charge_exists for the id of another charge,
 * too_many_charges, seller_missing.
 */
export async function createCharge(engine: Engine, input: ChargeInput): Promise<Charged> {
  const charge = chargeFrom(input)
  return onCustomer(engine, input.customerId, {}, async (tx, state) => {
    const { customerId } = input
    const id = input.id ?? tx.newId('chg')
    const known = await findCharge(tx, customerId, id)
    if (known) {
      refuseOther(known, charge)
      return { charge: known, invoice: await invoiceOf(tx, known) }
    }
    if (charge.when === 'next_invoice' && state.charges.length >= maxWaitingCharges)
      throw new BillingError('too_many_charges', {
        most: maxWaitingCharges,
        message:
          `at most ${maxWaitingCharges} charges of a customer wait for an invoice: `
          + 'withdraw one, or bill this one now',
      })
    const added = await addCharge(tx, state, { ...charge, id, source: { kind: 'vendor', id: null } })
    if (charge.when === 'now') await issueCharges(tx, state, { charges: [added], date: state.today })
    else await scheduleNext(tx, state)
    const made = (await findCharge(tx, customerId, id))!
    return { charge: made, invoice: await invoiceOf(tx, made) }
  })
}

/**
 * Withdraws a charge that waits: it is never billed. Idempotent. Throws charge_not_found, and charge_billed
 * once it is on an invoice.
 */
export async function withdrawCharge(
  engine: Engine,
  { customerId, chargeId }: { customerId: string; chargeId: string },
): Promise<OneOffCharge> {
  return onCustomer(engine, customerId, {}, async (tx, state) => {
    const charge = await findCharge(tx, customerId, chargeId)
    if (!charge) throw chargeNotFound(customerId, chargeId)
    if (charge.status === 'billed')
      throw new BillingError('charge_billed', {
        invoiceId: charge.invoiceId,
        number: charge.invoiceNumber,
        message:
          `charge '${chargeId}' is on invoice ${charge.invoiceNumber}: `
          + `credit it with POST /invoices/${charge.invoiceId}/credit-notes`,
      })
    if (charge.status === 'withdrawn') return charge
    await tx.query(sql`
      update charges
      set withdrawn_at = ${tx.at}
      where customer_id = ${customerId} and id = ${chargeId}`)
    await recordActivity(tx, { type: 'charge.withdrawn', customerId, subjectId: chargeId })
    state.charges = state.charges.filter(({ id }) => id !== chargeId)
    await scheduleNext(tx, state)
    return { ...charge, status: 'withdrawn', withdrawnAt: tx.at }
  })
}

async function findCharge(
  tx: BillingTransaction,
  customerId: string,
  id: string,
): Promise<OneOffCharge | undefined> {
  const [charge] = await tx.query<OneOffCharge>(sql`
    select ${chargeColumns}
    from ${chargesAndInvoices}
    where c.customer_id = ${customerId} and c.id = ${id}`)
  return charge
}

async function invoiceOf(
  tx: BillingTransaction,
  { customerId, invoiceId }: OneOffCharge,
): Promise<Invoice | null> {
  return invoiceId === null ? null : view(tx, await storedInvoice(tx, invoiceId, customerId))
}

type CheckedCharge = Pick<OneOffCharge, 'name' | 'quantity' | 'unitAmount' | 'taxRate' | 'taxMode' | 'when'>

/** Validates a charge and fills in its defaults. Throws invalid_charge. */
function chargeFrom({ name, quantity = 1, unitAmount, taxRate, taxMode, when }: ChargeInput): CheckedCharge {
  const refuse = (pointer: string, message: string): never => {
    throw new BillingError('invalid_charge', { pointer, message })
  }
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > maxChargeQuantity)
    refuse('/quantity', `a quantity is a whole number from 1 to ${maxChargeQuantity}, not ${quantity}`)
  if (!Number.isInteger(unitAmount) || unitAmount < 1)
    refuse(
      '/unitAmount',
      `a charge is a whole number of minor units above zero, not ${unitAmount}: to give a customer money, `
        + 'adjust the balance (POST /customers/{customerId}/balance/adjustments) or credit an invoice',
    )
  if (quantity * unitAmount > maxChargeAmount)
    refuse('/unitAmount', `a charge comes to at most ${maxChargeAmount} minor units, quantity × unitAmount`)
  if (taxRate !== undefined && !/^\d{1,3}(\.\d{1,4})?$/.test(taxRate))
    refuse('/taxRate', `'${taxRate}' is not a percentage such as "6" or "13.5"`)
  return {
    name: localized(name),
    quantity,
    unitAmount,
    taxRate: taxRate ?? null,
    taxMode: taxMode ?? null,
    when,
  }
}

/** Throws charge_exists, with what differs, where an id is that of another charge. */
function refuseOther(known: OneOffCharge, charge: CheckedCharge): void {
  const differs = (Object.keys(charge) as (keyof CheckedCharge)[]).filter((field) =>
    field === 'name'
      ? known.name['zh-CN'] !== charge.name['zh-CN'] || known.name.en !== charge.name.en
      : known[field] !== charge[field],
  )
  if (known.source.kind === 'vendor' && differs.length === 0) return
  const other = differs.length > 0 ? `with another ${differs.join(', ')}` : 'not by hand'
  throw new BillingError('charge_exists', {
    pointer: '/id',
    differs,
    message: `charge '${known.id}' was made before ${other}: give a new charge another id`,
  })
}

function chargeNotFound(customerId: string, chargeId: string): BillingError {
  return new BillingError('charge_not_found', {
    chargeId,
    message: `customer '${customerId}' has no charge '${chargeId}'`,
  })
}
