import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelSubscription,
  createSubscription,
  getAdvice,
  getInvoices,
  getPlan,
  getUsageSummary,
  putDiscount,
  putPlan,
  recordUsage,
  upgradeSubscription,
  type PlanInput,
} from '../index.ts'
import type { Advice } from './advice.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

// 1 November 2026 in Shanghai begins at 16:00 on 31 October in UTC; November has 30 days.
const november = '2026-10-31T16:00:00Z'

describe.each(testDatabases)('plan advice on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, november)
    await seedCatalogue(world.engine)
    const put = (plan: PlanInput) => putPlan(world.engine, plan)
    await put({
      id: 'team-year',
      name: { 'zh-CN': '团队版', en: 'Team' },
      rank: 11,
      interval: 'year',
      fee: { amount: 600_000, per: 'subscription' },
      charges: (await put(team)).charges,
    })
    await put({
      id: 'retired',
      name: 'Retired',
      rank: 1,
      archived: true,
      fee: { amount: 1, per: 'subscription' },
    })
    await put({
      id: 'dear',
      name: 'Dear',
      rank: 99,
      fee: { amount: 1, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 1_000_000_000_000, per: 1 } },
        },
      ],
    })
  })
  afterAll(() => world.close())

  const start = async (customerId: string, planId = 'team', seats?: number) => {
    world.set(november)
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId, seats })
  }
  let count = 0
  /** Each at noon of its date in Shanghai. */
  const use = async (customerId: string, meter: string, byDate: Record<string, number>) => {
    for (const [date, quantity] of Object.entries(byDate)) {
      await world.passTo(`${date}T04:00:00Z`)
      const { rejected } = await recordUsage(world.engine, [
        { id: `e${(count += 1)}`, customerId, meter, quantity },
      ])
      expect(rejected).toEqual([])
    }
  }
  const advice = (customerId: string) => getAdvice(world.engine, { customerId })
  const on = ({ plans }: Advice, planId: string) => plans.find((plan) => plan.planId === planId)!

  test('the advice for the current plan equals what was billed, line by line', async () => {
    await start('acme')
    await use('acme', 'ai_chat', { '2026-11-05': 900, '2026-11-20': 500 })
    await world.passTo('2026-12-02T04:00:00Z')
    const { data } = await getInvoices(world.engine, { customerId: 'acme' })
    const lines = data
      .flatMap((invoice) => invoice.lines)
      .filter((line) => line.period.start === '2026-11-01')
    const billed = (kind: string) =>
      lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.amount, 0)
    const result = on(await advice('acme'), 'team')
    expect([result.fee, result.usage, result.difference]).toEqual([billed('fee'), billed('usage'), 0])
    // ¥599.00, 400 chats at 5 分, 6 % tax.
    expect(result).toMatchObject({
      fee: 59_900,
      usage: 2_000,
      discount: 0,
      tax: 3_714,
      total: 65_614,
      fits: true,
      obstacles: [],
    })
    expect(result.meters[0]).toEqual({
      meter: 'ai_chat',
      used: 1_400,
      included: 1_000,
      overage: 400,
      amount: 2_000,
      overagePolicy: 'bill',
      runsOutAt: null,
    })
  })

  test('every active plan is rated on the same usage, and one that would block does not fit', async () => {
    const { period, plans, recommendation } = await advice('acme')
    expect(period).toEqual({ start: '2026-11-01', end: '2026-12-01', label: '2026-11' })
    expect(plans.map(({ planId, total, fits }) => [planId, total, fits])).toEqual([
      ['free', 0, false],
      ['team', 65_614, true],
      ['team-year', 54_394, true], // 600,000 × 30 ÷ 365 = 49,315 and 2,000 of usage, 6 % of that is 3,079
      ['seats', 20_988, false], // the minimum of two seats at ¥99 each
      ['business', 211_894, true],
    ])
    expect(on({ plans } as Advice, 'business').difference).toBe(211_894 - 65_614)
    expect(on({ plans } as Advice, 'free').meters[0]).toMatchObject({
      included: 20,
      overage: 1_380,
      amount: 0,
      overagePolicy: 'block',
    })
    expect(recommendation).toEqual({ planId: 'team-year', saves: 65_614 - 54_394 })
  })

  test('a plan without a charge for a used meter does not fit, however cheap', async () => {
    await start('tokens', 'team')
    await use('tokens', 'tokens', { '2026-11-05': 150_000 })
    await world.passTo('2026-12-02T04:00:00Z')
    const result = await advice('tokens')
    expect(on(result, 'business')).toMatchObject({
      fits: false,
      meters: [
        { meter: 'ai_chat' },
        { meter: 'tokens', used: 150_000, overage: 150_000, amount: 0, overagePolicy: null },
      ],
    })
    expect(on(result, 'team')).toMatchObject({ usage: 2_000, fits: true })
  })

  test("advice uses the customer's discounts and seats", async () => {
    await start('many', 'seats', 50)
    await putPlan(world.engine, {
      id: 'small',
      name: { 'zh-CN': '小团队版', en: 'Small' },
      rank: 12,
      fee: { amount: 5_000, per: 'seat' },
      seats: { min: 1, max: 20 },
    })
    await putDiscount(world.engine, {
      customerId: 'many',
      discountId: 'half',
      kind: 'percent',
      value: '50',
      appliesTo: 'fee',
      from: '2026-11-01',
    })
    await world.passTo('2026-12-02T04:00:00Z')
    const result = await advice('many')
    expect(on(result, 'seats')).toMatchObject({ seats: 50, fee: 495_000, discount: 247_500, total: 262_350 })
    expect(on(result, 'small')).toMatchObject({
      seats: 20,
      fits: false,
      obstacles: [
        { code: 'seats', detail: { 'zh-CN': '当前有 50 个席位，小团队版最多 20 个，请先减少席位。' } },
      ],
    })
  })

  test('before the first period ends nothing is rated, and the response says from when', async () => {
    await start('new')
    await use('new', 'ai_chat', { '2026-11-16': 600 })
    const result = await advice('new')
    expect(result).toMatchObject({
      period: null,
      availableFrom: '2026-12-01',
      plans: [],
      recommendation: null,
    })
    expect(result.forecast?.meters[0]).toMatchObject({
      meter: 'ai_chat',
      used: 600,
      errorBasisPoints: null,
      tried: [],
    })
    // A customer who leaves before has no plans to compare.
    await cancelSubscription(world.engine, { customerId: 'new', when: 'period_end' })
    expect(await advice('new')).toMatchObject({
      period: null,
      availableFrom: null,
      forecast: result.forecast,
    })
    await seedCustomer(world.engine, 'nobody')
    expect(await advice('nobody')).toEqual({
      currency: 'CNY',
      period: null,
      availableFrom: null,
      plans: [],
      recommendation: null,
      forecast: null,
    })
  })

  test("the forecast equals the usage page's, with its error on the same day of earlier months", async () => {
    await start('steady')
    // November 1,000 of which 400 by the 10th; December 1,240, 400 by then; January 1,550, 1,000.
    await use('steady', 'ai_chat', {
      '2026-11-10': 400,
      '2026-11-25': 600,
      '2026-12-10': 400,
      '2026-12-25': 840,
      '2027-01-10': 1_000,
      '2027-01-25': 550,
      '2027-02-05': 300,
    })
    await world.passTo('2027-02-11T04:00:00Z')
    const { forecast } = await advice('steady')
    expect(forecast).toMatchObject({ method: 'straight_line', day: 11, days: 28 })
    expect(forecast!.meters[0]!.tried).toEqual([
      { period: '2027-01', forecast: 3_100, actual: 1_550 },
      { period: '2026-12', forecast: 1_240, actual: 1_240 },
      { period: '2026-11', forecast: 1_200, actual: 1_000 },
    ])
    expect(forecast!.meters[0]!.errorBasisPoints).toBe(4_000) // (100 % + 0 % + 20 %) ÷ 3
    const summary = await getUsageSummary(world.engine, { customerId: 'steady' })
    expect(forecast!.meters[0]).toMatchObject({
      forecast: summary.meters[0]!.forecast,
      runsOutAt: summary.meters[0]!.runsOutAt,
      used: 300,
    })
  })

  test('each plan shows when its allowance runs out at the current pace', async () => {
    await start('pace')
    await use('pace', 'ai_chat', { '2026-11-02': 1, '2026-12-06': 500 })
    await world.passTo('2026-12-10T16:00:00Z') // after ten days 500 are used: fifty a day
    const runsOut = (await advice('pace')).plans.map(({ planId, meters }) => [
      planId,
      meters.find(({ meter }) => meter === 'ai_chat')?.runsOutAt,
    ])
    expect(runsOut).toEqual(
      expect.arrayContaining([
        ['free', '2026-12-01'],
        ['team', '2026-12-21'],
        ['seats', '2026-12-07'],
        ['business', null],
      ]),
    )
  })

  test('a blocking plan that would run out does not fit, but the first days decide nothing', async () => {
    await start('grown', 'seats', 2)
    await use('grown', 'ai_chat', { '2026-11-10': 100, '2026-12-02': 60 })
    await world.passTo('2026-12-03T04:00:00Z')
    expect(on(await advice('grown'), 'seats').meters[0]).toMatchObject({
      runsOutAt: '2026-12-13',
      overagePolicy: 'block',
    })
    expect([(await advice('grown')).recommendation, on(await advice('grown'), 'seats').fits]).toMatchObject([
      { planId: 'seats', saves: 0 },
      true,
    ])
    await use('grown', 'ai_chat', { '2026-12-08': 140 })
    expect(on(await advice('grown'), 'seats')).toMatchObject({
      fits: false,
      meters: [{ used: 100, overage: 0, runsOutAt: '2026-12-11' }],
    }) // 200 in 7.5 days: 100 last 3 whole days
    expect((await advice('grown')).recommendation?.planId).toBe('team-year')
  })

  test('each plan is rated for the whole period, whatever change it had', async () => {
    await start('moved')
    await world.passTo('2026-11-15T04:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'moved', planId: 'business' })
    await world.passTo('2026-12-02T04:00:00Z')
    const result = await advice('moved')
    expect([on(result, 'team').fee, on(result, 'business').fee, on(result, 'business').difference]).toEqual([
      59_900, 199_900, 0,
    ])
  })

  test('a plan that lacks a current feature is not recommended, and shows what it lacks', async () => {
    const charges = (await getPlan(world.engine, { planId: 'team' })).charges
    const [keep, both] = [
      { 'zh-CN': '知识库', en: 'Knowledge base' },
      { 'zh-CN': '单点登录', en: 'Single sign-on' },
    ]
    await putPlan(world.engine, {
      id: 'rich',
      name: 'Rich',
      rank: 50,
      fee: { amount: 90_000, per: 'subscription' },
      charges,
      features: [keep, both],
    })
    await putPlan(world.engine, {
      id: 'rich-less',
      name: 'Rich less',
      rank: 49,
      fee: { amount: 100, per: 'subscription' },
      charges,
      features: [keep],
    })
    await start('features', 'rich')
    await world.passTo('2026-12-15T04:00:00Z')
    const result = await advice('features')
    expect([result.recommendation, on(result, 'rich-less').loses, on(result, 'rich').loses]).toEqual([
      { planId: 'rich', saves: 0 },
      [both],
      [],
    ])
    for (const id of ['rich', 'rich-less'])
      await putPlan(world.engine, {
        id,
        name: 'Rich',
        archived: true,
        fee: { amount: 100, per: 'subscription' },
      })
  })

  test('a plan cheaper last month but dearer this month is not recommended', async () => {
    const charge = (included: number): PlanInput['charges'] => [
      {
        meter: 'ai_chat',
        included,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 100, per: 1 } },
      },
    ]
    await putPlan(world.engine, {
      id: 'wide',
      name: 'Wide',
      rank: 50,
      fee: { amount: 20_000, per: 'subscription' },
      charges: charge(1_000),
    })
    await putPlan(world.engine, {
      id: 'narrow',
      name: 'Narrow',
      rank: 49,
      fee: { amount: 10_000, per: 'subscription' },
      charges: charge(500),
    })
    await start('swing', 'wide')
    // Nothing in November; 900 on 3 December and 200 on the 7th: narrow would cost ¥100 + 600 × ¥1, wide ¥200
    // + 100 × ¥1.
    await use('swing', 'ai_chat', { '2026-12-03': 900, '2026-12-07': 200 })
    const result = await advice('swing')
    expect([
      on(result, 'narrow').difference < 0,
      on(result, 'narrow').soFar,
      on(result, 'wide').soFar,
    ]).toEqual([true, 70_000, 30_000])
    expect(result.recommendation?.planId).not.toBe('narrow')
    expect(result.forecast!.meters[0]).toMatchObject({
      used: 1_100,
      included: 1_000,
      overage: 100,
      overagePolicy: 'bill',
      usedUpOn: '2026-12-07',
      runsOutAt: null,
    })
  })
})

const team: PlanInput = {
  id: 'team',
  name: { 'zh-CN': '团队版', en: 'Team' },
  rank: 10,
  fee: { amount: 59_900, per: 'subscription' },
  charges: [
    {
      meter: 'ai_chat',
      included: 1000,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
    },
    {
      meter: 'tokens',
      included: 100_000,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 40, per: 1000 } },
    },
    {
      meter: 'storage',
      included: 10,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 12, per: 1 } },
    },
  ],
}
