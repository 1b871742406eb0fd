import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findMistakes, putMeter, rebuildUsage, recordUsage } from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('rebuilding sums on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-20T00:00:00Z')
    await seedCatalogue(world.engine)
    for (const aggregation of ['count', 'max', 'last', 'unique'] as const)
      await putMeter(world.engine, {
        key: aggregation,
        name: aggregation,
        unit: 'x',
        aggregation,
        ...(aggregation === 'unique' ? { uniqueBy: 'who' } : {}),
      })
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'x', groupBy: ['who'] })
    for (const id of ['a', 'b']) {
      await seedCustomer(world.engine, id)
      await recordUsage(
        world.engine,
        Array.from({ length: 600 }, (_, index) => ({
          id: `e${index}`,
          customerId: id,
          meter: ['ai_chat', 'count', 'max', 'last', 'unique', 'calls'][index % 6]!,
          quantity: (index * 37) % 101,
          time: `2026-11-${String(1 + (index % 19)).padStart(2, '0')}T0${index % 9}:00:00Z`,
          properties: { who: index % 4 ? `p${(index * 7) % 23}` : { n: index % 5 } },
        })),
      )
    }
  })
  afterAll(() => world.close())
  const ask = <T>(sql: string) => world.db.asOwner((tx) => tx.query<T>(sql))
  const differences = async (check: boolean) => {
    const found: string[] = []
    const customers: string[] = []
    for await (const { customerId, row, was, shouldBe } of rebuildUsage(world.engine, {
      check,
      onCustomer: (id) => customers.push(id),
    }))
      found.push(`${customerId} ${row}: ${was} -> ${shouldBe}`)
    expect(customers).toEqual(['a', 'b'])
    return found
  }

  test('recorded usage shows no difference', async () => {
    expect(await differences(true)).toEqual([])
    expect(await differences(false)).toEqual([])
  })

  test('a wrong, missing or extra row is reported, and only a rebuild repairs it', async () => {
    const sums = () =>
      ask(
        `select (select jsonb_agg(d order by customer_id, meter, local_date) from usage_daily d) as days,
            (select count(*)::int from usage_values) as values,
            (
              select jsonb_agg(g order by customer_id, meter, property, local_date, kind, value)
              from usage_groups g
            ) as groups`,
      )
    const before = await sums()
    const [day] = await ask<{ quantity: number; events: number }>(
      `select quantity, events
        from usage_daily
        where customer_id = 'a' and meter = 'ai_chat' and local_date = '2026-11-01'`,
    )
    await ask(
      `update usage_daily
        set quantity = quantity + 1
        where customer_id = 'a' and meter = 'ai_chat' and local_date = '2026-11-01'`,
    )
    await ask(
      "delete from usage_daily where customer_id = 'b' and meter = 'last' and local_date = '2026-11-04'",
    )
    await ask("insert into usage_values values ('b', 'unique', '2026-11-04', '\\x00')")
    await ask("delete from usage_groups where customer_id = 'b' and kind = 'none'")
    const named = await differences(true)
    expect(named[0]).toBe(
      `a usage_daily ai_chat 2026-11-01: ${day!.quantity + 1} steps of ${day!.events} events -> `
        + `${day!.quantity} steps of ${day!.events} events`,
    )
    expect(
      named.some((one) =>
        /^b usage_daily last 2026-11-04: null -> \d+ steps of \d+ events, the latest "e\d+" at 2026-11-0/.test(
          one,
        ),
      ),
    ).toBe(true)
    expect(named).toContain('b usage_values unique 2026-11-04 00: seen -> null')
    expect(await differences(true)).toEqual(named)
    expect(await differences(false)).toEqual(named)
    expect(await differences(true)).toEqual([])
    expect(await sums()).toEqual(before)
    for await (const mistake of findMistakes(world.engine)) expect.fail(JSON.stringify(mistake))
  })

  test('a rebuild loses no event that is recorded meanwhile', async () => {
    const record = async (batch: number) =>
      recordUsage(
        world.engine,
        Array.from({ length: 40 }, (_, index) => ({
          id: `w${batch}-${index}`,
          customerId: index % 2 ? 'a' : 'b',
          meter: 'calls',
          properties: { who: `q${index}` },
        })),
      )
    const [found] = await Promise.all([
      differences(false),
      ...Array.from({ length: 10 }, (_, batch) => record(batch)),
    ])
    expect(found).toEqual([])
    expect(await differences(true)).toEqual([])
    expect(await ask("select sum(events)::int as events from usage_daily where meter = 'calls'")).toEqual([
      { events: 200 + 400 },
    ])
  })

  test(
    'more values than fit in one transaction, or have names, are rebuilt in batches',
    { timeout: 180_000 },
    async () => {
      // A batch is 10,000 values.
      const count = process.env['LONG'] === '1' ? 23_000 : 11_000
      for (const [meter, prefix] of [
        ['unique', 'u'],
        ['calls', 'g'],
      ]) {
        await world.db.asOwner((tx) =>
          tx.query(
            `insert into usage_events (
                customer_id, id, meter, quantity, time, local_date, stored_at, properties
              )
              select 'b', $1 || n, $2, 1, '2026-11-10T03:00:00Z', '2026-11-10', '2026-11-10T03:00:00Z',
                jsonb_build_object('who', $1 || n)
              from generate_series(1, $3::int) n`,
            [prefix, meter, count],
          ),
        )
      }
      const named = await differences(true)
      expect(
        named.filter((one) => /^b usage_values unique 2026-11-10 [0-9a-f]{64}: null -> seen$/.test(one)),
      ).toHaveLength(count)
      expect(new Set(named).size).toBe(named.length)
      expect((await differences(false)).length).toBe(named.length)
      expect(await differences(true)).toEqual([])
      const [sums] = await ask<{ values: number; quantity: number; grouped: number; rows: number }>(`select (
          select count(*)::int from usage_values where customer_id = 'b' and local_date = '2026-11-10'
        ) as values,
          (
            select quantity
            from usage_daily
            where (customer_id, meter, local_date) = ('b', 'unique', '2026-11-10')
          ) as quantity,
          (
            select sum(quantity)::int
            from usage_groups
            where (customer_id, meter, local_date) = ('b', 'calls', '2026-11-10')
          ) as grouped,
          (
            select quantity
            from usage_daily
            where (customer_id, meter, local_date) = ('b', 'calls', '2026-11-10')
          ) as rows`)
      expect(sums!.values).toBe(sums!.quantity)
      expect(sums!.values).toBeGreaterThanOrEqual(count)
      expect(sums!.grouped).toBe(sums!.rows)
    },
  )
})
