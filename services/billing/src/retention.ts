import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from './engine.ts'
import { addSeconds, type Instant } from './values/instant.ts'

/** How many days each is kept. */
export interface Retention {
  /** Portal sessions, after they could last be used. */
  sessionDays: number
  /** Activity, read or not; all of it when absent. */
  activityDays?: number
}

export const defaultRetention: Retention = { sessionDays: 30 }
/** Minimum: with fewer, a vendor's system that was away for some days would miss entries. */
export const minActivityDays = 7

/**
 * A stored answer is promised for a day, and kept for one more for late retries. An expired quote only
 * returns that it expired.
 */
const answerSeconds = 48 * 3600
const quoteSeconds = 7 * 86_400
const rowsPerBatch = 1_000
const batchesPerRun = 200

/** The number of deleted rows per table. */
export type DeletedRows = Record<'quotes' | 'idempotency_keys' | 'portal_sessions' | 'activity', number>

/**
 * Deletes what is no longer needed, for every customer, also those who never return. In batches, so that
 * locks are short; any process may call it at any time.
 */
export async function forgetOld(
  engine: Engine,
  { sessionDays, activityDays }: Retention = defaultRetention,
): Promise<DeletedRows> {
  return {
    quotes: await inBatches(engine, quoteSeconds, 'quotes', (before) => sql`expires_at < ${before}`),
    idempotency_keys: await inBatches(
      engine,
      answerSeconds,
      'idempotency_keys',
      (before) => sql`created_at <= ${before}`,
    ),
    portal_sessions: await inBatches(
      engine,
      sessionDays * 86_400,
      'portal_sessions',
      (before) => sql`coalesce(renewal_expires_at, code_expires_at) < ${before}`,
    ),
    // The newest number stays, because the next one counts from it and no returned cursor may be ahead of it.
    activity:
      activityDays === undefined
        ? 0
        : await inBatches(
            engine,
            activityDays * 86_400,
            'activity',
            (before) => sql`at < ${before}
              and (position is null or position < (select max(position) from activity))`,
          ),
  }
}

async function inBatches(
  engine: Engine,
  seconds: number,
  table: keyof DeletedRows,
  isOld: (before: Instant) => Sql,
): Promise<number> {
  let forgotten = 0
  for (let batch = 0; batch < batchesPerRun; batch += 1) {
    const count = await engine.transaction((tx) => forgetBatch(tx, seconds, table, isOld), { long: true })
    forgotten += count
    if (count < rowsPerBatch) break
  }
  return forgotten
}

/** A row that another process deletes meanwhile is waited for and not counted twice. */
async function forgetBatch(
  tx: BillingTransaction,
  seconds: number,
  table: keyof DeletedRows,
  isOld: (before: Instant) => Sql,
): Promise<number> {
  const rows = sql.raw(table)
  const old = sql`select ctid from ${rows} where ${isOld(addSeconds(tx.at, -seconds))} limit ${rowsPerBatch}`
  const [{ count }] = (await tx.query<{ count: number }>(sql`
    with gone as (
      delete from ${rows}
      where ctid = any(array(${old}))
      returning 1
    )
    select count(*)::int as count
    from gone`)) as [{ count: number }]
  return count
}
