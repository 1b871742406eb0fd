import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSubscription,
  getInvoices,
  getUsageDays,
  getUsageLines,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  type UsageEventInput,
} from '../../index.ts'
import type { UsageLine } from './lines.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const total = (parts: readonly { amount: number }[]) => parts.reduce((sum, { amount }) => sum + amount, 0)

describe.each(testDatabases)('usage lines of a period on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-08-31T16:00:00Z') // 1 September in Shanghai
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls', decimals: 1 })
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
    const calls = { meter: 'calls', overage: 'bill' as const, price: { model: 'graduated' as const, tiers } }
    await putPlan(world.engine, {
      id: 'small',
      name: 'Small',
      rank: 1,
      fee: { amount: 0, per: 'subscription' },
      charges: [
        { ...calls, included: 5 },
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
      charges: [{ ...calls, included: 8, minimum: 300 }],
    })
    await seedCustomer(world.engine, 'acme')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'small' })
    await record(1, 12)
    world.set('2026-09-12T04:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'acme', planId: 'large' })
    await record(12, 30)
  })
  afterAll(() => world.close())

  async function record(from: number, to: number) {
    for (let day = from; day < to; day++) {
      const time = `2026-09-${String(day).padStart(2, '0')}T02:00:00Z`
      world.set(time)
      const of = (meter: string, more: Partial<UsageEventInput>): UsageEventInput => ({
        id: `${meter} ${time}`,
        customerId: 'acme',
        meter,
        time,
        ...more,
      })
      await recordUsage(world.engine, [
        of('calls', { quantity: 1.7 }),
        of('visitors', { properties: { who: day % 6 } }),
      ])
    }
  }
  const linesNow = async (period?: string) =>
    (await getUsageLines(world.engine, { customerId: 'acme', ...(period ? { period } : {}) })).lines

  test('a line’s tiers add up to it, and so do its days', async () => {
    const lines = await linesNow()
    // (5 × 11 + 8 × 19) ÷ 30 = 6.9 → 6 are included. 18.7 less 6: 10 × 33 + 2.7 × 3.5 = 339.45. Five visitors
    // of six above one: 5 × 10 for a month, of which 11 of 30 days. The tiers continue: all of 30.6 at 3.5
    // are 107.1, less than the minimum's share for 19 days, 190.
    expect(lines.map(({ id, amount }) => [id, amount])).toEqual([
      ['calls.2026-09-01', 339],
      ['visitors.2026-09-01', 18],
      ['calls.2026-09-12', 190],
    ])
    for (const line of lines) {
      expect([line.id, total(line.breakdown), total(line.daily)]).toEqual([line.id, line.amount, line.amount])
      if (line.meter === 'calls')
        expect(Math.round(line.daily.reduce((sum, day) => sum + day.quantity, 0) * 10) / 10).toBe(
          line.quantity,
        )
    }
  })

  test('a line has only its own days, up to today; a minimum is on the first', async () => {
    const [first, , second] = await linesNow()
    expect([
      first!.daily.at(0)!.date,
      first!.daily.at(-1)!.date,
      second!.daily.at(0)!.date,
      second!.daily.at(-1)!.date,
    ]).toEqual(['2026-09-01', '2026-09-11', '2026-09-12', '2026-09-29'])
    expect(second!.daily[0]).toEqual({ date: '2026-09-12', quantity: 1.7, events: 1, amount: 190 })
  })

  test("the lines of a meter add up to the usage page's fee and to its days", async () => {
    const lines = await linesNow()
    const { meters } = await getUsageSummary(world.engine, { customerId: 'acme' })
    const days = await getUsageDays(world.engine, { customerId: 'acme' })
    for (const { meter, overageAmount } of meters) {
      expect([meter, total(lines.filter((line) => line.meter === meter))]).toEqual([meter, overageAmount])
      expect([meter, days.meters.find((one) => one.meter === meter)!.fee]).toEqual([meter, overageAmount])
    }
  })

  test("the lines are those of the period's invoice", async () => {
    const shown = await linesNow()
    world.set('2026-10-02T04:00:00Z')
    const { data } = await getInvoices(world.engine, { customerId: 'acme' })
    const renewal = data.find(
      (invoice) => invoice.kind === 'renewal' && invoice.period.start === '2026-09-01',
    )!
    const comparable = ({
      meter,
      description,
      quantity,
      included,
      amount,
      period,
      breakdown,
    }: Omit<UsageLine, 'id' | 'trial' | 'daily' | 'meter'> & { meter?: string }) => ({
      meter,
      description,
      quantity,
      included,
      amount,
      period,
      breakdown,
    })
    expect(renewal.lines.filter((line) => line.kind === 'usage').map(comparable)).toEqual(
      shown.map(comparable),
    )
    expect((await linesNow('2026-09')).map(comparable)).toEqual(shown.map(comparable))
  })

  test('a trial costs nothing and is marked', async () => {
    await putPlan(world.engine, {
      id: 'tried',
      name: 'Tried',
      rank: 1,
      fee: { amount: 100, per: 'subscription' },
      trialDays: 14,
      charges: [
        {
          meter: 'calls',
          included: 1,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 100, per: 1 } },
        },
      ],
    })
    await seedCustomer(world.engine, 'trying')
    await createSubscription(world.engine, { customerId: 'trying', planId: 'tried' })
    await recordUsage(world.engine, [{ id: 'one', customerId: 'trying', meter: 'calls', quantity: 9 }])
    const { lines } = await getUsageLines(world.engine, { customerId: 'trying' })
    expect(lines).toMatchObject([{ meter: 'calls', quantity: 9, amount: 0, breakdown: [], trial: true }])
  })
})
