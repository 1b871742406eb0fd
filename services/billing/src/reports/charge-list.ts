import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction, Engine } from '../engine.ts'
import { instantsBetween } from '../catalogue/seller-dates.ts'
import {
  chargeColumns,
  chargesAndInvoices,
  chargeStatus,
  type OneOffCharge,
} from '../customer/one-off-charge.ts'
import { isOfCustomerFound } from '../customer/search.ts'
import { BillingError } from '../errors.ts'
import { readSubscriptionState } from '../subscription/state.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import type { Instant } from '../values/instant.ts'
import type { Money } from '../values/money.ts'
import { exact, maxSummedInvoices } from './invoice-list.ts'

/**
 * A filter on the one-off charges of all customers. `start` and `end` are of when they were made: dates in the
 * seller's zone (inclusive) or instants (half-open).
 */
export interface ChargesFilter {
  customerId?: string
  status?: OneOffCharge['status']
  currency?: string
  start?: string
  end?: string
  /** A whole id or invoice number, or the customer: see `isOfCustomerFound`. */
  q?: string
}

/** Returns one charge of a customer. Throws customer_not_found, charge_not_found. */
export async function getCharge(
  engine: Engine,
  { customerId, chargeId }: { customerId: string; chargeId: string },
): Promise<OneOffCharge> {
  return engine.transaction(
    async (tx) => {
      await readSubscriptionState(tx, customerId)
      const [charge] = await tx.query<OneOffCharge>(sql`
        select ${chargeColumns}
        from ${chargesAndInvoices}
        where c.customer_id = ${customerId} and c.id = ${chargeId}`)
      if (!charge)
        throw new BillingError('charge_not_found', {
          chargeId,
          message: `customer '${customerId}' has no charge '${chargeId}'`,
        })
      return charge
    },
    { readOnly: true },
  )
}

/** Lists a customer's charges, newest first. Throws customer_not_found. */
export async function listCharges(
  engine: Engine,
  input: { customerId: string; status?: OneOffCharge['status']; cursor?: string; limit?: number },
): Promise<Page<OneOffCharge>> {
  return engine.transaction(
    async (tx) => {
      await readSubscriptionState(tx, input.customerId)
      return pageOf(tx, input)
    },
    { readOnly: true },
  )
}

/** Lists the charges of all customers, newest first. Throws invalid_range. */
export async function listAllCharges(
  engine: Engine,
  input: ChargesFilter & { cursor?: string; limit?: number },
): Promise<Page<OneOffCharge>> {
  return engine.transaction((tx) => pageOf(tx, input), { readOnly: true })
}

async function pageOf(
  tx: BillingTransaction,
  input: ChargesFilter & { cursor?: string; limit?: number },
): Promise<Page<OneOffCharge>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 3)
  const isChosen = await conditionOf(tx, input)
  const rows = await tx.query<OneOffCharge>(sql`
    select ${chargeColumns}
    from ${chargesAndInvoices}
    where ${sql.and(isChosen, after && sql`(c.created_at, c.customer_id, c.id) < (${sql.join(after)})`)}
    order by c.created_at desc, c.customer_id desc, c.id desc
    limit ${limit + 1}`)
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const next = rows.length > limit && last ? encodeCursor([last.createdAt, last.customerId, last.id]) : null
  return { data, nextCursor: next }
}

/** The charges of one currency: their number, and amounts before tax is added. */
export interface ChargeSums {
  currency: string
  count: number
  waiting: number
  billed: number
  withdrawn: number
  amountWaiting: Money
  amountBilled: Money
}

type Sums = Omit<ChargeSums, 'amountWaiting' | 'amountBilled'> & {
  amountWaiting: string
  amountBilled: string
}

/** Summarises the charges of a filter by currency. Throws invalid_range for more than 100,000. */
export async function summarizeCharges(
  engine: Engine,
  filter: ChargesFilter,
): Promise<{ asOf: Instant; currencies: ChargeSums[] }> {
  return engine.transaction(
    async (tx) => {
      const isChosen = await conditionOf(tx, filter)
      const rows = await tx.query<Sums>(sql`
        select currency, count(*)::int as count,
          (count(*) filter (where status = 'waiting'))::int as waiting,
          (count(*) filter (where status = 'billed'))::int as billed,
          (count(*) filter (where status = 'withdrawn'))::int as withdrawn,
          coalesce(sum(amount) filter (where status = 'waiting'), 0)::text as "amountWaiting",
          coalesce(sum(amount) filter (where status = 'billed'), 0)::text as "amountBilled"
        from (
          select c.currency, c.quantity * c.unit_amount as amount, ${chargeStatus} as status
          from ${chargesAndInvoices}
          where ${isChosen}
          limit ${maxSummedInvoices + 1}
        ) d
        group by currency
        order by currency collate "C"`)
      if (rows.reduce((count, row) => count + row.count, 0) > maxSummedInvoices)
        throw new BillingError('invalid_range', {
          pointer: '?start',
          message: `there are more than ${maxSummedInvoices} charges: narrow the filter`,
        })
      const currencies = rows.map((row) => ({
        ...row,
        amountWaiting: exact(row.amountWaiting),
        amountBilled: exact(row.amountBilled),
      }))
      return { asOf: tx.at, currencies }
    },
    { readOnly: true },
  )
}

/** SQL: the conditions of a filter on the charge `c` with its invoice `i`. */
async function conditionOf(tx: BillingTransaction, filter: ChargesFilter): Promise<Sql> {
  const { customerId, status, currency, q } = filter
  const { from, to } = await instantsBetween(tx, filter)
  return sql.and(
    customerId !== undefined && sql`c.customer_id = ${customerId}`,
    status !== undefined && sql`${chargeStatus} = ${status}`,
    currency !== undefined && sql`c.currency = ${currency}`,
    from !== null && sql`c.created_at >= ${from}`,
    to !== null && sql`c.created_at < ${to}`,
    q !== undefined && isFoundBy(q),
  )
}

function isFoundBy(q: string): Sql {
  return sql`(
    c.id = ${q}
    or i.number = upper(${q})
    or ${isOfCustomerFound(sql`c.customer_id`, q)}
  )`
}
