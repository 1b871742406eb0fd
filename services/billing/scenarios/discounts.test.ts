import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createCustomer,
  createSubscription,
  deleteDiscount,
  generateInvoice,
  getInvoices,
  getSubscription,
  listDiscounts,
  previewChange,
  putDiscount,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
  type Invoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('discounts on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls' })
    const volume = {
      model: 'volume' as const,
      tiers: [
        { upTo: 500, rate: { amount: 5, per: 1 } },
        { upTo: null, rate: { amount: 4, per: 1 } },
      ],
    }
    await putPlan(world.engine, {
      id: 'volume',
      name: 'Volume',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'calls', included: 0, overage: 'bill', price: volume }],
    })
    await putPlan(world.engine, {
      id: 'yen',
      name: 'Yen',
      currency: 'JPY',
      fee: { amount: 9_800, per: 'subscription' },
      taxRate: '10',
      taxMode: 'inclusive',
      charges: [{ meter: 'calls', included: 0, overage: 'bill', price: volume }],
    })
    await putPlan(world.engine, {
      id: 'dinar',
      name: 'Dinar',
      currency: 'BHD',
      fee: { amount: 25_755, per: 'subscription' },
      taxRate: '10',
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const on = (
    customerId: string,
    discountId: string,
    rest: Omit<Parameters<typeof putDiscount>[1], 'customerId' | 'discountId'>,
  ) => putDiscount(world.engine, { customerId, discountId, ...rest })
  const use = async (customerId: string, meter: string, quantity: number, time: string) => {
    if (time > world.engine.now()) await world.passTo(time)
    expect(
      await recordUsage(world.engine, [{ id: `${meter} ${time}`, customerId, meter, quantity, time }]),
    ).toMatchObject({ accepted: 1 })
  }
  const documents = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
  const newest = async (customerId: string) => (await documents(customerId))[0]!
  const shown = (invoice: Invoice) =>
    invoice.lines.map((line) => [line.kind, line.amount, line.discount ?? 0])

  test('20 % off in November reduces its fee and its usage, not the fee of December', async () => {
    await seedCustomer(world.engine, 'acme')
    expect(
      await on('acme', 'november', {
        kind: 'percent',
        value: '20',
        appliesTo: 'all',
        from: '2026-11-01',
        until: '2026-11-30',
      }),
    ).toEqual({
      id: 'november',
      name: { 'zh-CN': '折扣 20%', en: '20% discount' },
      kind: 'percent',
      value: '20',
      appliesTo: 'all',
      from: '2026-11-01',
      until: '2026-11-30',
    })
    const { invoice } = await createSubscription(world.engine, { customerId: 'acme', planId: 'team' })
    expect(invoice).toMatchObject({
      subtotal: 59_900,
      discounts: [{ id: 'november', name: { en: '20% discount' }, amount: 11_980 }],
      discountTotal: 11_980,
      taxes: [{ rate: '6', base: 47_920, amount: 2_875 }],
      total: 50_795,
    })
    await use('acme', 'ai_chat', 1_100, '2026-10-31T18:00:00Z')
    world.set('2026-11-30T16:30:00Z')
    const draft = await newest('acme')
    expect(draft).toMatchObject({ status: 'draft', discountTotal: 100 })
    await world.passTo('2026-11-30T18:00:00Z')
    const renewal = await newest('acme')
    expect(shown(renewal)).toEqual([
      ['fee', 59_900, 0],
      ['usage', 500, 100],
    ])
    expect(renewal).toMatchObject({
      total: draft.total,
      discountTotal: 100,
      taxes: [{ base: 60_300, amount: 3_618 }],
    })
  })

  test('late usage of November is reduced too, on December’s invoice', async () => {
    await use('acme', 'ai_chat', 40, '2026-11-29T00:00:00Z')
    await world.passTo('2026-12-31T18:00:00Z')
    expect(shown(await newest('acme'))).toEqual([
      ['fee', 59_900, 0],
      ['adjustment', 200, 40],
    ])
  })

  test('an upgrade after a discounted fee credits what was paid for the rest', async () => {
    await seedCustomer(world.engine, 'upgrades')
    await on('upgrades', 'start', {
      kind: 'percent',
      value: '33.33',
      appliesTo: 'fee',
      from: '2027-01-01',
      until: '2027-01-01',
      name: { 'zh-CN': '首月优惠', en: 'First month' },
    })
    const { invoice } = await createSubscription(world.engine, { customerId: 'upgrades', planId: 'team' })
    expect(invoice!.lines[0]).toMatchObject({ amount: 59_900, discount: 19_965 })
    world.set('2027-01-11T04:00:00Z')
    const preview = await previewChange(world.engine, { customerId: 'upgrades', planId: 'business' })
    const changed = await upgradeSubscription(world.engine, {
      customerId: 'upgrades',
      planId: 'business',
      quoteId: preview.quoteId,
    })
    // Of 31 days 10 are used: 19,323 of the fee and 6,440 of the discount. The rest of each is credited:
    // 40,577 less 13,525.
    expect([Math.round((59_900 * 10) / 31), Math.round((19_965 * 10) / 31)]).toEqual([19_323, 6_440])
    expect(shown(changed.invoice!)).toEqual([
      ['unused_time', -27_052, 0],
      ['fee', 135_416, 0],
    ])
    expect(changed.invoice!.lines[0]!.breakdown.map((part) => [part.kind, part.amount])).toEqual([
      ['gross', -40_577],
      ['taken_off', 13_525],
    ])
    expect(changed.invoice!.total).toBe(preview.total)
  })

  test('a preview shows the discount, and a discount that comes after it makes it outdated', async () => {
    const preview = await previewChange(world.engine, { customerId: 'acme', planId: 'business' })
    await on('acme', 'loyal', { kind: 'fixed', value: 10_000, appliesTo: 'fee', from: '2027-01-01' })
    await expect(
      upgradeSubscription(world.engine, {
        customerId: 'acme',
        planId: 'business',
        quoteId: preview.quoteId,
      }),
    ).rejects.toMatchObject({ code: 'quote_outdated' })
    const again = await previewChange(world.engine, { customerId: 'acme', planId: 'business' })
    // January began while it applies: 21 of its 31 days are left, 10,000 − 3,226. With 6 % tax that is 7,180
    // of the total (406 of 6,774).
    expect(again).toMatchObject({
      discountTotal: 6_774,
      discounts: [{ id: 'loyal', name: { 'zh-CN': '套餐费优惠' }, amount: 6_774 }],
      nextInvoice: { estimatedTotal: 201_294 },
    })
    expect(again.lines.map((line) => line.discount ?? 0)).toEqual([0, 6_774])
    expect(preview.total - again.total).toBe(7_180)
    await upgradeSubscription(world.engine, {
      customerId: 'acme',
      planId: 'business',
      quoteId: again.quoteId,
    })
    expect((await getSubscription(world.engine, { customerId: 'acme' })).nextInvoice).toMatchObject({
      at: '2027-02-01',
      estimatedTotal: 201_294,
    })
  })

  test('discounts apply in order, a fixed one once per usage period, and none below zero', async () => {
    await seedCustomer(world.engine, 'several')
    await on('several', 'z first', { kind: 'percent', value: '50', appliesTo: 'fee', from: '2027-01-01' })
    await on('several', 'a second', { kind: 'fixed', value: 20_000, appliesTo: 'all', from: '2027-01-01' })
    await on('several', 'z first', { kind: 'percent', value: '60', appliesTo: 'fee', from: '2027-01-01' })
    expect(
      (await listDiscounts(world.engine, { customerId: 'several' })).data.map((discount) => [
        discount.id,
        discount.value,
      ]),
    ).toEqual([
      ['z first', '60'],
      ['a second', 20_000],
    ])
    const { invoice } = await createSubscription(world.engine, { customerId: 'several', planId: 'team' })
    expect(invoice!.discounts.map((discount) => [discount.id, discount.amount])).toEqual([
      ['z first', 35_940],
      ['a second', 20_000],
    ])
    await use('several', 'ai_chat', 1_400, '2027-01-12T00:00:00Z')
    await world.passTo('2027-02-11T00:00:00Z')
    const renewal = await newest('several')
    // January's 20,000 went on its fee: its usage gets none of it, and February's fee has February's.
    expect(renewal.discounts.map((discount) => [discount.id, discount.amount])).toEqual([
      ['z first', 35_940],
      ['a second', 20_000],
    ])
    expect(shown(renewal)).toEqual([
      ['fee', 59_900, 35_940 + 20_000],
      ['usage', 2_000, 0],
    ])
    await on('several', 'a second', { kind: 'fixed', value: 1_000_000, appliesTo: 'all', from: '2027-01-01' })
    await world.passTo('2027-03-11T00:00:00Z')
    expect(await newest('several')).toMatchObject({
      subtotal: 59_900,
      discountTotal: 59_900,
      total: 0,
      status: 'paid',
    })
  })

  test('an issued invoice keeps a deleted discount; a replacement uses current ones', async () => {
    const [invoice] = await documents('several')
    await deleteDiscount(world.engine, { customerId: 'several', discountId: 'a second' })
    expect((await newest('several')).discountTotal).toBe(invoice!.discountTotal)
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    expect(
      await generateInvoice(world.engine, { customerId: 'several', period: invoice!.period.label }),
    ).toMatchObject({ subtotal: 59_900, discountTotal: 35_940 })
    await expect(
      deleteDiscount(world.engine, { customerId: 'several', discountId: 'a second' }),
    ).rejects.toMatchObject({ code: 'discount_not_found' })
  })

  test('late usage that makes a period cheaper credits what was paid, not what was discounted', async () => {
    await seedCustomer(world.engine, 'cheaper')
    await on('cheaper', 'march', {
      kind: 'percent',
      value: '20',
      appliesTo: 'usage',
      from: '2027-03-01',
      until: '2027-03-31',
    })
    await createSubscription(world.engine, { customerId: 'cheaper', planId: 'volume' })
    await use('cheaper', 'calls', 500, '2027-03-15T00:00:00Z')
    await world.passTo('2027-04-11T18:00:00Z')
    expect(shown(await newest('cheaper'))).toEqual([['usage', 2_500, 500]])
    // 501 at 4 are 2,004: 496 less than was billed, of which a fifth was never paid.
    await use('cheaper', 'calls', 1, '2027-03-20T00:00:00Z')
    await world.passTo('2027-05-12T00:00:00Z')
    const given = await newest('cheaper')
    expect(shown(given)).toEqual([['adjustment', -397, 0]])
    expect(given.lines[0]!.breakdown.map((part) => part.amount)).toEqual([2_004, -2_500, 99])
    expect(2_000 - 397).toBe(Math.round(2_004 * 0.8))
  })

  test.each([
    [
      'yen',
      'JPY',
      { kind: 'percent', value: '12.5' },
      {
        subtotal: 9_800,
        discountTotal: 1_225,
        taxes: [{ rate: '10', mode: 'inclusive', base: 7_795, amount: 780 }],
        total: 8_575,
      },
    ],
    [
      'dinar',
      'BHD',
      { kind: 'fixed', value: 1_005 },
      {
        subtotal: 25_755,
        discountTotal: 1_005,
        taxes: [{ rate: '10', mode: 'exclusive', base: 24_750, amount: 2_475 }],
        total: 27_225,
      },
    ],
  ] as const)(
    'a discount on plan %s in %s comes off before tax',
    async (planId, currency, discount, totals) => {
      await createCustomer(world.engine, { id: planId, companyName: planId, currency })
      await on(planId, 'd', { ...discount, appliesTo: 'all', from: '2027-01-01' })
      expect((await createSubscription(world.engine, { customerId: planId, planId })).invoice).toMatchObject(
        totals,
      )
    },
  )

  test.each([
    [{ kind: 'fixed', value: '12' }, '/value'],
    [{ kind: 'fixed', value: 0 }, '/value'],
    [{ kind: 'fixed', value: 1.5 }, '/value'],
    [{ kind: 'percent', value: 12 }, '/value'],
    [{ kind: 'percent', value: '0' }, '/value'],
    [{ kind: 'percent', value: '100.01' }, '/value'],
    [{ kind: 'percent', value: 'x' }, '/value'],
    [{ kind: 'percent', value: '5', from: '2026-02-30' }, '/from'],
    [{ kind: 'percent', value: '5', from: '0000-01-01' }, '/from'],
    [{ kind: 'percent', value: '5', until: '2026-12-31' }, '/until'],
  ] as const)('%j is rejected', async (wrong, pointer) => {
    await expect(
      on('acme', 'wrong', { appliesTo: 'all', from: '2027-01-01', ...wrong }),
    ).rejects.toMatchObject({ code: 'invalid_discount', detail: { pointer } })
  })

  test('a customer has at most fifty discounts', async () => {
    await seedCustomer(world.engine, 'many')
    for (let made = 0; made < 50; made += 1)
      await on('many', `d${made}`, { kind: 'fixed', value: 1, appliesTo: 'all', from: '2027-01-01' })
    await expect(
      on('many', 'one more', { kind: 'fixed', value: 1, appliesTo: 'all', from: '2027-01-01' }),
    ).rejects.toMatchObject({ code: 'too_many_discounts' })
    await on('many', 'd7', { kind: 'fixed', value: 2, appliesTo: 'all', from: '2027-01-01' })
  })

  test('reconciliation names a discount that differs from the lines', async () => {
    const [first] = (await documents('acme')).slice(-1)
    const set = (value: number) =>
      world.db.asOwner((tx) =>
        tx.query(
          `update invoices
            set document = jsonb_set(document, '{lines,0,discount}', '${value}')
            where id = '${first!.id}'`,
        ),
      )
    await set(11_981)
    const found = await mistakesOf(world)
    await set(11_980)
    expect(found).toContain(
      `an invoice that does not add up: what was taken off the lines is 11981, not 11980: ${first!.number}`,
    )
  })
})
