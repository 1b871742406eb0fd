import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database, Transaction } from './index.ts'
import { testDatabases } from './testing.ts'

const migrations = { notes: new URL('./test-migrations/', import.meta.url) }

describe.each(testDatabases)('on $name', ({ create }) => {
  let database: Database
  beforeAll(async () => {
    database = await create(migrations)
    await database.transaction({ role: 'billing' }, (tx) =>
      tx.query(`insert into notes values ('ada', 'n1', 'hers'), ('bob', 'n1', 'his')`),
    )
  })
  afterAll(() => database.close())

  const notesSeenBy = (customerId: string) =>
    database.transaction({ role: 'portal', customerId }, (tx) => tx.query('select * from notes'), {
      readOnly: true,
    })

  test('the portal role sees only the rows of its customer', async () => {
    expect(await notesSeenBy('ada')).toEqual([{ customer_id: 'ada', id: 'n1', body: 'hers' }])
  })

  test('the portal role can neither update nor insert a row of another customer', async () => {
    const asAda = { role: 'portal', customerId: 'ada' } as const
    await database.transaction(asAda, (tx) =>
      tx.query(`update notes set body = 'taken' where customer_id = 'bob'`),
    )
    await expect(
      database.transaction(asAda, (tx) => tx.query(`insert into notes values ('bob', 'n2', 'slipped in')`)),
    ).rejects.toMatchObject({ code: '42501' })
    expect(await notesSeenBy('bob')).toEqual([{ customer_id: 'bob', id: 'n1', body: 'his' }])
  })

  test('the next transaction does not inherit the customer of the one before', async () => {
    await notesSeenBy('ada')
    const [row] = await database.asOwner((tx) =>
      tx.query(`select current_setting('app.customer_id', true) as customer`),
    )
    expect(row?.['customer'] ?? '').toBe('')
  })

  test.each([`ada' or '1'='1`, `'; drop table notes; --`, `\\' or true --`, '', `o'\\neil`])(
    'a hostile customer id is treated as text: %s',
    async (customerId) => {
      expect(await notesSeenBy(customerId)).toEqual([])
      const seen = await database.transaction({ role: 'portal', customerId }, (tx) =>
        tx.query(`select current_setting('app.customer_id') as id`),
      )
      expect(seen).toEqual([{ id: customerId }])
    },
  )

  test('neither role may alter the tables', async () => {
    for (const access of [{ role: 'billing' }, { role: 'portal', customerId: 'ada' }] as const) {
      await expect(
        database.transaction(access, (tx) => tx.query('alter table notes disable row level security')),
      ).rejects.toMatchObject({ code: '42501' })
      await expect(
        database.transaction(access, (tx) => tx.query('delete from schema_migrations')),
      ).rejects.toMatchObject({ code: '42501' })
    }
    // A backup runs as the vendor's role, so that role must be able to read the list of migrations.
    await expect(
      database.transaction({ role: 'portal', customerId: 'ada' }, (tx) =>
        tx.query('select * from schema_migrations'),
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('a transaction can act as the owner for a while and drops back to its role afterwards, also after an error', async () => {
    const asAda = { role: 'portal', customerId: 'ada' } as const
    const who = async (tx: Transaction) =>
      (await tx.query<{ role: string }>('select current_user as role'))[0]!.role
    await database.transaction(asAda, async (tx) => {
      await tx.asOwner(() => tx.query('create table scratch (x int)'))
      expect(await who(tx)).toBe('portal')
      await expect(tx.asOwner(() => tx.query('create table scratch (x int)'))).rejects.toMatchObject({
        code: '42P07',
      })
      await expect(
        tx.asOwner(async () => {
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      expect(await who(tx)).toBe('portal')
      expect(await tx.query('select customer_id from notes')).toEqual([{ customer_id: 'ada' }])
      await expect(tx.savepoint(() => tx.query('insert into scratch values (1)'))).rejects.toMatchObject({
        code: '42501',
      })
    })
  })

  test('the billing role sees the rows of every customer', async () => {
    const rows = await database.transaction({ role: 'billing' }, (tx) =>
      tx.query('select customer_id from notes order by 1'),
    )
    expect(rows).toEqual([{ customer_id: 'ada' }, { customer_id: 'bob' }])
  })

  test('a read-only transaction cannot write', async () => {
    const writing = database.transaction({ role: 'billing' }, (tx) => tx.query('delete from notes'), {
      readOnly: true,
    })
    await expect(writing).rejects.toMatchObject({ code: '25006' })
  })
})
