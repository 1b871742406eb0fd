import type { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Run } from './open-transaction.ts'
import { createEngine } from './testing.ts'
import type { Row } from './types.ts'
import { upkeep } from './upkeep.ts'

let engine: PGlite
const run: Run = async (sql) => (await engine.exec(sql)).at(-1)!.rows as Row[]
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.close())

/** The engine reports its table statistics once a second at most. */
const reported = async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await run('select 1')
}

test('a table that grew is analyzed, and the log gets a checkpoint', async () => {
  await run(`create table "Grown" as select n from generate_series(1, 38000) n`)
  await run(
    `select pg_logical_emit_message(false, 'filling', repeat('x', 1000000)) from generate_series(1, 70)`,
  )
  await reported()
  await upkeep(run).perform()
  const [table] = await run(`select reltuples::int as rows from pg_class where relname = 'Grown'`)
  expect(table).toEqual({ rows: 38_000 })
  const [log] = await run(
    'select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int as bytes from pg_control_checkpoint()',
  )
  expect(log!['bytes']).toBeLessThan(1_000_000)
})

test('maintenance is checked once in five hundred writes', () => {
  const { due } = upkeep(run)
  expect(Array.from({ length: 1_000 }, due).filter(Boolean)).toHaveLength(2)
})
