import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createSubscription,
  getAllPlans,
  getPlan,
  getSeller,
  getSubscription,
  listMeters,
  plansFor,
  putMeter,
  putPlan,
  putSeller,
  type PlanInput,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

const fee = { amount: 100, per: 'subscription' as const }

describe.each(testDatabases)('plans, meters and the seller on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
  })
  afterAll(() => world.close())

  test('without seller details no invoice can be issued', async () => {
    await expect(getSeller(world.engine)).rejects.toMatchObject({ code: 'not_found' })
    await seedCustomer(world.engine, 'early')
    await putPlan(world.engine, { id: 'paid', name: 'Paid', fee })
    await putPlan(world.engine, { id: 'gift', name: 'Gift', fee: { amount: 0, per: 'subscription' } })
    await expect(
      createSubscription(world.engine, { customerId: 'early', planId: 'paid' }),
    ).rejects.toMatchObject({ code: 'seller_missing' })
    // The rejected command left nothing behind; a plan without a fee needs no invoice and so no seller.
    expect(await getSubscription(world.engine, { customerId: 'early' })).toMatchObject({
      status: 'none',
      plan: null,
    })
    expect(await createSubscription(world.engine, { customerId: 'early', planId: 'gift' })).toMatchObject({
      invoice: null,
      subscription: { status: 'active' },
    })
  })

  test("the seller's time zone must exist", async () => {
    await seedCatalogue(world.engine)
    const seller = await getSeller(world.engine)
    await expect(putSeller(world.engine, { ...seller, timezone: 'Asia/Hangzhou' })).rejects.toMatchObject({
      code: 'invalid_time_zone',
      detail: { pointer: '/timezone' },
    })
    expect(await getSeller(world.engine)).toMatchObject({
      taxId: '91330100799655058B',
      timezone: 'Asia/Shanghai',
    })
  })

  test('omitted fields have the documented defaults', async () => {
    expect(await getPlan(world.engine, { planId: 'paid' })).toMatchObject({
      version: 1,
      currency: 'CNY',
      interval: 'month',
      intervalCount: 1,
      alignment: 'anniversary',
      seats: { min: 1, max: null },
      trialDays: 0,
      taxRate: '6',
      taxMode: 'exclusive',
      paymentTermsDays: 15,
      graceHours: 1,
      charges: [],
      archived: false,
      name: { 'zh-CN': 'Paid', en: 'Paid' },
    })
  })

  test('a plan may omit seats and description, and both stay empty', async () => {
    const plan = await putPlan(world.engine, {
      id: 'no-seats',
      name: 'No seats',
      seats: null,
      fee: { amount: 100, per: 'subscription' },
    })
    expect([
      plan.seats,
      plan.description,
      (await getPlan(world.engine, { planId: 'no-seats' })).seats,
    ]).toEqual([null, null, null])
    await expect(
      putPlan(world.engine, {
        id: 'per-seat',
        name: 'Per seat',
        seats: null,
        fee: { amount: 100, per: 'seat' },
      }),
    ).rejects.toMatchObject({ code: 'invalid_plan', detail: { pointer: '/seats' } })
    await seedCustomer(world.engine, 'seatless')
    const { subscription } = await createSubscription(world.engine, {
      customerId: 'seatless',
      planId: 'no-seats',
    })
    expect(subscription.seats).toBeNull()
  })

  test('the same content keeps the version, other content makes the next one', async () => {
    const first = await putPlan(world.engine, { id: 'grow', name: 'Grow', fee })
    expect(
      await putPlan(world.engine, { fee, name: { en: 'Grow', 'zh-CN': 'Grow' }, taxRate: '6', id: 'grow' }),
    ).toEqual(first)
    expect(
      await putPlan(world.engine, { id: 'grow', name: 'Grow', fee: { ...fee, amount: 200 } }),
    ).toMatchObject({ version: 2, fee: { amount: 200 } })
    expect(await putPlan(world.engine, { id: 'grow', name: 'Grow', fee })).toMatchObject({
      version: 3,
      fee: { amount: 100 },
    })
    expect(await getPlan(world.engine, { planId: 'grow' })).toMatchObject({ version: 3 })
    expect(await getPlan(world.engine, { planId: 'grow', version: 1 })).toEqual(first)
    for (const input of [{ planId: 'grow', version: 4 }, { planId: 'nothing' }])
      await expect(getPlan(world.engine, input)).rejects.toMatchObject({ code: 'plan_not_found' })
  })

  test('putting one plan many times at once makes one version', async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, () => putPlan(world.engine, { id: 'raced', name: 'Raced', fee })),
    )
    expect(new Set(made.map((plan) => plan.version))).toEqual(new Set([1]))
  })

  test('a subscriber stays on their version', async () => {
    await seedCustomer(world.engine, 'loyal')
    await putPlan(world.engine, { id: 'rising', name: 'Rising', fee })
    await createSubscription(world.engine, { customerId: 'loyal', planId: 'rising' })
    await putPlan(world.engine, { id: 'rising', name: 'Rising', fee: { amount: 900, per: 'subscription' } })
    expect((await getSubscription(world.engine, { customerId: 'loyal' })).plan).toMatchObject({
      version: 1,
      fee: { amount: 100 },
    })
    const offered = await plansFor(world.engine, { customerId: 'loyal' })
    expect(offered.filter((plan) => plan.id === 'rising')).toMatchObject([
      { version: 1, relation: 'current' },
    ])
  })

  test('an archived plan takes no new subscribers and is listed only on request', async () => {
    await seedCustomer(world.engine, 'late-comer')
    await putPlan(world.engine, { id: 'old', name: 'Old', fee, archived: true })
    await expect(
      createSubscription(world.engine, { customerId: 'late-comer', planId: 'old' }),
    ).rejects.toMatchObject({ code: 'plan_archived' })
    expect((await getAllPlans(world.engine)).some((plan) => plan.id === 'old')).toBe(false)
    expect(
      (await getAllPlans(world.engine, { includeArchived: true })).find((plan) => plan.id === 'old'),
    ).toMatchObject({ archived: true })
  })

  test('an archived plan leaves the list with all its versions', async () => {
    await putPlan(world.engine, { id: 'fading', name: 'Fading', fee })
    await putPlan(world.engine, { id: 'fading', name: 'Fading', fee, archived: true })
    expect((await getAllPlans(world.engine)).some((plan) => plan.id === 'fading')).toBe(false)
  })

  test('more archived plans than the list holds never push out active ones', async () => {
    const onSale = (await getAllPlans(world.engine)).map((plan) => plan.id)
    const { id: _, version: __, ...spec } = await getPlan(world.engine, { planId: 'old' })
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into plans (id, version, spec, created_at)
          select 'archived-' || n, 1, $1::jsonb || jsonb_build_object('rank', -n, 'archived', true), now()
          from generate_series(1, 250) n`,
        [JSON.stringify(spec)],
      ),
    )
    await putPlan(world.engine, { id: 'zuletzt', name: 'Last by name and rank', rank: 999, fee })
    expect((await getAllPlans(world.engine)).map((plan) => plan.id)).toEqual([...onSale, 'zuletzt'])
    await seedCustomer(world.engine, 'chooser')
    expect((await plansFor(world.engine, { customerId: 'chooser' })).map((plan) => plan.id)).toContain(
      'zuletzt',
    )
    const listed = await getAllPlans(world.engine, { includeArchived: true })
    expect(listed).toHaveLength(200)
    expect(listed.filter((plan) => !plan.archived).map((plan) => plan.id)).toEqual([...onSale, 'zuletzt'])
  })

  const perUnit = { model: 'per_unit' as const, rate: { amount: 1, per: 1 } }
  const cheap = { amount: 1, per: 1 }
  test.each<[string, Partial<PlanInput>, string, string]>([
    [
      'tiers that fall',
      {
        charges: [
          {
            meter: 'ai_chat',
            included: 0,
            overage: 'bill',
            price: {
              model: 'graduated',
              tiers: [
                { upTo: 10, rate: cheap },
                { upTo: 5, rate: cheap },
                { upTo: null, rate: cheap },
              ],
            },
          },
        ],
      },
      'invalid_plan',
      '/charges/0/price/tiers/1/upTo',
    ],
    [
      'a last tier with a bound',
      {
        charges: [
          {
            meter: 'ai_chat',
            included: 0,
            overage: 'bill',
            price: { model: 'graduated', tiers: [{ upTo: 10, rate: cheap }] },
          },
        ],
      },
      'invalid_plan',
      '/charges/0/price/tiers/0/upTo',
    ],
    [
      'a meter charged twice',
      {
        charges: [
          { meter: 'ai_chat', included: 0, overage: 'bill', price: perUnit },
          { meter: 'ai_chat', included: 5, overage: 'block' },
        ],
      },
      'invalid_plan',
      '/charges/1/meter',
    ],
    [
      'billed overage without a price',
      { charges: [{ meter: 'ai_chat', included: 0, overage: 'bill' }] },
      'invalid_plan',
      '/charges/0/price',
    ],
    [
      'blocked overage with a price',
      { charges: [{ meter: 'ai_chat', included: 0, overage: 'block', price: perUnit }] },
      'invalid_plan',
      '/charges/0/price',
    ],
    ['fewer seats at most than at least', { seats: { min: 5, max: 4 } }, 'invalid_plan', '/seats/max'],
    [
      'more included than can be counted exactly at three decimals',
      { charges: [{ meter: 'storage', included: 9_007_199_254_741, overage: 'block' }] },
      'invalid_plan',
      '/charges/0/included',
    ],
    ['a tax rate that is no number', { taxRate: '6%' }, 'invalid_plan', '/taxRate'],
    [
      'a meter nobody knows',
      { charges: [{ meter: 'nonsense', included: 1, overage: 'block' }] },
      'meter_not_found',
      '/charges/0/meter',
    ],
    ['no currency', { currency: 'RMB' }, 'invalid_currency', '/currency'],
  ])('a plan with %s is rejected with a pointer to the fault', async (_what, part, code, pointer) => {
    await expect(putPlan(world.engine, { id: 'bad', name: 'Bad', fee, ...part })).rejects.toMatchObject({
      code,
      detail: { pointer },
    })
    await expect(getPlan(world.engine, { planId: 'bad' })).rejects.toMatchObject({ code: 'plan_not_found' })
  })

  test('a meter can be renamed; what stored usage depends on cannot change', async () => {
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls', decimals: 2 })
    expect(
      await putMeter(world.engine, { key: 'calls', name: { 'zh-CN': '通话', en: 'Calls' }, unit: 'min' }),
    ).toMatchObject({ name: { 'zh-CN': '通话' }, decimals: 2, aggregation: 'sum' })
    await expect(
      putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'min', decimals: 3 }),
    ).rejects.toMatchObject({ code: 'meter_in_use', detail: { pointer: '/decimals' } })
    await expect(
      putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'min', aggregation: 'count' }),
    ).rejects.toMatchObject({ code: 'meter_in_use', detail: { pointer: '/aggregation' } })
    const keys = (await listMeters(world.engine)).map((meter) => meter.key)
    expect(keys).toEqual([...keys].sort())
  })
})
