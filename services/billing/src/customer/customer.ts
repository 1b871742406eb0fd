import type { Engine, BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'
import type { InvoiceTitle } from './invoice-title.ts'

/** A customer as the table holds them. */
export interface CustomerRow {
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
export const customerColumns = `customer_id as "customerId", company_name as "companyName", contact_name as "contactName", email, phone, address, locale, currency,
  invoice_title as "invoiceTitle", version, created_at as "createdAt", due_at as "dueAt"`

/**
 * Takes the customer's lock, so that their money is computed by one transaction at a time. Throws
 * customer_not_found.
 */
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
 * Takes the customer's lock and with it the instant of the command: the larger of the clock and the
 * customer's last instant, after which it is on a clock that runs. A command that `countsUsage` also comes
 * after what was billed. Undefined where there is no such customer, none that `dueBy` then, or, with
 * `skipLocked`, where somebody else holds it.
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
  // The instant is read outside the part that waits for the lock, so that the database reads its clock after
  // the wait.
  const [row] = await tx.query<CustomerRow & { lockedAt: Instant }>(
    `with locked as materialized (
        select ${customerColumns}, coalesce(last_at, created_at) as "lastAt", billed_at as "billedAt"
        from customers
        where customer_id = $1
          and ($4::timestamptz is null or due_at <= $4) for update${skipLocked ? ' skip locked' : ''}
      ),
      arrived as materialized (
        select "customerId",
          ${countsUsage ? instantOfUsage('"lastAt"', '"billedAt"') : instantAfter('"lastAt"')} as "lockedAt"
        from locked
      ),
      kept as (update customers set last_at = "lockedAt" from arrived where customer_id = "customerId")
      select *
      from locked
      join arrived using ("customerId")`,
    [customerId, ...clockOf(tx), dueBy],
  )
  if (!row) return undefined
  const { lockedAt, ...customer } = row
  tx.arrive(lockedAt)
  return customer
}

/**
 * Takes the latest of the instants read while several customers were locked; the clock's own where there was
 * none to lock.
 */
export function arriveAtLast(tx: BillingTransaction, locked: readonly { lockedAt: Instant }[]): void {
  const instants = locked.map(({ lockedAt }) => lockedAt)
  tx.arrive(
    instants.reduce<Instant | undefined>(
      (last, one) => (last !== undefined && last > one ? last : one),
      undefined,
    ),
  )
}

/**
 * In SQL, with `$2` and `$3` of `clockOf`: the larger of the clock and `last`, or what comes right after that
 * on a clock that runs.
 */
export const instantAfter = (last: string) =>
  `greatest(coalesce($2::timestamptz, clock_timestamp()), ${last} + $3::int * interval '1 microsecond')`

/** The same for what changes usage: after what was billed, also where the clock still stands there. */
export const instantOfUsage = (last: string, billed: string) =>
  `greatest(${instantAfter(last)}, ${billed} + interval '1 microsecond')`

const arrived = new WeakMap<BillingTransaction, Set<string>>()

/**
 * Brings a transaction to the instant at which it bills usage: where a clock stands, what was stored since
 * this customer's usage was last billed may have come after that instant, and is billed after it. The caller
 * holds the customer's lock.
 */
export async function arriveToBill(tx: BillingTransaction, customerId: string): Promise<void> {
  const customers = arrived.get(tx) ?? new Set()
  if (tx.clock !== 'given' || customers.has(customerId)) return
  arrived.set(tx, customers.add(customerId))
  const [row] = await tx.query<{ at: Instant }>(
    `update customers
      set (billed_at, last_at) = (
        select at, greatest(last_at, at)
        from (select greatest($2, billed_at + interval '1 microsecond') as at) b
      )
      where customer_id = $1
      returning billed_at as at`,
    [customerId, tx.at],
  )
  tx.arrive(row!.at)
}

/**
 * The clock as parameters of `instantAfter`: the instant (null: the database's own), and the microseconds
 * after the last one.
 */
export function clockOf({ clock, now }: Engine): [Instant | null, 0 | 1] {
  // A standing clock would count commands, and what is done would depend on how many there were before.
  return [clock === 'database' ? null : now(), clock === 'given' ? 0 : 1]
}

/**
 * Until when what a file holds was stored: now. Where a clock stands, usage is stored some microseconds after
 * it (`instantOfUsage`), within its millisecond.
 */
export const storedByNow = ({ clock, at }: BillingTransaction): Instant =>
  clock === 'given' ? at.replace(/\d{3}Z$/, '999Z') : at
