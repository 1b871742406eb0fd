import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsFolder } from '../../engine.ts'
import {
  consume,
  createSubscription,
  findMistakes,
  getReconciliation,
  getUsageDetail,
  getUsageSummary,
  maintainUsage,
  recordUsage,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('storage of usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await seedCustomer(world.engine, 'acme')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'team' })
    await seedCustomer(world.engine, 'free')
  })
  afterAll(() => world.close())
  const use = (customerId: string, id: string, time: string) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity: 2, time }])
  const ask = <T>(sql: string) => world.db.asOwner((tx) => tx.query<T>(sql))
  const months = async () =>
    (
      await ask<{ name: string }>(
        "select relname as name from pg_class where relispartition and relkind = 'r' order by 1",
      )
    ).map((row) => row.name.slice('usage_events_'.length))
  const keys = async () =>
    (await ask<{ id: string }>('select id from usage_keys order by id')).map((row) => row.id)
  const mistakes = async () => {
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    return found
  }

  test('a month is created when its first event comes, under any concurrency', async () => {
    expect(await months()).toEqual([])
    const recorded = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        use(index % 2 ? 'acme' : 'free', `o${index}`, '2026-10-31T15:59:59.999999Z'),
      ),
    )
    expect(recorded.every((one) => one.accepted === 1)).toBe(true)
    await consume(world.engine, { customerId: 'acme', meter: 'ai_chat', id: 'c1' })
    expect(await months()).toEqual(['2026_10'])
    world.set('2026-11-02T00:00:00Z')
    await consume(world.engine, { customerId: 'acme', meter: 'ai_chat', id: 'c2' })
    expect(await months()).toEqual(['2026_10', '2026_11'])
    await maintainUsage(world.engine)
    expect(await months()).toEqual(['2026_09', '2026_10', '2026_11', '2026_12', '2027_01'])
  })

  test('an event is stored in the month of its time in UTC', async () => {
    await use('acme', 'last', '2026-10-31T23:59:59.999999Z')
    await use('acme', 'first', '2026-11-01T00:00:00Z')
    const where = await ask<{ id: string; month: string }>(
      `select id, right(tableoid::regclass::text, 7) as month
        from usage_events
        where id in ('last', 'first')
        order by id`,
    )
    expect(where).toEqual([
      { id: 'first', month: '2026_11' },
      { id: 'last', month: '2026_10' },
    ])
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await getUsageDetail(world.engine, {
        customerId: 'acme',
        start: '2026-10-01',
        limit: 2,
        cursor,
      })
      found.push(...page.data.map((event) => event.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(found).toEqual(['c2', 'first', 'last', 'c1', 'o7', 'o5', 'o3', 'o1'])
  })

  test('the same id in another month is the same event', async () => {
    const november = { id: 'once', customerId: 'acme', meter: 'ai_chat', time: '2026-11-01T12:00:00Z' }
    expect(
      await recordUsage(world.engine, [november, { ...november, time: '2026-10-30T12:00:00Z' }]),
    ).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'event_conflict' }] })
    expect(
      await recordUsage(world.engine, [{ ...november, time: '2026-10-30T12:00:00Z' }, november]),
    ).toMatchObject({ duplicates: 1, rejected: [{ index: 0, code: 'event_conflict' }] })
  })

  test('an id is deleted once its event is too old to repeat and its period is issued', async () => {
    // the events of 31 October are 35 days old, those of `acme` are not billed: no due work was done
    world.set('2026-12-06T15:59:59Z')
    expect(await maintainUsage(world.engine)).toEqual({ forgotten: 4, dropped: [] })
    expect(await keys()).toEqual(['c1', 'c2', 'first', 'last', 'o1', 'o3', 'o5', 'o7', 'once'])
    await world.passTo('2026-12-06T16:00:00Z')
    // Now November is billed, but whether a date at its edge was is not checked that closely: it waits for
    // December.
    expect((await maintainUsage(world.engine)).forgotten).toBe(0)
    await world.passTo('2027-01-02T00:00:00Z')
    expect((await maintainUsage(world.engine)).forgotten).toBe(9)
    expect(await keys()).toEqual([])
    expect(await use('acme', 'once', '2026-11-01T12:00:00Z')).toMatchObject({
      rejected: [{ code: 'event_too_old' }],
    })
    expect(await mistakes()).toEqual([])
  })

  test('months are kept by default and dropped whole, and sums and invoices stay', async () => {
    await use('acme', 'january', '2027-01-01T00:00:00Z')
    const before = await getUsageSummary(world.engine, { customerId: 'acme', period: '2026-11' })
    await world.passTo('2027-04-10T00:00:00Z')
    expect((await maintainUsage(world.engine)).dropped).toEqual([])
    expect(await maintainUsage(world.engine, { monthsKept: 4 })).toEqual({
      forgotten: 0,
      dropped: ['2026-09-01', '2026-10-01', '2026-11-01'],
    })
    expect((await months()).slice(0, 2)).toEqual(['2026_12', '2027_01'])
    expect(
      (await getUsageDetail(world.engine, { customerId: 'acme', start: '2026-10-01' })).data.map(
        (event) => event.id,
      ),
    ).toEqual(['january'])
    const { usage, daily } = await getUsageSummary(world.engine, { customerId: 'acme', period: '2026-11' })
    expect({ usage, daily }).toEqual({ usage: before.usage, daily: before.daily })
    expect(await mistakes()).toEqual([])
    const { meters } = await getReconciliation(world.engine, { customerId: 'acme', period: '2026-11' })
    expect(meters.find((meter) => meter.meter === 'ai_chat')).toMatchObject({ accepted: 7, difference: 0 })
  })

  test('a month that still has an id is not dropped, because its usage may not be issued', async () => {
    await ask(
      `insert into usage_keys (customer_id, id, body_hash, time)
        values ('acme', 'held', '', '2026-12-15T00:00:00Z')`,
    )
    await ask("delete from closed_periods where period_start >= '2026-12-01'")
    expect((await maintainUsage(world.engine, { monthsKept: 3 })).dropped).toEqual([])
    expect(await months()).toContain('2026_12')
  })
})

describe.each(testDatabases)('the migration to monthly partitions on $name', ({ create }) => {
  test('the migration keeps every event and its id, and finds customers with a large day', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usage-storage-'))
    const copy = async (names: string[]) => {
      for (const name of names) await cp(join(migrationsFolder, name), join(folder, name))
    }
    const names = (await readdir(migrationsFolder)).sort()
    const database = await create({})
    try {
      await copy(names.filter((name) => name < '0008'))
      await migrate(database, folder, { name: 'billing' })
      await database.asOwner(async (tx) => {
        await tx.query(`insert into meters values ('m', '{}', '{}', 0, 'sum', now())`)
        await tx.query(
          `insert into customers (customer_id, company_name, locale, currency, version, created_at)
            values ('a', 'A', 'en', 'CNY', 1, now()), ('b', 'B', 'en', 'CNY', 1, now())`,
        )
        await tx.query(`insert into usage_events (
            customer_id, id, meter, quantity, time, local_date, stored_at, properties, body_hash, overage
          )
          select c, 'e' || n, 'm', n, '2026-01-31T22:00:00Z'::timestamptz + n * interval '1 hour',
            '2026-02-01', '2026-02-02', jsonb_build_object('n', n), lpad(n::text, 64, 'f'), case n
            when 3 then 1 end
          from generate_series(0, 4) n, unnest(array['a', 'b']) c`)
        await tx.query(
          `insert into usage_daily (customer_id, meter, local_date, quantity, events)
            values ('a', 'm', '2026-02-01', 1000000000, 1), ('b', 'm', '2026-02-01', 1, 1),
              ('b', 'm', '2026-02-02', 1000000001, 1)`,
        )
      })
      const before = await database.asOwner((tx) =>
        tx.query(
          `select customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage
            from usage_events
            order by 1, 2`,
        ),
      )
      await copy(names.filter((name) => name >= '0008'))
      await migrate(database, folder, { name: 'billing' })
      expect(
        await database.asOwner((tx) =>
          tx.query(
            `select customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage
              from usage_events
              order by 1, 2`,
          ),
        ),
      ).toEqual(before)
      const [counts] = await database.asOwner((tx) =>
        tx.query(`select count(*)::int as keys, count(distinct e.tableoid)::int as months,
            bool_and(encode(k.body_hash, 'hex') = lpad(e.quantity::text, 64, 'f')) as same
          from usage_keys k
          join usage_events e on (e.customer_id, e.time, e.id) = (k.customer_id, k.time, k.id)`),
      )
      expect(counts).toEqual({ keys: 10, months: 2, same: true })
      // Customers with a day that needs a check are marked from then on.
      expect(
        await database.asOwner(async (tx) => {
          await tx.query('set local role billing')
          return tx.query('select customer_id from customers_with_large_days')
        }),
      ).toEqual([{ customer_id: 'b' }])
    } finally {
      await database.close()
      await rm(folder, { recursive: true })
    }
  })
})
