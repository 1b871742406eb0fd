import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseFull, sqlState, violatedConstraint, type Database, type Transaction } from './index.ts'
import { testDatabases } from './testing.ts'

const migrations = { notes: new URL('./test-migrations/', import.meta.url) }

describe.each(testDatabases)('on $name', ({ create }) => {
  let database: Database
  beforeAll(async () => {
    database = await create(migrations)
  })
  afterAll(() => database.close())

  const billing = { role: 'billing' } as const
  const write =
    (customerId: string, id = 'n1') =>
    (tx: Transaction) =>
      tx.query('insert into notes values ($1, $2, $3)', [customerId, id, 'text'])
  const notesOf = (customerId: string) =>
    database
      .transaction(billing, (tx) =>
        tx.query<{ id: string }>('select id from notes where customer_id = $1 order by id', [customerId]),
      )
      .then((rows) => rows.map((row) => row.id))

  test('a transaction whose work throws is rolled back, and the error is rethrown', async () => {
    const work = database.transaction(billing, async (tx) => {
      await write('thrown')(tx)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await notesOf('thrown')).toEqual([])
  })

  test('without room to write the database is unavailable, and reads continue', async () => {
    const full = database.transaction(billing, async (tx) => {
      await write('full')(tx)
      await tx.query(
        "do $$ begin raise exception 'could not extend file: No space left on device' using errcode = "
          + "'53100'; end $$",
      )
    })
    await expect(full).rejects.toThrow(DatabaseFull)
    expect(await notesOf('full')).toEqual([])
    // There is room again here, and a ping detects it.
    await database.ping()
    await database.ping()
  })

  test('a long series of transactions gives others their turn', async () => {
    const began = performance.now()
    let [turns, longest, last] = [0, 0, began]
    const look = setInterval(() => {
      const now = performance.now()
      turns += 1
      longest = Math.max(longest, now - last)
      last = now
    })
    for (let page = 0; page < 60; page += 1)
      await database.transaction(
        billing,
        (tx) => tx.query('select count(*) from generate_series(1, 40000)'),
        { readOnly: true },
      )
    clearInterval(look)
    // Before, the first turn came after the last transaction.
    expect(turns).toBeGreaterThan(10)
    expect(longest).toBeLessThan((performance.now() - began) / 3)
  })

  test('a savepoint rolls back its own writes and no others', async () => {
    await database.transaction(billing, async (tx) => {
      await write('saved', 'a')(tx)
      const inner = tx.savepoint(async () => {
        await write('saved', 'b')(tx)
        await write('saved', 'a')(tx)
      })
      await expect(inner).rejects.toMatchObject({ code: '23505' })
      await tx.savepoint(() => write('saved', 'c')(tx))
    })
    expect(await notesOf('saved')).toEqual(['a', 'c'])
  })

  test('a transaction that swallowed the error of a failed statement does not report a commit', async () => {
    const work = database.transaction(billing, async (tx) => {
      await write('swallowed')(tx)
      await write('swallowed')(tx).catch(() => undefined)
    })
    await expect(work).rejects.toThrow('rolled back')
    expect(await notesOf('swallowed')).toEqual([])
  })

  test('a query after the end of its transaction is rejected', async () => {
    const kept = await database.transaction(billing, async (tx) => tx)
    await expect(kept.query('select 1')).rejects.toThrow('over')
  })

  test('an error exposes its SQLSTATE and the constraint', async () => {
    await database.transaction(billing, write('twice'))
    const error = await database.transaction(billing, write('twice')).catch((error: unknown) => error)
    expect([sqlState(error), violatedConstraint(error)]).toEqual(['23505', 'notes_pkey'])
  })

  test('several statements without parameters return the rows of the last', async () => {
    expect(await database.asOwner((tx) => tx.query('select 1 as one; select 2 as two'))).toEqual([{ two: 2 }])
  })

  test('fifty concurrent increments are all counted', async () => {
    await database.transaction(billing, (tx) => tx.query(`insert into notes values ('counter', 'n', '0')`))
    const count = () =>
      database.transaction(billing, (tx) =>
        tx.query(`update notes set body = body::int + 1 where customer_id = 'counter'`),
      )
    await Promise.all(Array.from({ length: 50 }, count))
    expect(
      await database.transaction(billing, (tx) =>
        tx.query(`select body from notes where customer_id = 'counter'`),
      ),
    ).toEqual([{ body: '50' }])
  })
})
