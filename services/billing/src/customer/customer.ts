import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'
import type { ContractTerms } from './contract-terms.ts'
import type { InvoiceTitle } from './invoice-title.ts'

/** A row of the customers table. */
export interface CustomerRow extends ContractTerms {
  customerId: string
  companyName: string
  contactName: string | null
  email: string | null
  phone: string | null
  address: string | null
  locale: 'zh-CN' | 'en'
  currency: string
  invoiceTitle: InvoiceTitle | null
  version: number
  createdAt: Instant
  dueAt: Instant | null
}

/** The columns of a `CustomerRow`. */
export const customerColumns = sql`
  customer_id as "customerId", company_name as "companyName", contact_name as "contactName", email, phone,
  address, locale, currency, invoice_title as "invoiceTitle",
  payment_terms_days as "paymentTermsDays", purchase_order_number as "purchaseOrderNumber", version, created_at as "createdAt", due_at as "dueAt"`

/** Locks a customer, so that one transaction at a time computes their money. Throws customer_not_found. */
export async function lockCustomer(
  tx: BillingTransaction,
  customerId: string,
  options: { countsUsage?: boolean } = {},
): Promise<CustomerRow> {
  const customer = await tryLockCustomer(tx, customerId, options)
  if (!customer)
    throw new BillingError('customer_not_found', {
      customerId,
      message: `there is no customer '${customerId}'`,
    })
  return customer
}

/**
 * Locks a customer and sets the command's instant: the larger of the clock and the customer's last instant,
 * on a running clock always after it. A command that `countsUsage` also comes after what was billed. Returns
 * undefined where the customer does not exist, is not `dueBy` then, or, with `skipLocked`, is locked by
 * another transaction.
 */
export async function tryLockCustomer(
  tx: BillingTransaction,
  customerId: string,
  {
    dueBy = null,
    skipLocked = false,
    countsUsage = false,
  }: { dueBy?: Instant | null; skipLocked?: boolean; countsUsage?: boolean } = {},
): Promise<CustomerRow | undefined> {
  // The instant is read outside the subquery that waits for the lock, so that the database reads its clock
  // after the wait.
  const [row] = await tx.query<CustomerRow & { lockedAt: Instant }>(sql`
    with locked as materialized (
      select ${customerColumns}, coalesce(last_at, created_at) as "lastAt", billed_at as "billedAt"
      from customers
      where customer_id = ${customerId} ${dueBy === null ? sql.empty : sql`and due_at <= ${dueBy}`}
      for update ${skipLocked ? sql`skip locked` : sql.empty}
    ),
    arrived as materialized (
      select "customerId", ${countsUsage ? instantOfUsage(tx) : instantAfter(tx)} as "lockedAt"
      from locked
    ),
    kept as (
      update customers
      set last_at = "lockedAt"
      from arrived
      where customer_id = "customerId"
    )
    select *
    from locked
    join arrived using ("customerId")`)
  if (!row) return undefined
  const { lockedAt, ...customer } = row
  tx.arrive(lockedAt)
  return customer
}

/**
 * Sets the command's instant to the latest of those read while several customers were locked; without any, to
 * the clock's.
 */
export function arriveAtLast(tx: BillingTransaction, locked: readonly { lockedAt: Instant }[]): void {
  const instants = locked.map(({ lockedAt }) => lockedAt)
  tx.arrive(
    instants.reduce<Instant | undefined>(
      (last, instant) => (last !== undefined && last > instant ? last : instant),
      undefined,
    ),
  )
}

/** SQL: the larger of the clock and "lastAt"; on a running clock at least the microsecond after "lastAt". */
function instantAfter({ clock, now }: Engine): Sql {
  // With a standing clock the microseconds would count commands, and results would depend on how many came
  // before.
  const microseconds = clock === 'given' ? 0 : 1
  return sql`greatest(
    coalesce(${clock === 'database' ? null : now()}::timestamptz, clock_timestamp()),
    "lastAt" + ${microseconds}::int * interval '1 microsecond'
  )`
}

/**
 * SQL: like `instantAfter`, for commands that change usage: also after "billedAt", the last billing, where
 * the clock stands still.
 */
export const instantOfUsage = (engine: Engine): Sql =>
  sql`greatest(${instantAfter(engine)}, "billedAt" + interval '1 microsecond')`

const arrived = new WeakMap<BillingTransaction, Set<string>>()

/**
 * Moves a transaction to the instant at which it bills usage: under a standing clock, usage stored since the
 * customer was last billed may be later than the clock, and would be missed. The caller holds the customer's
 * lock.
 */
export async function arriveToBill(tx: BillingTransaction, customerId: string): Promise<void> {
  const customers = arrived.get(tx) ?? new Set()
  if (tx.clock !== 'given' || customers.has(customerId)) return
  arrived.set(tx, customers.add(customerId))
  const [row] = await tx.query<{ at: Instant }>(sql`
    update customers
    set (billed_at, last_at) = (
      select at, greatest(last_at, at)
      from (select greatest(${tx.at}, billed_at + interval '1 microsecond') as at) b
    )
    where customer_id = ${customerId}
    returning billed_at as at`)
  tx.arrive(row!.at)
}

/**
 * The instant up to which an export includes stored usage: now. Under a standing clock usage is stored some
 * microseconds later (`instantOfUsage`), within the same millisecond.
 */
export const storedByNow = ({ clock, at }: BillingTransaction): Instant =>
  clock === 'given' ? at.replace(/\d{3}Z$/, '999Z') : at
