import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSubscription,
  getUsageDetail,
  listRejectedEvents,
  putAlias,
  putMeter,
  recordUsage,
  retryRejectedEvents,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('rejected events on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-20T00:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  test('an event without a time counts when it first arrived, however late it is retried', async () => {
    await seedCustomer(world.engine, 'early')
    const event = { id: 'x', customerId: 'early', meter: 'to_come' }
    expect(await recordUsage(world.engine, [event])).toMatchObject({
      rejected: [{ code: 'meter_not_found' }],
    })
    world.set('2026-11-21T00:00:00Z')
    expect(await recordUsage(world.engine, [event])).toMatchObject({
      rejected: [{ code: 'meter_not_found' }],
    })
    expect(await retryRejectedEvents(world.engine, { customerId: 'early' })).toMatchObject({ accepted: 0 })
    world.set('2026-11-24T00:00:00Z')
    await putMeter(world.engine, { key: 'to_come', name: 'To come', unit: 'u' })
    expect(await retryRejectedEvents(world.engine, { customerId: 'early' })).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: [],
    })
    expect((await getUsageDetail(world.engine, { customerId: 'early' })).data).toMatchObject([
      { id: 'x', time: '2026-11-20T00:00:00.000000Z' },
    ])
    expect((await listRejectedEvents(world.engine, { customerId: 'early' })).data).toEqual([])
    // The sender may retry too: it is the same event.
    expect(await recordUsage(world.engine, [event])).toMatchObject({ duplicates: 1 })
  })

  test('an event without a time is too old once its first arrival is', async () => {
    await seedCustomer(world.engine, 'forgotten')
    const event = { id: 'x', customerId: 'forgotten', meter: 'too_late' }
    await recordUsage(world.engine, [event])
    await putMeter(world.engine, { key: 'too_late', name: 'Too late', unit: 'u' })
    world.set('2026-12-30T00:00:00Z')
    expect(await retryRejectedEvents(world.engine, { customerId: 'forgotten' })).toMatchObject({
      rejected: [{ code: 'event_too_old' }],
    })
  })

  test('a repeated event without a time counts when it first arrived', async () => {
    world.set('2026-12-30T00:00:00Z')
    await seedCustomer(world.engine, 'sent-again')
    const event = {
      id: 'x',
      customerId: 'sent-again',
      meter: 'to_be_made',
      quantity: 2,
      properties: { b: 1 },
    }
    await recordUsage(world.engine, [event, { ...event, id: 'y', customerId: 'again|7' }])
    world.set('2026-12-31T00:00:00Z')
    await recordUsage(world.engine, [event])
    await putMeter(world.engine, { key: 'to_be_made', name: 'Made at last', unit: 'u' })
    await putAlias(world.engine, { customerId: 'sent-again', alias: 'again|7' })
    world.set('2027-01-01T00:00:00Z')
    expect(
      await recordUsage(world.engine, [
        event,
        { ...event, id: 'y', customerId: 'again|7' },
        { ...event, id: 'z' },
        { ...event, id: 'x', quantity: 3 },
      ]),
    ).toMatchObject({
      accepted: 3,
      rejected: [{ index: 3, code: 'event_conflict' }],
    })
    expect(
      (await getUsageDetail(world.engine, { customerId: 'sent-again', start: '2026-12-01' })).data.map(
        ({ id, time }) => [id, time],
      ),
    ).toEqual([
      ['z', '2027-01-01T00:00:00.000000Z'],
      ['y', '2026-12-30T00:00:00.000000Z'],
      ['x', '2026-12-30T00:00:00.000000Z'],
    ])
    expect(await recordUsage(world.engine, [event])).toMatchObject({ duplicates: 1 })
    expect(await retryRejectedEvents(world.engine, { customerId: 'sent-again' })).toEqual({
      accepted: 0,
      duplicates: 2,
      rejected: [],
    })
  })

  test('an event that arrives before its customer is recorded once the customer exists', async () => {
    world.set('2027-01-10T00:00:00Z')
    const event = { id: 'x', customerId: 'to-come@example.com', meter: 'ai_chat', quantity: 7 }
    expect(await recordUsage(world.engine, [event])).toMatchObject({
      accepted: 0,
      rejected: [{ code: 'customer_not_found', retryable: true }],
    })
    await recordUsage(world.engine, [{ ...event, id: 'y', customerId: 'crm|17' }])
    expect(
      (await listRejectedEvents(world.engine, { customerId: 'to-come@example.com' })).data,
    ).toMatchObject([{ id: 'x', code: 'customer_not_found', retryable: true }])
    await expect(
      retryRejectedEvents(world.engine, { customerId: 'to-come@example.com' }),
    ).rejects.toMatchObject({ code: 'customer_not_found' })
    world.set('2027-01-12T00:00:00Z')
    await seedCustomer(world.engine, 'to-come@example.com')
    expect(await retryRejectedEvents(world.engine, { customerId: 'to-come@example.com' })).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: [],
    })
    expect((await getUsageDetail(world.engine, { customerId: 'to-come@example.com' })).data).toMatchObject([
      { id: 'x', time: '2027-01-10T00:00:00.000000Z', quantity: 7 },
    ])
    // An event sent under an alias is found by either id.
    await putAlias(world.engine, { customerId: 'to-come@example.com', alias: 'crm|17' })
    expect(await retryRejectedEvents(world.engine, { customerId: 'to-come@example.com' })).toMatchObject({
      accepted: 1,
    })
    expect((await listRejectedEvents(world.engine, { customerId: 'to-come@example.com' })).data).toEqual([])
  })

  test('unknown customers share the storage limit of one customer', async () => {
    await recordUsage(world.engine, [{ id: 'x', customerId: 'a\nb', meter: 'ai_chat' }])
    const kept = () =>
      world.db.asOwner((tx) =>
        tx.query<{ count: number }>(
          "select count(*)::int as count from rejected_events where code = 'customer_not_found'",
        ),
      )
    const before = (await kept())[0]!.count
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into rejected_events (
            customer_id, id, body_hash, code, detail, meter, local_date, rejected_at, arrived_at
          )
          select 'made-up-' || n, 'n', '', 'customer_not_found', '', 'none', '2027-01-12',
            $1::timestamptz - n * interval '1 second', $1
          from generate_series(1, 10000) n`,
        ['2027-01-12T00:00:00Z'],
      ),
    )
    await recordUsage(world.engine, [{ id: 'x', customerId: 'one-more', meter: 'ai_chat' }])
    expect(before).toBe(0)
    expect((await kept())[0]!.count).toBe(10_000)
  })

  test('a retry is offered only where it may succeed', async () => {
    await seedCustomer(world.engine, 'helpless')
    const event = (id: string, more: Partial<UsageEventInput>) => ({
      id,
      customerId: 'helpless',
      meter: 'ai_chat',
      ...more,
    })
    const now = '2027-01-12T00:00:00Z'
    await recordUsage(world.engine, [event('taken', { quantity: 1 })])
    const { rejected } = await recordUsage(world.engine, [
      event('old', { time: '2026-11-01T00:00:00Z' }),
      event('ahead', { time: '2027-01-12T01:00:00Z' }),
      event('meter', { meter: 'none' }),
      event('precise', { quantity: 0.5 }),
      event('taken', { quantity: 2 }),
      event('large', { quantity: 2 ** 53 }),
    ])
    const offered = { old: false, ahead: true, meter: true, precise: false, taken: false, large: false }
    expect(Object.fromEntries(rejected.map(({ id, retryable }) => [id, retryable]))).toEqual(offered)
    expect(
      Object.fromEntries(
        (await listRejectedEvents(world.engine, { customerId: 'helpless' })).data.map(({ id, retryable }) => [
          id,
          retryable,
        ]),
      ),
    ).toEqual(offered)
    expect(
      (await retryRejectedEvents(world.engine, { customerId: 'helpless' })).rejected
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['ahead', 'meter'])
    world.set(now.replace('T00', 'T02'))
    expect(await retryRejectedEvents(world.engine, { customerId: 'helpless' })).toMatchObject({
      accepted: 1,
      rejected: [{ id: 'meter' }],
    })
  })

  test('usage that the plan does not charge is accepted and reported', async () => {
    await seedCustomer(world.engine, 'told')
    const batch = ['ai_chat', 'storage', 'ai_chat'].map((meter, index) => ({
      id: `e${index}`,
      customerId: 'told',
      meter,
    }))
    expect(await recordUsage(world.engine, batch)).toEqual({ accepted: 3, duplicates: 0, rejected: [] })
    await createSubscription(world.engine, { customerId: 'told', planId: 'free' })
    expect(
      await recordUsage(
        world.engine,
        batch.map((event) => ({ ...event, id: `${event.id}-b` })),
      ),
    ).toEqual({
      accepted: 3,
      duplicates: 0,
      rejected: [],
      uncharged: [{ index: 1, id: 'e1-b', meter: 'storage' }],
    })
  })
})
