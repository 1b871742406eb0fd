import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  consume,
  createSubscription,
  findMistakes,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  reserve,
  settleReservation,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('usage breakdowns on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await putMeter(world.engine, {
      key: 'calls',
      name: 'Calls',
      unit: 'calls',
      decimals: 1,
      groupBy: ['channel', 'agent'],
    })
    await putMeter(world.engine, {
      key: 'visits',
      name: 'Visits',
      unit: 'visits',
      aggregation: 'count',
      groupBy: ['channel'],
    })
    await putPlan(world.engine, {
      id: 'calling',
      name: 'Calling',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'calls', included: 5, overage: 'block' }],
    })
    await seedCustomer(world.engine, 'acme')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'calling' })
    await seedCustomer(world.engine, 'many')
    world.set('2026-11-20T00:00:00Z')
  })
  afterAll(async () => {
    const mistakes: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) mistakes.push(mistake)
    expect(mistakes).toEqual([])
    await world.close()
  })
  const call = (
    customerId: string,
    id: string,
    properties: Record<string, unknown>,
    more: Partial<UsageEventInput> = {},
  ): UsageEventInput => ({ id, customerId, meter: 'calls', properties, ...more })
  const by = async (customerId: string, groupBy: string, period?: string) =>
    Object.fromEntries(
      (
        await getUsageSummary(world.engine, { customerId, groupBy, ...(period ? { period } : {}) })
      ).groups!.map(({ meter, values }) => [
        meter,
        values.map(({ kind, value, used }) => `${kind} ${value} ${used}`),
      ]),
    )

  test("each property's values add up to the usage, including events without a value", async () => {
    const events = [
      call('acme', 'c1', { channel: 'web', agent: 'li' }, { quantity: 1.5 }),
      call('acme', 'c2', { channel: 'web' }, { quantity: 2, time: '2026-11-02T00:00:00Z' }),
      call('acme', 'c3', { channel: 7, agent: 'wang' }),
      call('acme', 'c4', { channel: { a: 1 }, agent: 'li' }),
      call('acme', 'c5', { channel: null }),
      call('acme', 'c6', {}, { quantity: 0 }),
      call('acme', 'v1', { channel: 'web' }, { meter: 'visits', quantity: 9 }),
      call('acme', 'v2', {}, { meter: 'visits' }),
    ]
    await recordUsage(world.engine, events)
    await recordUsage(world.engine, [...events, call('acme', 'c1', { channel: 'other' })])
    expect(await by('acme', 'channel')).toEqual({
      calls: ['value web 3.5', 'none  1', 'value 7 1', 'value {"a":1} 1'],
      visits: ['none  1', 'value web 1'],
    })
    expect(await by('acme', 'agent')).toEqual({ calls: ['none  3', 'value li 2.5', 'value wang 1'] })
    const { usage, groups } = await getUsageSummary(world.engine, { customerId: 'acme' })
    expect([usage, groups]).toEqual([{ calls: 6.5, visits: 2 }, undefined])
    expect(await by('acme', 'channel', '2026-11')).toEqual(await by('acme', 'channel'))
    await expect(
      getUsageSummary(world.engine, { customerId: 'acme', groupBy: 'colour' }),
    ).rejects.toMatchObject({ code: 'validation_failed', detail: { pointer: '?groupBy' } })
  })

  test('consumption is included', async () => {
    await seedCustomer(world.engine, 'consumer')
    await createSubscription(world.engine, { customerId: 'consumer', planId: 'calling' })
    await consume(world.engine, {
      customerId: 'consumer',
      meter: 'calls',
      id: 'x',
      quantity: 8,
      properties: { channel: 'app' },
    })
    expect(await by('consumer', 'channel')).toEqual({ calls: ['value app 5'], visits: [] })
  })

  test('reserved usage is included once settled, without a value', async () => {
    await seedCustomer(world.engine, 'holder')
    await createSubscription(world.engine, { customerId: 'holder', planId: 'calling' })
    const of = { customerId: 'holder', meter: 'calls' }
    await reserve(world.engine, { ...of, id: 'job', quantity: 3, ttlSeconds: 60 })
    expect(await by('holder', 'channel')).toEqual({ calls: [], visits: [] })
    await settleReservation(world.engine, { ...of, reservationId: 'job', quantity: 2.5 })
    await consume(world.engine, { ...of, id: 'y', quantity: 1, properties: { channel: 'app' } })
    expect(await by('holder', 'channel')).toEqual({ calls: ['none  2.5', 'value app 1'], visits: [] })
  })

  test('a month has a hundred named values, and the rest share one row', async () => {
    const event = (index: number, time?: string) =>
      call(
        'many',
        `m${index}${time ?? ''}`,
        { agent: `a${index % 130}`, channel: `${'长'.repeat(100)}${index % 3}` },
        { ...(time ? { time } : {}) },
      )
    await Promise.all(
      Array.from({ length: 13 }, (_, batch) =>
        recordUsage(
          world.engine,
          Array.from({ length: 20 }, (_, place) => event(batch * 20 + place)),
        ),
      ),
    )
    const values = (await by('many', 'agent')).calls!
    expect(values).toHaveLength(101)
    expect(values[0]).toBe('rest  60')
    expect(values.slice(1).every((value) => /^value a\d+ 2$/.test(value))).toBe(true)
    // A name stays once assigned, and the month before has names of its own.
    await recordUsage(world.engine, [event(0), event(129), event(260), event(1000, '2026-10-25T00:00:00Z')])
    expect((await by('many', 'agent')).calls).toHaveLength(101)
    expect((await by('many', 'agent', '2026-10')).calls).toEqual([`value a${1000 % 130} 1`])
    expect((await by('many', 'channel')).calls).toEqual([`value ${'长'.repeat(100)} 261`])
  })

  test('the properties of a breakdown are part of the meter', async () => {
    const put = (input: object) => putMeter(world.engine, { key: 'new', name: 'New', unit: 'x', ...input })
    for (const wrong of [
      { groupBy: ['a', 'b', 'c'] },
      { groupBy: ['a', 'a'] },
      { groupBy: ['a'], aggregation: 'max' },
    ])
      await expect(put(wrong)).rejects.toMatchObject({
        code: 'invalid_meter',
        detail: { pointer: '/groupBy' },
      })
    expect(await put({ groupBy: ['a'] })).toMatchObject({ groupBy: ['a'] })
    expect(await put({ name: 'Newer' })).toMatchObject({ groupBy: ['a'] })
    await expect(put({ groupBy: ['b'] })).rejects.toMatchObject({
      code: 'meter_in_use',
      detail: { pointer: '/groupBy' },
    })
  })
})
