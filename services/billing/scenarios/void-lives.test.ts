import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  BillingError,
  cancelSubscription,
  changeSubscription,
  createSubscription,
  generateInvoice,
  getInvoices,
  putPlan,
  recordUsage,
  voidInvoice,
  type PlanInput,
} from '../src/index.ts'
import { addDays } from '../src/values/date.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf, scheduledTooLate } from './invariants.ts'

const [runs, dates] =
  process.env['LONG'] === '1' ? [60, { minLength: 20, maxLength: 20 }] : [2, { minLength: 7, maxLength: 7 }]
const plans = ['small', 'twin', 'large', 'full', 'yearly', 'yearly-twin', 'seats', 'nothing']
// One date of a life: its commands, and what one of two customers has voided and generated again before and
// after.
const lives = fc.array(
  fc.record({
    days: fc.constantFrom(0, 1, 1, 3, 9, 17, 30),
    slept: fc.constantFrom(true, false, false),
    done: fc.constantFrom('change', 'change', 'credited', 'credited', 'ended', 'later', 'nothing'),
    now: fc.boolean(),
    planId: fc.constantFrom(...plans),
    seats: fc.integer({ min: 1, max: 3 }),
    used: fc.constantFrom(0, 40),
    voidedBefore: fc.constantFrom(0, 1, 2, 9),
    generatedBefore: fc.constantFrom(0, 0, 1, 3),
    voidedAfter: fc.constantFrom(0, 0, 1, 9),
    generatedAfter: fc.constantFrom(0, 0, 1, 3),
  }),
  { ...dates, size: 'max' },
)

describe.each(testDatabases)('random lives with voided and replaced documents, on $name', ({ create }) => {
  let world: World
  let customers = 0
  let today = '2030-04-01'
  beforeAll(async () => {
    world = await createWorld(create, `${today}T02:00:00Z`)
    await seedCatalogue(world.engine)
    const plan = (id: string, rank: number, amount: number, more: Partial<PlanInput> = {}) =>
      putPlan(world.engine, {
        id,
        name: id,
        rank,
        fee: { amount, per: 'subscription' },
        taxRate: '0',
        charges: [
          {
            meter: 'ai_chat',
            included: 30,
            overage: 'bill',
            price: { model: 'per_unit', rate: { amount: 10, per: 1 } },
            ...(id === 'full' ? { onUpgrade: 'full' as const } : {}),
          },
        ],
        ...more,
      })
    await plan('small', 1, 3_000)
    await plan('twin', 1, 3_000)
    await plan('large', 2, 9_000)
    await plan('full', 3, 9_999)
    await plan('yearly', 2, 36_500, { interval: 'year' })
    await plan('yearly-twin', 1, 36_000, { interval: 'year' })
    await plan('seats', 2, 1_001, { fee: { amount: 1_001, per: 'seat' }, seats: { min: 1, max: 9 } })
    await plan('nothing', 0, 0)
    await plan('blocked', 1, 3_000, { charges: [{ meter: 'ai_chat', included: 300, overage: 'block' }] })
  })
  afterAll(async () => {
    expect([...(await mistakesOf(world)), ...(await scheduledTooLate(world))]).toEqual([])
    await world.close()
  })

  /** What is rejected is rejected for both. */
  const allowed = (command: Promise<unknown>) =>
    command.then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof BillingError) return error.code
        throw error
      },
    )
  const documents = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.filter(
      (invoice) => invoice.status !== 'draft',
    )
  const due = async (customerId: string) =>
    (await documents(customerId)).reduce(
      (sum, invoice) => sum + (invoice.status === 'void' ? 0 : invoice.total),
      0,
    )
  /** Voids the newest documents, as many as given and allowed. */
  async function voidNewest(customerId: string, many: number) {
    for (const { id } of (await documents(customerId))
      .filter((invoice) => invoice.status !== 'void')
      .slice(0, many))
      await allowed(voidInvoice(world.engine, { invoiceId: id }))
  }
  async function generate(customerId: string, many: number) {
    const labels = [
      ...new Set(
        (await documents(customerId))
          .filter((invoice) => invoice.status === 'void')
          .map((invoice) => invoice.period.label),
      ),
    ]
    for (const period of labels.slice(0, many))
      await allowed(generateInvoice(world.engine, { customerId, period }))
  }
  async function pass(days: number, slept = false) {
    today = addDays(today, days)
    if (slept) world.set(`${today}T02:00:00Z`)
    else await world.passTo(`${today}T02:00:00Z`)
  }
  const begin = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }
  const end = (customerId: string, credit: boolean) =>
    cancelSubscription(world.engine, { customerId, when: 'now', credit })

  test('after an ending, a void document leaves the fee of the days until then', async () => {
    // On 1 April, which has 30 days.
    for (const customerId of ['asked', 'changed', 'credited', 'kept', 'renewed'])
      await begin(customerId, 'small')
    await begin('year', 'yearly')
    await begin('blocked', 'blocked')
    await recordUsage(world.engine, [{ id: 'u', customerId: 'blocked', meter: 'ai_chat', quantity: 290 }])
    await pass(10)
    await changeSubscription(world.engine, { customerId: 'changed', planId: 'large' })
    await pass(5)
    for (const customerId of ['asked', 'changed', 'credited', 'kept', 'year', 'blocked'])
      await voidNewest(customerId, 1)
    // The 16th is kept. No document stands that could be credited.
    for (const customerId of ['asked', 'credited', 'year', 'blocked'])
      expect(await end(customerId, true)).toMatchObject({ invoice: null })
    expect(await generateInvoice(world.engine, { customerId: 'asked', period: '2030-04' })).toMatchObject({
      kind: 'start',
      total: 1_600,
    })
    await end('changed', true)
    await end('kept', false)
    // On the same date: then it belongs to the new one.
    for (const customerId of ['credited', 'kept'])
      await createSubscription(world.engine, { customerId, planId: 'large' })
    await pass(2)
    // 16 of 30 days of 3000, and of 365 days of 36500; of the change 10 days at 100 and 6 at 300; 15 days, or
    // all but the 16th, and another's fee.
    const expected = {
      asked: 1_600,
      year: 1_600,
      blocked: 1_600,
      changed: 2_800,
      credited: 1_500 + 9_000,
      kept: 2_900 + 9_000,
    }
    for (const [customerId, amount] of Object.entries(expected))
      expect([customerId, await due(customerId)]).toEqual([customerId, amount])
    for (const customerId of ['credited', 'kept']) await end(customerId, false)
    // The fee covers the days that the allowance counts: 160 of 300 for 16 of them.
    await pass(18)
    expect(
      await world.db.asOwner((tx) =>
        tx.query("select sum(quantity)::int as quantity from deficits where customer_id = 'blocked'"),
      ),
    ).toEqual([{ quantity: 130 }])
    // On 6 May, which has 31 days: six of the renewal are left (580.6). A customer who returns on the 8th
    // pays for a month from then.
    await voidNewest('renewed', 1)
    await end('renewed', true)
    await pass(2)
    await createSubscription(world.engine, { customerId: 'renewed', planId: 'small' })
    await pass(1)
    expect(await due('renewed')).toBe(3_000 + 581 + 3_000)
    await end('renewed', false)
  })

  test('a life with voided documents ends with the same amounts as one without', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        customers += 1
        const [plain, voided] = [`plain-${customers}`, `voided-${customers}`]
        for (const customerId of [plain, voided]) await begin(customerId, 'small')
        for (const { days, slept, done, now, planId, seats, used, ...more } of life) {
          await pass(days, slept)
          await voidNewest(voided, more.voidedBefore)
          await generate(voided, more.generatedBefore)
          const act = async (customerId: string): Promise<unknown> => {
            if (used > 0)
              await recordUsage(world.engine, [
                { id: `u-${today}-${customers}`, customerId, meter: 'ai_chat', quantity: used },
              ])
            if (done === 'nothing') return null
            if (done === 'later') return allowed(cancelSubscription(world.engine, { customerId }))
            if (done !== 'change')
              return allowed(
                cancelSubscription(world.engine, { customerId, when: 'now', credit: done === 'credited' }),
              )
            const asked = { customerId, planId, ...(planId === 'seats' ? { seats } : {}) }
            const changed = await allowed(
              changeSubscription(world.engine, { ...asked, ...(now ? { when: 'now' as const } : {}) }),
            )
            return changed === 'no_active_subscription'
              ? allowed(createSubscription(world.engine, asked))
              : changed
          }
          const answer = await act(plain)
          expect(await act(voided)).toEqual(answer)
          await voidNewest(voided, more.voidedAfter)
          await generate(voided, more.generatedAfter)
        }
        await pass(2)
        await generate(voided, 9)
        await pass(40)
        expect(await due(voided)).toBe(await due(plain))
        for (const customerId of [plain, voided])
          await allowed(cancelSubscription(world.engine, { customerId, when: 'now' }))
      }),
      { numRuns: runs },
    )
  })
})
