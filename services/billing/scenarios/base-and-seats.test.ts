import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  changeSubscription,
  createSubscription,
  getInvoices,
  getSubscription,
  plansFor,
  previewChange,
  putDiscount,
  putPlan,
  upgradeSubscription,
} from '../src/index.ts'
import { sum } from '../src/values/money.ts'
import { addDays } from '../src/values/date.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('a fee of a base and a part per seat, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'studio',
      name: { 'zh-CN': '工作室版', en: 'Studio' },
      rank: 30,
      fee: { base: 100_000, perSeat: 30_000 },
      seats: { min: 3, max: 20 },
      taxRate: '0',
    })
  })
  afterAll(() => world.close())

  const start = async (customerId: string, seats: number) => {
    await seedCustomer(world.engine, customerId)
    return createSubscription(world.engine, { customerId, planId: 'studio', seats })
  }

  test('is one line with both parts, prorated and credited by days so that each part adds up', async () => {
    const { invoice } = await start('mei', 3)
    expect(invoice!.lines).toMatchObject([
      {
        kind: 'fee',
        description: { 'zh-CN': '工作室版套餐费与席位费', en: 'Studio plan fee and seats' },
        quantity: 3,
        amount: 190_000, // 100,000 + 3 × 30,000
        breakdown: [
          { kind: 'base', quantity: 1, rate: { amount: 100_000, per: 1 }, amount: 100_000 },
          { kind: 'seats', quantity: 3, rate: { amount: 30_000, per: 1 }, amount: 90_000 },
        ],
      },
    ])
    expect(invoice!.lines[0]).not.toHaveProperty('rate')
    await world.passTo('2027-06-11T01:00:00Z')
    const quoted = await previewChange(world.engine, { customerId: 'mei', planId: 'studio', seats: 5 })
    const changed = await upgradeSubscription(world.engine, {
      customerId: 'mei',
      planId: 'studio',
      seats: 5,
      quoteId: quoted.quoteId,
    })
    // 20 of 30 days: 190,000 − 63,333 given back, 250,000 − 83,333 charged.
    expect(changed.invoice).toMatchObject({
      total: 40_000,
      lines: [
        {
          kind: 'unused_time',
          quantity: 3,
          amount: -126_667,
          breakdown: [
            { kind: 'base', amount: -66_667 },
            { kind: 'seats', amount: -60_000 },
          ],
        },
        {
          kind: 'fee',
          quantity: 5,
          amount: 166_667,
          breakdown: [
            { kind: 'base', amount: 66_667 },
            { kind: 'seats', amount: 100_000 },
          ],
        },
      ],
    })
    expect(quoted.lines).toEqual(changed.invoice!.lines.map(({ id: _, ...line }) => line))
    expect((await getSubscription(world.engine, { customerId: 'mei' })).nextInvoice).toMatchObject({
      at: '2027-07-01',
      estimatedTotal: 250_000,
    })
    await world.passTo('2027-07-02T01:00:00Z')
    const [renewal] = (await getInvoices(world.engine, { customerId: 'mei' })).data
    expect(renewal).toMatchObject({ kind: 'renewal', total: 250_000 })
    expect(await mistakesOf(world)).toEqual([])
  })
  test('decides the direction of a change by base and seats over a year', async () => {
    await seedCustomer(world.engine, 'lin')
    await putPlan(world.engine, {
      id: 'flat',
      name: 'Flat',
      rank: 30,
      interval: 'year',
      fee: { amount: 200_000 * 12, per: 'subscription' },
    })
    await createSubscription(world.engine, { customerId: 'lin', planId: 'flat', seats: 3 })
    const relation = async () =>
      (await plansFor(world.engine, { customerId: 'lin' })).find(({ id }) => id === 'studio')!.relation
    expect(await relation()).toBe('downgrade') // 190,000 a month for 3 seats
    await seedCustomer(world.engine, 'ann')
    await createSubscription(world.engine, { customerId: 'ann', planId: 'studio', seats: 4 }) // 220,000
    expect(
      (await plansFor(world.engine, { customerId: 'ann' })).find(({ id }) => id === 'flat')!.relation,
    ).toBe('downgrade')
  })

  test('however seats change in a period, its base adds up to one base and fixed discounts to one amount', async () => {
    let [customers, day] = [0, 0]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 3, max: 20 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          customers += 1
          const customerId = `cut-${customers}`
          await seedCustomer(world.engine, customerId)
          await putDiscount(world.engine, {
            customerId,
            discountId: 'off',
            name: 'Off',
            kind: 'fixed',
            value: 7_001,
            appliesTo: 'fee',
            from: '2027-01-01',
          })
          await createSubscription(world.engine, { customerId, planId: 'studio', seats: 3 })
          for (const [days, seats] of changes) {
            day += days
            world.set(`${addDays('2027-07-10', day)}T01:00:00Z`)
            await changeSubscription(world.engine, { customerId, planId: 'studio', seats, when: 'now' })
          }
          const lines = (await getInvoices(world.engine, { customerId })).data.flatMap(
            (invoice) => invoice.lines,
          )
          const part = (kind: string) =>
            sum(
              lines
                .flatMap(({ breakdown }) => breakdown.filter((one) => one.kind === kind))
                .map((one) => one.amount),
            )
          expect(part('base')).toBe(100_000)
          expect(part('base') + part('seats') + part('taken_off')).toBe(
            sum(lines.map(({ amount }) => amount)),
          )
          const discounts = sum(lines.map(({ discount = 0 }) => discount)) - part('taken_off')
          expect(discounts).toBeLessThanOrEqual(7_001)
        },
      ),
      { numRuns: 8 },
    )
    expect(await mistakesOf(world)).toEqual([])
  })
})
