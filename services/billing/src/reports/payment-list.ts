import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'
import type { Money } from '../values/money.ts'
import { isOfCustomerFound } from '../customer/search.ts'
import { exact, maxSummedInvoices } from './invoice-list.ts'
import type { Payment } from '../invoicing/state.ts'
import { instantsBetween } from '../catalogue/seller-dates.ts'

/** A payment with the invoice it pays. */
export interface ListedPayment extends Payment {
  customerId: string
  invoiceId: string
  invoiceNumber: string
  currency: string
}

/**
 * A filter on the payments of all customers. `start` and `end` are of `paidAt`: dates in the seller's zone
 * (inclusive) or instants (half-open).
 */
export interface PaymentsFilter {
  customerId?: string
  method?: string
  currency?: string
  start?: string
  end?: string
  /** A whole reference or invoice number, or the customer: see `isOfCustomerFound`. */
  q?: string
}

/** Lists payments of all customers, latest first. Throws invalid_range. */
export async function listAllPayments(
  engine: Engine,
  input: PaymentsFilter & { cursor?: string; limit?: number },
): Promise<Page<ListedPayment>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 4)
  return engine.transaction(
    async (tx) => {
      const isChosen = await conditionOf(tx, input)
      const data = await tx.query<ListedPayment>(sql`
        select p.customer_id as "customerId", p.invoice_id as "invoiceId", i.number as "invoiceNumber",
          i.currency, p.id, p.reference, p.amount, p.applied, p.amount - p.applied as "addedToBalance",
          p.method, p.paid_at as "paidAt", p.created_at as "createdAt", p.reversed_at as "reversedAt",
          p.reversal_reason as "reversalReason"
        from ${paymentsAndInvoices}
        where ${sql.and(
          isChosen,
          after && sql`(p.created_at, p.customer_id, p.invoice_id, p.reference) < (${sql.join(after)})`,
        )}
        order by p.created_at desc, p.customer_id desc, p.invoice_id desc, p.reference desc
        limit ${limit + 1}`)
      const shown = data.slice(0, limit)
      const last = shown.at(-1)
      const next =
        data.length > limit && last
          ? encodeCursor([last.createdAt, last.customerId, last.invoiceId, last.reference])
          : null
      return { data: shown, nextCursor: next }
    },
    { readOnly: true },
  )
}

const paymentsAndInvoices = sql`
  payments p
  join invoices i on (i.customer_id, i.id) = (p.customer_id, p.invoice_id)`

/** The payments of one currency. */
export interface PaymentSums {
  currency: string
  count: number
  amount: Money
}

/**
 * Summarises the payments of a filter by currency, without reversed ones. Throws invalid_range for more than
 * 100,000.
 */
export async function summarizePayments(
  engine: Engine,
  filter: PaymentsFilter,
): Promise<{ asOf: Instant; currencies: PaymentSums[] }> {
  return engine.transaction(
    async (tx) => {
      const isChosen = await conditionOf(tx, filter)
      const rows = await tx.query<Omit<PaymentSums, 'amount'> & { amount: string }>(sql`
        select currency, count(*)::int as count, sum(amount)::text as amount
        from (
          select i.currency, p.amount
          from ${paymentsAndInvoices}
          where p.reversed_at is null and ${isChosen}
          limit ${maxSummedInvoices + 1}
        ) d
        group by currency
        order by currency collate "C"`)
      if (rows.reduce((count, row) => count + row.count, 0) > maxSummedInvoices) {
        throw new BillingError('invalid_range', {
          pointer: '?start',
          message: `there are more than ${maxSummedInvoices} payments: narrow the filter`,
        })
      }
      return { asOf: tx.at, currencies: rows.map((row) => ({ ...row, amount: exact(row.amount) })) }
    },
    { readOnly: true },
  )
}

/** SQL: the conditions of a filter on the payment `p` of the invoice `i`. */
async function conditionOf(tx: BillingTransaction, filter: PaymentsFilter): Promise<Sql> {
  const { customerId, method, currency, q } = filter
  const { from, to } = await instantsBetween(tx, filter)
  return sql.and(
    customerId !== undefined && sql`p.customer_id = ${customerId}`,
    method !== undefined && sql`p.method = ${method}`,
    currency !== undefined && sql`i.currency = ${currency}`,
    from !== null && sql`p.paid_at >= ${from}`,
    to !== null && sql`p.paid_at < ${to}`,
    q !== undefined && isFoundBy(q),
  )
}

function isFoundBy(q: string): Sql {
  return sql`(
    p.reference = ${q}
    or i.number = upper(${q})
    or ${isOfCustomerFound(sql`p.customer_id`, q)}
  )`
}
