import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageLimit, type Page } from '../values/cursor.ts'
import type { Instant } from '../values/instant.ts'

/** What can have happened, as `what it happened to`.`what happened`. */
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
] as const
export type ActivityType = (typeof activityTypes)[number]

/**
 * One thing that happened to a customer. `subjectId` is the account, subscription or invoice it happened to:
 * read that for its state now; of a balance, the refund or adjustment.
 */
export interface Activity {
  id: string
  type: ActivityType
  customerId: string
  subjectId: string
  at: Instant
}

/**
 * Writes down that something happened, in the transaction in which it does. The caller holds the customer's
 * lock.
 */
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
 * What happened, oldest first. `nextCursor` is where to go on, now or later: it stands at the end too, and is
 * null only while nothing has happened yet. Nothing ever appears behind a cursor that was given out, and each
 * change appears once.
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
 * More than a page: whoever reads on at the end of what has a place gets a full page, however much is unread.
 */
const placedAtOnce = 1_000

/**
 * How many are unread, the database learns only now and then: where it takes millions for a few, it would
 * gather and sort them all at each call. There is an index for each order that is asked for here, so it reads
 * along that.
 */
const byIndexOnly =
  'set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off'

/**
 * Gives a place to what was committed since the last reading, the oldest first and so much at once that
 * nobody waits long. The lock makes sure that nobody else gives the same places.
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
