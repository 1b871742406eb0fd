import { sql } from '@customer-portal/database'
import type { TaxMode } from '../pricing/totals.ts'
import type { Instant } from '../values/instant.ts'
import type { LocalizedText } from '../values/localized-text.ts'
import type { Money } from '../values/money.ts'

/** Maximum number of charges of a customer that wait for an invoice, so that each document has a bounded size. */
export const maxWaitingCharges = 100

/** Maximum quantity of a charge, and maximum amount of one before tax in minor units. */
export const maxChargeQuantity = 1_000_000
export const maxChargeAmount = 1_000_000_000_000

/** What made a charge: the vendor by hand, or the pack with the id. */
export interface ChargeSource {
  kind: 'vendor' | 'pack'
  id: string | null
}

/** A charge that waits for the customer's next invoice. */
export interface WaitingCharge {
  id: string
  name: LocalizedText
  quantity: number
  /** Minor units of the account's currency for one. */
  unitAmount: Money
  /** Null: that of the customer's plan when it is billed. */
  taxRate: string | null
  taxMode: TaxMode | null
  createdAt: Instant
  /** The instant it was made, or the later one at which its invoice was voided. */
  waitingSince: Instant
}

/** A one-off charge with its state now: it waits, is on an invoice that is not void, or is withdrawn. */
export interface OneOffCharge extends Omit<WaitingCharge, 'waitingSince'> {
  customerId: string
  currency: string
  /** Quantity × unit amount, before tax where tax is added. */
  amount: Money
  when: 'now' | 'next_invoice'
  source: ChargeSource
  status: 'waiting' | 'billed' | 'withdrawn'
  /** Its invoice; that of a withdrawn charge is void. */
  invoiceId: string | null
  invoiceNumber: string | null
  withdrawnAt: Instant | null
}

/** SQL: the state of charge `c`. */
export const chargeStatus = sql`case
    when c.withdrawn_at is not null then 'withdrawn'
    when c.invoice_id is not null then 'billed'
    else 'waiting'
  end`

/** SQL: the columns of a `OneOffCharge`, of the charge `c` and its invoice `i`. */
export const chargeColumns = sql`
  c.customer_id as "customerId", c.id, c.name, c.quantity, c.unit_amount as "unitAmount",
  c.quantity * c.unit_amount as amount, c.currency, c.tax_rate as "taxRate", c.tax_mode as "taxMode",
  c.bill_when as "when", json_build_object('kind', c.source_kind, 'id', c.source_id) as source,
  ${chargeStatus} as status, c.invoice_id as "invoiceId", i.number as "invoiceNumber",
  c.created_at as "createdAt", c.withdrawn_at as "withdrawnAt"`

/** SQL: charges `c` with their invoice `i`, where they have one. */
export const chargesAndInvoices = sql`
  charges c
  left join invoices i on (i.customer_id, i.id) = (c.customer_id, c.invoice_id)`
