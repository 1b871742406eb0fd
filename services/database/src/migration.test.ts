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
  const count = (table: string) =>
    database
      .asOwner((tx) => tx.query(`select count(*)::int as rows from ${table}`))
      .then(([row]) => row!['rows'])

  test('files are applied once, in order, and files added later are applied later', async () => {
    await write('0001_first.sql', 'create table a (x int); insert into a values (1);')
    await write('0002_second.sql', 'insert into a values (2);')
    expect(await run()).toEqual(['0001_first.sql', '0002_second.sql'])
    expect(await run()).toEqual([])
    await write('0003_third.sql', 'insert into a values (3);')
    expect(await run()).toEqual(['0003_third.sql'])
    expect(await count('a')).toBe(3)
  })

  test('a file that fails is rolled back, and the files before it stay applied', async () => {
    await write('0001_first.sql', 'create table a (x int);')
    await write('0002_bad.sql', 'insert into a values (1); select no_such_function();')
    await expect(run()).rejects.toThrow(/0002_bad\.sql of shop failed and changed nothing.*no_such_function/)
    expect(await count('a')).toBe(0)
    await write('0002_bad.sql', 'insert into a values (1);')
    expect(await run()).toEqual(['0002_bad.sql'])
  })

  test('a file changed after it was applied stops the start; different line ends do not', async () => {
    await write('0001_first.sql', 'create table a\n (x int);')
    await run()
    await write('0001_first.sql', 'create table a\r\n (x int);')
    await run()
    await write('0001_first.sql', 'create table a (x bigint);')
    await expect(run()).rejects.toThrow('was changed after the database applied it')
  })

  test('a gap, a duplicate number and a name without a number stop the start', async () => {
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

  test('a database used by a newer version stops the start', async () => {
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

  describe('outside a transaction', () => {
    const concurrently =
      '-- Found by x: a table in use.\n-- no transaction\ncreate index concurrently if not exists a_x '
      + 'on a (x);\n'
    const indexes = () =>
      database.asOwner((tx) =>
        tx.query<{ name: string; valid: boolean }>(
          `select c.relname as name, indisvalid as valid
            from pg_index i
            join pg_class c on c.oid = indexrelid
            join pg_class t on t.oid = indrelid
            where t.relname ~ '^a(_|$)'
            order by 1`,
        ),
      )

    test('an index is created concurrently, once, by one of several processes that start at the same moment', async () => {
      await write('0001_first.sql', 'create table a (x int);')
      await write('0002_index.sql', concurrently)
      await write('0003_third.sql', 'insert into a values (1);')
      const applied = await Promise.all([run(), run(), run()])
      expect(applied.flat().sort()).toEqual(['0001_first.sql', '0002_index.sql', '0003_third.sql'])
      expect(await indexes()).toEqual([{ name: 'a_x', valid: true }])
      expect(await count('a')).toBe(1)
    })

    test('after an interrupted run an invalid index and a complete but unrecorded one are created again', async () => {
      await write('0001_first.sql', 'create table a (x int); create index a_x on a (x);')
      await run()
      await database.asOwner((tx) =>
        tx.query("update pg_index set indisvalid = false where indexrelid = 'a_x'::regclass"),
      )
      await write(
        '0002_index.sql',
        `${concurrently}create unique index concurrently if not exists a_once on a (x) where x > 0;`,
      )
      expect(await run()).toEqual(['0002_index.sql'])
      expect(await indexes()).toEqual([
        { name: 'a_once', valid: true },
        { name: 'a_x', valid: true },
      ])
      await database.asOwner((tx) => tx.query("delete from schema_migrations where name = '0002_index.sql'"))
      expect(await run()).toEqual(['0002_index.sql'])
      await write(
        '0003_gone.sql',
        '-- no transaction\ndrop index concurrently if exists a_x;\ndrop index concurrently if exists a_once;',
      )
      expect(await run()).toEqual(['0003_gone.sql'])
      expect(await indexes()).toEqual([])
    })

    test('a partitioned table gets the index on each partition, also on new ones and after an interrupted run', async () => {
      await write(
        '0001_first.sql',
        `create table a (x int) partition by range (x);
          create table a_1 partition of a for values
          from (0) to (10);
          create table a_2 partition of a for values
          from (10) to (20);
          create index a_x on only a (x);
          create index on a_1 (x);
          alter index a_x attach partition a_1_x_idx;`,
      )
      await write('0002_index.sql', concurrently)
      expect(await run()).toEqual(['0001_first.sql', '0002_index.sql'])
      await database.asOwner((tx) => tx.query('create table a_3 partition of a for values from (20) to (30)'))
      const made = await indexes()
      expect(made.map(({ valid }) => valid)).toEqual([true, true, true, true])
      await write('0003_gone.sql', '-- no transaction\ndrop index concurrently if exists a_x;')
      await run()
      expect(await indexes()).toEqual([])
    })

    test('a file that could not be repeated is rejected, and one that fails is named', async () => {
      await write('0001_first.sql', '-- no transaction\ncreate index concurrently a_x on a (x);')
      await expect(run()).rejects.toThrow(/0001_first\.sql .*outside a transaction stand only/)
      await write('0001_first.sql', concurrently)
      await expect(run()).rejects.toThrow(/0001_first\.sql of shop failed: .*begins it anew/)
      await write('0001_first.sql', 'create table a (x int);')
      expect(await run()).toEqual(['0001_first.sql'])
    })
  })

  test('each service has its own numbering', async () => {
    await write('0001_first.sql', 'select 1;')
    await run()
    expect(await migrate(database, folder, { name: 'desk' })).toEqual(['0001_first.sql'])
  })
})
