import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { maxSummedInvoices } from './invoice-list.ts'
import { fallsDue, leftToPay, mayBeOpen } from '../invoicing/state.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { isOfCustomerFound } from '../customer/search.ts'

export const listedStatuses = ['trialing', 'active', 'past_due', 'canceled'] as const
export type ListedStatus = (typeof listedStatuses)[number]

/** A subscription in the list of all customers, with its last plan. Dates are the customer's. */
export interface ListedSubscription {
  id: string
  customerId: string
  companyName: string
  status: ListedStatus
  planId: string
  planVersion: number
  /** Null on a plan without seats. */
  seats: number | null
  startedAt: Instant
  /** The first date after its current trial. */
  trialEndsOn: LocalDate | null
  /** The first date after its past or scheduled end; null where it continues. */
  endsOn: LocalDate | null
  createdAt: Instant
}

/** A filter on the subscriptions of all customers. */
export interface SubscriptionsFilter {
  customerId?: string
  status?: ListedStatus
  planId?: string
  planVersion?: number
  /** The customer: see `isOfCustomerFound`. */
  q?: string
}

/** Lists subscriptions of all customers, latest first, including ended ones. */
export async function listSubscriptions(
  engine: Engine,
  input: SubscriptionsFilter & { cursor?: string; limit?: number },
): Promise<Page<ListedSubscription>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 3)
  return engine.transaction(
    async (tx) => {
      const now = sql`${tx.at}::timestamptz`
      const status = statusAt(now)
      const rows = await tx.query<ListedSubscription>(sql`
        select u.id, u.customer_id as "customerId", c.company_name as "companyName", ${status} as status,
          s.plan_id as "planId", s.plan_version as "planVersion", ${seatsSaid} as seats,
          u.started_at as "startedAt",
          case when ${status} = 'trialing' then s.trial_ends_on end as "trialEndsOn",
          coalesce(s.ends_on, h.on_date) as "endsOn", u.created_at as "createdAt"
        from ${subscriptionsAt(now)}
        where ${sql.and(
          conditionOf(input, status),
          after && sql`(u.created_at, u.customer_id, u.id) < (${sql.join(after)})`,
        )}
        order by u.created_at desc, u.customer_id desc, u.id desc
        limit ${limit + 1}`)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        data: shown,
        nextCursor:
          rows.length > limit && last ? encodeCursor([last.createdAt, last.customerId, last.id]) : null,
      }
    },
    { readOnly: true },
  )
}

/** The subscriptions on one plan with one status. */
export interface SubscriptionSums {
  planId: string
  status: ListedStatus
  count: number
  /** Null where none of their plans has seats. */
  seats: number | null
}

/** Counts the subscriptions of a filter by plan and status. Throws invalid_range for more than 100,000. */
export async function summarizeSubscriptions(
  engine: Engine,
  filter: SubscriptionsFilter,
): Promise<{ asOf: Instant; plans: SubscriptionSums[] }> {
  return engine.transaction(
    async (tx) => {
      const plans = await sumsOf(tx, filter)
      if (plans.reduce((count, row) => count + row.count, 0) > maxSummedInvoices) {
        throw new BillingError('invalid_range', {
          pointer: '?planId',
          message: `there are more than ${maxSummedInvoices} subscriptions: narrow the filter`,
        })
      }
      return { asOf: tx.at, plans }
    },
    { readOnly: true },
  )
}

async function sumsOf(tx: BillingTransaction, filter: SubscriptionsFilter): Promise<SubscriptionSums[]> {
  const now = sql`${tx.at}::timestamptz`
  const status = statusAt(now)
  return tx.query<SubscriptionSums>(sql`
    select "planId", status, count(*)::int as count, sum(seats)::bigint as seats
    from (
      select s.plan_id as "planId", ${status} as status, ${seatsSaid} as seats
      from ${subscriptionsAt(now)}
      where ${conditionOf(filter, status)}
      limit ${maxSummedInvoices + 1}
    ) d
    group by 1, 2
    order by "planId" collate "C", status`)
}

/** A plan without seats shows none, though a number is kept for the next plan. */
const seatsSaid = sql`(
  select case when jsonb_typeof(p.spec -> 'seats') = 'null' then null else s.seats end
  from plans p
  where (p.id, p.version) = (s.plan_id, s.plan_version)
)`

/**
 * SQL: each subscription `u` with its customer `c`, its last phase `s`, the customer's date `z.today`, and
 * `h`, its first scheduled end.
 */
const subscriptionsAt = (now: Sql) => sql`
  subscriptions u
  join customers c using (customer_id)
  cross join lateral (
    select *
    from phases t
    where (t.customer_id, t.subscription_id) = (u.customer_id, u.id)
    order by t.sequence desc
    limit 1
  ) s
  cross join lateral (
    select (${now} at time zone z.timezone)::date as today
    from customer_timezones z
    where z.customer_id = u.customer_id and z.from_on <= (${now} at time zone z.timezone)::date
    order by z.from_on desc
    limit 1
  ) z
  cross join lateral (
    select min(x.on_date) as on_date
    from scheduled_changes x
    where x.customer_id = u.customer_id and x.ends and s.ends_on is null
  ) h`

/** SQL: the status as `getSubscription` returns it. */
const statusAt = (now: Sql) => sql`case
  when u.ended_at is not null or s.ends_on <= z.today or h.on_date <= z.today then 'canceled'
  when s.trial_ends_on > z.today then 'trialing'
  when exists (
    select
    from invoices i
    where i.customer_id = u.customer_id and ${mayBeOpen} and ${fallsDue} < ${now} and ${leftToPay} > 0
  ) then 'past_due'
  else 'active' end`

function conditionOf({ customerId, status, planId, planVersion, q }: SubscriptionsFilter, isNow: Sql): Sql {
  return sql.and(
    customerId !== undefined && sql`u.customer_id = ${customerId}`,
    planId !== undefined && sql`s.plan_id = ${planId}`,
    planVersion !== undefined && sql`s.plan_version = ${planVersion}`,
    status !== undefined && sql`${isNow} = ${status}`,
    q !== undefined && isOfCustomerFound(sql`u.customer_id`, q),
  )
}
