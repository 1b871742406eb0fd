import { checkCustomerId, isNameTaken } from './alias.ts'
import type { Billing, BillingTransaction } from './billing.ts'
import { noteChange } from './change-feed.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from './cursor.ts'
import { doWhatIsDue, rememberDue } from './due.ts'
import { BillingError } from './failure.ts'
import { readHistory, stretchesAhead } from './history.ts'
import { isOfCustomerFound, parameters } from './search.ts'
import { addMonths, firstOfMonth } from './rules/date.ts'
import type { Instant } from './rules/instant.ts'
import { isCurrency, type Money } from './rules/money.ts'
import { isTaxId } from './rules/tax-id.ts'
import { beginningOfTime, isTimeZone, localDateOf, startOfDay, zoneOn, type ZoneChange } from './rules/zone.ts'
import { usagePeriods } from './timeline.ts'
import { customerColumns, lockCustomer, type CustomerRow } from './customer-lock.ts'
import type { InvoiceTitle } from './invoice-title.ts'

/** What a customer may change about themselves. */
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

/** A customer's account. `nextTimezone` is one that was asked for and applies from a later period. */
export interface Account extends CustomerDetails {
  customerId: string
  nextTimezone: { timezone: string; from: string } | null
  currency: string
  creditBalance: Money
  version: number
  createdAt: Instant
}

/** Creates a customer. Currency CNY, zone Asia/Shanghai and language zh-CN unless told otherwise. Throws customer_exists. */
export async function createCustomer(
  billing: Billing,
  input: Partial<CustomerDetails> & { id?: string; companyName: string; currency?: string },
): Promise<Account> {
  checkDetails(input)
  if (input.id !== undefined) checkCustomerId(input.id, '/id')
  const currency = input.currency ?? 'CNY'
  if (!isCurrency(currency)) throw new BillingError('invalid_currency', { pointer: '/currency', currency, message: `'${currency}' is not an ISO 4217 currency` })
  return billing.transaction(async (tx) => {
    const customerId = input.id ?? tx.newId('cus')
    const created = await tx.query(
      `insert into customers (customer_id, company_name, contact_name, email, phone, address, locale, currency, invoice_title, version, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10) on conflict (customer_id) do nothing returning customer_id`,
      [customerId, input.companyName, input.contactName ?? null, input.email ?? null, input.phone ?? null, input.address ?? null,
        input.locale ?? 'zh-CN', currency, input.invoiceTitle ? JSON.stringify(input.invoiceTitle) : null, tx.at],
    )
    if (created.length === 0) throw customerExists(customerId)
    await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [customerId, beginningOfTime, input.timezone ?? 'Asia/Shanghai'])
    await noteChange(tx, { type: 'account.created', customerId, subjectId: customerId })
    return accountOf(tx, customerId)
  }).catch((error: unknown) => { throw isNameTaken(error) ? customerExists(input.id!) : error })
}

function customerExists(customerId: string): BillingError {
  return new BillingError('customer_exists', { pointer: '/id', customerId, message: `there is a customer '${customerId}' already` })
}

/**
 * Changes the given fields. With `version`, only when it is the one the reader saw (else stale_version). A new time zone
 * applies from the next usage period, since a period's dates stay as they were counted.
 */
export async function updateCustomer(billing: Billing, input: Partial<CustomerDetails> & { customerId: string; version?: number }): Promise<Account> {
  checkDetails(input)
  return billing.transaction(async (tx) => {
    const before = await lockCustomer(tx, input.customerId)
    // What fell due before is issued to who they were then.
    await doWhatIsDue(tx, await readHistory(tx, input.customerId))
    if (input.version !== undefined && input.version !== before.version) {
      throw new BillingError('stale_version', { pointer: '/version', current: before.version, message: `the account was changed since version ${input.version} was read: read it again (it is ${before.version} now)` })
    }
    const after = { ...before, ...given(input) }
    await tx.query(
      `update customers set company_name = $2, contact_name = $3, email = $4, phone = $5, address = $6, locale = $7, invoice_title = $8, version = version + 1
       where customer_id = $1`,
      [input.customerId, after.companyName, after.contactName, after.email, after.phone, after.address, after.locale, after.invoiceTitle ? JSON.stringify(after.invoiceTitle) : null],
    )
    if (input.timezone !== undefined) {
      await changeTimeZone(tx, input.customerId, input.timezone)
      // The period ends at another midnight now, and what waits for its end is due then.
      await rememberDue(tx, await readHistory(tx, input.customerId))
    }
    await noteChange(tx, { type: 'account.updated', customerId: input.customerId, subjectId: input.customerId })
    return accountOf(tx, input.customerId)
  })
}

/** Throws customer_not_found. */
export async function getCustomer(billing: Billing, input: { customerId: string }): Promise<Account> {
  return billing.transaction((tx) => accountOf(tx, input.customerId), { readOnly: true })
}

/** Customers, newest first; those a text finds (see `isOfCustomerFound`) where one is given. */
export async function listCustomers(billing: Billing, input: { q?: string; cursor?: string; limit?: number } = {}): Promise<Page<Account>> {
  const limit = pageLimit(input.limit)
  const [at, id] = decodeCursor(input.cursor, 2) ?? [null, null]
  return billing.transaction(async (tx) => {
    const given = parameters(at, id, limit + 1)
    const found = input.q === undefined ? '' : `and ${isOfCustomerFound('customer_id', input.q, given)}`
    const rows = await tx.query<{ customerId: string; createdAt: Instant }>(
      `select customer_id as "customerId", created_at as "createdAt" from customers
       where ($1::timestamptz is null or (created_at, customer_id) < ($1, $2)) ${found} order by created_at desc, customer_id desc limit $3`,
      given.values,
    )
    const shown = rows.slice(0, limit)
    const data = await accountsOf(tx, shown.map((row) => row.customerId))
    const last = shown.at(-1)
    return { data, nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.customerId]) : null }
  }, { readOnly: true })
}

async function accountOf(tx: BillingTransaction, customerId: string): Promise<Account> {
  const [account] = await accountsOf(tx, [customerId])
  if (!account) throw new BillingError('customer_not_found', { customerId, message: `there is no customer '${customerId}'` })
  return account
}

interface AccountRow extends CustomerRow {
  zones: ZoneChange[]
  creditBalance: Money
}

/** The accounts of several customers, in the order of their ids as given, in one statement. */
async function accountsOf(tx: BillingTransaction, customerIds: readonly string[]): Promise<Account[]> {
  const rows = await tx.query<AccountRow>(
    `select ${customerColumns},
       (select json_agg(z order by z."from") from (
          select from_on as "from", timezone from customer_timezones where customer_id = c.customer_id) z) as zones,
       (select coalesce(sum(m.amount), 0)::bigint from credit_movements m
        where m.customer_id = c.customer_id and m.currency = c.currency) as "creditBalance"
     from customers c where customer_id = any($1) order by array_position($1, customer_id)`,
    [customerIds],
  )
  return rows.map(({ dueAt: _, zones, ...account }) => {
    const today = localDateOf(zones, tx.at)
    const next = zones.find((zone) => zone.from > today)
    return { ...account, timezone: zoneOn(zones, today), nextTimezone: next ? { timezone: next.timezone, from: next.from } : null }
  })
}

async function changeTimeZone(tx: BillingTransaction, customerId: string, timezone: string): Promise<void> {
  const history = await readHistory(tx, customerId)
  const { today } = history
  await tx.query('delete from customer_timezones where customer_id = $1 and from_on > $2', [customerId, today])
  if (zoneOn(history.zones, today) === timezone) return
  if (history.stretches.length === 0 && !(await hasUsage(tx, customerId))) {
    // Nothing was counted by dates yet: there is no period to wait for.
    await tx.query('update customer_timezones set timezone = $2 where customer_id = $1', [customerId, timezone])
    return
  }
  const current = usagePeriods(history.stretches, today).at(-1)
  const soonest = current && current.to > today ? current.to : addMonths(firstOfMonth(today), 1)
  // Far to the east that date may have begun already: what is counted by now would change its date.
  const following = current && soonest === current.to ? usagePeriods(stretchesAhead(history), soonest).at(-1)!.to : soonest
  const after = following > soonest ? following : addMonths(soonest, 1)
  const from = startOfDay(soonest, timezone) > tx.at ? soonest : after
  await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [customerId, from, timezone])
}

async function hasUsage(tx: BillingTransaction, customerId: string): Promise<boolean> {
  return (await tx.query('select 1 from usage_daily where customer_id = $1 union all select 1 from historical_daily where customer_id = $1 limit 1', [customerId])).length > 0
}

/** A zone asked for before the subscription (or its new periods) waited for another date: it waits for the end of the period it would have begun in. */
export async function keepZoneInPeriods(tx: BillingTransaction, customerId: string): Promise<void> {
  const history = await readHistory(tx, customerId)
  const next = history.zones.at(-1)!
  const { subscriptionId } = history.stretches.at(-1)!
  if (next.from <= history.stretches.find((stretch) => stretch.subscriptionId === subscriptionId)!.from) return
  const period = usagePeriods(stretchesAhead(history), next.from).find((one) => one.from <= next.from && next.from < one.to)
  if (!period || period.from === next.from) return
  await tx.query('delete from customer_timezones where customer_id = $1 and from_on = $2', [customerId, next.from])
  await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [customerId, period.to, next.timezone])
}

function given(input: Partial<CustomerDetails>): Partial<CustomerDetails> {
  const { companyName, contactName, email, phone, address, locale, invoiceTitle } = input
  const fields = Object.entries({ companyName, contactName, email, phone, address, locale, invoiceTitle })
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

function checkDetails(input: Partial<CustomerDetails>): void {
  if (input.timezone !== undefined && !isTimeZone(input.timezone)) {
    throw new BillingError('invalid_time_zone', { pointer: '/timezone', timezone: input.timezone, message: `'${input.timezone}' is not an IANA time zone such as Asia/Shanghai` })
  }
  const title = input.invoiceTitle
  if (!title) return
  if (title.kind === 'company' && !title.taxId) throw new BillingError('invalid_tax_id', { pointer: '/invoiceTitle/taxId', message: 'a company title needs its 18-character unified social credit code' })
  if (title.kind === 'company' && title.taxId && !isTaxId(title.taxId)) {
    throw new BillingError('invalid_tax_id', { pointer: '/invoiceTitle/taxId', message: `'${title.taxId}' is not a unified social credit code (GB 32100-2015): 18 characters, the last one a check character` })
  }
}
