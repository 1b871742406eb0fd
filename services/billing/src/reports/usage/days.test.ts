import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSubscription,
  getUsageDays,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('daily usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-08-31T16:00:00Z') // 1 September in Shanghai
    await seedCatalogue(world.engine)
    await putMeter(world.engine, {
      key: 'calls',
      name: 'Calls',
      unit: 'calls',
      decimals: 1,
      groupBy: ['channel'],
    })
    await putMeter(world.engine, {
      key: 'visitors',
      name: 'Visitors',
      unit: 'people',
      aggregation: 'unique',
      uniqueBy: 'who',
    })
    const tiers = [
      { upTo: 10, rate: { amount: 33, per: 1 } },
      { upTo: null, rate: { amount: 7, per: 2 } },
    ]
    const charge = { meter: 'calls', overage: 'bill' as const, price: { model: 'graduated' as const, tiers } }
    await putPlan(world.engine, {
      id: 'small',
      name: 'Small',
      rank: 1,
      fee: { amount: 0, per: 'subscription' },
      charges: [
        { ...charge, included: 5 },
        {
          meter: 'visitors',
          included: 1,
          overage: 'bill',
          price: {
            model: 'volume',
            tiers: [
              { upTo: 2, rate: { amount: 90, per: 1 } },
              { upTo: null, rate: { amount: 10, per: 1 } },
            ],
          },
        },
      ],
    })
    await putPlan(world.engine, {
      id: 'large',
      name: 'Large',
      rank: 2,
      fee: { amount: 100, per: 'subscription' },
      charges: [{ ...charge, included: 8, minimum: 300 }],
    })
    await seedCustomer(world.engine, 'acme')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'small' })
    await recordDays('2026-09', 30, 1.7)
    world.set('2026-10-12T04:00:00Z')
    await recordDays('2026-10', 11, 2.3)
    await upgradeSubscription(world.engine, { customerId: 'acme', planId: 'large' })
    await recordDays('2026-11', 2, 9.9)
    world.set('2026-11-03T04:00:00Z')
  })
  afterAll(() => world.close())

  async function recordDays(month: string, days: number, quantity: number) {
    const events = Array.from({ length: days }, (_, index): UsageEventInput[] => {
      const time = `${month}-${String(index + 1).padStart(2, '0')}T02:00:00Z`
      const of = (id: string, meter: string, properties: Record<string, unknown>) => ({
        id: `${id} ${time}`,
        customerId: 'acme',
        meter,
        time,
        properties,
      })
      return [
        { ...of('call', 'calls', { channel: index % 3 === 0 ? 'web' : `app ${index % 3}` }), quantity },
        of('visit', 'visitors', { who: index % 6 }),
      ]
    })
    world.set(`${month}-${String(days).padStart(2, '0')}T04:00:00Z`)
    const { rejected } = await recordUsage(world.engine, events.flat())
    expect(rejected).toEqual([])
  }
  const days = (input: { start?: string; end?: string; groupBy?: string } = {}) =>
    getUsageDays(world.engine, { customerId: 'acme', ...input })
  const feesOf = (of: Awaited<ReturnType<typeof days>>) =>
    of.meters.reduce((total, meter) => total + meter.fee, 0)

  test('the fees of a period’s days add up to its usage fee, whatever plan changes it had', async () => {
    for (const period of ['2026-09', '2026-10', '2026-11']) {
      const summary = await getUsageSummary(world.engine, { customerId: 'acme', period })
      const lastDay = { '2026-09': '30', '2026-10': '31', '2026-11': '30' }[period]
      const all = await days({ start: `${period}-01`, end: `${period}-${lastDay}` })
      expect([period, feesOf(all)]).toEqual([
        period,
        summary.meters.reduce((total, meter) => total + meter.overageAmount, 0),
      ])
      expect(Object.fromEntries(all.meters.map((meter) => [meter.meter, meter.used]))).toEqual(summary.usage)
      expect(
        all.days.map(({ date, usage }) => ({
          date,
          usage: { calls: usage['calls'], visitors: usage['visitors'] ?? 0 },
        })),
      ).toEqual(
        summary.daily.map(({ date, usage }) => ({
          date,
          usage: { calls: usage['calls'], visitors: usage['visitors'] ?? 0 },
        })),
      )
    }
  })

  test('a day costs the same for any requested range', async () => {
    const all = await days({ start: '2026-09-01', end: '2026-11-03' })
    const [one] = (await days({ start: '2026-09-20', end: '2026-09-20' })).days
    expect(one!.fees).toEqual(all.days.find((day) => day.date === '2026-09-20')!.fees)
    expect(one!.fees['calls']).toBeGreaterThan(0)
    // The second visitor costs 90; with the third, all cost 10: that day takes 70 off.
    expect(all.days.slice(0, 4).map((day) => day.fees['visitors'])).toEqual([0, 90, 90, -150])
  })

  test('without dates the current period is returned, without future days', async () => {
    const now = await days()
    expect([now.start, now.end, now.since, now.days.map((day) => day.date), now.timezone]).toEqual([
      '2026-11-01',
      '2026-11-30',
      '2026-09-01',
      ['2026-11-01', '2026-11-02', '2026-11-03'],
      'Asia/Shanghai',
    ])
    expect(now.meters.map((meter) => [meter.meter, meter.used, meter.events, meter.groupBy])).toEqual([
      ['calls', 19.8, 2, ['channel']],
      ['visitors', 2, 2, []],
    ])
    expect((await days({ start: '2026-11-02' })).days.length).toBe(2)
    expect((await days({ end: '2026-11-02' })).start).toBe('2026-08-03')
    expect((await days({ start: '2026-12-01', end: '2026-12-09' })).days).toEqual([])
  })

  test('usage from before the customer was created is in range', async () => {
    await seedCustomer(world.engine, 'early')
    await recordUsage(world.engine, [
      { id: 'e', customerId: 'early', meter: 'calls', time: '2026-10-20T02:00:00Z' },
      {
        id: 'f',
        customerId: 'early',
        meter: 'visitors',
        time: '2026-10-25T02:00:00Z',
        properties: { who: 1 },
      },
    ])
    expect((await getUsageDays(world.engine, { customerId: 'early' })).since).toBe('2026-10-20')
  })

  test('the values of a property add up to each day', async () => {
    const { groups, days: all } = await days({ start: '2026-09-01', end: '2026-09-30', groupBy: 'channel' })
    const [calls] = groups!
    expect(calls!.values.map(({ kind, value, used }) => `${kind} ${value} ${used}`)).toEqual([
      'value app 1 17',
      'value app 2 17',
      'value web 17',
    ])
    const tenths = (units: number) => Math.round(units * 10)
    expect(
      all.map((_, index) => calls!.values.reduce((total, value) => total + tenths(value.daily[index]!), 0)),
    ).toEqual(all.map((day) => tenths(day.usage['calls']!)))
    await expect(days({ groupBy: 'colour' })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '?groupBy' },
    })
  })

  test('values beyond the twenty largest are summed as the rest', async () => {
    await seedCustomer(world.engine, 'many')
    const events = Array.from({ length: 25 }, (_, index) => ({
      id: `m${index}`,
      customerId: 'many',
      meter: 'calls',
      quantity: index + 1,
      properties: { channel: `c${index}` },
    }))
    await recordUsage(world.engine, [
      ...events,
      { id: 'none', customerId: 'many', meter: 'calls', quantity: 100 },
    ])
    const { groups } = await getUsageDays(world.engine, { customerId: 'many', groupBy: 'channel' })
    const values = groups![0]!.values
    expect([values.length, values[0], values.find(({ kind }) => kind === 'rest')?.used]).toEqual([
      22,
      expect.objectContaining({ kind: 'none', value: '', used: 100 }),
      15,
    ])
  })

  test.each([
    [{ start: '2026-08-01', end: '2026-11-01' }, '?start', 'at most 92 days'],
    [{ start: '2026-11-02', end: '2026-11-01' }, '?start', 'after'],
    [{ start: 'x' }, '?start', 'not a date'],
    [{ end: '2026-02-30' }, '?end', 'not a date'],
  ])('%o is rejected', async (input, pointer, message) => {
    await expect(days(input)).rejects.toMatchObject({
      code: 'invalid_range',
      detail: { pointer, message: expect.stringContaining(message) },
    })
    expect((await days({ start: '2026-08-02', end: '2026-11-01' })).days.length).toBe(92)
  })

  test('a level stands on days without a report: within its period, and beyond it with carry', async () => {
    await putMeter(world.engine, { key: 'seats_used', name: 'Seats', unit: 'seats', aggregation: 'last' })
    await putMeter(world.engine, {
      key: 'files',
      name: 'Files',
      unit: 'GB',
      decimals: 1,
      aggregation: 'last',
      carry: true,
    })
    await seedCustomer(world.engine, 'level')
    world.set('2026-11-28T04:00:00Z')
    await createSubscription(world.engine, { customerId: 'level', planId: 'small' })
    const report = (id: string, meter: string, quantity: number) =>
      recordUsage(world.engine, [{ id, customerId: 'level', meter, quantity }])
    await report('s1', 'seats_used', 5)
    await report('f1', 'files', 2.5)
    world.set('2026-11-30T04:00:00Z')
    await report('s2', 'seats_used', 7)
    world.set('2026-12-30T04:00:00Z')
    await report('s3', 'seats_used', 1)
    const days = (start: string, end: string) =>
      getUsageDays(world.engine, { customerId: 'level', start, end })
    const levels = ({ days: shown }: Awaited<ReturnType<typeof days>>) =>
      shown.map(({ date, usage }) => [date.slice(5), usage['seats_used'] ?? 0, usage['files'] ?? 0])
    expect(levels(await days('2026-11-27', '2026-12-01'))).toEqual([
      ['11-27', 0, 0],
      ['11-28', 5, 2.5],
      ['11-29', 5, 2.5],
      ['11-30', 7, 2.5],
      ['12-01', 7, 2.5],
    ])
    // The summary of the period, which the page loads first, shows the same.
    const { daily } = await getUsageSummary(world.engine, { customerId: 'level', period: '2026-11' })
    expect(
      daily.slice(0, 4).map(({ date, usage }) => [date.slice(5), usage['seats_used'], usage['files']]),
    ).toEqual([
      ['11-28', 5, 2.5],
      ['11-29', 5, 2.5],
      ['11-30', 7, 2.5],
      ['12-01', 7, 2.5],
    ])
    // The second period starts on 28 December.
    const turn = await days('2026-12-26', '2026-12-30')
    expect(levels(turn)).toEqual([
      ['12-26', 7, 2.5],
      ['12-27', 7, 2.5],
      ['12-28', 0, 2.5],
      ['12-29', 0, 2.5],
      ['12-30', 1, 2.5],
    ])
    expect(turn.days.map(({ events }) => events['seats_used'])).toEqual([0, 0, 0, 0, 1])
    expect(Object.fromEntries(turn.meters.map(({ meter, used }) => [meter, used]))).toMatchObject({
      seats_used: 1,
    })
    expect(
      (await days('2026-12-26', '2026-12-27')).meters.find(({ meter }) => meter === 'seats_used')?.used,
    ).toBe(7)
  })
})
