import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  consume,
  createEngine,
  createSubscription,
  fillMeters,
  findMistakes,
  getInvoices,
  getUsageSummary,
  listMeterFills,
  putMeter,
  putPlan,
  rebuildUsage,
  recordUsage,
  type Engine,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('filling meters on $name', ({ create }) => {
  let world: World
  let other: Engine
  const customers = ['a', 'b', 'c', '杭州']
  beforeAll(async () => {
    world = await createWorld(create, '2026-02-01T02:00:00Z')
    // Another process on the same database, with its own cache.
    other = createEngine({ db: world.db, now: world.engine.now, newId: world.engine.newId })
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls', groupBy: ['channel'] })
    await putMeter(world.engine, {
      key: 'input',
      name: 'Input',
      unit: 'x',
      eventType: 'completion',
      valueProperty: 'input',
    })
    await putPlan(world.engine, {
      id: 'calls',
      name: 'Calls',
      fee: { amount: 0, per: 'subscription' },
      charges: [
        { meter: 'calls', included: 1000, overage: 'block' },
        {
          meter: 'tokens',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 1, per: 1 } },
        },
      ],
    })
    for (const id of [...customers, 'quiet']) {
      await seedCustomer(world.engine, id)
      await createSubscription(world.engine, { customerId: id, planId: 'calls' })
    }
  })
  afterAll(() => world.close())

  const groups = async (customerId: string, property: string, period?: string) =>
    (await getUsageSummary(world.engine, { customerId, groupBy: property, ...(period ? { period } : {}) }))
      .groups!.find(({ meter }) => meter === 'calls')!
      .values.map(({ kind, value, used }) => [kind, value, used])
  const mistakes = async () => {
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    for await (const difference of rebuildUsage(world.engine, { check: true })) found.push(difference)
    return found
  }

  test('a break-down added later is filled from stored events while others record', async () => {
    const at = (day: number) => `2026-02-${String(day).padStart(2, '0')}T03:00:00Z`
    for (const [index, day] of [1, 2, 9, 20].entries()) {
      world.set(at(day))
      await recordUsage(
        world.engine,
        customers.flatMap((customerId): UsageEventInput[] => [
          {
            id: `c${day}`,
            customerId,
            meter: 'calls',
            quantity: 10 + index,
            properties: { channel: 'web', region: index % 2 ? 'north' : 'south' },
          },
          { id: `d${day}`, customerId, meter: 'calls', quantity: 1 },
        ]),
      )
    }
    await recordUsage(other, [
      { id: 'warm', customerId: 'a', meter: 'calls', quantity: 1, properties: { region: 'north' } },
    ])
    await consume(other, { customerId: 'a', meter: 'calls', id: 'warm-2', quantity: 1 })
    expect(
      await putMeter(world.engine, {
        key: 'calls',
        name: 'Calls',
        unit: 'calls',
        groupBy: ['channel', 'region'],
      }),
    ).toMatchObject({ groupBy: ['channel', 'region'] })
    // The other process uses it at once, for events and quota.
    await recordUsage(other, [
      { id: 'new', customerId: 'a', meter: 'calls', quantity: 2, properties: { region: 'north' } },
    ])
    await consume(other, { customerId: 'a', meter: 'calls', id: 'new-2', quantity: 3 })
    // Not filled yet: it need not add up, but everything else does.
    expect((await mistakes()).filter((mistake) => !JSON.stringify(mistake).includes('usage_groups'))).toEqual(
      [],
    )
    let steps = 0
    while ((await fillMeters(world.engine, { steps: 1 })) > 0) {
      steps += 1
      await recordUsage(other, [
        {
          id: `beside-${steps}`,
          customerId: customers[steps % 4]!,
          meter: 'calls',
          quantity: 100,
          properties: { region: 'south' },
        },
      ])
    }
    expect(steps).toBeGreaterThan(customers.length)
    expect(await listMeterFills(world.engine)).toMatchObject([
      { meter: 'calls', property: 'region', doneAt: expect.any(String) },
    ])
    const south =
      22
      + 100
        * Array.from({ length: steps }, (_, index) => customers[(index + 1) % 4]).filter((one) => one === 'c')
          .length
    expect(await groups('c', 'region')).toEqual([
      ['value', 'south', south],
      ['value', 'north', 24],
      ['none', '', 4],
    ])
    expect((await groups('a', 'region')).find(([, value]) => value === 'north')).toEqual([
      'value',
      'north',
      24 + 1 + 2,
    ])
    expect(await mistakes()).toEqual([])
    expect(await fillMeters(world.engine)).toBe(0)
    for (const groupBy of [['region'], ['channel', 'region', 'more']]) {
      await expect(
        putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls', groupBy }),
      ).rejects.toMatchObject({ detail: { pointer: '/groupBy' } })
    }
  })

  test('a new meter with backfill counts stored events of open periods, once', async () => {
    await recordUsage(
      world.engine,
      customers.map((customerId) => ({
        id: 'billed',
        customerId,
        type: 'completion',
        properties: { input: 1, output: 1000 },
      })),
    )
    await world.passTo('2026-03-02T00:00:00Z')
    const before = (await getInvoices(world.engine, { customerId: 'a' })).data.length
    await recordUsage(
      world.engine,
      customers.flatMap((customerId): UsageEventInput[] =>
        Array.from({ length: 30 }, (_, n) => ({
          id: `e${n}`,
          customerId,
          type: 'completion',
          time: `2026-03-01T0${n % 6}:00:00Z`,
          quantity: '2.5',
          properties: { input: 1, output: n, model: n % 3 ? 'small' : 'large' },
        })),
      ),
    )
    const spec = { name: 'Output', unit: 'x', eventType: 'completion' }
    await putMeter(world.engine, {
      ...spec,
      key: 'output',
      valueProperty: 'output',
      groupBy: ['model'],
      backfill: true,
    })
    await putMeter(world.engine, {
      ...spec,
      key: 'large',
      aggregation: 'count',
      filters: { model: 'large' },
      backfill: true,
    })
    await putMeter(world.engine, { ...spec, key: 'sent', decimals: 1, backfill: true })
    await putMeter(world.engine, { ...spec, key: 'whole', backfill: true })
    await putMeter(world.engine, { ...spec, key: 'from-now', valueProperty: 'output' })
    await recordUsage(other, [
      {
        id: 'later',
        customerId: 'a',
        type: 'completion',
        quantity: 4,
        properties: { input: 1, output: 7, model: 'large' },
      },
    ])
    await fillMeters(world.engine)
    const fills = (await listMeterFills(world.engine)).filter(({ property }) => property === null)
    expect(
      fills.map(({ meter, added, skipped, doneAt }) => [meter, added, skipped, doneAt !== null]),
    ).toEqual([
      // Quantities of 2.5 have more decimals than the meter.
      ['large', 40, 0, true],
      ['output', 120, 0, true],
      ['sent', 120, 0, true],
      ['whole', 0, 120, true],
    ])
    // 0 + 1 + … + 29 = 435; every third one is 10.
    const { usage } = await getUsageSummary(world.engine, { customerId: 'b' })
    expect(usage).toMatchObject({ input: 30, output: 435, large: 10, sent: 75 })
    expect(usage['from-now']).toBeUndefined()
    expect((await getUsageSummary(world.engine, { customerId: 'a' })).usage).toMatchObject({
      input: 31,
      output: 442,
      large: 11,
      sent: 79,
      whole: 4,
      'from-now': 7,
    })
    expect(
      (await getUsageSummary(world.engine, { customerId: 'a', period: '2026-02' })).usage['output'],
    ).toBeUndefined()
    expect(
      (await getUsageSummary(world.engine, { customerId: 'b', groupBy: 'model' })).groups!.find(
        ({ meter }) => meter === 'output',
      )!.values,
    ).toMatchObject([
      { value: 'small', used: 300 },
      { value: 'large', used: 135 },
    ])
    // A second request counts nothing twice.
    await putMeter(world.engine, {
      ...spec,
      key: 'output',
      valueProperty: 'output',
      groupBy: ['model'],
      backfill: true,
    })
    await fillMeters(world.engine)
    expect((await getUsageSummary(world.engine, { customerId: 'b' })).usage['output']).toBe(435)
    expect((await getInvoices(world.engine, { customerId: 'a' })).data.length).toBe(before)
    expect(await mistakes()).toEqual([])
    await expect(
      putMeter(world.engine, { key: 'odd', name: 'x', unit: 'x', backfill: true }),
    ).rejects.toMatchObject({ code: 'invalid_meter', detail: { pointer: '/backfill' } })
  })
})
