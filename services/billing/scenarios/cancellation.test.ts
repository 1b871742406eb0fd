import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelSubscription,
  changeSubscription,
  consume,
  createSubscription,
  downgradeSubscription,
  generateInvoice,
  getCustomer,
  getInvoices,
  getSubscription,
  getUsageSummary,
  nextRunAt,
  recordPayment,
  recordUsage,
  getSeller,
  putSeller,
  resumeSubscription,
  runBilling,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { checkSubscriptionStatus } from '../src/commands/subscription/subscribe.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('canceling and subscribing again on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'team') => {
    world.set('2026-10-31T16:00:00Z')
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    const { invoice } = await createSubscription(world.engine, { customerId, planId })
    world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th: fifteen days are left
    return invoice
  }
  const use = (customerId: string, id: string, quantity: number, time?: string) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, time }])
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
  const linesOf = async (customerId: string) =>
    (await invoicesOf(customerId)).map((invoice) => [
      invoice.kind,
      ...invoice.lines.map((line) => [line.kind, line.amount]),
    ])
  const subscription = (customerId: string) => getSubscription(world.engine, { customerId })
  const cancel = (customerId: string, more: { when?: 'now'; credit?: boolean } = {}) =>
    cancelSubscription(world.engine, { customerId, ...more })

  test('a canceled subscription continues to the period’s end and bills no further fee', async () => {
    await subscribe('leaving')
    expect((await cancel('leaving')).subscription).toMatchObject({
      cancelAtPeriodEnd: true,
      plan: { id: 'team' },
      currentPeriod: { end: '2026-12-01' },
      nextInvoice: null,
    })
    await use('leaving', 'u', 1_010)
    world.set('2026-11-30T15:59:59Z')
    expect(await checkSubscriptionStatus(world.engine, { customerId: 'leaving' })).toBe(true)
    world.set('2026-11-30T16:00:00Z')
    expect(await subscription('leaving')).toMatchObject({
      status: 'canceled',
      plan: null,
      cancelAtPeriodEnd: false,
      // The draft of the last period is in its grace: 10 chats above 1,000 at 0.05, and 6 % tax.
      nextInvoice: { at: '2026-12-01', estimatedTotal: 53 },
    })
    expect(await checkSubscriptionStatus(world.engine, { customerId: 'leaving' })).toBe(false)
    await expect(
      consume(world.engine, { customerId: 'leaving', meter: 'ai_chat', id: 'c' }),
    ).rejects.toMatchObject({ code: 'no_active_subscription' })
    await world.passTo('2027-03-01T00:00:00Z')
    expect(await subscription('leaving')).toMatchObject({ nextInvoice: null })
    expect(await linesOf('leaving')).toEqual([
      ['renewal', ['usage', 50]],
      ['start', ['fee', 59_900]],
    ])
    expect(await nextRunAt(world.engine)).toBeNull()
  })

  test('a subscription resumed before the end renews as if it was never canceled', async () => {
    await subscribe('resumed')
    await cancel('resumed')
    expect((await resumeSubscription(world.engine, { customerId: 'resumed' })).subscription).toMatchObject({
      cancelAtPeriodEnd: false,
    })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await linesOf('resumed')).toEqual([
      ['renewal', ['fee', 59_900]],
      ['start', ['fee', 59_900]],
    ])
  })

  test('an ended subscription cannot be resumed', async () => {
    await subscribe('over')
    await cancel('over')
    world.set('2026-11-30T16:00:00Z')
    await expect(resumeSubscription(world.engine, { customerId: 'over' })).rejects.toMatchObject({
      code: 'no_active_subscription',
    })
  })

  test('late usage is billed on one final invoice, 35 days after the end, and never twice', async () => {
    await subscribe('late')
    await use('late', 'in-time', 1_000)
    await cancel('late')
    await world.passTo('2026-12-10T00:00:00Z')
    await use('late', 'late-1', 100, '2026-11-20T00:00:00Z')
    await use('late', 'after-the-end', 7, '2026-12-05T00:00:00Z') // outside any phase: counted, not charged
    world.set('2027-01-04T15:00:00Z')
    await use('late', 'late-2', 20, '2026-11-30T15:30:00Z')
    await world.passTo('2027-01-04T15:59:59Z')
    expect(await linesOf('late')).toEqual([['start', ['fee', 59_900]]])
    await world.passTo('2027-03-01T00:00:00Z')
    const [closing] = await invoicesOf('late')
    expect(closing).toMatchObject({
      kind: 'final',
      issuedAt: '2027-01-04T16:00:00.000000Z',
      period: { label: '2026-11' },
      lines: [{ kind: 'adjustment', quantity: 120, amount: 600 }],
    })
    expect(await linesOf('late')).toHaveLength(2)
  })

  test('a run after a long pause does the same work in the same order', async () => {
    await subscribe('slept')
    await use('slept', 'u', 1_100)
    await cancel('slept')
    world.set('2027-03-01T00:00:00Z')
    await runBilling(world.engine)
    expect(await linesOf('slept')).toEqual([
      ['renewal', ['usage', 500]],
      ['start', ['fee', 59_900]],
    ])
    expect(await nextRunAt(world.engine)).toBeNull()
  })

  test('subscribing again starts a new subscription with periods and labels of its own', async () => {
    await subscribe('back')
    await cancel('back')
    await world.passTo('2026-12-10T04:00:00Z')
    await use('back', 'late', 1_200, '2026-11-20T00:00:00Z')
    await expect(
      createSubscription(world.engine, {
        customerId: 'back',
        planId: 'business',
        startsAt: '2026-11-29T00:00:00Z',
      }),
    ).rejects.toMatchObject({ code: 'starts_too_early' })
    const { subscription: fresh, invoice } = await createSubscription(world.engine, {
      customerId: 'back',
      planId: 'business',
    })
    expect(fresh).toMatchObject({
      plan: { id: 'business' },
      currentPeriod: { start: '2026-12-10', end: '2027-01-10' },
    })
    expect(invoice).toMatchObject({ kind: 'start', subtotal: 199_900 })
    await expect(
      createSubscription(world.engine, { customerId: 'back', planId: 'business' }),
    ).rejects.toMatchObject({ code: 'subscription_exists' })
    await world.passTo('2027-02-12T00:00:00Z')
    expect(await linesOf('back')).toEqual([
      ['renewal', ['fee', 199_900]],
      ['renewal', ['fee', 199_900]],
      ['final', ['adjustment', 1_000]],
      ['start', ['fee', 199_900]],
      ['start', ['fee', 59_900]],
    ])
    const { periods } = await getUsageSummary(world.engine, { customerId: 'back' })
    expect(periods.map(({ label, start, end }) => [label, start, end])).toEqual([
      ['2027-02', '2027-02-10', '2027-03-10'],
      ['2027-01', '2027-01-10', '2027-02-10'],
      ['2026-12', '2026-12-10', '2027-01-10'],
      ['2026-11', '2026-11-01', '2026-12-01'],
    ])
  })

  test('an immediate end stops access, keeps the date, and credits later days on request', async () => {
    const { id: invoiceId, total } = (await subscribe('ended'))!
    await recordPayment(world.engine, { invoiceId, amount: total, method: 'bank', reference: 'r' })
    await use('ended', 'u', 1_100, '2026-11-14T00:00:00Z')
    world.set('2026-11-16T04:00:00Z') // noon of the 16th
    await use('ended', 'today', 7, '2026-11-16T01:00:00Z')
    const { subscription: ended, invoice } = await cancel('ended', { when: 'now', credit: true })
    expect(ended).toMatchObject({ status: 'canceled', endedAt: '2026-11-16T04:00:00.000000Z' })
    expect(await checkSubscriptionStatus(world.engine, { customerId: 'ended' })).toBe(false)
    await expect(
      consume(world.engine, { customerId: 'ended', meter: 'ai_chat', id: 'c' }),
    ).rejects.toMatchObject({ code: 'no_active_subscription' })
    await expect(cancel('ended', { when: 'now' })).rejects.toMatchObject({ code: 'no_active_subscription' })
    // 14 of 30 days: 59900 − 59900 × 16 ÷ 30 = 59900 − 31946.67 → 27953. With 6 %: 1677.18 → 1677.
    expect(invoice).toMatchObject({
      kind: 'change',
      lines: [{ kind: 'unused_time', amount: -27_953, days: { billed: 14, of: 30 } }],
      total: -29_630,
    })
    // Used before the ending and reported after it: billed. Used after it on the same date: not.
    world.set('2026-11-16T06:00:00Z')
    await use('ended', 'before', 3, '2026-11-16T03:59:59Z')
    await use('ended', 'after', 9, '2026-11-16T04:00:01Z')
    await world.passTo('2026-11-16T17:00:00Z')
    expect(await linesOf('ended')).toEqual([
      ['renewal', ['usage', 550]],
      ['change', ['unused_time', -27_953]],
      ['start', ['fee', 59_900]],
    ])
    // 5.50 and 6 % tax, 0.33, come off the balance.
    expect((await getCustomer(world.engine, { customerId: 'ended' })).creditBalance).toBe(29_630 - 583)
    // Late usage is billed on the final invoice, 35 days after the date is over.
    await use('ended', 'late', 100, '2026-11-15T04:00:00Z')
    await world.passTo('2026-12-21T16:00:00Z')
    expect((await invoicesOf('ended'))[0]).toMatchObject({
      kind: 'final',
      issuedAt: '2026-12-21T16:00:00.000000Z',
      lines: [{ kind: 'adjustment', amount: 500 }],
    })
    await subscribe('kept')
    expect(await cancel('kept', { when: 'now' })).toMatchObject({
      invoice: null,
      subscription: { status: 'canceled' },
    })
  })

  test('a new subscription on the date of the end takes over the date, with fee and usage', async () => {
    await subscribe('again')
    await use('again', 'u', 1_100, '2026-11-14T00:00:00Z')
    await use('again', 'today', 7)
    await cancel('again', { when: 'now', credit: true })
    world.set('2026-11-16T04:00:00Z')
    const { invoice } = await createSubscription(world.engine, { customerId: 'again', planId: 'team' })
    // The 16th: 31947 − 59900 × 15 ÷ 30 = 31947 − 29950 = 1997. Usage before it is billed first.
    expect(invoice).toMatchObject({ kind: 'start', lines: [{ kind: 'fee', amount: 59_900 }] })
    expect((await getUsageSummary(world.engine, { customerId: 'again' })).meters[0]).toMatchObject({
      used: 7,
    })
    expect(await linesOf('again')).toEqual([
      ['start', ['fee', 59_900]],
      ['change', ['unused_time', -1_997]],
      ['renewal', ['usage', 500]],
      ['change', ['unused_time', -27_953]],
      ['start', ['fee', 59_900]],
    ])
    // The voided start is issued again with the same lines.
    const [start, credit] = await invoicesOf('again')
    expect(credit).toMatchObject({
      total: -2_117,
      lines: [{ period: { start: '2026-11-16', end: '2026-11-17' } }],
    })
    await voidInvoice(world.engine, { invoiceId: start!.id })
    expect(
      (await generateInvoice(world.engine, { customerId: 'again', period: start!.period.label })).lines.map(
        (line) => line.amount,
      ),
    ).toEqual([59_900])
    await world.passTo('2026-12-17T00:00:00Z')
    expect((await linesOf('again'))[0]).toEqual(['renewal', ['fee', 59_900], ['usage', 0]])
  })

  test('starting again on the next date pays each date once, and an upgrade credits none', async () => {
    await subscribe('next')
    await cancel('next', { when: 'now' })
    world.set('2026-11-16T17:00:00Z') // the 17th
    expect(
      (await createSubscription(world.engine, { customerId: 'next', planId: 'team' })).invoice!.lines.map(
        (line) => line.amount,
      ),
    ).toEqual([59_900])
    world.set('2026-11-18T17:00:00Z')
    // 28 of 30 days: 59900 − 59900 × 2 ÷ 30 = 59900 − 3993 = 55907; 199900 − 13327 = 186573.
    expect(
      (
        await upgradeSubscription(world.engine, { customerId: 'next', planId: 'business' })
      ).invoice!.lines.map((line) => line.amount),
    ).toEqual([-55_907, 186_573])
  })

  test('a date that is billed already is not handed over', async () => {
    await subscribe('billed')
    await cancel('billed', { when: 'now' })
    await use('billed', 'u', 1_010, '2026-11-15T17:00:00Z')
    await world.passTo('2026-11-18T00:00:00Z')
    await expect(
      createSubscription(world.engine, {
        customerId: 'billed',
        planId: 'team',
        startsAt: '2026-11-16T10:00:00Z',
      }),
    ).rejects.toMatchObject({ code: 'starts_too_early' })
    expect(
      (
        await createSubscription(world.engine, {
          customerId: 'billed',
          planId: 'team',
          startsAt: '2026-11-17T10:00:00Z',
        })
      ).subscription,
    ).toMatchObject({ currentPeriod: { start: '2026-11-17' } })
  })

  test('ending and starting twice on one date charges only the last', async () => {
    world.set('2026-10-31T16:00:00Z')
    await seedCustomer(world.engine, 'fickle')
    for (const planId of ['team', 'business', 'team']) {
      await createSubscription(world.engine, { customerId: 'fickle', planId })
      await use('fickle', `on-${(await invoicesOf('fickle')).length}`, 700)
      if (planId === 'business' || (await invoicesOf('fickle')).length === 1)
        await cancel('fickle', { when: 'now', credit: true })
    }
    // 59900 ÷ 30 = 1996.67 → 1997 for the date, 57903 for the rest; 199900 ÷ 30 = 6663.33 → 6663 and 193237.
    expect(await linesOf('fickle')).toEqual([
      ['start', ['fee', 59_900]],
      ['change', ['unused_time', -6_663]],
      ['change', ['unused_time', -193_237]],
      ['start', ['fee', 199_900]],
      ['change', ['unused_time', -1_997]],
      ['change', ['unused_time', -57_903]],
      ['start', ['fee', 59_900]],
    ])
    await world.passTo('2026-12-20T00:00:00Z')
    expect(await subscription('fickle')).toMatchObject({
      plan: { id: 'team' },
      usagePeriod: { label: '2026-12' },
    })
    // 2,100 on that date, once: 1,100 above 1,000.
    expect((await linesOf('fickle'))[0]).toEqual(['renewal', ['fee', 59_900], ['usage', 5_500]])
  })

  test('ending and starting every day pays for each date and its usage once', async () => {
    // So that usage within the allowance has a document too.
    const seller = await getSeller(world.engine)
    await putSeller(world.engine, { ...seller, zeroInvoices: true })
    world.set('2026-10-31T20:00:00Z')
    await seedCustomer(world.engine, 'daily')
    await createSubscription(world.engine, { customerId: 'daily', planId: 'team' })
    for (let day = 1; day <= 4; day += 1) {
      await use('daily', `d${day}`, 10)
      await cancel('daily', { when: 'now', credit: true })
      await createSubscription(world.engine, { customerId: 'daily', planId: 'team' })
      await world.passTo(`2026-11-0${day}T20:00:00Z`)
    }
    await cancel('daily', { when: 'now', credit: true })
    await world.passTo('2027-03-01T00:00:00Z')
    const lines = (await invoicesOf('daily')).flatMap((invoice) => invoice.lines)
    const sumOf = (kinds: string[], of: (line: (typeof lines)[number]) => number) =>
      lines.filter((line) => kinds.includes(line.kind)).reduce((total, line) => total + of(line), 0)
    // Five dates of thirty: 59900 × 5 ÷ 30 = 9983.33, each rounded by at most half a fen.
    expect(Math.abs(sumOf(['fee', 'unused_time'], (line) => line.amount) - 9_983)).toBeLessThanOrEqual(5)
    expect(sumOf(['usage', 'adjustment'], (line) => line.quantity)).toBe(40)
    await putSeller(world.engine, seller)
  })

  test('a cancellation replaces a downgrade, survives an upgrade, and blocks a downgrade', async () => {
    await subscribe('both')
    await downgradeSubscription(world.engine, { customerId: 'both', planId: 'free' })
    expect((await cancel('both')).subscription).toMatchObject({
      scheduledChange: null,
      cancelAtPeriodEnd: true,
    })
    await expect(
      downgradeSubscription(actingFor(world.engine, 'both'), { customerId: 'both', planId: 'free' }),
    ).rejects.toMatchObject({ code: 'change_blocked', detail: { blocker: 'canceling' } })
    expect(
      (await upgradeSubscription(world.engine, { customerId: 'both', planId: 'business' })).subscription,
    ).toMatchObject({ plan: { id: 'business' }, cancelAtPeriodEnd: true })
    await world.passTo('2026-12-01T00:00:00Z')
    expect(await subscription('both')).toMatchObject({ status: 'canceled' })
  })

  test('one command lets the vendor move a customer in either direction', async () => {
    await subscribe('moved')
    expect(await changeSubscription(world.engine, { customerId: 'moved', planId: 'business' })).toMatchObject(
      { subscription: { plan: { id: 'business' } }, invoice: { kind: 'change' } },
    )
    expect(await changeSubscription(world.engine, { customerId: 'moved', planId: 'free' })).toMatchObject({
      subscription: { plan: { id: 'business' }, scheduledChange: { planId: 'free' } },
      invoice: null,
    })
  })
})
