import type { Run } from './open-transaction.ts'

const writesBetweenLooks = 500
const logBytesBeforeCheckpoint = 64 * 1024 * 1024
/** ANALYZE samples 300 times as many rows. With PostgreSQL's 100 it took longer than the VACUUM before it. */
const statisticsTarget = 20

// The thresholds of PostgreSQL's autovacuum. The table in most need first, one at a time, so that nobody
// waits long.
const neediestTable = `select format('%I.%I', schemaname, relname) as name
  from pg_stat_user_tables
  where greatest(n_dead_tup, n_mod_since_analyze / 2) > 50 + 0.1 * n_live_tup
    or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
  order by (n_dead_tup + n_mod_since_analyze + n_ins_since_vacuum) / (n_live_tup + 1000.0) desc
  limit 1`

const logSinceCheckpoint =
  'select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as bytes from pg_control_checkpoint()'

/**
 * Does what a PostgreSQL server does in the background and the embedded one does not: vacuum, statistics,
 * checkpoints.
 */
export function upkeep(run: Run) {
  let writes = 0
  return {
    /** Counts a transaction that wrote. Returns true when maintenance should be checked. */
    due: (): boolean => ++writes % writesBetweenLooks === 0,
    /** Checks for maintenance and performs it, outside any transaction. */
    async perform(): Promise<void> {
      const [table] = await run(neediestTable)
      if (table) {
        await run(`SET default_statistics_target = ${statisticsTarget}`)
        await run(`VACUUM (ANALYZE) ${table['name']}`)
      }
      const [log] = await run(logSinceCheckpoint)
      if (Number(log?.['bytes']) > logBytesBeforeCheckpoint) await run('CHECKPOINT')
    },
  }
}
