import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelSubscription,
  createSubscription,
  getInvoices,
  getUsageMonths,
  getUsageSummary,
  putPlan,
  recordUsage,
  upgradeSubscription,
} from '../../index.ts'
import type { UsageMonth } from './months.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('twelve months of amounts and usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2025-06-30T16:00:00Z') // 1 July in Shanghai
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'yearly',
      name: 'Yearly',
      rank: 30,
      fee: { amount: 365_000, per: 'subscription' },
      interval: 'year',
      currency: 'CNY',
      charges: [
        {
          meter: 'ai_chat',
          included: 1000,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
        },
      ],
    })
    for (const id of ['acme', 'year', 'none']) await seedCustomer(world.engine, id)
    await createSubscription(world.engine, { customerId: 'acme', planId: 'team' })
    await createSubscription(world.engine, { customerId: 'year', planId: 'yearly' })
    for (let month = 0; month < 14; month += 1) {
      const first = new Date(Date.UTC(2025, 6 + month, 10, 4)).toISOString()
      await world.passTo(first)
      const use = (meter: string, quantity: number, customerId = 'acme') => ({
        id: `${meter} ${customerId} ${first}`,
        customerId,
        meter,
        quantity,
        time: first,
      })
      await recordUsage(world.engine, [
        use('ai_chat', 1000 + month * 10),
        use('storage', 10.125 + month / 8),
        use('ai_chat', 1200, 'year'),
      ])
      if (month === 9) await upgradeSubscription(world.engine, { customerId: 'acme', planId: 'business' })
    }
  })
  afterAll(() => world.close())
  const monthsOf = (customerId: string) => getUsageMonths(world.engine, { customerId })
  const total = (parts: readonly { amount: number }[]) => parts.reduce((sum, { amount }) => sum + amount, 0)

  test('usage equals the summary of each period, and amounts equal the invoices’ lines', async () => {
    const { months, meters, currency } = await monthsOf('acme')
    expect([months.length, months[0]!.period.label, months.at(-1)!.period.label, currency]).toEqual([
      12,
      '2025-09',
      '2026-08',
      'CNY',
    ])
    expect(meters.map(({ meter }) => meter)).toEqual(['ai_chat', 'tokens', 'storage'])
    const invoices = (await getInvoices(world.engine, { customerId: 'acme', limit: 100 })).data
    const lines = invoices.flatMap((invoice) => invoice.lines)
    for (const month of months) {
      const { usage, meters: summary } = await getUsageSummary(world.engine, {
        customerId: 'acme',
        period: month.period.label,
      })
      expect(Object.fromEntries(month.meters.map(({ meter, used }) => [meter, used]))).toEqual(usage)
      expect(month.meters.map(({ meter, amount }) => [meter, amount]).sort()).toEqual(
        summary.map(({ meter, overageAmount }) => [meter, overageAmount]).sort(),
      )
      const within = lines.filter(
        ({ period }) => month.period.start <= period.start && period.end <= month.period.end,
      )
      expect([month.period.label, month.fee]).toEqual([
        month.period.label,
        total(within.filter(({ kind }) => kind === 'fee' || kind === 'unused_time')),
      ])
      if (!month.running)
        expect([month.period.label, month.amount]).toEqual([month.period.label, total(within)])
    }
    // August so far: the fee, 1,130 chats of 5,000, and storage, which this plan does not charge.
    expect(months.at(-1)).toMatchObject({ running: true, fee: 199_900, amount: 199_900 })
  })

  test('each month shows its change from the month before', async () => {
    const { months } = await monthsOf('acme')
    const of = (label: string) => months.find(({ period }) => period.label === label)!
    // Ten chats above at 0.05, and an eighth of a GB at 0.12 that rounds to 1 or 2 fen.
    expect(of('2025-10').change).toMatchObject({
      fee: 0,
      meters: [
        { meter: 'ai_chat', used: 10, amount: 50 },
        { meter: 'tokens', used: 0, amount: 0 },
        { meter: 'storage', used: 0.125 },
      ],
    })
    // The upgrade on 10 April: 599.00 × 9/30 + 1,999.00 × 21/30 = 179.70 + 1,399.30.
    expect([of('2026-04').fee, of('2026-04').change!.fee]).toEqual([157_900, 98_000])
    for (const [index, month] of months.entries()) {
      const before: UsageMonth | undefined = months[index - 1]
      if (before)
        expect(month.change).toMatchObject({
          amount: month.amount - before.amount,
          fee: month.fee - before.fee,
        })
    }
    expect(months[0]!.change).not.toBeNull()
  })

  test('a yearly fee counts by days, and the months of a year add up to it', async () => {
    const { months } = await monthsOf('year')
    expect(months.find(({ period }) => period.label === '2025-09')!.fee).toBe(30_000)
    expect(
      months.filter(({ period }) => period.label < '2026-07').reduce((sum, { fee }) => sum + fee, 0),
    ).toBe(365_000 - 62_000)
    expect(months.every(({ meters }) => meters[0]!.amount === 1_000)).toBe(true)
  })

  test('a trial costs nothing, and the first month has no change', async () => {
    const { months } = await monthsOf('none')
    expect(months).toEqual([])
    const first = await createWorld(create, '2026-01-09T16:00:00Z')
    await seedCatalogue(first.engine)
    await seedCustomer(first.engine, 'new')
    await createSubscription(first.engine, { customerId: 'new', planId: 'team' })
    expect((await getUsageMonths(first.engine, { customerId: 'new' })).months).toMatchObject([
      { running: true, fee: 59_900, amount: 59_900, change: null },
    ])
    await first.close()
    // 1,500 chats in the first month of a trial of 40 days, 500 above the allowance.
    const world2 = await createWorld(create, '2026-01-31T16:00:00Z')
    await seedCatalogue(world2.engine)
    await seedCustomer(world2.engine, 'trial')
    await createSubscription(world2.engine, { customerId: 'trial', planId: 'team', trialDays: 10 })
    await recordUsage(world2.engine, [{ id: 'a', customerId: 'trial', meter: 'ai_chat', quantity: 1500 }])
    expect((await getUsageMonths(world2.engine, { customerId: 'trial' })).months).toMatchObject([
      { fee: 0, amount: 0, meters: [{ used: 1500, amount: 0 }, {}, {}] },
    ])
    await world2.close()
  })

  test('uncredited fees after an ending count once, in the last month', async () => {
    const own = await createWorld(create, '2026-01-09T16:00:00Z') // 10 January in Shanghai
    await seedCatalogue(own.engine)
    for (const customerId of ['kept', 'given']) {
      await seedCustomer(own.engine, customerId)
      await createSubscription(own.engine, { customerId, planId: 'team' })
    }
    await own.passTo('2026-01-20T04:00:00Z')
    for (const [customerId, credit] of [
      ['kept', false],
      ['given', true],
    ] as const)
      await cancelSubscription(own.engine, { customerId, when: 'now', credit })
    const feesOf = async (customerId: string) =>
      (await getUsageMonths(own.engine, { customerId })).months.map(({ fee }) => fee)
    // The whole fee was paid for 10 January – 9 February; with credit, the days from the 21st on came back:
    // 599.00 × 11/31 = 212.548… stays.
    expect([await feesOf('kept'), await feesOf('given')]).toEqual([[59_900], [21_255]])
    await own.passTo('2026-01-25T04:00:00Z')
    for (const customerId of ['kept', 'given']) {
      const before = await feesOf(customerId)
      await createSubscription(own.engine, { customerId, planId: 'business' })
      expect(await feesOf(customerId)).toEqual([...before, 199_900])
      const lines = (await getInvoices(own.engine, { customerId })).data.flatMap((invoice) => invoice.lines)
      expect(total(lines.filter(({ kind }) => kind === 'fee' || kind === 'unused_time'))).toBe(
        before[0]! + 199_900,
      )
    }
    await own.close()
  })

  test('in the grace before the renewal is issued, its fee already counts', async () => {
    await world.passTo('2026-08-31T16:20:00Z')
    const { months } = await monthsOf('acme')
    expect(months.at(-1)).toMatchObject({ period: { label: '2026-09' }, fee: 199_900, amount: 199_900 })
  })
})
