import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  getAdvice,
  getInvoices,
  getSubscription,
  issueCreditNote,
  putDiscount,
  putMeter,
  putPlan,
  recordUsage,
  voidInvoice,
  type PlanInput,
} from '../src/index.ts'
import { addDays } from '../src/values/date.ts'
import { sum } from '../src/values/money.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { creditedTooMuch, mistakesOf } from './invariants.ts'

describe.each(testDatabases)('fee and usage come to the minimum spend at least, on $name', ({ create }) => {
  let world: World
  const put = (id: string, rank: number, more: Partial<PlanInput> & Pick<PlanInput, 'fee'>) =>
    putPlan(world.engine, {
      id,
      name: id,
      rank,
      taxRate: '0',
      charges: [
        {
          meter: 'calls',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 10, per: 1 } },
        },
      ],
      ...more,
    })
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls' })
    await put('floor', 100, { fee: { base: 30_000 }, minimumSpend: 90_000 })
    await put('tried', 100, { fee: { base: 30_000 }, minimumSpend: 90_000, trialDays: 14 })
    await put('yearly', 100, { fee: { base: 365_000 }, interval: 'year', minimumSpend: 90_000 })
    await put('chairs', 100, { fee: { base: 9_000, perSeat: 3_000 }, minimumSpend: 60_000 })
    await put('higher', 110, { fee: { base: 60_000 }, minimumSpend: 240_000 })
    await put('bare', 90, { fee: { base: 0 }, charges: [], minimumSpend: 5_000 })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    expect(await creditedTooMuch(world)).toEqual([])
    await world.close()
  })

  let events = 0
  const uses = (customerId: string, quantity: number, time: string) =>
    recordUsage(world.engine, [{ id: `e${(events += 1)}`, customerId, meter: 'calls', quantity, time }])
  const starts = async (customerId: string, planId: string, seats?: number) => {
    await seedCustomer(world.engine, customerId)
    return createSubscription(world.engine, { customerId, planId, ...(seats ? { seats } : {}) })
  }
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!
  /** Kind and amount of a customer's newest lines. */
  const linesOf = async (customerId: string) =>
    (await newest(customerId)).lines.map(({ kind, amount }) => [kind, amount])

  test('what is missing is one line of the renewal, as the next invoice says, and late usage takes it back', async () => {
    await starts('mei', 'floor')
    await starts('noted', 'floor')
    await starts('trial', 'tried')
    await starts('year', 'yearly')
    await starts('bare', 'bare')
    await starts('ended', 'floor')
    await starts('kept', 'floor')
    await starts('moved', 'floor')
    await world.passTo('2027-06-10T01:00:00Z')
    await uses('mei', 1_000, '2027-06-10T00:00:00Z')
    await uses('moved', 1_000, '2027-06-10T00:00:00Z')
    expect((await getSubscription(world.engine, { customerId: 'mei' })).nextInvoice).toMatchObject({
      at: '2027-07-01',
      estimatedTotal: 90_000,
    })
    await world.passTo('2027-06-16T01:00:00Z')
    await cancelSubscription(world.engine, { customerId: 'ended', when: 'now', credit: true })
    await cancelSubscription(world.engine, { customerId: 'kept', when: 'now' })
    await changeSubscription(world.engine, { customerId: 'moved', planId: 'higher', when: 'now' })
    await world.passTo('2027-07-01T03:00:00Z')
    expect(await linesOf('mei')).toEqual([
      ['fee', 30_000], // July
      ['usage', 10_000],
      ['minimum_spend', 50_000], // 90,000 − 30,000 of June − 10,000
    ])
    expect((await newest('mei')).lines[2]).toMatchObject({
      description: { 'zh-CN': 'floor 最低消费补足（2027-06）', en: 'floor minimum spend (2027-06)' },
      breakdown: [
        { kind: 'minimum_spend', amount: 90_000 },
        { kind: 'spent', amount: -40_000 },
      ],
    })
    // Half of it is credited before the usage of June that makes most of it undue arrives.
    await issueCreditNote(world.engine, {
      invoiceId: (await newest('noted')).id,
      lines: [{ lineId: (await newest('noted')).lines[1]!.id, amount: 30_000 }],
      reason: 'agreed',
    })
    await uses('mei', 2_000, '2027-06-20T00:00:00Z')
    await uses('noted', 5_000, '2027-06-20T00:00:00Z')
    await world.passTo('2027-08-01T03:00:00Z')
    expect(await linesOf('mei')).toEqual([
      ['fee', 30_000],
      ['minimum_spend', 60_000], // July
      ['adjustment', 20_000],
      ['minimum_spend', -20_000],
    ])
    const back = (await newest('noted')).lines.at(-1)!
    expect(back).toMatchObject({ kind: 'minimum_spend', amount: -30_000 }) // of 50,000: 30,000 were left
    expect(back.breakdown.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['minimum_spend', 90_000],
      ['spent', -80_000],
      ['billed_before', -60_000],
      ['taken_off', 20_000],
    ])
  })

  test('a trial asks for none, a yearly plan for one each month, and a plan of nothing else is still billed', async () => {
    const amounts = async (customerId: string) =>
      (await getInvoices(world.engine, { customerId })).data
        .flatMap(({ lines }) => lines)
        .filter(({ kind }) => kind === 'minimum_spend')
        .map(({ amount, period }) => [period.start, amount])
        .reverse()
    expect(await amounts('trial')).toEqual([['2027-06-15', 60_000]]) // its month ended on 15 July
    // The year has 366 days: 29,918 of its fee are June's, and 30,915 July's.
    expect(await amounts('year')).toEqual([
      ['2027-06-01', 60_082],
      ['2027-07-01', 59_085],
    ])
    expect(await amounts('bare')).toEqual([
      ['2027-06-01', 5_000],
      ['2027-07-01', 5_000],
    ])
  })

  test('an ending at once asks for the share of its days, less the fee that was kept', async () => {
    expect(await linesOf('ended')).toEqual([['minimum_spend', 32_000]]) // 90,000 × 16 ÷ 30 − 16,000
    expect(await linesOf('kept')).toEqual([['minimum_spend', 18_000]]) // 48,000 − 30,000
  })

  test('an upgrade shares it by days, and what was spent counts for both plans together', async () => {
    const lines = (await getInvoices(world.engine, { customerId: 'moved' })).data
      .flatMap((invoice) => invoice.lines)
      .filter(({ kind, period }) => kind === 'minimum_spend' && period.start === '2027-06-01')
    // 90,000 × 15 ÷ 30 + 240,000 × 15 ÷ 30, less fees of 15,000 and 30,000 and usage of 10,000.
    expect(lines.map(({ amount }) => amount)).toEqual([110_000])
  })

  test('voiding its invoice bills it again, once', async () => {
    const { id } = await newest('bare')
    await voidInvoice(world.engine, { invoiceId: id })
    await world.passTo('2027-08-02T03:00:00Z')
    const standing = (await getInvoices(world.engine, { customerId: 'bare' })).data.filter(
      ({ status }) => status !== 'void',
    )
    expect(standing.map(({ total }) => total)).toEqual([5_000, 5_000])
  })

  test('however seats change in a month, fee, usage and minimum together come to the larger of both', async () => {
    let [customers, start] = [0, '2027-09-01']
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            days: fc.integer({ min: 1, max: 6 }),
            seats: fc.integer({ min: 1, max: 30 }),
            calls: fc.integer({ min: 0, max: 2_000 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        fc.integer({ min: 0, max: 3_000 }),
        async (changes, late) => {
          customers += 1
          const customerId = `cut-${customers}`
          world.set(`${start}T01:00:00Z`)
          await seedCustomer(world.engine, customerId)
          await putDiscount(world.engine, {
            customerId,
            discountId: 'off',
            name: 'Off',
            kind: 'percent',
            value: '10',
            appliesTo: 'usage',
            from: '2027-01-01',
          })
          const { subscription } = await createSubscription(world.engine, {
            customerId,
            planId: 'chairs',
            seats: 2,
          })
          let day = start
          for (const { days, seats, calls } of changes) {
            day = addDays(day, days)
            world.set(`${day}T01:00:00Z`)
            await changeSubscription(world.engine, { customerId, planId: 'chairs', seats, when: 'now' })
            if (calls > 0) await uses(customerId, calls, `${day}T00:30:00Z`)
          }
          await cancelSubscription(world.engine, { customerId })
          const end = subscription.currentPeriod!.end
          await world.passTo(`${end}T03:00:00Z`)
          if (late > 0) await uses(customerId, late, `${day}T00:40:00Z`)
          await world.passTo(`${addDays(end, 40)}T03:00:00Z`)
          start = addDays(end, 41)
          const lines = (await getInvoices(world.engine, { customerId })).data.flatMap((one) => one.lines)
          const of = (...kinds: string[]) =>
            sum(lines.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount))
          const spent = of('fee', 'unused_time', 'usage', 'adjustment')
          expect(spent + of('minimum_spend')).toBe(Math.max(60_000, spent))
        },
      ),
      { numRuns: 6 },
    )
  })

  test('advice compares plans with their minimum spend', async () => {
    await starts('advised', 'floor')
    const from = (await getSubscription(world.engine, { customerId: 'advised' })).currentPeriod!
    await world.passTo(`${from.end}T03:00:00Z`)
    const { plans } = await getAdvice(world.engine, { customerId: 'advised' })
    expect(plans.find(({ planId }) => planId === 'floor')).toMatchObject({
      fee: 30_000,
      minimumSpend: 60_000,
      total: 90_000,
    })
  })
})
