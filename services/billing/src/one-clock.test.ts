import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine, type ClockKind } from './engine.ts'
import { putDiscount } from './commands/account/discount.ts'
import { createSubscription, newestInstant, recordUsage } from './index.ts'
import { addSeconds } from './values/instant.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from './testing.ts'

describe.each(testDatabases)('the clock of commands on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T00:00:00Z')
    await seedCatalogue(world.engine)
    for (const id of ['acme', 'globex', 'initech', 'umbrella']) await seedCustomer(world.engine, id)
  })
  afterAll(() => world.close())

  /** Another process on the same database with its own clock. */
  const host = (now: string, clock: ClockKind): Engine =>
    createEngine({ db: world.db, now: () => now, newId: world.engine.newId, clock })
  const discount = (engine: Engine, customerId: string, discountId: string) =>
    putDiscount(engine, {
      customerId,
      discountId,
      kind: 'percent',
      value: '5',
      appliesTo: 'all',
      from: '2026-03-01',
    })
  const madeAt = async (customerId: string) => {
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ at: string }>(
        `select created_at as at from discounts where customer_id = '${customerId}' order by id`,
      ),
    )
    return rows.map(({ at }) => at)
  }

  test('a command of a host with a slow clock comes right after the last one of another host', async () => {
    await discount(host('2026-03-05T12:00:00.000000Z', 'machine'), 'acme', 'a')
    await discount(host('2026-03-05T11:00:00.000000Z', 'machine'), 'acme', 'b')
    await discount(host('2026-03-05T12:00:00.000001Z', 'machine'), 'acme', 'c')
    await discount(host('2026-03-05T12:30:00.000000Z', 'machine'), 'acme', 'd')
    expect(await madeAt('acme')).toEqual([
      '2026-03-05T12:00:00.000000Z',
      '2026-03-05T12:00:00.000001Z',
      '2026-03-05T12:00:00.000002Z',
      '2026-03-05T12:30:00.000000Z',
    ])
  })

  test('an event recorded by a slow host is stored after the last command of its customer', async () => {
    await discount(host('2026-03-05T12:00:00.000000Z', 'machine'), 'globex', 'a')
    await recordUsage(host('2026-03-05T11:59:00.000000Z', 'machine'), [
      { id: 'behind', customerId: 'globex', meter: 'ai_chat', time: '2026-03-05T11:58:00Z' },
    ])
    const [event] = await world.db.asOwner((tx) =>
      tx.query<{ at: string }>(`select stored_at as at from usage_events where id = 'behind'`),
    )
    expect(event!.at).toBe('2026-03-05T12:00:00.000001Z')
  })

  test('a standing clock neither counts commands nor goes back', async () => {
    world.set('2026-03-05T12:00:00Z')
    await discount(world.engine, 'initech', 'a')
    await discount(world.engine, 'initech', 'b')
    world.set('2026-03-04T00:00:00Z')
    await discount(world.engine, 'initech', 'c')
    expect(await madeAt('initech')).toEqual(Array.from({ length: 3 }, () => '2026-03-05T12:00:00.000000Z'))
  })

  test('on the database’s clock no two commands of a customer share an instant', async () => {
    const read = async () =>
      (await world.db.asOwner((tx) => tx.query<{ now: string }>('select clock_timestamp() as now')))[0]!.now
    const hosts = [
      host('2001-01-01T00:00:00.000000Z', 'database'),
      host('2999-01-01T00:00:00.000000Z', 'database'),
    ]
    const before = await read()
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        discount(hosts[index % 2]!, 'umbrella', `d${String(index).padStart(2, '0')}`),
      ),
    )
    const after = await read()
    const instants = (await madeAt('umbrella')).sort()
    expect(new Set(instants).size).toBe(12)
    expect(instants[0]! > addSeconds(before, -1) && instants.at(-1)! < addSeconds(after, 1)).toBe(true)
  })

  test('the newest fact is found, also where it is ahead of every clock', async () => {
    await createSubscription(host('2098-05-01T00:00:00.000000Z', 'given'), {
      customerId: 'initech',
      planId: 'free',
    })
    expect(await newestInstant(world.engine)).toBe('2098-05-01T00:00:00.000000Z')
  })
})

// PGlite has one session: nobody waits for a lock in it.
describe.each(testDatabases.filter(({ name }) => name === 'PostgreSQL'))(
  'waiting for a lock on $name',
  ({ create }) => {
    test("the database's clock is read after the wait, also where the holder wrote nothing", async () => {
      const world = await createWorld(create, '2026-03-01T00:00:00Z')
      await seedCatalogue(world.engine)
      await seedCustomer(world.engine, 'acme')
      const engine = createEngine({
        db: world.db,
        now: world.engine.now,
        newId: world.engine.newId,
        clock: 'database',
      })
      let released = ''
      const holding = world.db.asOwner(async (tx) => {
        await tx.query(`select 1 from customers where customer_id = 'acme' for update`)
        await new Promise((resolve) => setTimeout(resolve, 400))
        released = (await tx.query<{ now: string }>('select clock_timestamp() as now'))[0]!.now
      })
      await new Promise((resolve) => setTimeout(resolve, 100))
      await Promise.all([
        putDiscount(engine, {
          customerId: 'acme',
          discountId: 'a',
          kind: 'percent',
          value: '5',
          appliesTo: 'all',
          from: '2026-03-01',
        }),
        recordUsage(engine, [{ id: 'waited', customerId: 'acme', meter: 'ai_chat' }]),
        holding,
      ])
      const [row] = await world.db.asOwner((tx) =>
        tx.query<{ discount: string; event: string }>(
          `select (select created_at from discounts) as discount,
              (select stored_at from usage_events) as event`,
        ),
      )
      expect(row!.discount > released && row!.event > released).toBe(true)
      await world.close()
    })
  },
)
