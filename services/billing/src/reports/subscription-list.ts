import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { maxSummedInvoices } from './invoice-list.ts'
import { fallsDue, leftToPay, mayBeOpen } from '../invoicing/state.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { isOfCustomerFound } from '../customer/search.ts'
import { parameters, type Parameters } from '../values/parameters.ts'

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
      const params = parameters(tx.at)
      const conditions = conditionsOf(input, params)
      if (after)
        conditions.push(`(u.created_at, u.customer_id, u.id) < (${after.map(params.add).join(', ')})`)
      const rows = await tx.query<ListedSubscription>(
        `select u.id, u.customer_id as "customerId", c.company_name as "companyName", ${statusOf} as status,
            s.plan_id as "planId", s.plan_version as "planVersion", ${seatsSaid} as seats,
            u.started_at as "startedAt", case
            when ${statusOf} = 'trialing' then s.trial_ends_on end as "trialEndsOn",
            coalesce(s.ends_on, h.on_date) as "endsOn", u.created_at as "createdAt"
          from ${subscriptions}
          where ${conditions.join(' and ')}
          order by u.created_at desc, u.customer_id desc, u.id desc
          limit ${limit + 1}`,
        params.values,
      )
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
  const params = parameters(tx.at)
  return tx.query<SubscriptionSums>(
    `select "planId", status, count(*)::int as count, sum(seats)::bigint as seats from (
       select s.plan_id as "planId", ${statusOf} as status, ${seatsSaid} as seats from ${subscriptions}
       where ${conditionsOf(filter, params).join(' and ')} limit ${maxSummedInvoices + 1}) d
     group by 1, 2 order by "planId" collate "C", status`,
    params.values,
  )
}

/** A plan without seats shows none, though a number is kept for the next plan. */
const seatsSaid = `(
    select case when jsonb_typeof(p.spec -> 'seats') = 'null' then null else s.seats end
    from plans p
    where (p.id, p.version) = (s.plan_id, s.plan_version)
  )`

/**
 * SQL: each subscription `u` with its customer `c`, its last phase `s`, the customer's date `z.today`, and
 * `h`, its first scheduled end.
 */
const subscriptions = `subscriptions u join customers c using (customer_id)
  cross join lateral (select * from phases t where (t.customer_id, t.subscription_id) = (u.customer_id, u.id) order by t.sequence desc limit 1) s
  cross join lateral (
    select ($1::timestamptz at time zone z.timezone)::date as today from customer_timezones z
    where z.customer_id = u.customer_id and z.from_on <= ($1::timestamptz at time zone z.timezone)::date order by z.from_on desc limit 1) z
  cross join lateral (select min(x.on_date) as on_date from scheduled_changes x where x.customer_id = u.customer_id and x.ends and s.ends_on is null) h`

const isOverdue =
  `exists (select from invoices i where i.customer_id = u.customer_id and ${mayBeOpen} and ${fallsDue} < `
  + `$1 and ${leftToPay} > 0)`

/** SQL: the status as `getSubscription` returns it. */
const statusOf =
  `case when u.ended_at is not null or s.ends_on <= z.today or h.on_date <= z.today then 'canceled' when `
  + `s.trial_ends_on > z.today then 'trialing' when ${isOverdue} then 'past_due' else 'active' end`

function conditionsOf(
  { customerId, status, planId, planVersion, q }: SubscriptionsFilter,
  params: Parameters,
): string[] {
  return [
    'true',
    ...(customerId === undefined ? [] : [`u.customer_id = ${params.add(customerId)}`]),
    ...(planId === undefined ? [] : [`s.plan_id = ${params.add(planId)}`]),
    ...(planVersion === undefined ? [] : [`s.plan_version = ${params.add(planVersion)}`]),
    ...(status === undefined ? [] : [`${statusOf} = ${params.add(status)}`]),
    ...(q === undefined ? [] : [isOfCustomerFound('u.customer_id', q, params)]),
  ]
}
