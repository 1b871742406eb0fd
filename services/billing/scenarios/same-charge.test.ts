import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  changeSubscription,
  createSubscription,
  getInvoices,
  putMeter,
  putPlan,
  recordUsage,
  voidEvents,
  type PlanInput,
} from '../src/index.ts'
import { addDays, addMonths } from '../src/values/date.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

const runs = process.env['LONG'] === '1' ? 60 : 3
const plans = ['plain', 'other name', 'dearer', 'by seats']
const per = (amount: number, units = 1) => ({ amount, per: units })
const charges: PlanInput['charges'] = [
  {
    meter: 'ai_chat',
    included: 31,
    overage: 'bill',
    price: {
      model: 'graduated',
      tiers: [
        { upTo: 20, rate: per(7, 3), flat: 500 },
        { upTo: null, rate: per(1, 3), flat: 90 },
      ],
    },
    minimum: 333,
  },
  {
    meter: 'tokens',
    included: 10,
    overage: 'bill',
    price: {
      model: 'volume',
      tiers: [
        { upTo: 25, rate: per(9), flat: 70 },
        { upTo: null, rate: per(5, 2), flat: 30 },
      ],
    },
    maximum: 4_001,
  },
  { meter: 'packs', included: 7, overage: 'bill', price: { model: 'package', size: 10, amount: 101 } },
  { meter: 'blocked', included: 23, overage: 'block' },
  {
    meter: 'peak',
    included: 5,
    overage: 'bill',
    price: {
      model: 'graduated',
      tiers: [
        { upTo: 9, rate: per(100), flat: 11 },
        { upTo: null, rate: per(70, 3) },
      ],
    },
    minimum: 77,
  },
  { meter: 'held', included: 2, overage: 'bill', price: { model: 'per_unit', rate: per(17, 2) } },
  {
    meter: 'people',
    included: 1,
    overage: 'bill',
    price: {
      model: 'volume',
      tiers: [
        { upTo: 2, rate: per(40) },
        { upTo: null, rate: per(30) },
      ],
    },
  },
]
const meters = charges.map((charge) => charge.meter)
// The days of two months with commands: a plan change, usage of a meter, and some late or voided usage.
const days = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 58 }),
    to: fc.constantFrom(undefined, undefined, ...plans),
    meter: fc.constantFrom(...meters),
    quantity: fc.integer({ min: 1, max: 19 }),
    who: fc.constantFrom('a', 'b', 'c'),
    late: fc.integer({ min: 0, max: 3 }),
    takenBack: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { minLength: 6, maxLength: 24 },
)

describe.each(testDatabases)('the same usage under plans with the same charges, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2030-01-01T01:00:00Z')
    await seedCatalogue(world.engine)
    const meter = (key: string, more: object = {}) =>
      putMeter(world.engine, { key, name: key, unit: 'x', ...more })
    await meter('packs')
    await meter('blocked')
    await meter('peak', { aggregation: 'max' })
    await meter('held', { aggregation: 'last', carry: true })
    await meter('people', { aggregation: 'unique', uniqueBy: 'user' })
    for (const [rank, id] of plans.entries()) {
      await putPlan(world.engine, {
        id,
        name: id,
        rank: id === 'dearer' ? rank : 1,
        charges,
        fee:
          id === 'by seats'
            ? { amount: 9_000, per: 'seat' }
            : { amount: id === 'dearer' ? 50_000 : 9_000, per: 'subscription' },
      })
    }
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  /** The billed amount of each meter with its adjustments. */
  const costs = async (customerId: string) => {
    const { data } = await getInvoices(world.engine, { customerId, limit: 100 })
    const lines = data.filter(({ status }) => status !== 'draft').flatMap((invoice) => invoice.lines)
    return Object.fromEntries(
      meters.map((meter) => [
        meter,
        lines.filter((line) => line.meter === meter).reduce((sum, { amount }) => sum + amount, 0),
      ]),
    )
  }

  let run = 0
  test('usage costs the same, however often plans are changed meanwhile', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(days, async (life) => {
        const start = addMonths('2030-01-01', 4 * (run += 1))
        await world.passTo(`${start}T01:00:00Z`)
        const [stays, moves] = [`stays-${run}`, `moves-${run}`]
        for (const customerId of [stays, moves]) {
          await seedCustomer(world.engine, customerId)
          await createSubscription(world.engine, { customerId, planId: 'plain' })
        }
        for (const [index, { day, to, meter, quantity, who, late, takenBack }] of life
          .sort((a, b) => a.day - b.day)
          .entries()) {
          await world.passTo(`${addDays(start, day)}T02:00:00Z`)
          if (to !== undefined)
            await changeSubscription(world.engine, { customerId: moves, planId: to, when: 'now' })
          const time = `${addDays(start, Math.max(0, day - late))}T01:${10 + index}:00Z`
          for (const customerId of [stays, moves]) {
            const event = {
              id: `e${run}-${index}`,
              customerId,
              meter,
              quantity,
              time,
              properties: { user: who },
            }
            expect(await recordUsage(world.engine, [event])).toMatchObject({ accepted: 1 })
            if (takenBack && index > 0)
              await voidEvents(world.engine, {
                customerId,
                ids: [`e${run}-${index - 1}`],
                reason: 'counted twice',
              })
          }
        }
        await world.passTo(`${addMonths(start, 3)}T03:00:00Z`)
        expect(await costs(moves)).toEqual(await costs(stays))
      }),
      { numRuns: runs },
    )
  })
})
