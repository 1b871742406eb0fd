import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  addSeconds,
  cancelSubscription,
  changeSubscription,
  consume,
  createSubscription,
  putPlan,
  type PlanInput,
} from '../src/index.ts'
import { readSubscriptionState } from '../src/subscription/state.ts'
import { addDays, daysBetween, intersection } from '../src/values/date.ts'
import { daysIn } from '../src/values/period.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { usagePeriods } from '../src/subscription/timeline.ts'
import { mistakesOf } from './invariants.ts'
import type { Phase } from '../src/subscription/phase.ts'

const start = '2026-03-01T02:00:00.000000Z'
const long = process.env['LONG'] === '1'
const [runs, dates] = long ? [10, { minLength: 90, maxLength: 90 }] : [4, { minLength: 10, maxLength: 10 }]
const plans = ['small', 'equal', 'large', 'yearly', 'seats', 'without']
const all = 1000
// One date of a life: usually all that is left is used before and after each command, which would reveal an
// allowance granted twice.
const lives = fc.array(
  fc.record({
    before: fc.constantFrom(all, all, 70, 0),
    after: fc.constantFrom(all, 70, 0, 0),
    done: fc.constantFrom('change', 'change', 'credited', 'credited', 'ended', 'nothing'),
    planId: fc.constantFrom(...plans),
    seats: fc.integer({ min: 1, max: 3 }),
    days: fc.constantFrom(0, 1, 1, 1, 2, 12, 31),
  }),
  { ...dates, size: 'max' },
)

describe.each(testDatabases)('allowances over random lives, on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, start)
    await seedCatalogue(world.engine)
    const plan = (id: string, included: number | undefined, more: Partial<PlanInput> = {}) =>
      putPlan(world.engine, {
        id,
        name: id,
        rank: 1,
        fee: { amount: 30_000, per: 'subscription' },
        taxRate: '0',
        ...more,
        charges:
          included === undefined
            ? []
            : [
                {
                  meter: 'ai_chat',
                  included,
                  overage: 'block',
                  ...(id === 'seats' ? { includedPer: 'seat' as const } : {}),
                },
              ],
      })
    await plan('small', 100)
    await plan('equal', 100)
    await plan('large', 300, { rank: 2, fee: { amount: 60_000, per: 'subscription' } })
    await plan('yearly', 100, { interval: 'year', fee: { amount: 360_000, per: 'subscription' } })
    await plan('seats', 50, { fee: { amount: 15_000, per: 'seat' } })
    await plan('without', undefined)
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  const includedOf = ({
    plan: {
      charges: [charge],
    },
    seats,
  }: Phase) => (charge?.included ?? 0) * (charge?.includedPer === 'seat' ? seats : 1)

  /** Units that the days so far entitle to, over all plans and periods, plus the largest allowance. */
  async function mostOf(customerId: string): Promise<number> {
    const { phases, today } = await world.engine.transaction((tx) => readSubscriptionState(tx, customerId), {
      readOnly: true,
    })
    const shares = usagePeriods(phases, today).flatMap((period) =>
      phases.map((phase, index) => {
        const { from, to, subscriptionId, credited } = phase
        // Where the days after an end were not credited, they count to the end of the month.
        const keeps = to === period.to && !credited && phases[index + 1]?.subscriptionId !== subscriptionId
        const dates = intersection(
          { from, to: keeps ? period.whole.to : (to ?? addDays(today, 1)) },
          keeps ? { from: period.from, to: period.whole.to } : period,
        )
        return dates ? (includedOf(phase) * daysBetween(dates.from, dates.to)) / daysIn(period.whole) : 0
      }),
    )
    return shares.reduce((sum, one) => sum + one, 0) + Math.max(...phases.map(includedOf))
  }

  test(
    'no sequence of changes and endings grants more than the day shares and one largest allowance',
    async () => {
      await fc.assert(
        fc.asyncProperty(lives, async (life) => {
          const customerId = `life-${(customers += 1)}`
          await seedCustomer(world.engine, customerId)
          await createSubscription(world.engine, { customerId, planId: 'small' })
          let [granted, ids] = [0, 0]
          const take = async (quantity: number) => {
            if (quantity === 0) return
            granted += (
              await consume(world.engine, { customerId, meter: 'ai_chat', id: `t${(ids += 1)}`, quantity })
            ).granted
            expect(granted).toBeLessThanOrEqual((await mostOf(customerId)) + 0.001)
          }
          for (const { before, after, done, planId, seats, days } of life) {
            const to = { customerId, planId, seats: planId === 'seats' ? seats : 1 }
            await take(before)
            if (done === 'change') await changeSubscription(world.engine, { ...to, when: 'now' })
            else if (done !== 'nothing') {
              await cancelSubscription(world.engine, {
                customerId,
                when: 'now',
                credit: done === 'credited',
              })
              await createSubscription(world.engine, to)
            }
            await take(after)
            await world.passTo(addSeconds(world.engine.now(), days * 86_400 + 60))
          }
          await cancelSubscription(world.engine, { customerId, when: 'now', credit: true })
        }),
        { numRuns: runs },
      )
    },
    long ? 1_800_000 : 180_000,
  )
})
