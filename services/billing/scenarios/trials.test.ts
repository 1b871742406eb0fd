import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelScheduledChange,
  cancelSubscription,
  changeSubscription,
  changeTrial,
  checkQuota,
  consume,
  createSubscription,
  downgradeSubscription,
  generateInvoice,
  getInvoices,
  getReconciliation,
  getSubscription,
  getUsageSummary,
  previewChange,
  putPlan,
  recordUsage,
  reserve,
  resumeSubscription,
  settleReservation,
  updateCustomer,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { checkSubscriptionStatus } from '../src/commands/subscription/subscribe.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('trials on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-01-01T02:00:00Z') // 10:00 in Shanghai
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'annual',
      name: { 'zh-CN': '年付版', en: 'Annual' },
      rank: 30,
      interval: 'year',
      fee: { amount: 1_200_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 2_000,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 4, per: 1 } },
        },
      ],
    })
    await putPlan(world.engine, {
      id: 'monthly',
      name: { 'zh-CN': '自然月版', en: 'Calendar month' },
      rank: 12,
      alignment: 'calendar',
      trialDays: 7,
      fee: { amount: 31_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 310,
          overage: 'bill',
          minimum: 3_100,
          price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
        },
      ],
    })
    await putPlan(world.engine, {
      id: 'longer',
      name: 'Longer',
      rank: 13,
      trialDays: 30,
      fee: { amount: 240_000, per: 'subscription' },
    })
    await putPlan(world.engine, {
      id: 'week',
      name: 'Week',
      rank: 14,
      trialDays: 7,
      fee: { amount: 250_000, per: 'subscription' },
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  async function trialOf(
    planId: string,
    options: { seats?: number; trialDays?: number; startsAt?: string } = {},
  ) {
    const customerId = `trial-${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    return {
      customerId,
      ...(await createSubscription(world.engine, { customerId, planId, trialDays: 14, ...options })),
    }
  }
  const use = (customerId: string, id: string, quantity: number, time = world.engine.now()) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, time }])
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.reverse()

  test('a trial costs nothing, blocks above its allowance, and becomes the paid plan', async () => {
    const { customerId, subscription, invoice } = await trialOf('team')
    expect(invoice).toBeNull()
    expect(subscription).toMatchObject({
      status: 'trialing',
      trialEndsAt: '2026-01-14T16:00:00.000000Z',
      trialDaysLeft: 14,
      currentPeriod: { start: '2026-01-01', end: '2026-01-15' },
      scheduledChange: null,
      cancelAtPeriodEnd: false,
      // ¥599.00 and 6 % tax
      nextInvoice: { at: '2026-01-15', estimatedTotal: 63_494 },
    })
    expect(await checkSubscriptionStatus(world.engine, { customerId })).toBe(true)
    // The plan bills above its 1,000; its trial grants no more than those.
    expect(await checkQuota(world.engine, { customerId, meter: 'ai_chat' })).toMatchObject({
      included: 1_000,
      remaining: 1_000,
      overagePolicy: 'block',
    })
    expect(
      await consume(world.engine, { customerId, meter: 'ai_chat', id: 'c1', quantity: 1_200 }),
    ).toMatchObject({ granted: 1_000, overage: 0, remaining: 0 })
    expect(
      (await consume(world.engine, { customerId, meter: 'ai_chat', id: 'c2', quantity: 1 })).granted,
    ).toBe(0)
    // Usage recorded anyway is shown and never billed.
    await use(customerId, 'e1', 500)
    expect((await getUsageSummary(world.engine, { customerId })).meters[0]).toMatchObject({
      meter: 'ai_chat',
      used: 1_500,
      included: 1_000,
      overage: 500,
      overageAmount: 0,
      overagePolicy: 'block',
    })

    await world.passTo('2026-01-14T15:59:59Z')
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({
      status: 'trialing',
      trialDaysLeft: 1,
    })
    await world.passTo('2026-01-14T16:00:00Z')
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({
      status: 'active',
      trialEndsAt: null,
      trialDaysLeft: null,
      currentPeriod: { start: '2026-01-15', end: '2026-02-15' },
    })
    expect(await checkQuota(world.engine, { customerId, meter: 'ai_chat' })).toMatchObject({
      included: 1_000,
      used: 0,
      remaining: 1_000,
      overagePolicy: 'bill',
    })
    await world.passTo('2026-01-14T17:00:00Z') // the hour of grace
    const [first] = await invoicesOf(customerId)
    expect(first).toMatchObject({
      kind: 'renewal',
      period: { start: '2026-01-01', end: '2026-01-15' },
      total: 63_494,
      issuedAt: '2026-01-14T17:00:00.000000Z',
    })
    expect(first!.lines.map(({ kind, amount, period }) => [kind, amount, period])).toEqual([
      ['fee', 59_900, { start: '2026-01-15', end: '2026-02-15' }],
    ])
    expect((await getReconciliation(world.engine, { customerId, period: '2026-01' })).meters).toEqual([
      {
        meter: 'ai_chat',
        accepted: 1_500,
        billed: 0,
        adjusted: 0,
        unbilled: 0,
        uncharged: 1_500,
        voided: 0,
        historical: 0,
        difference: 0,
      },
    ])
  })

  test('late usage of a trial is not billed, and later usage is billed from the start', async () => {
    const { customerId } = await trialOf('team', { trialDays: 10 }) // 15–24 January
    const inTrial = world.engine.now()
    await use(customerId, 'e1', 5_000)
    await world.passTo('2026-01-26T00:00:00Z')
    await use(customerId, 'late', 700, inTrial)
    await use(customerId, 'e2', 1_010)
    await world.passTo('2026-02-25T02:00:00Z')
    const [first, second] = await invoicesOf(customerId)
    expect(first!.lines.map((line) => line.kind)).toEqual(['fee'])
    // 1,010 − 1,000 at 5 分
    expect(second!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['fee', 59_900],
      ['usage', 50],
    ])
  })

  test('a trial canceled in time is not billed, and continues when the cancellation is undone', async () => {
    const { customerId } = await trialOf('team')
    const { subscription } = await cancelSubscription(world.engine, { customerId })
    expect(subscription).toMatchObject({ status: 'trialing', cancelAtPeriodEnd: true, nextInvoice: null })
    expect((await resumeSubscription(world.engine, { customerId })).subscription).toMatchObject({
      cancelAtPeriodEnd: false,
      scheduledChange: null,
      nextInvoice: { estimatedTotal: 63_494 },
    })
    await cancelSubscription(world.engine, { customerId, reason: 'too early for us' })
    await use(customerId, 'e1', 3_000)
    await world.passTo('2026-05-01T00:00:00Z')
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({ status: 'canceled' })
    expect(await invoicesOf(customerId)).toEqual([])
  })

  test('a plan’s own trial days apply, and its first paid period may be short', async () => {
    const customerId = `trial-${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    // 1–7 May
    const { subscription } = await createSubscription(world.engine, { customerId, planId: 'monthly' })
    expect(subscription).toMatchObject({
      status: 'trialing',
      currentPeriod: { start: '2026-05-01', end: '2026-05-08' },
    })
    await world.passTo('2026-06-02T00:00:00Z')
    const [first, second] = await invoicesOf(customerId)
    // 24 of 31 days: ¥310.00 × 24 ÷ 31 = ¥240.00; no minimum for the trial
    expect(first!.lines.map(({ kind, amount, period }) => [kind, amount, period])).toEqual([
      ['fee', 24_000, { start: '2026-05-08', end: '2026-06-01' }],
    ])
    // June's fee; and the minimum of ¥31.00 for 24 of 31 days
    expect(second!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['fee', 31_000],
      ['usage', 2_400],
    ])
  })

  test('a trial continues through a change for at most the new plan’s trial days', async () => {
    const { customerId } = await trialOf('team') // 2–15 June
    await use(customerId, 'e1', 900)
    await world.passTo('2026-06-05T02:00:00Z')
    const preview = await previewChange(world.engine, { customerId, planId: 'longer' })
    expect(preview).toMatchObject({ when: 'now', lines: [], total: 0, dueNow: 0 })
    const upgraded = await upgradeSubscription(world.engine, {
      customerId,
      planId: 'longer',
      quoteId: preview.quoteId,
    })
    expect(upgraded).toMatchObject({
      invoice: null,
      subscription: {
        status: 'trialing',
        plan: { id: 'longer' },
        trialEndsAt: '2026-06-15T16:00:00.000000Z',
      },
      notices: [],
    })
    // Seven days from 2 June: the first paid date is the 9th.
    const shorter = await upgradeSubscription(world.engine, { customerId, planId: 'week' })
    expect(shorter).toMatchObject({
      invoice: null,
      subscription: {
        status: 'trialing',
        currentPeriod: { start: '2026-06-02', end: '2026-06-09' },
        nextInvoice: { at: '2026-06-09', estimatedTotal: 265_000 },
      },
      notices: [{ code: 'trial_shortened' }],
    })
    // Back on the longer one, no days come back.
    expect(
      (await changeSubscription(world.engine, { customerId, planId: 'longer', when: 'now' })).subscription,
    ).toMatchObject({ currentPeriod: { end: '2026-06-09' } })
    await changeSubscription(world.engine, { customerId, planId: 'week' })
    await world.passTo('2026-06-10T00:00:00Z')
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({
      status: 'active',
      plan: { id: 'week' },
      currentPeriod: { start: '2026-06-09', end: '2026-07-09' },
    })
    expect((await invoicesOf(customerId)).map(({ total, lines }) => [total, lines.length])).toEqual([
      [265_000, 1],
    ])
    await world.passTo('2026-06-17T00:00:00Z')
  })

  test('a trial may end on a lower plan, and on its own plan again when that is undone', async () => {
    const { customerId } = await trialOf('business') // 17–30 June
    const scheduled = await downgradeSubscription(world.engine, { customerId, planId: 'team' })
    expect(scheduled.subscription).toMatchObject({
      status: 'trialing',
      plan: { id: 'business' },
      scheduledChange: { planId: 'team', at: '2026-07-01' },
    })
    const undone = await cancelScheduledChange(world.engine, { customerId })
    expect(undone.subscription).toMatchObject({
      scheduledChange: null,
      nextInvoice: { at: '2026-07-01', estimatedTotal: 211_894 },
    })
    await downgradeSubscription(world.engine, { customerId, planId: 'team' })
    await world.passTo('2026-07-01T00:00:00Z')
    expect((await invoicesOf(customerId)).map(({ total }) => total)).toEqual([63_494])
  })

  test('a trial of two months has its allowance each month and bills nothing before its end', async () => {
    const { customerId } = await trialOf('team', { trialDays: 62 }) // 1 July – 31 August
    await use(customerId, 'e1', 1_000)
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({
      usagePeriod: { start: '2026-07-01', end: '2026-08-01' },
      nextInvoice: { at: '2026-09-01', estimatedTotal: 63_494 },
    })
    await world.passTo('2026-08-02T00:00:00Z')
    expect(await checkQuota(world.engine, { customerId, meter: 'ai_chat' })).toMatchObject({
      included: 1_000,
      used: 0,
      remaining: 1_000,
    })
    expect(await invoicesOf(customerId)).toEqual([])
    await world.passTo('2026-09-01T00:00:00Z')
    expect((await invoicesOf(customerId)).map(({ total, period }) => [total, period.label])).toEqual([
      [63_494, '2026-08'],
    ])
  })

  test('a trial that started in the past and is over is billed at once', async () => {
    const { customerId, subscription } = await trialOf('team', {
      trialDays: 5,
      startsAt: '2026-08-11T02:00:00Z',
    }) // 11–15 August; it is 1 September
    expect(subscription).toMatchObject({
      status: 'active',
      currentPeriod: { start: '2026-08-16', end: '2026-09-16' },
    })
    expect(
      (await invoicesOf(customerId)).map(({ kind, total, period }) => [kind, total, period.start]),
    ).toEqual([['renewal', 63_494, '2026-08-11']])
  })

  test('a trial ended at once by the vendor leaves nothing to pay', async () => {
    const { customerId } = await trialOf('team') // 1–14 September
    await use(customerId, 'e1', 2_000)
    await world.passTo('2026-09-03T00:00:00Z')
    expect(await cancelSubscription(world.engine, { customerId, when: 'now', credit: true })).toMatchObject({
      invoice: null,
      subscription: { status: 'canceled' },
    })
    await world.passTo('2026-10-20T00:00:00Z')
    expect(await invoicesOf(customerId)).toEqual([])
  })

  test('the first invoice after a trial is voided and issued again like any other', async () => {
    const { customerId } = await trialOf('team', { trialDays: 3 }) // 20–22 October
    await world.passTo('2026-10-24T00:00:00Z')
    const [first] = await invoicesOf(customerId)
    await voidInvoice(world.engine, { invoiceId: first!.id })
    const again = await generateInvoice(world.engine, { customerId, period: '2026-10' })
    expect(again).toMatchObject({ total: 63_494, status: 'open' })
  })

  test('a trial keeps its dates when the zone changes: the new one applies after it', async () => {
    const { customerId } = await trialOf('team', { trialDays: 5 }) // 24–28 October
    const account = await updateCustomer(world.engine, { customerId, timezone: 'Europe/Berlin' })
    expect(account.nextTimezone).toEqual({ timezone: 'Europe/Berlin', from: '2026-10-29' })
    await world.passTo('2026-11-05T00:00:00Z')
    // The 29th now starts in Berlin time, at 23:00 UTC of the 28th (winter time since the 25th).
    expect((await invoicesOf(customerId)).map(({ total, issuedAt }) => [total, issuedAt])).toEqual([
      [63_494, '2026-10-29T00:00:00.000000Z'],
    ])
  })

  test('a new plan version reaches subscribers when the vendor moves them', async () => {
    const { customerId } = await trialOf('monthly', { trialDays: 0 })
    const two = await putPlan(world.engine, {
      id: 'monthly',
      name: { 'zh-CN': '自然月版', en: 'Calendar month' },
      rank: 12,
      alignment: 'calendar',
      fee: { amount: 21_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 310,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
        },
      ],
    })
    expect(two.version).toBe(2)
    // Subscribers stay on their version …
    expect(await changeSubscription(world.engine, { customerId, planId: 'monthly' })).toMatchObject({
      invoice: null,
      subscription: { plan: { version: 1 }, scheduledChange: null },
    })
    // … until moved: a lower fee at the end of the period, a higher one now.
    expect(
      (await changeSubscription(world.engine, { customerId, planId: 'monthly', planVersion: 2 }))
        .subscription,
    ).toMatchObject({ plan: { version: 1 }, scheduledChange: { planId: 'monthly', at: '2026-12-01' } })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await getSubscription(world.engine, { customerId })).toMatchObject({ plan: { version: 2 } })
    await world.passTo('2026-12-16T02:00:00Z')
    // 16 of 31 days are left: −¥210.00 × 16 ÷ 31 = −¥108.39 and ¥310.00 × 16 ÷ 31 = ¥160.00
    const moved = await changeSubscription(world.engine, { customerId, planId: 'monthly', planVersion: 1 })
    expect(moved.invoice!.lines.map(({ amount }) => amount)).toEqual([-10_839, 16_000])
    await expect(
      changeSubscription(world.engine, { customerId, planId: 'monthly', planVersion: 9 }),
    ).rejects.toMatchObject({ code: 'plan_not_found' })
  })

  test('a trial reserves no more than its allowance, and settles reservations as its usage', async () => {
    const { customerId } = await trialOf('team') // 16–29 December
    const of = { customerId, meter: 'ai_chat' }
    expect(
      await reserve(world.engine, { ...of, id: 'job', quantity: 1_200, ttlSeconds: 86_400 }),
    ).toMatchObject({ granted: 1_000, remaining: 0 })
    expect(await consume(world.engine, { ...of, id: 'c1', quantity: 1 })).toMatchObject({ granted: 0 })
    // The day after the trial: nothing is written yet, but the plan applies.
    world.set('2026-12-29T16:00:00Z')
    expect(await consume(world.engine, { ...of, id: 'c2', quantity: 1_010 })).toMatchObject({
      granted: 1_010,
      overage: 10,
      remaining: 0,
    })
    expect(
      await settleReservation(world.engine, { ...of, reservationId: 'job', quantity: 1_100 }),
    ).toMatchObject({ granted: 1_000, excess: 100, overage: 0 })
    await world.passTo('2027-02-01T02:00:00Z')
    const [first, second] = await invoicesOf(customerId)
    expect(first!.lines.map((line) => line.kind)).toEqual(['fee'])
    expect(second!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['fee', 59_900],
      ['usage', 50],
    ])
  })
})

describe.each(testDatabases)('changes in a trial on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-06-17T00:00:00Z')
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'annual',
      name: { 'zh-CN': '年付版', en: 'Annual' },
      rank: 30,
      interval: 'year',
      fee: { amount: 1_200_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 2_000,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 4, per: 1 } },
        },
      ],
    })
    await putPlan(world.engine, {
      id: 'longer',
      name: 'Longer',
      rank: 13,
      trialDays: 30,
      fee: { amount: 240_000, per: 'subscription' },
    })
    await putPlan(world.engine, {
      id: 'week',
      name: 'Week',
      rank: 14,
      trialDays: 7,
      fee: { amount: 250_000, per: 'subscription' },
    })
    await putPlan(world.engine, {
      id: 'small week',
      name: 'Small week',
      rank: 15,
      trialDays: 7,
      fee: { amount: 260_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 310,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
        },
      ],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  async function trialOf(
    planId: string,
    options: { seats?: number; trialDays?: number; startsAt?: string } = {},
  ) {
    const customerId = `changed-${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    return {
      customerId,
      ...(await createSubscription(world.engine, { customerId, planId, trialDays: 14, ...options })),
    }
  }
  const use = (customerId: string, id: string, quantity: number, time = world.engine.now()) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, time }])
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.reverse()

  test('a change to a plan without a trial ends it: the fee is due', async () => {
    const { customerId } = await trialOf('team') // 17–30 June
    await use(customerId, 'e1', 5_000)
    await world.passTo('2026-06-19T00:00:00Z')
    const preview = await previewChange(world.engine, { customerId, planId: 'business' })
    // ¥1,999.00 and 6 % tax, in full from today; usage in the trial costs nothing.
    expect(preview).toMatchObject({ when: 'now', total: 211_894, dueNow: 211_894 })
    const { subscription, invoice, notices } = await upgradeSubscription(world.engine, {
      customerId,
      planId: 'business',
      quoteId: preview.quoteId,
    })
    expect(subscription).toMatchObject({
      status: 'active',
      trialEndsAt: null,
      currentPeriod: { start: '2026-06-19', end: '2026-07-19' },
    })
    expect(invoice!.lines.map(({ kind, amount, period }) => [kind, amount, period])).toEqual([
      ['fee', 199_900, { start: '2026-06-19', end: '2026-07-19' }],
    ])
    expect(notices.map((notice) => notice.code)).toEqual(['trial_ended'])
    const firstDay = (await trialOf('team')).customerId
    expect(
      (
        await upgradeSubscription(world.engine, { customerId: firstDay, planId: 'annual' })
      ).invoice!.lines.map(({ kind, amount }) => [kind, amount]),
    ).toEqual([['fee', 1_200_000]])
    await cancelSubscription(world.engine, { customerId, when: 'now', credit: true })
    await cancelSubscription(world.engine, { customerId: firstDay, when: 'now', credit: true })
    await world.passTo('2026-06-20T18:00:00Z')
    expect(
      (await invoicesOf(customerId)).filter((one) => one.kind === 'renewal').flatMap((one) => one.lines),
    ).toEqual([])
  })

  test('a customer has one trial, unless the vendor gives another', async () => {
    const { customerId } = await trialOf('week', { trialDays: 2 }) // 21–22 June
    await cancelSubscription(world.engine, { customerId, when: 'now' })
    await world.passTo('2026-06-22T00:00:00Z')
    const again = await createSubscription(world.engine, { customerId, planId: 'week' })
    expect(again).toMatchObject({
      subscription: { status: 'active' },
      invoice: { lines: [{ kind: 'fee', amount: 250_000 }] },
      notices: [{ code: 'trial_already_used' }],
    })
    await cancelSubscription(world.engine, { customerId, when: 'now', credit: true })
    await world.passTo('2026-06-23T00:00:00Z')
    const given = await createSubscription(world.engine, { customerId, planId: 'week', trialDays: 3 })
    expect(given).toMatchObject({ subscription: { status: 'trialing' }, invoice: null, notices: [] })
    await cancelSubscription(world.engine, { customerId, when: 'now' })
    await world.passTo('2026-06-24T18:00:00Z')
  })

  test('the vendor ends a trial earlier or later, and requests for its end move with it', async () => {
    const { customerId } = await trialOf('team') // 25 June – 8 July
    await cancelSubscription(world.engine, { customerId })
    const later = await changeTrial(world.engine, { customerId, endsOn: '2026-07-20' })
    expect(later).toMatchObject({
      invoice: null,
      subscription: {
        status: 'trialing',
        currentPeriod: { end: '2026-07-20' },
        cancellation: { at: '2026-07-20' },
      },
    })
    await resumeSubscription(world.engine, { customerId })
    await changeSubscription(world.engine, { customerId, planId: 'business', when: 'period_end' })
    await use(customerId, 'e1', 400)
    await world.passTo('2026-06-28T02:00:00Z')
    // Today: the fee of the next phase, with tax, is invoiced at once.
    const now = await changeTrial(world.engine, { customerId, endsOn: '2026-06-28' })
    expect(now).toMatchObject({
      subscription: {
        status: 'active',
        plan: { id: 'business' },
        currentPeriod: { start: '2026-06-28', end: '2026-07-28' },
      },
      invoice: { total: 211_894, lines: [{ kind: 'fee', amount: 199_900 }] },
    })
    await expect(changeTrial(world.engine, { customerId, endsOn: '2026-06-29' })).rejects.toMatchObject({
      code: 'not_in_trial',
    })
    const { customerId: other } = await trialOf('team')
    for (const endsOn of ['2026-06-27', '2026-06-28', '2028-07-01', 'soon'])
      await expect(changeTrial(world.engine, { customerId: other, endsOn })).rejects.toMatchObject({
        code: 'validation_failed',
      })
    await world.passTo('2026-06-30T02:00:00Z')
    await upgradeSubscription(world.engine, { customerId: other, planId: 'longer' })
    expect(
      (await changeTrial(world.engine, { customerId: other, endsOn: '2026-06-30' })).invoice,
    ).toMatchObject({
      lines: [{ kind: 'fee', amount: 240_000, period: { start: '2026-06-30', end: '2026-07-30' } }],
    })
    for (const one of [customerId, other])
      await cancelSubscription(world.engine, { customerId: one, when: 'now', credit: true })
    await world.passTo('2026-07-01T18:00:00Z')
  })

  test('plans in one trial share it by days: no allowance is granted twice', async () => {
    const { customerId } = await trialOf('team', { trialDays: 7 }) // 2–8 July
    const quota = () => checkQuota(world.engine, { customerId, meter: 'ai_chat' })
    expect(await quota()).toMatchObject({ included: 1_000, remaining: 1_000 })
    expect(
      (await consume(world.engine, { customerId, meter: 'ai_chat', id: 'c1', quantity: 400 })).granted,
    ).toBe(400)
    await world.passTo('2026-07-05T02:00:00Z')
    const preview = await previewChange(world.engine, { customerId, planId: 'small week' })
    // Three days of seven at 1,000 and four at 310: 428.57… + 177.14… = 605.71…
    expect(preview.allowancesAfter).toMatchObject([{ meter: 'ai_chat', remaining: 205 }])
    await upgradeSubscription(world.engine, { customerId, planId: 'small week', quoteId: preview.quoteId })
    expect(await quota()).toMatchObject({ included: 605, remaining: 205 })
    expect(
      (await consume(world.engine, { customerId, meter: 'ai_chat', id: 'c2', quantity: 206 })).granted,
    ).toBe(205)
    await cancelSubscription(world.engine, { customerId, when: 'now' })
    await world.passTo('2026-07-06T18:00:00Z')
  })
})
