import type { Engine, BillingTransaction } from './engine.ts'
import { addSeconds } from './values/instant.ts'

/** How many days each is kept. */
export interface Retention {
  /** Portal sessions, after they could last be used. */
  sessionDays: number
  /** Changes in the feed, read or not; all of them when absent. */
  activityDays?: number
}

export const defaultRetention: Retention = { sessionDays: 30 }
/** Fewer, and a vendor's system that was away for some days would miss what happened. */
export const fewestActivityDays = 7

/**
 * An answer is kept for a day as promised, and another for whoever comes late. A quote that is over is only
 * told as expired.
 */
const answerSeconds = 48 * 3600
const quoteSeconds = 7 * 86_400
const rowsPerBatch = 1_000
const batchesPerRun = 200

/** How many rows of each table were forgotten. */
export type Forgotten = Record<'quotes' | 'idempotency_keys' | 'portal_sessions' | 'activity', number>

/**
 * Forgets what serves nobody any more, of every customer: also of those who never come back. In batches, so
 * that nobody waits long; any process may call it at any time.
 */
export async function forgetOld(
  engine: Engine,
  { sessionDays, activityDays }: Retention = defaultRetention,
): Promise<Forgotten> {
  return {
    quotes: await inBatches(engine, quoteSeconds, 'quotes', 'expires_at < $1'),
    idempotency_keys: await inBatches(engine, answerSeconds, 'idempotency_keys', 'created_at <= $1'),
    portal_sessions: await inBatches(
      engine,
      sessionDays * 86_400,
      'portal_sessions',
      'coalesce(renewal_expires_at, code_expires_at) < $1',
    ),
    // The newest place stays: the next one is counted from it, and no cursor that was given out may come to
    // stand before it.
    activity:
      activityDays === undefined
        ? 0
        : await inBatches(
            engine,
            activityDays * 86_400,
            'activity',
            'at < $1 and (position is null or position < (select max(position) from activity))',
          ),
  }
}

async function inBatches(engine: Engine, seconds: number, table: string, condition: string): Promise<number> {
  let forgotten = 0
  for (let batch = 0; batch < batchesPerRun; batch += 1) {
    const count = await engine.transaction((tx) => forgetBatch(tx, seconds, table, condition))
    forgotten += count
    if (count < rowsPerBatch) break
  }
  return forgotten
}

/** A row that another process forgets meanwhile is waited for and not counted twice. */
async function forgetBatch(
  tx: BillingTransaction,
  seconds: number,
  table: string,
  condition: string,
): Promise<number> {
  const [{ count }] = (await tx.query<{ count: number }>(
    `with gone as (
        delete from ${table}
        where ctid = any(array(select ctid from ${table} where ${condition} limit ${rowsPerBatch}))
        returning 1
      )
      select count(*)::int as count
      from gone`,
    [addSeconds(tx.at, -seconds)],
  )) as [{ count: number }]
  return count
}
