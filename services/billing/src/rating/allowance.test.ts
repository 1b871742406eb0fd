import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelSubscription,
  changeSubscription,
  checkQuota,
  consume,
  createSubscription,
  findMistakes,
  forgiveDeficit,
  generateInvoice,
  getInvoices,
  getSubscription,
  getUsageLines,
  listDeficits,
  previewChange,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
  type PlanInput,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

const fee = (amount: number): PlanInput['fee'] => ({ amount, per: 'subscription' })
const tiers: NonNullable<PlanInput['charges']>[number]['price'] = {
  model: 'graduated',
  tiers: [
    { upTo: 30, rate: { amount: 1000, per: 1 } },
    { upTo: null, rate: { amount: 600, per: 1 } },
  ],
}

describe.each(testDatabases)('allowances across plan changes, on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-01-31T16:00:00Z')
    await seedCatalogue(world.engine)
    for (const aggregation of ['max', 'last', 'unique'] as const)
      await putMeter(world.engine, {
        key: aggregation,
        name: aggregation,
        unit: 'x',
        aggregation,
        ...(aggregation === 'unique' ? { uniqueBy: 'who' } : {}),
      })
    const plan = (
      id: string,
      rank: number,
      amount: number,
      charges: PlanInput['charges'],
      more: Partial<PlanInput> = {},
    ) =>
      putPlan(world.engine, {
        id,
        name: id,
        rank,
        fee: fee(amount),
        taxRate: '0',
        charges: charges!,
        ...more,
      })
    const block = (included: number) => [{ meter: 'ai_chat', included, overage: 'block' as const }]
    const level = (included: number) =>
      ['max', 'last', 'unique'].map((meter) => ({
        meter,
        included,
        overage: 'bill' as const,
        price: { model: 'per_unit' as const, rate: { amount: 100, per: 1 } },
      }))
    await plan('chat', 1, 30_000, block(100))
    await plan('docs', 1, 30_000, block(100))
    await plan('large', 2, 60_000, block(300))
    await plan('year', 1, 360_000, block(100), { interval: 'year' })
    await plan('other', 1, 30_000, [])
    await plan('few', 1, 30_000, block(10))
    await plan('year-other', 1, 360_000, [], { interval: 'year' })
    await plan('endless', 3, 90_000, [{ meter: 'ai_chat', included: null, overage: 'block' }])
    await plan('tiered', 1, 0, [{ meter: 'ai_chat', included: 0, overage: 'bill', price: tiers! }])
    await plan('flat', 1, 0, [
      {
        meter: 'ai_chat',
        included: 0,
        overage: 'bill',
        minimum: 3_000,
        price: { model: 'graduated', tiers: [{ upTo: null, rate: { amount: 1, per: 1 }, flat: 5_000 }] },
      },
    ])
    await plan('gauge', 1, 10_000, level(0))
    await plan('gauge-large', 2, 20_000, level(0))
    await plan('gauge-100', 1, 10_000, level(100))
    await plan('gauge-150', 2, 20_000, level(150))
    await plan(
      'walled',
      1,
      10_000,
      level(5).map(({ price: _, ...charge }) => ({ ...charge, overage: 'block' as const })),
    )
  })
  afterAll(async () => {
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    expect(found).toEqual([])
    await world.close()
  })
  // The customers of earlier tests have no work left.
  afterEach(() => world.db.asOwner((tx) => tx.query('update customers set due_at = null')))
  /** Noon in Shanghai on the given date of a month of 2026. */
  const on = async (month: number, date: number) =>
    world.passTo(new Date(Date.UTC(2026, month - 1, date, 4)).toISOString())
  const subscribed = async (planId: string) => {
    const customerId = `c${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
    return { customerId }
  }
  let ids = 0
  const take = async (who: { customerId: string }, quantity: number) =>
    (await consume(world.engine, { ...who, meter: 'ai_chat', id: `t${(ids += 1)}`, quantity })).granted
  const record = (
    who: { customerId: string },
    meter: string,
    quantity: number,
    more: { time?: string; properties?: Record<string, unknown> } = {},
  ) => recordUsage(world.engine, [{ id: `t${(ids += 1)}`, ...who, meter, quantity, ...more }])
  const quota = (who: { customerId: string }, meter = 'ai_chat') =>
    checkQuota(world.engine, { ...who, meter })
  const move = (who: { customerId: string }, planId: string, more: { planVersion?: number } = {}) =>
    changeSubscription(world.engine, { ...who, planId, when: 'now', ...more })
  const usageLines = async (who: { customerId: string }) =>
    (await getInvoices(world.engine, { ...who, limit: 100 })).data
      .reverse()
      .flatMap((invoice) => invoice.lines.filter((line) => line.meter !== undefined))

  test('daily changes between two plans of one price give at most the 100 units of one', async () => {
    await on(4, 1)
    const [swaps, flips] = [await subscribed('chat'), await subscribed('chat')]
    let [taken, flipped] = [await take(swaps, 1000), await take(flips, 1000)]
    for (let date = 2; date <= 11; date += 1) {
      await on(4, date)
      await move(swaps, date % 2 ? 'chat' : 'docs')
      await move(flips, date % 2 ? 'chat' : 'year')
      taken += await take(swaps, 1000)
      flipped += await take(flips, 1000)
    }
    expect(taken).toBe(100)
    // Each cut period has the share of its days, and a deficit is taken off the next: 100, and 3.33 for each
    // earlier day.
    expect(flipped).toBeLessThanOrEqual(100 + 34)
  })

  test('ending with credit and subscribing again gives no extra allowance', async () => {
    await on(5, 1)
    const customer = await subscribed('chat')
    let granted = await take(customer, 1000)
    for (let date = 2; date <= 6; date += 1) {
      await on(5, date)
      await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
      await createSubscription(world.engine, { ...customer, planId: 'chat' })
      granted += await take(customer, 1000)
    }
    expect(granted).toBeLessThanOrEqual(100 + 17)
    // On the 6th the allowance is 100 less the units used ahead; a month later no deficit is left.
    const { deficit, remaining } = await quota(customer)
    expect([deficit > 80, remaining]).toEqual([true, 0])
    expect((await getSubscription(world.engine, customer)).allowances).toMatchObject([
      { meter: 'ai_chat', allowance: 100, deficit, remaining: 0 },
    ])
    await on(6, 7)
    expect(await quota(customer)).toMatchObject({ included: 100, used: 0, deficit: 0, remaining: 100 })
  })

  test('ending without credit keeps the allowance of the paid days', async () => {
    await on(6, 10)
    const customer = await subscribed('chat')
    expect(await take(customer, 1000)).toBe(100)
    await on(6, 15)
    await cancelSubscription(world.engine, { ...customer, when: 'now' })
    await createSubscription(world.engine, { ...customer, planId: 'chat' })
    expect(await quota(customer)).toMatchObject({ deficit: 0, remaining: 100 })
  })

  test.each(['other', 'few'])(
    'units granted before an ending count when the date goes over to %s, every day',
    async (planId) => {
      await on(6, 16)
      const customer = await subscribed('chat')
      const again = async (next: string) => {
        await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
        await createSubscription(world.engine, { ...customer, planId: next })
      }
      let granted = 0
      for (let date = 17; date <= 25; date += 2) {
        await on(6, date)
        granted += await take(customer, 1000)
        await again(planId)
        await on(6, date + 1)
        await again('chat')
      }
      // The whole 100 once, and for 10 dates at most the share of each: 100 ÷ 30.
      expect(granted).toBeLessThanOrEqual(100 + 34)
      // Of the 100 granted on the 17th, the 16th paid for 3. Nine days later at most 9 × 3 of the rest are
      // worked off.
      const { deficit, remaining } = await quota(customer)
      expect([deficit >= 97 - 27, deficit <= 97, remaining === 100 - deficit]).toEqual([true, true, true])
    },
  )

  test('units granted before count when another interval cuts the period', async () => {
    await on(6, 16)
    const [who, first] = [await subscribed('chat'), await subscribed('chat')]
    let granted = 0
    for (let date = 17; date <= 25; date += 2) {
      await on(6, date)
      granted += await take(who, 1000)
      await move(who, 'year-other')
      await on(6, date + 1)
      await move(who, 'chat')
    }
    expect(granted).toBeLessThanOrEqual(100 + 34)
    await on(7, 16)
    expect(await take(first, 1000)).toBe(100)
    await move(first, 'other')
    await on(7, 17)
    await move(first, 'chat')
    // 30 of 31 days: 96, all used on the first date.
    expect(await quota(first)).toMatchObject({ included: 96, remaining: 0 })
  })

  test('allowance left from earlier days pays for the granted units', async () => {
    await on(6, 16)
    const customer = await subscribed('large')
    await on(6, 26)
    // Ten days paid for 100 of the 300. On the 26th all 300 are used and 400 more are recorded above them:
    // 200 are ahead.
    expect(await take(customer, 150)).toBe(150)
    await record(customer, 'ai_chat', 150)
    await record(customer, 'ai_chat', 400)
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    await createSubscription(world.engine, { ...customer, planId: 'other' })
    await on(6, 27)
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    await createSubscription(world.engine, { ...customer, planId: 'large' })
    expect(await quota(customer)).toMatchObject({ deficit: 200, remaining: 100 })
  })

  test('late usage adds to a deficit, up to the allowance of its period', async () => {
    await on(7, 1)
    const customer = await subscribed('large')
    await on(7, 5)
    const early = world.engine.now()
    await on(7, 10)
    expect(await take(customer, 200)).toBe(200)
    await on(7, 11)
    // 300 × 10 ÷ 31 = 96: 104 are ahead.
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    await on(7, 12)
    await createSubscription(world.engine, { ...customer, planId: 'large' })
    // The 11th is paid too: 300 × 11 ÷ 31 = 106, and 94 are ahead.
    expect(await quota(customer)).toMatchObject({ included: 300, deficit: 94, remaining: 206 })
    await record(customer, 'ai_chat', 60, { time: early })
    expect(await quota(customer)).toMatchObject({ deficit: 154, remaining: 146 })
    // Of 70 more, 40 were within the 300 of that time; the rest was above the limit.
    await record(customer, 'ai_chat', 70, { time: early })
    expect(await quota(customer)).toMatchObject({ deficit: 194, remaining: 106 })
    expect(await take(customer, 300)).toBe(106)
    // The next month works off the rest as usual: 300 were granted, 194 and 106 counted.
    await on(8, 13)
    expect(await quota(customer)).toMatchObject({ included: 300, deficit: 0, remaining: 300 })
    expect((await listDeficits(world.engine, customer)).data).toEqual([])
  })

  test('a deficit survives plans without the meter or without a limit', async () => {
    await on(7, 1)
    const customer = await subscribed('large')
    await on(7, 10)
    expect(await take(customer, 1000)).toBe(300)
    await on(7, 11)
    // 300 × 10 ÷ 31 = 96: 204 are ahead.
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    await createSubscription(world.engine, { ...customer, planId: 'other' })
    await move(customer, 'endless')
    expect(await quota(customer)).toMatchObject({ remaining: null, deficit: 0 })
    await record(customer, 'ai_chat', 500)
    await on(8, 11)
    await move(customer, 'large')
    expect(await quota(customer)).toMatchObject({ included: 300, deficit: 204, remaining: 96 })
    await on(9, 12)
    expect(await quota(customer)).toMatchObject({ included: 300, deficit: 0, remaining: 300 })
  })

  test('a deficit forgiven by the vendor, in part or whole, no longer counts', async () => {
    await on(9, 12)
    const customer = await subscribed('large')
    expect(await take(customer, 1000)).toBe(300)
    await on(9, 13)
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    const {
      data: [before],
    } = await listDeficits(world.engine, customer)
    expect(
      await forgiveDeficit(world.engine, {
        ...customer,
        meter: 'ai_chat',
        quantity: 100,
        reason: 'promised by phone',
      }),
    ).toEqual({ meter: 'ai_chat', deficit: before!.deficit - 100 })
    await createSubscription(world.engine, { ...customer, planId: 'large' })
    const { deficit } = await quota(customer)
    // The date now belongs to the new subscription: the old one's share is a day less, 10.
    expect(deficit).toBe(before!.deficit - 100 + 10)
    await expect(
      forgiveDeficit(world.engine, {
        ...customer,
        meter: 'ai_chat',
        quantity: deficit + 1,
        reason: 'too much',
      }),
    ).rejects.toMatchObject({ code: 'validation_failed', detail: { pointer: '/quantity' } })
    expect(await forgiveDeficit(world.engine, { ...customer, meter: 'ai_chat', reason: 'a gift' })).toEqual({
      meter: 'ai_chat',
      deficit: 0,
    })
    expect(await listDeficits(world.engine, customer)).toEqual({ data: [] })
    expect(await quota(customer)).toMatchObject({ included: 300, deficit: 0 })
    await expect(
      forgiveDeficit(world.engine, { ...customer, meter: 'nothing', reason: 'no such meter' }),
    ).rejects.toMatchObject({ code: 'meter_not_found' })
  })

  test('half a month with 100 and half with 300 allow 200: 100 used leave 100', async () => {
    const customer = await subscribed('chat')
    expect(await take(customer, 1000)).toBe(100)
    await on(9, 28)
    await upgradeSubscription(world.engine, { ...customer, planId: 'large' })
    expect(await quota(customer)).toMatchObject({ included: 200, used: 100, remaining: 100 })
    expect(await take(customer, 1000)).toBe(100)
  })

  test('tiers and flat fees continue through a plan version that changes only texts', async () => {
    await on(10, 15)
    const [plain, reworded, flat] = [
      await subscribed('tiered'),
      await subscribed('tiered'),
      await subscribed('flat'),
    ]
    for (const customer of [plain, reworded]) await record(customer, 'ai_chat', 65)
    await record(flat, 'ai_chat', 10)
    await on(10, 30)
    const words = { name: 'The same with other words' }
    const tiered = await putPlan(world.engine, {
      id: 'tiered',
      rank: 1,
      fee: fee(0),
      taxRate: '0',
      charges: [{ meter: 'ai_chat', included: 0, overage: 'bill', price: tiers! }],
      ...words,
    })
    const again = await putPlan(world.engine, {
      id: 'flat',
      rank: 1,
      fee: fee(0),
      taxRate: '0',
      ...words,
      charges: [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill',
          minimum: 3_000,
          price: { model: 'graduated', tiers: [{ upTo: null, rate: { amount: 1, per: 1 }, flat: 5_000 }] },
        },
      ],
    })
    await move(reworded, 'tiered', { planVersion: tiered.version })
    await move(flat, 'flat', { planVersion: again.version })
    for (const customer of [plain, reworded]) await record(customer, 'ai_chat', 60)
    await record(flat, 'ai_chat', 5)
    await on(11, 16)
    // 30 at 10.00 and 95 at 6.00: 870.00. Restarted tiers would give 990.00. The flat fee of 50.00 is due
    // once.
    for (const customer of [plain, reworded])
      expect((await usageLines(customer)).map(({ quantity, amount }) => [quantity, amount])).toEqual([
        [125, 87_000],
      ])
    expect((await usageLines(flat)).map(({ quantity, amount }) => [quantity, amount])).toEqual([[15, 5_015]])
  })

  test('a different charge continues at the position in its own tiers', async () => {
    await on(11, 17)
    await putPlan(world.engine, {
      id: 'packs',
      name: 'packs',
      rank: 2,
      fee: fee(0),
      taxRate: '0',
      charges: [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill',
          price: { model: 'package', size: 50, amount: 100 },
        },
      ],
    })
    const customer = await subscribed('tiered')
    await record(customer, 'ai_chat', 40)
    await on(11, 25)
    await upgradeSubscription(world.engine, { ...customer, planId: 'packs' })
    await record(customer, 'ai_chat', 15)
    const { lines } = await getUsageLines(world.engine, customer)
    // 30 at 10.00 and 10 at 6.00; units 41 to 55 start one pack of 50 more than the first 40.
    expect(lines.map(({ quantity, amount }) => [quantity, amount])).toEqual([
      [40, 36_000],
      [15, 100],
    ])
  })

  test('100 GB held through a plan change cost 100.00 once, and so do 100 unique users', async () => {
    await on(11, 30)
    const customer = [await subscribed('gauge'), await subscribed('gauge'), await subscribed('gauge-100')]
    const report = async (one: { customerId: string }) => {
      for (let person = 0; person < 100; person += 1)
        await record(one, 'unique', 1, { properties: { who: person } })
      for (const meter of ['max', 'last']) await record(one, meter, 100)
    }
    await on(12, 5)
    for (const one of customer) await report(one)
    await on(12, 15)
    await upgradeSubscription(world.engine, { ...customer[1]!, planId: 'gauge-large' })
    await upgradeSubscription(world.engine, { ...customer[2]!, planId: 'gauge-150' })
    // No more values are reported: the last one still stands.
    await on(12, 31)
    const sums = async (one: { customerId: string }) => {
      const of: Record<string, number> = {}
      for (const line of await usageLines(one)) of[line.meter!] = (of[line.meter!] ?? 0) + line.amount
      return of
    }
    expect(await Promise.all(customer.map(sums))).toEqual([
      { max: 10_000, last: 10_000, unique: 10_000 },
      { max: 10_000, last: 10_000, unique: 10_000 },
      { max: 0, last: 0, unique: 0 },
    ])
  })

  test('the quota of a level is the current allowance less the current value', async () => {
    await world.passTo('2027-01-20T04:00:00Z')
    const customer = await subscribed('walled')
    await record(customer, 'last', 5)
    expect(await quota(customer, 'last')).toMatchObject({ included: 5, used: 5, remaining: 0 })
    await record(customer, 'last', 2)
    expect(await quota(customer, 'last')).toMatchObject({ used: 2, remaining: 3 })
    await world.passTo('2027-02-01T04:00:00Z')
    await upgradeSubscription(world.engine, { ...customer, planId: 'gauge-150' })
    expect(await quota(customer, 'last')).toMatchObject({ included: 150, used: 2, remaining: 148 })
  })

  test('a preview returns what remains of each allowance and warns where nothing does', async () => {
    await world.passTo('2027-03-01T04:00:00Z')
    const [who, ahead] = [await subscribed('chat'), await subscribed('large')]
    await take(who, 100)
    await take(ahead, 300)
    await world.passTo('2027-03-16T04:00:00Z')
    // (100 × 15 + 300 × 16) ÷ 31 = 203, of which 100 are used.
    expect(await previewChange(world.engine, { ...who, planId: 'large' })).toMatchObject({
      allowancesAfter: [{ meter: 'ai_chat', allowance: 203, used: 100, deficit: 0, remaining: 103 }],
      warnings: [],
    })
    const less = await previewChange(world.engine, { ...ahead, planId: 'chat', when: 'now' })
    // (300 × 15 + 100 × 16) ÷ 31 = 196, of which 300 are used.
    expect(less.allowancesAfter).toEqual([
      {
        meter: 'ai_chat',
        allowance: 196,
        granted: 0,
        used: 300,
        deficit: 0,
        reserved: 0,
        remaining: 0,
        deficitAfter: 104,
      },
    ])
    expect(less.warnings.map(({ code }) => code)).toContain('allowance_used_up')
    // Another interval starts a period: what was used beyond the share of 15 days, 145, counts in it.
    expect(await previewChange(world.engine, { ...ahead, planId: 'year', when: 'now' })).toMatchObject({
      allowancesAfter: [{ allowance: 100, used: 0, deficit: 155, remaining: 0 }],
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'allowance_used_up' })]),
    })
  })

  test('an allowance per seat counts the days of the seats, and needs a fee per seat', async () => {
    await world.passTo('2027-04-01T04:00:00Z')
    const charges = [
      { meter: 'ai_chat', included: 10, includedPer: 'seat' as const, overage: 'block' as const },
    ]
    await expect(
      putPlan(world.engine, { id: 'per-seat', name: 'x', fee: fee(100), charges }),
    ).rejects.toMatchObject({ code: 'invalid_plan', detail: { pointer: '/charges/0/includedPer' } })
    const level = {
      meter: 'last',
      included: 10,
      includedPer: 'seat' as const,
      overage: 'bill' as const,
      price: { model: 'per_unit' as const, rate: { amount: 100, per: 1 } },
    }
    await putPlan(world.engine, {
      id: 'per-seat',
      name: 'x',
      fee: { amount: 100, per: 'seat' },
      taxRate: '0',
      charges: [...charges, level],
    })
    const customer = await subscribed('per-seat')
    await record(customer, 'last', 30)
    await world.passTo('2027-04-16T04:00:00Z')
    await upgradeSubscription(world.engine, { ...customer, planId: 'per-seat', seats: 3 })
    // One seat for 15 days, three for 15: (10 × 15 + 30 × 15) ÷ 30.
    expect(await quota(customer)).toMatchObject({ included: 20 })
    expect(await quota(customer, 'last')).toMatchObject({ included: 30, used: 30, remaining: 0 })
    // A different seat count is a different charge of a level: 20 above 10 for half the month, then none
    // above 30.
    expect(
      (await getUsageLines(world.engine, customer)).lines
        .filter((line) => line.meter === 'last')
        .map(({ quantity, included, amount }) => [quantity, included, amount]),
    ).toEqual([
      [30, 10, 1000],
      [30, 30, 0],
    ])
  })

  test('a level with carry stands past the end of a period, not past the end of a subscription', async () => {
    await world.passTo('2027-05-01T04:00:00Z')
    await putMeter(world.engine, {
      key: 'files',
      name: 'Files',
      unit: 'GB',
      aggregation: 'last',
      carry: true,
    })
    await expect(
      putMeter(world.engine, { key: 'wrong', name: 'x', unit: 'x', aggregation: 'max', carry: true }),
    ).rejects.toMatchObject({ code: 'invalid_meter', detail: { pointer: '/carry' } })
    await putPlan(world.engine, {
      id: 'files',
      name: 'Files',
      fee: fee(100),
      taxRate: '0',
      charges: [
        {
          meter: 'files',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 100, per: 1 } },
        },
      ],
    })
    const customer = await subscribed('files')
    await record(customer, 'files', 7)
    await world.passTo('2027-07-02T04:00:00Z')
    expect((await usageLines(customer)).map(({ quantity, amount }) => [quantity, amount])).toEqual([
      [7, 700],
      [7, 700],
    ])
    expect(await quota(customer, 'files')).toMatchObject({ used: 7 })
    await cancelSubscription(world.engine, { ...customer, when: 'now' })
    await world.passTo('2027-07-04T04:00:00Z')
    await createSubscription(world.engine, { ...customer, planId: 'files' })
    expect(await quota(customer, 'files')).toMatchObject({ used: 0 })
  })

  test('an upgrade with the full allowance is paid once from the usage period’s first day', async () => {
    await world.passTo('2027-09-01T04:00:00Z')
    await putPlan(world.engine, {
      id: 'whole',
      name: 'Whole',
      rank: 5,
      fee: fee(90_000),
      taxRate: '0',
      charges: [{ meter: 'ai_chat', included: 300, overage: 'block', onUpgrade: 'full' }],
    })
    const [who, twice] = [await subscribed('chat'), await subscribed('chat')]
    expect(await take(who, 1000)).toBe(100)
    await world.passTo('2027-09-11T04:00:00Z')
    await upgradeSubscription(world.engine, { ...twice, planId: 'large' })
    await world.passTo('2027-09-16T04:00:00Z')
    const preview = await previewChange(world.engine, { ...who, planId: 'whole' })
    expect(preview).toMatchObject({
      total: 60_000,
      allowancesAfter: [{ allowance: 300, used: 100, remaining: 200 }],
    })
    const { invoice } = await upgradeSubscription(world.engine, {
      ...who,
      planId: 'whole',
      quoteId: preview.quoteId,
    })
    expect(invoice!.lines.map(({ kind, amount, period }) => [kind, amount, period.start])).toEqual([
      ['unused_time', -30_000, '2027-09-01'],
      ['fee', 90_000, '2027-09-01'],
    ])
    expect(await take(who, 1000)).toBe(200)
    // The first change left 100.00 of the ten days on the first plan: they are credited too.
    const second = await upgradeSubscription(world.engine, { ...twice, planId: 'whole' })
    expect(second.invoice!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['unused_time', -10_000],
      ['unused_time', -40_000],
      ['fee', 90_000],
    ])
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    const again = await generateInvoice(world.engine, { ...who, period: invoice!.period.label })
    expect(again!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['unused_time', -30_000],
      ['fee', 90_000],
    ])
  })
})
