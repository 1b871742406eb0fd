import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  consume,
  createSubscription,
  getCustomer,
  getInvoices,
  getSubscription,
  plansFor,
  previewChange,
  putPlan,
  recordPayment,
  recordUsage,
  runBilling,
  upgradeSubscription,
  voidInvoice,
  type Invoice,
  type PlanInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const feeOf = (amount: number): Pick<PlanInput, 'fee'> => ({ fee: { amount, per: 'subscription' } })
const amounts = (invoice: Invoice | null) => invoice!.lines.map((line) => [line.kind, line.amount])

// 1 November 2026 in Shanghai begins at 16:00 on 31 October in UTC; November has 30 days.
describe.each(testDatabases)('plan changes on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
    const put = (plan: PlanInput) => putPlan(world.engine, plan)
    for (const id of ['level-a', 'level-b']) await put({ id, name: id, rank: 5, ...feeOf(30_000) })
    await put({ id: 'inclusive', name: 'Inclusive', rank: 12, ...feeOf(90_000), taxMode: 'inclusive' })
    await put({ id: 'pricey', name: 'Pricey', rank: 1, ...feeOf(900_000) })
    await put({ id: 'cheap', name: 'Cheap', rank: 30, ...feeOf(3_000) })
    await put({ id: 'dollars', name: 'Dollars', rank: 40, currency: 'USD', ...feeOf(1) })
    await put({ id: 'retired', name: 'Retired', rank: 40, archived: true, ...feeOf(1) })
    await put({ id: 'yearly', name: 'Yearly', rank: 40, interval: 'year', ...feeOf(1_000_000) })
  })
  afterAll(() => world.close())

  const subscribe = async (customerId: string, planId: string, seats?: number) => {
    world.set('2026-10-31T16:00:00Z')
    // The customers of earlier tests are done: their due work would only take time.
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    const { invoice } = await createSubscription(world.engine, { customerId, planId, seats })
    world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th: fifteen days are left
    return invoice
  }
  const upgrade = (customerId: string, planId: string, more: { seats?: number; quoteId?: string } = {}) =>
    upgradeSubscription(world.engine, { customerId, planId, ...more })
  const pay = (invoice: Invoice | null) =>
    recordPayment(world.engine, {
      invoiceId: invoice!.id,
      amount: invoice!.total,
      method: 'bank',
      reference: 'r',
    })
  const phasesOf = (customerId: string) =>
    world.db.asOwner((tx) =>
      tx.query<{ plan: string; from: string; to: string | null }>(
        `select plan_id as plan, starts_on as "from", ends_on as "to"
          from phases
          where customer_id = $1
          order by sequence`,
        [customerId],
      ),
    )
  const creditOf = async (customerId: string) =>
    (await getCustomer(world.engine, { customerId })).creditBalance

  test('a change to the current plan changes nothing', async () => {
    await subscribe('same', 'team')
    expect(await upgrade('same', 'team')).toMatchObject({
      invoice: null,
      subscription: { plan: { id: 'team' } },
    })
    expect(await upgrade('same', 'team', { seats: 1 })).toMatchObject({ invoice: null })
    expect(await phasesOf('same')).toHaveLength(1)
  })

  test.each([
    ['free', 'not_an_upgrade'],
    ['pricey', 'not_an_upgrade'],
    ['dollars', 'currency_mismatch'],
    ['retired', 'plan_archived'],
    ['nothing', 'plan_not_found'],
  ])('a change from team to %s is rejected with %s and changes nothing', async (planId, code) => {
    await subscribe(`to-${planId}`, 'team')
    await expect(upgrade(`to-${planId}`, planId)).rejects.toMatchObject({
      code,
      detail: { pointer: '/planId' },
    })
    expect(await phasesOf(`to-${planId}`)).toMatchObject([{ plan: 'team', to: null }])
    expect((await getInvoices(world.engine, { customerId: `to-${planId}` })).data).toHaveLength(1)
  })

  test('rank decides before price', async () => {
    await pay(await subscribe('ranked', 'team'))
    const { invoice } = await upgrade('ranked', 'cheap')
    // −599.00 × 15 ÷ 30 and 30.00 × 15 ÷ 30, with 6 %: −284.50 − 17.07.
    expect(amounts(invoice)).toEqual([
      ['unused_time', -29_950],
      ['fee', 1_500],
    ])
    expect(invoice).toMatchObject({
      subtotal: -28_450,
      taxTotal: -1_707,
      total: -30_157,
      amountDue: 0,
      status: 'paid',
    })
    expect(await creditOf('ranked')).toBe(30_157)
  })

  test('a negative total becomes credit that the next invoice uses', async () => {
    await pay(await subscribe('credited', 'team'))
    await upgrade('credited', 'cheap')
    world.set('2026-11-30T17:00:00Z')
    await runBilling(world.engine)
    const [renewal] = (await getInvoices(world.engine, { customerId: 'credited' })).data
    expect(renewal).toMatchObject({
      kind: 'renewal',
      total: 3_180,
      creditApplied: 3_180,
      amountDue: 0,
      status: 'paid',
      paidAt: '2026-11-30T17:00:00.000000Z',
    })
    expect(await creditOf('credited')).toBe(30_157 - 3_180)
  })

  test('more seats on the same plan cost their days and keep the counter', async () => {
    await subscribe('seated', 'seats', 2)
    await consume(world.engine, { customerId: 'seated', meter: 'ai_chat', id: 'c1', quantity: 250 })
    const { invoice, subscription } = await upgrade('seated', 'seats', { seats: 5 })
    expect(amounts(invoice)).toEqual([
      ['unused_time', -9_900],
      ['fee', 24_750],
    ])
    expect(invoice!.lines.map((line) => line.quantity)).toEqual([2, 5])
    expect(subscription).toMatchObject({
      seats: 5,
      allowances: [{ allowance: 300, used: 250, remaining: 50 }],
    })
    expect(
      await consume(world.engine, { customerId: 'seated', meter: 'ai_chat', id: 'c2', quantity: 100 }),
    ).toMatchObject({ granted: 50, remaining: 0 })
    await expect(upgrade('seated', 'seats', { seats: 4 })).rejects.toMatchObject({
      code: 'not_an_upgrade',
      detail: { pointer: '/seats', effectiveAt: expect.any(String) },
    })
    for (const seats of [1, 51])
      await expect(upgrade('seated', 'seats', { seats })).rejects.toMatchObject({
        code: 'seats_out_of_range',
        detail: { pointer: '/seats', min: 2, max: 50 },
      })
  })

  test("another plan keeps the counter: its allowance is both plans' day shares less the usage", async () => {
    await subscribe('counter', 'free')
    await recordUsage(world.engine, [
      { id: 'before', customerId: 'counter', meter: 'ai_chat', quantity: 15, time: '2026-11-15T15:59:59Z' },
      { id: 'today', customerId: 'counter', meter: 'ai_chat', quantity: 3 },
    ])
    const { subscription, invoice } = await upgrade('counter', 'seats')
    expect(amounts(invoice)).toEqual([['fee', 9_900]])
    // (20 × 15 + 300 × 15) ÷ 30 = 160, of which 15 and the 3 of today are used.
    expect(subscription).toMatchObject({
      seats: 2,
      allowances: [{ meter: 'ai_chat', allowance: 160, used: 18, remaining: 142 }],
    })
  })

  test('two changes in a day leave an empty phase between, and the money still adds up', async () => {
    await subscribe('twice', 'team')
    const first = await upgrade('twice', 'seats', { seats: 3 })
    const second = await upgrade('twice', 'business')
    expect(amounts(first.invoice)).toEqual([
      ['unused_time', -29_950],
      ['fee', 14_850],
    ])
    expect(amounts(second.invoice)).toEqual([
      ['unused_time', -14_850],
      ['fee', 99_950],
    ])
    expect(await phasesOf('twice')).toMatchObject([
      { plan: 'team', to: '2026-11-16' },
      { plan: 'seats', from: '2026-11-16', to: '2026-11-16' },
      { plan: 'business', from: '2026-11-16', to: null },
    ])
    expect((await getSubscription(world.engine, { customerId: 'twice' })).nextInvoice).toMatchObject({
      at: '2026-12-01',
      estimatedTotal: 211_894,
    })
  })

  test('a change on the first day credits the whole fee', async () => {
    world.set('2026-10-31T16:00:00Z')
    await seedCustomer(world.engine, 'first-day')
    await createSubscription(world.engine, { customerId: 'first-day', planId: 'team' })
    expect(amounts((await upgrade('first-day', 'business')).invoice)).toEqual([
      ['unused_time', -59_900],
      ['fee', 199_900],
    ])
  })

  test('a level change is free, and the fee paid before it is still credited later', async () => {
    await subscribe('level', 'level-a')
    expect(await upgrade('level', 'level-b')).toMatchObject({
      invoice: null,
      subscription: { plan: { id: 'level-b' } },
    })
    world.set('2026-11-20T16:30:00Z') // the 21st: ten days are left
    const { invoice } = await upgrade('level', 'team')
    // 300.00 were paid for the month; ten of its thirty days are credited, although level-a billed them.
    expect(amounts(invoice)).toEqual([
      ['unused_time', -10_000],
      ['fee', 19_967],
    ])
    world.set('2026-11-22T16:30:00Z') // the 23rd: eight days are left
    expect(amounts((await upgrade('level', 'business')).invoice)).toEqual([
      ['unused_time', -15_973],
      ['fee', 53_307],
    ])
  })

  test('only billed fees are credited: a voided start invoice gives no credit', async () => {
    const start = await subscribe('voided', 'team')
    await voidInvoice(world.engine, { invoiceId: start!.id })
    expect(amounts((await upgrade('voided', 'business')).invoice)).toEqual([['fee', 99_950]])
  })

  test('a voided change credited nothing: the next one credits what was paid before it', async () => {
    await subscribe('undone', 'team')
    const { invoice } = await upgrade('undone', 'business')
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    expect(amounts((await upgrade('undone', 'cheap')).invoice)).toEqual([
      ['unused_time', -29_950],
      ['fee', 1_500],
    ])
  })

  test('inclusive tax is credited and charged as it was billed', async () => {
    await subscribe('taxed', 'inclusive')
    const { invoice } = await upgrade('taxed', 'business')
    // −450.00 include 25.47 of tax; 999.50 carry 59.97 on top.
    expect(amounts(invoice)).toEqual([
      ['unused_time', -45_000],
      ['fee', 99_950],
    ])
    expect(invoice!.taxes).toEqual([
      { rate: '6', mode: 'inclusive', base: -42_453, amount: -2_547 },
      { rate: '6', mode: 'exclusive', base: 99_950, amount: 5_997 },
    ])
    expect(invoice).toMatchObject({ subtotal: 54_950, taxTotal: 3_450, total: 60_947 })
  })

  test('a change in the hour of grace issues the renewal first and credits its fee', async () => {
    await subscribe('graced', 'team')
    await recordUsage(world.engine, [{ id: 'u', customerId: 'graced', meter: 'ai_chat', quantity: 1010 }])
    world.set('2026-11-30T16:30:00Z')
    const preview = await previewChange(world.engine, { customerId: 'graced', planId: 'business' })
    const { invoice } = await upgrade('graced', 'business', { quoteId: preview.quoteId })
    const { data } = await getInvoices(world.engine, { customerId: 'graced' })
    expect(data.map((one) => [one.kind, amounts(one)])).toEqual([
      [
        'change',
        [
          ['unused_time', -59_900],
          ['fee', 199_900],
        ],
      ],
      [
        'renewal',
        [
          ['fee', 59_900],
          ['usage', 50],
        ],
      ],
      ['start', [['fee', 59_900]]],
    ])
    expect(invoice).toMatchObject({ total: preview.total, amountDue: preview.dueNow })
  })

  test('a preview equals the invoice line by line and writes nothing else', async () => {
    await subscribe('previewed', 'team')
    const before = await getSubscription(world.engine, { customerId: 'previewed' })
    const preview = await previewChange(world.engine, { customerId: 'previewed', planId: 'seats', seats: 7 })
    expect(await getSubscription(world.engine, { customerId: 'previewed' })).toEqual(before)
    const { invoice } = await upgrade('previewed', 'seats', { seats: 7, quoteId: preview.quoteId })
    for (const key of ['subtotal', 'taxes', 'taxTotal', 'total', 'creditApplied'] as const)
      expect(invoice![key]).toEqual(preview[key])
    expect(invoice!.lines).toMatchObject(preview.lines)
    expect(invoice!.amountDue).toBe(preview.dueNow)
  })

  test('a quote is valid for fifteen minutes', async () => {
    await subscribe('quoted', 'team')
    const first = await previewChange(world.engine, { customerId: 'quoted', planId: 'business' })
    expect(first.expiresAt).toBe('2026-11-15T16:45:00.000000Z')
    world.set('2026-11-15T16:45:00Z')
    await expect(upgrade('quoted', 'business', { quoteId: first.quoteId })).rejects.toMatchObject({
      code: 'quote_expired',
    })
    const second = await previewChange(world.engine, { customerId: 'quoted', planId: 'business' })
    world.set('2026-11-15T16:59:59.999999Z')
    expect(await upgrade('quoted', 'business', { quoteId: second.quoteId })).toMatchObject({
      invoice: { total: second.total },
    })
  })

  test("a quote expires at the customer's midnight", async () => {
    await subscribe('midnight', 'team')
    world.set('2026-11-16T15:55:00Z')
    const preview = await previewChange(world.engine, { customerId: 'midnight', planId: 'business' })
    expect(preview.expiresAt).toBe('2026-11-16T16:00:00.000000Z')
    world.set('2026-11-16T16:00:00Z')
    await expect(upgrade('midnight', 'business', { quoteId: preview.quoteId })).rejects.toMatchObject({
      code: 'quote_expired',
    })
  })

  test('a quote is rejected when its inputs have changed', async () => {
    await subscribe('outdated', 'team')
    await putPlan(world.engine, { id: 'moving', name: 'Moving', rank: 25, ...feeOf(250_000) })
    const priced = await previewChange(world.engine, { customerId: 'outdated', planId: 'moving' })
    await putPlan(world.engine, { id: 'moving', name: 'Moving', rank: 25, ...feeOf(260_000) })
    await expect(upgrade('outdated', 'moving', { quoteId: priced.quoteId })).rejects.toMatchObject({
      code: 'quote_outdated',
    })
    const credited = await previewChange(world.engine, { customerId: 'outdated', planId: 'moving' })
    const [start] = (await getInvoices(world.engine, { customerId: 'outdated' })).data
    await voidInvoice(world.engine, { invoiceId: start!.id })
    await expect(upgrade('outdated', 'moving', { quoteId: credited.quoteId })).rejects.toMatchObject({
      code: 'quote_outdated',
    })
    expect(await phasesOf('outdated')).toHaveLength(1)
    const last = await previewChange(world.engine, { customerId: 'outdated', planId: 'moving' })
    expect((await upgrade('outdated', 'moving', { quoteId: last.quoteId })).invoice).toMatchObject({
      total: last.total,
    })
  })

  test('a quote works for its plan, seats and customer, and once', async () => {
    await subscribe('mine', 'team')
    await subscribe('theirs', 'team')
    const [mine, theirs] = [
      await previewChange(world.engine, { customerId: 'mine', planId: 'seats', seats: 3 }),
      await previewChange(world.engine, { customerId: 'theirs', planId: 'seats', seats: 3 }),
    ]
    await expect(upgrade('mine', 'seats', { seats: 3, quoteId: theirs.quoteId })).rejects.toMatchObject({
      code: 'quote_expired',
    })
    await expect(upgrade('mine', 'seats', { seats: 4, quoteId: mine.quoteId })).rejects.toMatchObject({
      code: 'quote_outdated',
    })
    await expect(upgrade('mine', 'business', { quoteId: mine.quoteId })).rejects.toMatchObject({
      code: 'quote_outdated',
    })
    await upgrade('mine', 'seats', { seats: 3, quoteId: mine.quoteId })
    await expect(upgrade('mine', 'seats', { seats: 3, quoteId: mine.quoteId })).rejects.toMatchObject({
      code: 'quote_outdated',
    })
  })

  test('a lower plan is previewed for the end of the period', async () => {
    await subscribe('lower', 'business')
    expect(await previewChange(world.engine, { customerId: 'lower', planId: 'team' })).toMatchObject({
      when: 'period_end',
      effectiveAt: '2026-12-01',
      lines: [],
      total: 0,
      dueNow: 0,
      nextInvoice: { at: '2026-12-01', estimatedTotal: 63_494 },
    })
    const offered = await plansFor(world.engine, { customerId: 'lower' })
    expect(
      offered
        .filter((plan) => ['team', 'business', 'cheap'].includes(plan.id))
        .map((plan) => [plan.id, plan.relation]),
    ).toEqual([
      ['team', 'downgrade'],
      ['business', 'current'],
      ['cheap', 'upgrade'],
    ])
    expect(offered.some((plan) => ['dollars', 'retired'].includes(plan.id))).toBe(false)
  })

  test('without a subscription a change is rejected and a preview shows the start', async () => {
    await seedCustomer(world.engine, 'unsubscribed')
    await expect(
      upgradeSubscription(world.engine, { customerId: 'unsubscribed', planId: 'team' }),
    ).rejects.toMatchObject({ code: 'no_active_subscription' })
    // The preview is that of a start: 599.00 and 6 %.
    expect(await previewChange(world.engine, { customerId: 'unsubscribed', planId: 'team' })).toMatchObject({
      when: 'now',
      lines: [{ kind: 'fee', amount: 59_900 }],
      total: 63_494,
    })
  })
})
