import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelSubscription,
  changeSubscription,
  createSubscription,
  deleteDiscount,
  getCoupon,
  getInvoices,
  issueCreditNote,
  listCoupons,
  listDiscounts,
  listRedemptions,
  previewChange,
  putCoupon,
  putDiscount,
  putMeter,
  putPlan,
  recordUsage,
  redeemCoupon,
  upgradeSubscription,
  voidEvents,
  voidInvoice,
} from '../src/index.ts'
import type { CouponInput } from '../src/catalogue/coupon.ts'
import { addDays } from '../src/values/date.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('coupons on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls' })
    const charges = [
      {
        meter: 'calls',
        included: 0,
        overage: 'bill' as const,
        price: { model: 'per_unit' as const, rate: { amount: 10, per: 1 } },
      },
    ]
    const plan = { taxRate: '0', charges }
    const fee = (amount: number) => ({ amount, per: 'subscription' as const })
    await putPlan(world.engine, { ...plan, id: 'none', name: 'None', fee: fee(0) })
    await putPlan(world.engine, { ...plan, id: 'small', name: 'Small', rank: 1, fee: fee(10_000) })
    await putPlan(world.engine, { ...plan, id: 'large', name: 'Large', rank: 2, fee: fee(30_000) })
    await putPlan(world.engine, {
      ...plan,
      id: 'tried',
      name: 'Tried',
      rank: 1,
      fee: fee(10_000),
      trialDays: 14,
    })
    await putPlan(world.engine, {
      ...plan,
      id: 'year',
      name: 'Year',
      rank: 3,
      interval: 'year',
      fee: fee(200_000),
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  let made = 0
  const coupon = (rest: Partial<CouponInput>) =>
    putCoupon(world.engine, { code: `CODE-${(made += 1)}`, kind: 'percent', value: '20', ...rest })
  let customers = 0
  const customer = async () => {
    const customerId = `customer ${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    return customerId
  }
  const begin = (customerId: string, planId: string, code?: string) =>
    createSubscription(world.engine, { customerId, planId, ...(code ? { coupon: code } : {}) })
  const to = (customerId: string, planId: string, code?: string) =>
    changeSubscription(world.engine, { customerId, planId, ...(code ? { coupon: code } : {}) })
  const totals = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
      .filter(({ status }) => status !== 'draft' && status !== 'void')
      .map((invoice) => [invoice.total, invoice.discountTotal])
      .reverse()
  let events = 0
  const use = async (customerId: string, quantity: number, time: string) => {
    const id = `e${(events += 1)}`
    expect(
      await recordUsage(world.engine, [{ id, customerId, meter: 'calls', quantity, time }]),
    ).toMatchObject({
      accepted: 1,
    })
    return id
  }
  const refused = (code: string) => expect.objectContaining({ code })

  test('20 % for three periods: the start and the two renewals after it, fee and usage', async () => {
    const { code } = await coupon({ periods: 3 })
    const id = await customer()
    const preview = await previewChange(world.engine, {
      customerId: id,
      planId: 'small',
      coupon: ` ${code.toLowerCase()} `,
    })
    expect(preview).toMatchObject({ total: 8_000, discountTotal: 2_000, notices: [] })
    expect(await getCoupon(world.engine, { code })).toMatchObject({ redemptions: 0 })
    const { invoice } = await createSubscription(world.engine, {
      customerId: id,
      planId: 'small',
      coupon: code,
      quoteId: preview.quoteId,
    })
    expect(invoice).toMatchObject({ total: 8_000, discounts: [{ id: `coupon-${code}-1`, amount: 2_000 }] })
    expect(await getCoupon(world.engine, { code })).toMatchObject({ redemptions: 1 })
    expect(await listRedemptions(world.engine, { customerId: id })).toMatchObject({
      data: [{ code, redeemedBy: 'vendor', periodsLeft: 2, discount: { from: '2027-06-01', until: null } }],
    })
    await use(id, 100, '2027-06-01T01:00:00Z')
    // From July on the fee of August and the usage of July, of September and August, of October alone.
    await world.passTo('2027-10-02T00:00:00Z')
    expect(await totals(id)).toEqual([
      [8_000, 2_000],
      [8_800, 2_200],
      [8_000, 2_000],
      [10_000, 0],
      [10_000, 0],
    ])
    expect(await listRedemptions(world.engine, { customerId: id })).toMatchObject({
      data: [{ periodsLeft: 0 }],
    })
    await expect(redeemCoupon(world.engine, { customerId: id, code })).rejects.toEqual(
      refused('coupon_already_redeemed'),
    )
    // Taking the discount away does not give the code back.
    await deleteDiscount(world.engine, { customerId: id, discountId: `coupon-${code}-1` })
    await expect(redeemCoupon(world.engine, { customerId: id, code })).rejects.toEqual(
      refused('coupon_already_redeemed'),
    )
    expect(await listRedemptions(world.engine, { customerId: id })).toMatchObject({
      data: [{ code, discount: null, periodsLeft: 0 }],
    })
  })

  test('redeemed within a period it counts from the next one, and the preview says so', async () => {
    const { code } = await coupon({ appliesTo: 'fee' })
    const [id, alone] = [await customer(), await customer()]
    await begin(id, 'small')
    await begin(alone, 'small')
    // On the very first day, after its fee was invoiced: from the next period on.
    expect(await redeemCoupon(world.engine, { customerId: alone, code })).toMatchObject({
      periodsLeft: 1,
      discount: { from: addDays(world.engine.now().slice(0, 10), 1) },
    })
    const later = new Date(Date.parse(world.engine.now()) + 10 * 86_400_000).toISOString()
    await world.passTo(later)
    const preview = await previewChange(world.engine, { customerId: id, planId: 'large', coupon: code })
    expect(preview.discountTotal).toBe(0)
    expect(preview.notices.map((notice) => notice.code)).toEqual(['coupon_begins_later'])
    expect(preview.nextInvoice).toMatchObject({ estimatedTotal: 24_000 })
    const { quoteId } = preview
    await expect(to(id, 'large')).resolves.toBeDefined()
    await expect(
      upgradeSubscription(world.engine, { customerId: id, planId: 'year', quoteId, coupon: code }),
    ).rejects.toEqual(refused('quote_outdated'))
    await redeemCoupon(world.engine, { customerId: id, code })
    await world.passTo(new Date(Date.parse(later) + 60 * 86_400_000).toISOString())
    expect((await totals(id)).slice(-2)).toEqual([
      [24_000, 6_000],
      [30_000, 0],
    ])
    expect((await totals(alone)).slice(-3)).toEqual([
      [10_000, 0],
      [8_000, 2_000],
      [10_000, 0],
    ])
  })

  test('a quote with a code is confirmed with that code only', async () => {
    const { code } = await coupon({})
    const other = await coupon({})
    const id = await customer()
    const ask = { customerId: id, planId: 'small' }
    const { quoteId } = await previewChange(world.engine, { ...ask, coupon: code })
    for (const coupon of [undefined, other.code])
      await expect(
        createSubscription(world.engine, { ...ask, quoteId, ...(coupon ? { coupon } : {}) }),
      ).rejects.toEqual(refused('quote_outdated'))
    // The terms changed meanwhile: no third number.
    await coupon({ code, value: '30' })
    await expect(createSubscription(world.engine, { ...ask, quoteId, coupon: code })).rejects.toEqual(
      refused('quote_outdated'),
    )
    expect(await getCoupon(world.engine, { code })).toMatchObject({ redemptions: 0 })
    expect(await listRedemptions(world.engine, { customerId: id })).toEqual({ data: [] })
  })

  test('a trial takes up no period of a coupon', async () => {
    const { code } = await coupon({ periods: 2 })
    const id = await customer()
    const preview = await previewChange(world.engine, { customerId: id, planId: 'tried', coupon: code })
    expect(preview).toMatchObject({ total: 0, nextInvoice: { estimatedTotal: 8_000 } })
    await begin(id, 'tried', code)
    await world.passTo(new Date(Date.parse(world.engine.now()) + 85 * 86_400_000).toISOString())
    expect(await totals(id)).toEqual([
      [8_000, 2_000],
      [8_000, 2_000],
      [10_000, 0],
    ])
  })

  test('a percentage takes at most its maximum of a period, also through changes and late usage', async () => {
    const { code } = await coupon({ maxAmount: 3_000, periods: null, appliesTo: 'all' })
    await world.passTo('2028-06-01T01:00:00Z')
    const id = await customer()
    expect((await begin(id, 'small', code)).invoice).toMatchObject({ total: 8_000 })
    await world.passTo('2028-06-16T01:00:00Z')
    // Half of 100.00 less half of 20.00 back, half of 300.00; of its 30.00 at most half is for these days.
    const { invoice } = await to(id, 'large')
    expect(invoice!.lines.map((line) => [line.amount, line.discount ?? 0])).toEqual([
      [-4_000, 0],
      [15_000, 1_500],
    ])
    const used = await use(id, 1_000, '2028-06-16T00:30:00Z')
    await world.passTo('2028-07-01T03:00:00Z')
    // June took 20.00 − 10.00 + 15.00; 5.00 are left for its usage of 100.00. July's fee takes 30.00.
    expect((await totals(id)).at(-1)).toEqual([40_000 - 500 - 3_000, 3_500])
    await voidEvents(world.engine, { customerId: id, ids: [used], reason: 'sent twice' })
    await world.passTo('2028-08-01T03:00:00Z')
    // The usage gives 100.00 − 5.00 back.
    expect((await totals(id)).at(-1)).toEqual([27_000 - 9_500, 3_000])
  })

  test('a longer interval: the preview says what the percentage takes', async () => {
    const { code } = await coupon({ periods: 3 })
    const id = await customer()
    await begin(id, 'small', code)
    await world.passTo(new Date(Date.parse(world.engine.now()) + 5 * 86_400_000).toISOString())
    const preview = await previewChange(world.engine, { customerId: id, planId: 'year' })
    expect(preview.warnings).toEqual([
      {
        code: 'percentage_of_interval',
        detail: {
          'zh-CN': `优惠码 ${code}（20%）将抵扣 ¥400.00：新的计费周期更长，按其金额计算。`,
          en: `Coupon ${code} (20%) takes ¥400.00 off: the new interval is longer, and a percentage of it is more.`,
        },
      },
    ])
    expect((await to(id, 'year')).invoice!.total).toBe(preview.total)
  })

  test('limits: dates, plans, currency, first-time customers, and what a code is', async () => {
    const today = world.engine.now().slice(0, 10)
    const id = await customer()
    const redeem = (code: string) => redeemCoupon(world.engine, { customerId: id, code })
    for (const [terms, answer] of [
      [{ archived: true }, 'coupon_not_found'],
      [{ redeemFrom: addDays(today, 2) }, 'coupon_not_found'],
      [{ redeemBy: addDays(today, -2) }, 'coupon_expired'],
      [{ kind: 'fixed', value: 100, currency: 'EUR' }, 'coupon_not_for_plan'],
    ] as const)
      await expect(redeem((await coupon(terms)).code)).rejects.toEqual(refused(answer))
    for (const code of ['', 'NO SUCH', '???', 'x'.repeat(10_000), "' or 1=1", 'ＣＯＤＥ'])
      await expect(redeem(code)).rejects.toEqual(refused('coupon_not_found'))
    await coupon({ code: 'ＷＩＤＥ－2', periods: null })
    expect(await redeem('wide-2')).toMatchObject({ code: 'WIDE-2', periodsLeft: null })

    const only = await coupon({ plans: ['large'], periods: null })
    await expect(begin(id, 'small', only.code)).rejects.toEqual(refused('coupon_not_for_plan'))
    const [first, second] = [await coupon({ firstTimeOnly: true }), await coupon({ firstTimeOnly: true })]
    await begin(id, 'small', first.code)
    await expect(redeem(second.code)).rejects.toEqual(refused('coupon_first_time_only'))
    await cancelSubscription(world.engine, { customerId: id, when: 'now', credit: true })
    await expect(begin(id, 'small', second.code)).rejects.toEqual(refused('coupon_first_time_only'))
    // A coupon for a plan lowers nothing of another, also after a move.
    const mover = await customer()
    await begin(mover, 'large', only.code)
    expect((await totals(mover)).at(-1)).toEqual([24_000, 6_000])
    await world.passTo(new Date(Date.parse(world.engine.now()) + 3 * 86_400_000).toISOString())
    expect((await to(mover, 'year')).invoice!.discountTotal).toBe(0)
    for (const [input, pointer] of [
      [{ code: 'ab' }, '/code'],
      [{ code: '-ABC' }, '/code'],
      [{ value: '101' }, '/value'],
      [{ kind: 'fixed', value: '5' }, '/value'],
      [{ kind: 'fixed', value: 5, maxAmount: 5 }, '/maxAmount'],
      [{ periods: 0 }, '/periods'],
      [{ perCustomer: 51 }, '/perCustomer'],
      [{ maxRedemptions: 0 }, '/maxRedemptions'],
      [{ redeemFrom: '2027-02-30' }, '/redeemFrom'],
      [{ redeemFrom: '2027-02-02', redeemBy: '2027-02-01' }, '/redeemBy'],
      [{ plans: [] }, '/plans'],
    ] as [Partial<CouponInput>, string][])
      await expect(coupon(input)).rejects.toMatchObject({ code: 'invalid_coupon', detail: { pointer } })
    await expect(coupon({ plans: ['nowhere'] })).rejects.toEqual(refused('plan_not_found'))
    const [held] = (await listDiscounts(world.engine, { customerId: mover })).data
    await expect(
      putDiscount(world.engine, {
        customerId: mover,
        discountId: held!.id,
        kind: 'percent',
        value: '99',
        appliesTo: 'all',
        from: '2027-01-01',
      }),
    ).rejects.toEqual(refused('invalid_discount'))
    const page = await listCoupons(world.engine, { limit: 100 })
    expect(page.data.map((one) => one.code)).toContain(only.code)
  })

  test('the last redemption goes to one of many, in the portal and by the vendor', async () => {
    const { code } = await coupon({ maxRedemptions: 3 })
    const ids = await Promise.all(Array.from({ length: 8 }, customer))
    const outcomes = await Promise.allSettled(
      ids.flatMap((customerId, index) => {
        const engine = index % 2 === 0 ? world.engine : actingFor(world.engine, customerId)
        return [
          redeemCoupon(engine, { customerId, code }),
          createSubscription(engine, { customerId, planId: 'small', coupon: code }),
        ]
      }),
    )
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
    for (const one of outcomes)
      if (one.status === 'rejected')
        expect(['coupon_used_up', 'coupon_already_redeemed']).toContain(one.reason.code)
    expect(await getCoupon(world.engine, { code })).toMatchObject({ redemptions: 3 })
  })

  test('a void start is billed again with its coupon, and a note gives back no more than was paid', async () => {
    const { code } = await coupon({ kind: 'fixed', value: 4_000, appliesTo: 'fee' })
    const id = await customer()
    const { invoice } = await begin(id, 'small', code)
    await voidInvoice(world.engine, { invoiceId: invoice!.id, reason: 'a slip' })
    await world.passTo(new Date(Date.parse(world.engine.now()) + 86_400_000).toISOString())
    const [again] = (await getInvoices(world.engine, { customerId: id })).data.filter(
      (one) => one.status === 'open',
    )
    expect(again).toMatchObject({ total: 6_000, discountTotal: 4_000 })
    await expect(
      issueCreditNote(world.engine, { invoiceId: again!.id, amount: 6_001, reason: 'all' }),
    ).rejects.toEqual(refused('amount_out_of_range'))
    await issueCreditNote(world.engine, { invoiceId: again!.id, amount: 6_000, reason: 'all' })
    await cancelSubscription(world.engine, { customerId: id, when: 'now', credit: true })
    expect((await totals(id)).reduce((sum, [total]) => sum + total!, 0)).toBe(0)
  })

  test('over any history a coupon takes at most its amount for each of its periods', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          terms: fc.constantFrom<Partial<CouponInput>>(
            { kind: 'fixed', value: 2_000, appliesTo: 'fee' },
            { kind: 'fixed', value: 2_000, appliesTo: 'all' },
            { kind: 'percent', value: '50', maxAmount: 2_000, appliesTo: 'all' },
            { kind: 'percent', value: '100', maxAmount: 2_000, appliesTo: 'fee' },
          ),
          periods: fc.integer({ min: 1, max: 3 }),
          steps: fc.array(
            fc.tuple(
              fc.constantFrom('none', 'small', 'large', 'year', 'end', 'start', 'use'),
              fc.integer({ min: 0, max: 20 }),
            ),
            { minLength: 3, maxLength: 9 },
          ),
        }),
        async ({ terms, periods, steps }) => {
          const { code } = await coupon({ ...terms, periods })
          const id = await customer()
          await begin(id, 'small', code)
          for (const [step, days] of steps) {
            await world.passTo(new Date(Date.parse(world.engine.now()) + days * 86_400_000).toISOString())
            try {
              if (step === 'end')
                await cancelSubscription(world.engine, { customerId: id, when: 'now', credit: true })
              else if (step === 'start') await begin(id, 'small')
              else if (step === 'use') await use(id, 300, world.engine.now())
              else await changeSubscription(world.engine, { customerId: id, planId: step, when: 'now' })
            } catch (error) {
              expect(error).toMatchObject({ code: expect.stringMatching(/^(no_active|subscription_exists)/) })
            }
          }
          await world.passTo(new Date(Date.parse(world.engine.now()) + 70 * 86_400_000).toISOString())
          const documents = await world.db.asOwner((tx) =>
            tx.query<{ taken: number }>(
              `select coalesce(sum((d->>'amount')::bigint), 0)::bigint as taken
                from invoices i
                cross join lateral jsonb_array_elements(i.document->'lines') l
                cross join lateral jsonb_array_elements(l->'discounts') d
                where i.customer_id = $1 and i.voided_at is null and d->>'id' = $2`,
              [id, `coupon-${code}-1`],
            ),
          )
          expect(documents[0]!.taken).toBeLessThanOrEqual(periods * 2_000)
          expect(documents[0]!.taken).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 8 },
    )
  })
})
