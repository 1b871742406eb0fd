import { sql, sqlState, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { addDays, addMonths, type LocalDate } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { ensureMonths, monthOf, monthsFrom, cacheMonths } from './month.ts'
import { maxLateDays } from './taken-times.ts'

/**
 * Number of months created ahead: recording creates a missing month itself, but then a request waits for it.
 */
const monthsAhead = 2
/** Minimum retention in months: an event may be 35 days late, and its lines are read after that. */
export const minMonthsKept = 3
const lockTimeout = '55P03'
const keysPerBatch = 5_000
const batchesPerRun = 200

export interface UsageMaintenance {
  /** Number of deleted ids. */
  forgotten: number
  /** The dropped months, by first date. */
  dropped: LocalDate[]
}

/**
 * Maintains the usage tables: creates the next months, deletes ids that no event can repeat, and drops months
 * older than `monthsKept` (none when absent). Any process may call it at any time, also concurrently.
 */
export async function maintainUsage(
  engine: Engine,
  options: { monthsKept?: number } = {},
): Promise<UsageMaintenance> {
  await makeMonths(engine)
  const forgotten = await deleteOldIds(engine)
  const dropped = options.monthsKept === undefined ? [] : await dropMonths(engine, options.monthsKept)
  return { forgotten: forgotten + (await deleteOldHistoricalIds(engine)), dropped }
}

async function makeMonths(engine: Engine): Promise<void> {
  const times = await engine.transaction(async (tx) => {
    const months = [addSeconds(tx.at, -maxLateDays * 86_400), ...monthsFrom(tx.at, monthsAhead)]
    await ensureMonths(tx, months)
    return months
  })
  cacheMonths(engine, times)
}

/**
 * Deletes ids of events older than any accepted time whose period is issued: everything before the last
 * closed period, and everything of a customer without due work. Ids of historical and voided events stay. In
 * batches, so that locks are short.
 */
async function deleteOldIds(engine: Engine): Promise<number> {
  return forgetInBatches(
    engine,
    (tx) => sql`
      select k.ctid
      from usage_keys k
      join customers c using (customer_id)
      where k.time < ${addSeconds(tx.at, -maxLateDays * 86_400)}
        and k.kept is null
        and (
          c.due_at is null
          or k.time < (
            select (max(p.period_start) - 1)::timestamp at time zone 'UTC'
            from closed_periods p
            where p.customer_id = k.customer_id
          )
        )`,
  )
}

/**
 * Deletes ids of historical events that were dropped: no event of that time is accepted any more. Ids of
 * voided events stay.
 */
async function deleteOldHistoricalIds(engine: Engine): Promise<number> {
  const keptFrom = await engine.transaction(readKeptFrom, { readOnly: true, long: true })
  if (keptFrom === null) return 0
  return forgetInBatches(
    engine,
    () => sql`
      select k.ctid
      from usage_keys k
      where k.time < ${keptFrom}
        and k.kept
        and not exists (select from voided_events v where (v.customer_id, v.id) = (k.customer_id, k.id))`,
  )
}

async function forgetInBatches(engine: Engine, oldIds: (tx: BillingTransaction) => Sql): Promise<number> {
  let forgotten = 0
  for (let batch = 0; batch < batchesPerRun; batch += 1) {
    const [{ count }] = (await engine.transaction(
      (tx) =>
        tx.query<{ count: number }>(sql`
          with old as (${oldIds(tx)} limit ${keysPerBatch}),
          gone as (
            delete from usage_keys
            where ctid = any(array(select ctid from old))
            returning 1
          )
          select count(*)::int as count
          from gone`),
      { long: true },
    )) as [{ count: number }]
    forgotten += count
    if (count < keysPerBatch) break
  }
  return forgotten
}

/**
 * Drops a month once all its ids are deleted, so none with unbilled usage. Yields to readers and retries on
 * the next call.
 */
async function dropMonths(engine: Engine, monthsKept: number): Promise<LocalDate[]> {
  const dropped: LocalDate[] = []
  const before = addMonths(monthOf(engine.now()), -Math.max(monthsKept, minMonthsKept))
  for (const month of await monthsThere(engine)) {
    if (month >= before || (await holdsIds(engine, addMonths(month, 1)))) break
    if (!(await dropMonth(engine, month))) break
    dropped.push(month)
  }
  return dropped
}

/** Returns false where somebody uses the table so long that others would wait. */
async function dropMonth(engine: Engine, month: LocalDate): Promise<boolean> {
  try {
    await engine.transaction((tx) =>
      tx.asOwner(async () => {
        await tx.query("set local lock_timeout = '2s'")
        // Recording of history reads the first accepted time and holds this lock until it commits.
        await tx.query(sql`select pg_advisory_xact_lock(${historyLock})`)
        await tx.query(sql`
          insert into usage_retention (kept_from)
          values (${addMonths(month, 1)}::date::timestamp at time zone 'UTC')
          on conflict (only_row) do update
            set kept_from = greatest(usage_retention.kept_from, excluded.kept_from)`)
        await tx.query(sql`drop table if exists ${sql.identifier(tableOf(month))}`)
      }),
    )
    return true
  } catch (error) {
    if (sqlState(error) === lockTimeout) return false
    throw error
  }
}

const tableOf = (month: LocalDate) => `usage_events_${month.slice(0, 7).replace('-', '_')}`

async function monthsThere(engine: Engine): Promise<LocalDate[]> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query<{ month: LocalDate }>(
        `select to_date(right(c.relname, 7), 'YYYY_MM') as month
          from pg_inherits i
          join pg_class c on c.oid = i.inhrelid
          where i.inhparent = 'usage_events'::regclass
          order by month`,
      ),
    { readOnly: true, long: true },
  )
  return rows.map((row) => row.month)
}

async function holdsIds(engine: Engine, before: LocalDate): Promise<boolean> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query(
        sql`
          select 1
          from usage_keys
          where time < ${before}::date::timestamp at time zone 'UTC' and kept is null
          limit 1`,
      ),
    { readOnly: true, long: true },
  )
  return rows.length > 0
}

const historyLock = 7305810230

/**
 * Returns the first accepted time of history and locks it until the transaction ends: earlier events may have
 * existed and were dropped with their ids. Null where nothing was dropped.
 */
export async function historyKeptFrom(tx: BillingTransaction): Promise<Instant | null> {
  await tx.query(sql`select pg_advisory_xact_lock_shared(${historyLock})`)
  return readKeptFrom(tx)
}

async function readKeptFrom(tx: BillingTransaction): Promise<Instant | null> {
  const [row] = await tx.query<{ at: Instant }>('select kept_from as at from usage_retention')
  return row?.at ?? null
}

/** Returns the first date with all its events, in any zone; null where none were dropped. */
export async function eventsKeptFrom(tx: BillingTransaction): Promise<LocalDate | null> {
  const [row] = await tx.query<{ date: LocalDate }>(
    "select (kept_from at time zone 'UTC')::date as date from usage_retention",
  )
  return row ? addDays(row.date, 1) : null
}
