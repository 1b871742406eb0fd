import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  createSubscription,
  generateInvoice,
  getInvoices,
  getSubscription,
  getUsageSummary,
  previewChange,
  putPlan,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('moving from a monthly to a yearly plan on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'yearly',
      name: 'Yearly',
      rank: 30,
      interval: 'year',
      fee: { amount: 1_200_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 3_000,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 2, per: 1 } },
        },
      ],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string) => {
    world.set('2026-10-31T16:00:00Z')
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId: 'team' })
    world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th: fifteen days are left
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

  test('the whole year is billed at once, with unused days credited and the usage so far', async () => {
    await subscribe('longer')
    await use('longer', 'before', 1_100, '2026-11-14T00:00:00Z')
    await use('longer', 'today', 5)
    const preview = await previewChange(world.engine, { customerId: 'longer', planId: 'yearly' })
    world.set('2026-11-15T16:35:00Z')
    const { subscription, invoice } = await upgradeSubscription(world.engine, {
      customerId: 'longer',
      planId: 'yearly',
      quoteId: preview.quoteId,
    })
    expect(invoice).toMatchObject({ total: preview.total, amountDue: preview.dueNow })
    expect(await linesOf('longer')).toEqual([
      ['change', ['unused_time', -29_950], ['fee', 1_200_000], ['usage', 500]],
      ['start', ['fee', 59_900]],
    ])
    // A new usage period starts too, with the whole allowance; today belongs to it.
    expect(subscription).toMatchObject({
      plan: { id: 'yearly' },
      currentPeriod: { start: '2026-11-16', end: '2027-11-16' },
      usagePeriod: { start: '2026-11-16', end: '2026-12-16', label: '2026-11-16' },
      allowances: [{ allowance: 3_000, used: 5 }],
    })
    const { periods } = await getUsageSummary(world.engine, { customerId: 'longer' })
    expect(periods).toEqual([
      { start: '2026-11-16', end: '2026-12-16', label: '2026-11-16' },
      { start: '2026-11-01', end: '2026-11-16', label: '2026-11' },
    ])
    await expect(
      generateInvoice(world.engine, { customerId: 'longer', period: '2026-11' }),
    ).rejects.toMatchObject({ code: 'invoice_not_found' })

    await use('longer', 'late', 10, '2026-11-13T00:00:00Z')
    await world.passTo('2026-12-17T00:00:00Z')
    expect((await linesOf('longer'))[0]).toEqual(['renewal', ['usage', 0], ['adjustment', 50]])
    await world.passTo('2027-11-17T00:00:00Z')
    expect((await linesOf('longer'))[0]).toEqual(['renewal', ['fee', 1_200_000]])
  })

  test('on the first day of a period the renewal comes first and its fee is credited', async () => {
    await subscribe('punctual')
    world.set('2026-11-30T16:30:00Z')
    await upgradeSubscription(world.engine, { customerId: 'punctual', planId: 'yearly' })
    expect(await linesOf('punctual')).toEqual([
      ['change', ['unused_time', -59_900], ['fee', 1_200_000]],
      ['renewal', ['fee', 59_900]],
      ['start', ['fee', 59_900]],
    ])
  })

  test('after a calendar plan is changed on its first date, months are those of the new plan', async () => {
    world.set('2026-11-15T16:30:00Z')
    await putPlan(world.engine, {
      id: 'calendar',
      name: 'Calendar',
      rank: 5,
      alignment: 'calendar',
      fee: { amount: 30_000, per: 'subscription' },
      charges: [],
    })
    await seedCustomer(world.engine, 'at-once')
    await createSubscription(world.engine, { customerId: 'at-once', planId: 'calendar' })
    expect((await getSubscription(world.engine, { customerId: 'at-once' })).usagePeriod).toMatchObject({
      start: '2026-11-16',
      end: '2026-12-01',
    })
    const { subscription } = await upgradeSubscription(world.engine, {
      customerId: 'at-once',
      planId: 'yearly',
    })
    expect(subscription).toMatchObject({
      currentPeriod: { start: '2026-11-16', end: '2027-11-16' },
      usagePeriod: { start: '2026-11-16', end: '2026-12-16' },
    })
  })

  test('what a voided change billed, usage included, is billed again from the next midnight', async () => {
    await subscribe('voided')
    await use('voided', 'before', 1_100, '2026-11-14T00:00:00Z')
    const { invoice } = await upgradeSubscription(world.engine, { customerId: 'voided', planId: 'yearly' })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    await world.passTo('2026-12-17T00:00:00Z')
    expect((await linesOf('voided'))[0]).toEqual([
      'change',
      ...invoice!.lines.map((line) => [line.kind, line.amount]),
    ])
    expect(invoice!.lines.map((line) => line.kind)).toContain('usage')
  })

  test('a cancellation waits for the end of the paid year', async () => {
    await subscribe('leaving')
    await cancelSubscription(world.engine, { customerId: 'leaving' })
    await upgradeSubscription(world.engine, { customerId: 'leaving', planId: 'yearly' })
    await world.passTo('2026-12-20T00:00:00Z')
    expect(await getSubscription(world.engine, { customerId: 'leaving' })).toMatchObject({
      cancelAtPeriodEnd: true,
      currentPeriod: { end: '2027-11-16' },
    })
    await world.passTo('2027-11-16T00:00:00Z')
    expect(await getSubscription(world.engine, { customerId: 'leaving' })).toMatchObject({
      status: 'canceled',
    })
  })
})
