import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  checkQuota,
  consume,
  createSubscription,
  findMistakes,
  getInvoices,
  getReconciliation,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const aggregations = ['sum', 'count', 'max', 'last', 'unique'] as const

/** Mulberry32: the same seed gives the same events everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** The value of some events of a meter, computed in the simplest way. */
function worth(meter: string, events: readonly UsageEventInput[]): number {
  const quantities = events.map((event) => Number(event.quantity))
  switch (meter) {
    case 'sum':
      return quantities.reduce((a, b) => a + b, 0)
    case 'count':
      return events.length
    case 'max':
      return Math.max(0, ...quantities)
    case 'last':
      return (
        ([...events].sort((a, b) => (a.time! < b.time! || (a.time === b.time && a.id < b.id) ? 1 : -1))[0]
          ?.quantity as number | undefined) ?? 0
      )
    default:
      return new Set(events.map((event) => JSON.stringify(event.properties!.who))).size
  }
}

describe.each(testDatabases)('meters other than sums, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    for (const aggregation of aggregations)
      await putMeter(world.engine, {
        key: aggregation,
        name: aggregation,
        unit: 'x',
        aggregation,
        ...(aggregation === 'unique' ? { uniqueBy: 'who' } : {}),
      })
    const charges = (included: number, amount: number) =>
      aggregations.map((meter) => ({
        meter,
        included,
        overage: 'bill' as const,
        price: { model: 'per_unit' as const, rate: { amount, per: 1 } },
      }))
    await putPlan(world.engine, {
      id: 'small',
      name: 'Small',
      rank: 1,
      fee: { amount: 1_000, per: 'subscription' },
      charges: charges(3, 100),
    })
    await putPlan(world.engine, {
      id: 'large',
      name: 'Large',
      rank: 2,
      fee: { amount: 3_000, per: 'subscription' },
      charges: charges(4, 10),
    })
    await putPlan(world.engine, {
      id: 'walled',
      name: 'Walled',
      rank: 3,
      fee: { amount: 0, per: 'subscription' },
      charges: ['max', 'last', 'unique'].map((meter) => ({ meter, included: 5, overage: 'block' as const })),
    })
  })
  afterAll(() => world.close())
  const subscribe = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }
  const mistakes = async () => {
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    return found
  }

  test('events in any order and batch size aggregate to the same values, by day and by period', async () => {
    await seedCustomer(world.engine, 'random')
    world.set('2026-11-30T00:00:00Z')
    const random = randomFrom(20_261_125)
    const who = ['li', 'wang', 'zhao', 1, '1', true, ['li'], { a: 1 }]
    const events = Array.from({ length: 400 }, (_, index): UsageEventInput => ({
      id: `e${index}`,
      customerId: 'random',
      meter: aggregations[random(5)]!,
      quantity: random(1000),
      properties: { who: who[random(who.length)] },
      // Few instants, so that many are equal.
      time: `2026-11-${String(1 + random(28)).padStart(2, '0')}T0${random(3)}:00:00.000000Z`,
    }))
    const shuffled = [...events].sort(
      (a, b) => ((Number(a.id.slice(1)) * 7919) % 401) - ((Number(b.id.slice(1)) * 7919) % 401),
    )
    const sent: Promise<unknown>[] = []
    for (let from = 0; from < shuffled.length;) {
      const size = 1 + random(20)
      sent.push(recordUsage(world.engine, shuffled.slice(from, from + size)))
      from += size
    }
    await Promise.all([...sent, recordUsage(world.engine, events.slice(0, 50))])
    const { usage, daily } = await getUsageSummary(world.engine, { customerId: 'random', period: '2026-11' })
    expect(usage).toEqual(
      Object.fromEntries(
        aggregations.map((meter) => [
          meter,
          worth(
            meter,
            events.filter((event) => event.meter === meter),
          ),
        ]),
      ),
    )
    for (const day of daily) {
      // The last value also stands on later days.
      const isOfDay = (meter: string, date: string) =>
        meter === 'last' ? date <= day.date : date === day.date
      for (const meter of aggregations) {
        const own = events.filter(
          (event) => event.meter === meter && isOfDay(meter, event.time!.slice(0, 10)),
        )
        expect([day.date, meter, day.usage[meter]]).toEqual([day.date, meter, worth(meter, own)])
      }
    }
    expect(await mistakes()).toEqual([])
  })

  test('a plan change splits additive usage by allowance and a level by days', async () => {
    world.set('2026-11-30T16:00:00Z') // 1 December
    await subscribe('story', 'small')
    const use = (id: string, quantity: number, who: string, time?: string) =>
      recordUsage(
        world.engine,
        aggregations.map((meter) => ({
          id: `${id}-${meter}`,
          customerId: 'story',
          meter,
          quantity,
          properties: { who },
          ...(time ? { time } : {}),
        })),
      )
    world.set('2026-12-05T00:00:00Z')
    for (const [index, who] of ['a', 'b', 'a', 'c', 'd'].entries()) await use(`s${index}`, 2 + index, who)
    world.set('2026-12-16T00:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'story', planId: 'large' })
    await use('l0', 9, 'a')
    await use('l1', 1, 'e')
    const summary = await getUsageSummary(world.engine, { customerId: 'story' })
    expect(summary.usage).toEqual({ sum: 30, count: 7, max: 9, last: 1, unique: 5 })
    expect(
      summary.meters.map(({ meter, forecast, runsOutAt }) => [meter, forecast !== null, runsOutAt]),
    ).toEqual([
      ['sum', true, null],
      ['count', true, null],
      ['max', false, null],
      ['last', false, null],
      ['unique', false, null],
    ])
    await world.passTo('2027-01-02T00:00:00Z')
    const usageLines = async () =>
      (await getInvoices(world.engine, { customerId: 'story' })).data
        .find((invoice) => invoice.kind === 'renewal')!
        .lines.filter((line) => line.meter !== undefined)
        .map((line) => [line.kind, line.meter, line.quantity, line.amount])
    // On Small for 15 of 31 days: (3 × 15 + 4 × 16) ÷ 31 = 3.5 → 3 included units of the additive meters, all
    // used by the 20 (and 5 times) on Small. A level is rated by itself: 6 − 3 at 1.00 for 15 days are 1.45,
    // 9 − 4 at 0.10 for 16 days 0.26. The four people seen on Small count on: the fifth makes one above 4.
    expect(await usageLines()).toEqual([
      ['usage', 'sum', 20, 1700],
      ['usage', 'count', 5, 200],
      ['usage', 'max', 6, 145],
      ['usage', 'last', 6, 145],
      ['usage', 'unique', 4, 48],
      ['usage', 'sum', 10, 100],
      ['usage', 'count', 2, 20],
      ['usage', 'max', 9, 26],
      ['usage', 'last', 1, 0],
      ['usage', 'unique', 5, 5],
    ])
    const proven = await getReconciliation(world.engine, { customerId: 'story', period: '2026-12' })
    expect(
      proven.meters.map(({ meter, accepted, billed, difference }) => [meter, accepted, billed, difference]),
    ).toEqual([
      ['sum', 30, 30, 0],
      ['count', 7, 7, 0],
      ['max', 15, 15, 0],
      ['last', 7, 7, 0],
      ['unique', 9, 9, 0],
    ])
    // Late: a larger quantity and a new value on Small, which counts on, and a later but smaller reading. 4 −
    // 3 for 15 of 31 days: 0.48, 0.97 less. Five people for 15 days: 0.97, 0.49 more; six for 16: 0.10, 0.05
    // more.
    await use('late', 4, 'f', '2026-12-15T15:00:00Z')
    await world.passTo('2027-02-02T00:00:00Z')
    expect(await usageLines()).toEqual([
      ['adjustment', 'sum', 4, 400],
      ['adjustment', 'count', 1, 100],
      ['adjustment', 'last', -2, -97],
      ['adjustment', 'unique', 1, 49],
      ['adjustment', 'unique', 1, 5],
    ])
    expect(await mistakes()).toEqual([])
  })

  test('repeated values on other days are not new, and a new period starts with none', async () => {
    await subscribe('fresh', 'small')
    world.set('2027-02-03T00:00:00Z')
    const seen = (id: string, who: unknown) => ({
      id,
      customerId: 'fresh',
      meter: 'unique',
      properties: { who },
    })
    await recordUsage(world.engine, [seen('u1', 'a'), seen('u2', 'a'), seen('u3', 'b')])
    world.set('2027-02-04T00:00:00Z')
    await recordUsage(world.engine, [seen('u4', 'b'), seen('u5', 'c')])
    const { usage, daily } = await getUsageSummary(world.engine, { customerId: 'fresh' })
    expect([
      usage.unique,
      daily.filter((day) => day.usage.unique! > 0).map((day) => day.usage.unique),
    ]).toEqual([3, [2, 2]])
    await world.passTo('2027-03-03T00:00:00Z')
    await recordUsage(world.engine, [seen('u6', 'a')])
    expect((await getUsageSummary(world.engine, { customerId: 'fresh' })).usage.unique).toBe(1)
  })

  test('an event without the property is rejected', async () => {
    const { rejected } = await recordUsage(world.engine, [
      { id: 'n1', customerId: 'fresh', meter: 'unique' },
      { id: 'n2', customerId: 'fresh', meter: 'unique', properties: { who: null } },
      ...Array.from({ length: 5 }, (_, index) => ({
        id: `big${index}`,
        customerId: 'random',
        meter: 'max',
        quantity: Number.MAX_SAFE_INTEGER - index,
      })),
    ])
    expect(rejected.map(({ index, code }) => [index, code])).toEqual([
      [0, 'validation_failed'],
      [1, 'validation_failed'],
    ])
    expect((await getUsageSummary(world.engine, { customerId: 'random' })).usage.max).toBe(
      Number.MAX_SAFE_INTEGER,
    )
  })

  test('quotas of these meters can be read but not consumed', async () => {
    await subscribe('walled', 'walled')
    const event = (meter: string, quantity: number, who: string) =>
      recordUsage(world.engine, [
        { id: `${meter}${quantity}${who}`, customerId: 'walled', meter, quantity, properties: { who } },
      ])
    for (const meter of ['max', 'last', 'unique']) {
      await event(meter, 4, 'a')
      await event(meter, 4, 'b')
    }
    const check = async (meter: string, quantity: number) =>
      (await checkQuota(world.engine, { customerId: 'walled', meter, quantity })).allowed
    expect(await checkQuota(world.engine, { customerId: 'walled', meter: 'max' })).toMatchObject({
      included: 5,
      used: 4,
      remaining: 1,
    })
    expect([
      await check('max', 5),
      await check('max', 6),
      await check('last', 5),
      await check('last', 6),
      await check('unique', 3),
      await check('unique', 4),
    ]).toEqual([true, false, true, false, true, false])
    await expect(
      consume(world.engine, { customerId: 'walled', meter: 'max', id: 'c' }),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })
})
