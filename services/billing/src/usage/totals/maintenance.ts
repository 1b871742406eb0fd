import { sqlState } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { addDays, addMonths, type LocalDate } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { ensureMonths, monthOf, monthsFrom, rememberMonths } from './month.ts'
import { latestDays } from './taken-times.ts'

/** Months of room made ahead: ingest makes a missing one itself, but then somebody waits for it. */
const monthsAhead = 2
/** An event may be 35 days late, and its lines are looked at after that: fewer months are never asked for. */
export const fewestMonthsKept = 3
const lockTimeout = '55P03'
const keysPerBatch = 5_000
const batchesPerRun = 200

export interface UsageMaintenance {
  /** Ids that were forgotten. */
  forgotten: number
  /** Months that were dropped, by their first dates. */
  dropped: LocalDate[]
}

/**
 * Keeps the tables of usage in shape: makes the months ahead, forgets ids that no event can bring again, and
 * drops months older than `monthsKept` (all are kept when absent). Any process may call it at any time, also
 * several at once.
 */
export async function maintainUsage(
  engine: Engine,
  options: { monthsKept?: number } = {},
): Promise<UsageMaintenance> {
  await makeMonths(engine)
  const forgotten = await forgetIds(engine)
  const dropped = options.monthsKept === undefined ? [] : await dropMonths(engine, options.monthsKept)
  return { forgotten: forgotten + (await forgetIdsOfHistory(engine)), dropped }
}

async function makeMonths(engine: Engine): Promise<void> {
  const times = await engine.transaction(async (tx) => {
    const months = [addSeconds(tx.at, -latestDays * 86_400), ...monthsFrom(tx.at, monthsAhead)]
    await ensureMonths(tx, months)
    return months
  })
  rememberMonths(engine.db, times)
}

/**
 * Forgets ids of events older than any that is taken, once the period they fell in is issued too: everything
 * before the last closed period is, and everything of a customer for whom nothing falls due any more. Those
 * of history, and of what was taken back, are kept. In batches, so that nobody waits long.
 */
async function forgetIds(engine: Engine): Promise<number> {
  return forgetInBatches(engine, (tx) => ({
    old: `select k.ctid
      from usage_keys k
      join customers c using (customer_id)
      where k.time < $1
        and k.kept is null
        and (
          c.due_at is null
            or k.time < (
              select (max(p.period_start) - 1)::timestamp at time zone 'UTC'
              from closed_periods p
              where p.customer_id = k.customer_id
            )
        )`,
    before: addSeconds(tx.at, -latestDays * 86_400),
  }))
}

/**
 * Forgets the ids of history whose events were dropped: none of that time is taken any more. What was taken
 * back stays known.
 */
async function forgetIdsOfHistory(engine: Engine): Promise<number> {
  const keptFrom = await engine.transaction(readKeptFrom, { readOnly: true })
  if (keptFrom === null) return 0
  return forgetInBatches(engine, () => ({
    old: `select k.ctid
      from usage_keys k
      where k.time < $1
        and k.kept
        and not exists (select from voided_events v where (v.customer_id, v.id) = (k.customer_id, k.id))`,
    before: keptFrom,
  }))
}

async function forgetInBatches(
  engine: Engine,
  which: (tx: BillingTransaction) => { old: string; before: Instant },
): Promise<number> {
  let forgotten = 0
  for (let batch = 0; batch < batchesPerRun; batch += 1) {
    const [{ count }] = (await engine.transaction((tx) => {
      const { old, before } = which(tx)
      return tx.query<{ count: number }>(
        `with old as (${old} limit ${keysPerBatch}
         ), gone as (delete from usage_keys where ctid = any(array(select ctid from old)) returning 1)
         select count(*)::int as count from gone`,
        [before],
      )
    })) as [{ count: number }]
    forgotten += count
    if (count < keysPerBatch) break
  }
  return forgotten
}

/**
 * A month goes once all its ids have: so none whose usage is not issued yet. Gives way to whoever reads, and
 * tries again next time.
 */
async function dropMonths(engine: Engine, monthsKept: number): Promise<LocalDate[]> {
  const dropped: LocalDate[] = []
  const before = addMonths(monthOf(engine.now()), -Math.max(monthsKept, fewestMonthsKept))
  for (const month of await monthsThere(engine)) {
    if (month >= before || (await holdsIds(engine, addMonths(month, 1)))) break
    if (!(await dropMonth(engine, month))) break
    dropped.push(month)
  }
  return dropped
}

/** False where somebody reads or writes the table for so long that others would have to wait. */
async function dropMonth(engine: Engine, month: LocalDate): Promise<boolean> {
  try {
    await engine.transaction((tx) =>
      tx.asOwner(async () => {
        await tx.query("set local lock_timeout = '2s'")
        // Who records history has read from when on it is taken, and holds this until that is committed.
        await tx.query(`select pg_advisory_xact_lock(${historyLock})`)
        await tx.query(
          `insert into usage_retention (kept_from)
            values ($1::date::timestamp at time zone 'UTC')
            on conflict (only_row)
              do update set kept_from = greatest(usage_retention.kept_from, excluded.kept_from)`,
          [addMonths(month, 1)],
        )
        await tx.query(`drop table if exists ${tableOf(month)}`)
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
    { readOnly: true },
  )
  return rows.map((row) => row.month)
}

async function holdsIds(engine: Engine, before: LocalDate): Promise<boolean> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query(
        `select 1
          from usage_keys
          where time < $1::date::timestamp at time zone 'UTC' and kept is null
          limit 1`,
        [before],
      ),
    { readOnly: true },
  )
  return rows.length > 0
}

const historyLock = 7305810230

/**
 * From when on history is taken, until this transaction ends: what is older may have been there, and was
 * dropped with its ids. Null where nothing was.
 */
export async function historyKeptFrom(tx: BillingTransaction): Promise<Instant | null> {
  await tx.query(`select pg_advisory_xact_lock_shared(${historyLock})`)
  return readKeptFrom(tx)
}

async function readKeptFrom(tx: BillingTransaction): Promise<Instant | null> {
  const [row] = await tx.query<{ at: Instant }>('select kept_from as at from usage_retention')
  return row?.at ?? null
}

/**
 * The first date of which every event is still there, whatever the zone; null where none was ever dropped.
 */
export async function eventsKeptFrom(tx: BillingTransaction): Promise<LocalDate | null> {
  const [row] = await tx.query<{ date: LocalDate }>(
    "select (kept_from at time zone 'UTC')::date as date from usage_retention",
  )
  return row ? addDays(row.date, 1) : null
}
