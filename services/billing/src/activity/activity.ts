import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageLimit, type Page } from '../values/cursor.ts'
import type { Instant } from '../values/instant.ts'

/** The types of activity, as `subject`.`event`. */
export const activityTypes = [
  'account.created',
  'account.updated',
  'subscription.created',
  'subscription.changed',
  'invoice.issued',
  'invoice.paid',
  'invoice.voided',
  'invoice.payment_reversed',
  'invoice.due_again',
  'balance.refunded',
  'balance.adjusted',
  'charge.created',
  'charge.withdrawn',
  'coupon.redeemed',
] as const
export type ActivityType = (typeof activityTypes)[number]

/**
 * An entry about a customer. `subjectId` is the account, subscription or invoice: read that for its current
 * state; for a balance, the refund or adjustment; for a coupon, the discount; or the one-off charge.
 */
export interface Activity {
  id: string
  type: ActivityType
  customerId: string
  subjectId: string
  at: Instant
}

/** Records an activity in the transaction that causes it. The caller holds the customer's lock. */
export async function recordActivity(
  tx: BillingTransaction,
  change: { type: ActivityType; customerId: string; subjectId: string },
): Promise<void> {
  await tx.query('insert into activity (customer_id, type, subject_id, at) values ($1, $2, $3, $4)', [
    change.customerId,
    change.type,
    change.subjectId,
    tx.at,
  ])
}

/**
 * Lists activity, oldest first. `nextCursor` continues, now or later: it is set at the end too, and null only
 * while nothing has happened. Nothing is ever inserted before a returned cursor, and each entry appears once.
 */
export async function listActivity(
  engine: Engine,
  input: { cursor?: string; limit?: number } = {},
): Promise<Page<Activity>> {
  const limit = pageLimit(input.limit)
  const [, after = '0'] = decodeCursor(input.cursor, 2) ?? []
  if (!/^\d{1,15}$/.test(after)) throw invalidCursor()
  return engine.transaction(async (tx) => {
    await placeUnread(tx)
    const rows = await tx.query<Activity & { position: number }>(
      `select position, sequence::text as id, type, customer_id as "customerId", subject_id as "subjectId",
          at
        from activity
        where position > $1
        order by position
        limit ${limit}`,
      [after],
    )
    const last = rows.at(-1)
    return {
      data: rows.map(({ position: _, ...change }) => change),
      nextCursor: last ? encodeCursor([last.at, String(last.position)]) : (input.cursor ?? null),
    }
  })
}

/**
 * Number of entries placed per call: more than a page, so that a reader at the end of the placed entries gets
 * a full page.
 */
const placedAtOnce = 1_000

/**
 * The planner's estimate of unread entries is often stale: where it expects millions it would collect and
 * sort them on each call. Each order used here has an index, so it must read along that.
 */
const byIndexOnly =
  'set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off'

/**
 * Numbers the entries committed since the last reading, oldest first, a limited number at a time. The lock
 * prevents two readers from giving the same numbers.
 */
async function placeUnread(tx: BillingTransaction): Promise<void> {
  if (
    (
      await tx.query(
        `${byIndexOnly}; select 1 from activity where position is null order by sequence limit 1`,
      )
    ).length === 0
  )
    return
  await tx.query("select pg_advisory_xact_lock(hashtext('customer-portal changes'))")
  await tx.query(
    `update activity
      set position = placed.position
      from (
        select customer_id, sequence,
          (
            select coalesce(max(position), 0) from activity
          ) + row_number() over (order by sequence) as position
        from (
          select customer_id, sequence
          from activity
          where position is null
          order by sequence
          limit ${placedAtOnce}
        ) unread
      ) placed
      where (activity.customer_id, activity.sequence) = (placed.customer_id, placed.sequence)`,
  )
}
