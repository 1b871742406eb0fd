import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { isOfCustomerFound } from './search.ts'
import type { Instant } from '../values/instant.ts'
import type { Money } from '../values/money.ts'
import { localDateOf, zoneOn, type ZoneChange } from '../values/zone.ts'
import { customerColumns, type CustomerRow } from './customer.ts'
import type { ContractTerms } from './contract-terms.ts'
import type { InvoiceTitle } from './invoice-title.ts'

/** The account fields a customer may change. */
export interface CustomerDetails {
  companyName: string
  contactName: string | null
  email: string | null
  phone: string | null
  address: string | null
  locale: 'zh-CN' | 'en'
  timezone: string
  invoiceTitle: InvoiceTitle | null
}

/** A customer's account. `nextTimezone` was requested and applies from a later period. */
export interface Account extends CustomerDetails, ContractTerms {
  customerId: string
  nextTimezone: { timezone: string; from: string } | null
  currency: string
  creditBalance: Money
  version: number
  createdAt: Instant
}

/** Throws customer_not_found. */
export async function getCustomer(engine: Engine, input: { customerId: string }): Promise<Account> {
  return engine.transaction((tx) => accountOf(tx, input.customerId), { readOnly: true })
}

/** Lists customers, newest first; with a text, those it matches (see `isOfCustomerFound`). */
export async function listCustomers(
  engine: Engine,
  input: { q?: string; cursor?: string; limit?: number } = {},
): Promise<Page<Account>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 2)
  return engine.transaction(
    async (tx) => {
      const rows = await tx.query<{ customerId: string; createdAt: Instant }>(sql`
        select customer_id as "customerId", created_at as "createdAt"
        from customers
        where ${sql.and(
          after && sql`(created_at, customer_id) < (${sql.join(after)})`,
          input.q !== undefined && isOfCustomerFound(sql`customer_id`, input.q),
        )}
        order by created_at desc, customer_id desc
        limit ${limit + 1}`)
      const shown = rows.slice(0, limit)
      const data = await accountsOf(
        tx,
        shown.map((row) => row.customerId),
      )
      const last = shown.at(-1)
      return {
        data,
        nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.customerId]) : null,
      }
    },
    { readOnly: true },
  )
}

export async function accountOf(tx: BillingTransaction, customerId: string): Promise<Account> {
  const [account] = await accountsOf(tx, [customerId])
  if (!account)
    throw new BillingError('customer_not_found', {
      customerId,
      message: `there is no customer '${customerId}'`,
    })
  return account
}

interface AccountRow extends CustomerRow {
  zones: ZoneChange[]
  creditBalance: Money
}

/** Returns the accounts of several customers in the order of the ids, in one statement. */
async function accountsOf(tx: BillingTransaction, customerIds: readonly string[]): Promise<Account[]> {
  const ids = sql`${customerIds}::text[]`
  const rows = await tx.query<AccountRow>(sql`
    select ${customerColumns},
      (
        select json_agg(z order by z."from")
        from (select from_on as "from", timezone from customer_timezones where customer_id = c.customer_id) z
      ) as zones,
      (
        select coalesce(sum(m.amount), 0)::bigint
        from balance_transactions m
        where m.customer_id = c.customer_id and m.currency = c.currency
      ) as "creditBalance"
    from customers c
    where customer_id = any(${ids})
    order by array_position(${ids}, customer_id)`)
  return rows.map(({ dueAt: _, zones, ...account }) => {
    const today = localDateOf(zones, tx.at)
    const next = zones.find((zone) => zone.from > today)
    return {
      ...account,
      timezone: zoneOn(zones, today),
      nextTimezone: next ? { timezone: next.timezone, from: next.from } : null,
    }
  })
}
