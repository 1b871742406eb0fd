import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate, type Database } from './index.ts'
import { testDatabases } from './testing.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, sql: string) => writeFile(join(folder, name), sql)

describe.each(testDatabases)('on $name', ({ create }) => {
  let database: Database
  beforeEach(async () => {
    database = await create({})
  })
  afterEach(() => database.close())

  const run = () => migrate(database, folder, { name: 'shop' })
  const count = (table: string) => database.asOwner((tx) => tx.query(`select count(*)::int as rows from ${table}`)).then(([row]) => row!['rows'])

  test('files are applied in order, once, and new ones later', async () => {
    await write('0001_first.sql', 'create table a (x int); insert into a values (1);')
    await write('0002_second.sql', 'insert into a values (2);')
    expect(await run()).toEqual(['0001_first.sql', '0002_second.sql'])
    expect(await run()).toEqual([])
    await write('0003_third.sql', 'insert into a values (3);')
    expect(await run()).toEqual(['0003_third.sql'])
    expect(await count('a')).toBe(3)
  })

  test('a file that fails leaves nothing of itself and keeps what came before', async () => {
    await write('0001_first.sql', 'create table a (x int);')
    await write('0002_bad.sql', 'insert into a values (1); select no_such_function();')
    await expect(run()).rejects.toThrow(/0002_bad\.sql of shop failed and changed nothing.*no_such_function/)
    expect(await count('a')).toBe(0)
    await write('0002_bad.sql', 'insert into a values (1);')
    expect(await run()).toEqual(['0002_bad.sql'])
  })

  test('a file changed after it was applied stops the start; other line ends are no change', async () => {
    await write('0001_first.sql', 'create table a\n (x int);')
    await run()
    await write('0001_first.sql', 'create table a\r\n (x int);')
    await run()
    await write('0001_first.sql', 'create table a (x bigint);')
    await expect(run()).rejects.toThrow('was changed after the database applied it')
  })

  test('a gap, a number given twice and a name that is no number stop the start', async () => {
    await write('0001_first.sql', 'select 1;')
    await write('0003_third.sql', 'select 1;')
    await expect(run()).rejects.toThrow('0003_third.sql')
    await rm(join(folder, '0003_third.sql'))
    await write('0001_other.sql', 'select 1;')
    await expect(run()).rejects.toThrow('should be number 0002')
    await rm(join(folder, '0001_other.sql'))
    await write('later.sql', 'select 1;')
    await expect(run()).rejects.toThrow('later.sql')
  })

  test('a database that a newer version has used stops the start', async () => {
    await write('0001_first.sql', 'select 1;')
    await write('0002_newer.sql', 'select 1;')
    await run()
    await rm(join(folder, '0002_newer.sql'))
    await expect(run()).rejects.toThrow('used by a newer version')
  })

  test('two starts at the same moment apply each file once', async () => {
    await write('0001_first.sql', 'create table a (x int);')
    await write('0002_second.sql', 'insert into a values (1);')
    const applied = await Promise.all([run(), run(), run()])
    expect(applied.flat().sort()).toEqual(['0001_first.sql', '0002_second.sql'])
    expect(await count('a')).toBe(1)
  })

  test('each service has its own numbers', async () => {
    await write('0001_first.sql', 'select 1;')
    await run()
    expect(await migrate(database, folder, { name: 'desk' })).toEqual(['0001_first.sql'])
  })
})
