import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createSubscription,
  getInvoices,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  runBilling,
  upgradeSubscription,
} from '../index.ts'
import { sum } from '../values/money.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('every pricing model on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'payments', name: 'Payments', unit: 'CNY cents' })
    const free = { fee: { amount: 0, per: 'subscription' as const } }
    await putPlan(world.engine, {
      id: 'models',
      name: 'Models',
      rank: 1,
      ...free,
      charges: [
        {
          meter: 'ai_chat',
          included: 10,
          overage: 'bill',
          price: {
            model: 'volume',
            tiers: [
              { upTo: 100, rate: { amount: 10, per: 1 } },
              { upTo: null, rate: { amount: 5, per: 1 }, flat: 100 },
            ],
          },
          maximum: 3000,
        },
        {
          meter: 'tokens',
          included: 0,
          overage: 'bill',
          price: { model: 'package', size: 1000, amount: 40 },
        },
        {
          meter: 'payments',
          included: 0,
          overage: 'bill',
          price: { model: 'percentage', basisPoints: 60, perEvent: 10 },
        },
        {
          meter: 'storage',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 12, per: 1 } },
          minimum: 3000,
        },
      ],
    })
  })
  afterAll(() => world.close())

  const use = (customerId: string, meter: string, ...quantities: number[]) =>
    recordUsage(
      world.engine,
      quantities.map((quantity, index) => ({ id: `${meter}-${index}`, customerId, meter, quantity })),
    )
  const renewalOf = async (customerId: string, at: string) => {
    world.set(at)
    await runBilling(world.engine)
    return (await getInvoices(world.engine, { customerId, limit: 1 })).data[0]!
  }

  test('each model is billed with a breakdown that adds up, and a minimum is due without usage', async () => {
    await seedCustomer(world.engine, 'c1')
    await createSubscription(world.engine, { customerId: 'c1', planId: 'models' })
    await use('c1', 'ai_chat', 1000)
    await use('c1', 'tokens', 900, 101)
    await use('c1', 'payments', 10_000, 20_050)
    expect(
      (await getUsageSummary(world.engine, { customerId: 'c1' })).meters.map((meter) => [
        meter.meter,
        meter.overageAmount,
      ]),
    ).toEqual([
      ['ai_chat', 3000],
      ['tokens', 80],
      ['payments', 200],
      ['storage', 3000],
    ])
    const { lines } = await renewalOf('c1', '2026-11-30T17:00:00Z')
    expect(lines).toMatchObject([
      {
        meter: 'ai_chat',
        amount: 3000,
        breakdown: [
          { kind: 'volume', quantity: 990, flat: 100, amount: 5050 },
          { kind: 'maximum', amount: -2050 },
        ],
      },
      {
        meter: 'tokens',
        amount: 80,
        breakdown: [{ kind: 'package', quantity: 1001, rate: { amount: 40, per: 1000 }, amount: 80 }],
      },
      {
        meter: 'payments',
        amount: 200,
        breakdown: [
          { kind: 'percentage', quantity: 30_050, amount: 180 },
          { kind: 'per_event', events: 2, amount: 20 },
        ],
      },
      { meter: 'storage', quantity: 0, amount: 3000, breakdown: [{ kind: 'minimum', amount: 3000 }] },
    ])
    for (const line of lines) expect(sum(line.breakdown.map((part) => part.amount))).toBe(line.amount)
    // Late usage below the minimum changes no amount; above it, the difference is billed.
    await recordUsage(world.engine, [
      { id: 'late', customerId: 'c1', meter: 'storage', quantity: 300, time: '2026-11-29T00:00:00Z' },
    ])
    const next = await renewalOf('c1', '2026-12-31T17:00:00Z')
    expect(next.lines.map((line) => [line.kind, line.meter, line.amount])).toEqual([
      ['usage', 'storage', 3000],
      ['adjustment', 'storage', 600],
    ])
  })

  test('a plan change within the month prorates minimum and maximum by days', async () => {
    world.set('2026-10-31T16:00:00Z')
    await seedCustomer(world.engine, 'c2')
    await createSubscription(world.engine, { customerId: 'c2', planId: 'models' })
    world.set('2026-11-10T16:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'c2', planId: 'team' })
    const { lines } = await renewalOf('c2', '2026-11-30T17:00:00Z')
    expect(
      lines.filter((line) => line.meter).map((line) => [line.meter, line.period.end, line.amount]),
    ).toEqual([['storage', '2026-11-11', 1000]])
  })

  test('a percentage needs a meter that sums whole minor units', async () => {
    const plan = (meter: string) =>
      putPlan(world.engine, {
        id: 'p',
        name: 'P',
        fee: { amount: 0, per: 'subscription' },
        charges: [{ meter, included: 0, overage: 'bill', price: { model: 'percentage', basisPoints: 60 } }],
      })
    await expect(plan('storage')).rejects.toMatchObject({
      code: 'invalid_plan',
      detail: { pointer: '/charges/0/price/model' },
    })
    await expect(plan('payments')).resolves.toMatchObject({ version: 1 })
  })
})
