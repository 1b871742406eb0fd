import { PGlite } from '@electric-sql/pglite'
import { fsyncSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DurableFolder, durableStart } from './durable-folder.ts'
import { createDataDir } from './testing.ts'

const path = mkdtempSync(join(tmpdir(), 'durable-'))
const synced: string[] = []
let folder: DurableFolder
let engine: PGlite

beforeAll(async () => {
  await createDataDir(path, {})
  folder = new DurableFolder(join(path, 'postgres'), (descriptor, file) => {
    fsyncSync(descriptor)
    synced.push(file)
  })
  engine = await PGlite.create({ fs: folder, startParams: durableStart })
  await engine.exec('create table t (n int)')
})
beforeEach(() => {
  synced.length = 0
})
afterAll(async () => {
  await engine.close()
  rmSync(path, { recursive: true })
})

const kinds = () => new Set(synced.map((file) => basename(dirname(file))))

test('a commit syncs the log', async () => {
  await engine.exec('insert into t values (1)')
  expect(kinds()).toEqual(new Set(['pg_wal']))
})

test('a commit whose log is synced elsewhere does not sync it', async () => {
  folder.logSyncDeferred = true
  await engine.exec('insert into t values (2)')
  folder.logSyncDeferred = false
  expect(synced).toEqual([])
})

test('a checkpoint syncs the tables before it updates the control file', async () => {
  await engine.exec('insert into t values (3)')
  const [{ rows } = { rows: [] }] = await engine.exec(`select pg_relation_filepath('t') as file`)
  synced.length = 0
  await engine.exec('checkpoint')
  const table = synced.findIndex((file) => file.endsWith(rows[0]!['file'] as string))
  const control = synced.findLastIndex((file) => file.endsWith('pg_control'))
  const log = synced.findLastIndex((file) => file.includes('pg_wal'))
  expect(table).toBeGreaterThanOrEqual(0)
  expect(log).toBeGreaterThan(table)
  expect(control).toBeGreaterThan(log)
})
