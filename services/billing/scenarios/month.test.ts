import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  consume,
  createSubscription,
  getInvoice,
  getInvoices,
  getSubscription,
  getUsageDetail,
  getUsageSummary,
  previewChange,
  recordPayment,
  recordUsage,
  upgradeSubscription,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('one month of a customer on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await seedCustomer(world.engine, 'acme')
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  test('a subscription starts with an invoice for the first month', async () => {
    const { subscription, invoice } = await createSubscription(world.engine, {
      customerId: 'acme',
      planId: 'team',
    })
    expect(subscription).toMatchObject({
      status: 'active',
      seats: 1,
      currentPeriod: { start: '2026-11-01', end: '2026-12-01' },
      nextInvoice: { at: '2026-12-01', estimatedTotal: 63_494 },
    })
    expect(invoice).toMatchObject({
      number: 'INV-202611-000001',
      kind: 'start',
      status: 'open',
      subtotal: 59_900,
      taxTotal: 3_594,
      total: 63_494,
      amountDue: 63_494,
    })
  })

  test('usage is summed by day and month, and listed newest first', async () => {
    world.set('2026-11-10T04:00:00Z')
    const recorded = await recordUsage(world.engine, [
      { id: 'e1', customerId: 'acme', meter: 'ai_chat', quantity: 700, time: '2026-11-09T15:59:59Z' },
      {
        id: 'e2',
        customerId: 'acme',
        meter: 'ai_chat',
        quantity: 400,
        time: '2026-11-09T16:00:00Z',
        properties: { channel: 'web' },
      },
      {
        id: 'e2',
        customerId: 'acme',
        meter: 'ai_chat',
        quantity: 400,
        time: '2026-11-09T16:00:00Z',
        properties: { channel: 'web' },
      },
      { id: 'e1', customerId: 'acme', meter: 'ai_chat', quantity: 701, time: '2026-11-09T15:59:59Z' },
      { id: 'e3', customerId: 'acme', meter: 'nonsense' },
    ])
    expect(recorded).toMatchObject({
      accepted: 2,
      duplicates: 1,
      rejected: [
        { index: 3, code: 'event_conflict' },
        { index: 4, code: 'meter_not_found' },
      ],
    })
    const summary = await getUsageSummary(world.engine, { customerId: 'acme' })
    expect(summary.usage).toMatchObject({ ai_chat: 1100 })
    expect(summary.meters[0]).toMatchObject({
      meter: 'ai_chat',
      used: 1100,
      included: 1000,
      remaining: 0,
      overage: 100,
      overageAmount: 500,
    })
    expect(summary.daily.find((day) => day.date === '2026-11-09')!.usage).toMatchObject({ ai_chat: 700 })
    expect(summary.daily.at(-1)).toMatchObject({ date: '2026-11-10', usage: { ai_chat: 400 } })
    const detail = await getUsageDetail(world.engine, { customerId: 'acme', limit: 1 })
    expect(detail.data.map((event) => event.id)).toEqual(['e2'])
    const next = await getUsageDetail(world.engine, {
      customerId: 'acme',
      limit: 1,
      cursor: detail.nextCursor!,
    })
    expect(next).toMatchObject({ data: [{ id: 'e1', quantity: 700 }], nextCursor: null })
  })

  test('an upgrade on the 16th credits and charges fifteen of thirty days, as its preview said', async () => {
    world.set('2026-11-15T16:30:00Z') // 16 November in Shanghai
    const preview = await previewChange(world.engine, { customerId: 'acme', planId: 'business' })
    expect(preview.lines.map((line) => line.amount)).toEqual([-29_950, 99_950])
    expect(preview).toMatchObject({
      when: 'now',
      effectiveAt: '2026-11-16',
      subtotal: 70_000,
      taxTotal: 4_200,
      total: 74_200,
      dueNow: 74_200,
      nextInvoice: { at: '2026-12-01', estimatedTotal: 211_894 },
    })
    const { subscription, invoice } = await upgradeSubscription(world.engine, {
      customerId: 'acme',
      planId: 'business',
      quoteId: preview.quoteId,
    })
    expect(subscription).toMatchObject({
      plan: { id: 'business' },
      allowances: [{ meter: 'ai_chat', allowance: 3000, used: 1100, remaining: 1900 }],
    })
    expect(invoice).toMatchObject({
      kind: 'change',
      number: 'INV-202611-000002',
      total: preview.total,
      amountDue: preview.dueNow,
    })
    expect(invoice!.lines.map(({ amount }) => amount)).toEqual(preview.lines.map(({ amount }) => amount))
  })

  test('the month closes an hour after its end, with the usage of both plans and the next fee', async () => {
    await consume(world.engine, { customerId: 'acme', meter: 'ai_chat', id: 'c1', quantity: 4000 })
    world.set('2026-11-30T16:30:00Z')
    const [draft] = (await getInvoices(world.engine, { customerId: 'acme' })).data
    expect(draft).toMatchObject({ status: 'draft', number: null, finalizesAt: '2026-11-30T17:00:00.000000Z' })
    await world.passTo('2026-12-02T00:00:00Z')
    const { data } = await getInvoices(world.engine, { customerId: 'acme' })
    expect(data.map((invoice) => [invoice.kind, invoice.status])).toEqual([
      ['renewal', 'open'],
      ['change', 'open'],
      ['start', 'open'],
    ])
    const [renewal] = data
    expect(renewal).toMatchObject({
      issuedAt: '2026-11-30T17:00:00.000000Z',
      number: 'INV-202612-000001',
      total: draft!.total,
    })
    // (1,000 × 15 + 5,000 × 15) ÷ 30 = 3,000 included, 5,100 used: 1,000 at 4 分 with ¥10 for the tier, 1,100
    // at 3 分.
    expect(renewal!.lines.map((line) => [line.kind, line.quantity, line.amount])).toEqual([
      ['fee', 1, 199_900],
      ['usage', 1100, 0],
      ['usage', 4000, 8_300],
    ])
    expect(renewal!.lines[2]!.breakdown.map((tier) => [tier.quantity, tier.flat, tier.amount])).toEqual([
      [1000, 1000, 5000],
      [1100, 0, 3300],
    ])
  })

  test('late usage is an adjustment on the next invoice, once', async () => {
    await recordUsage(world.engine, [
      { id: 'late', customerId: 'acme', meter: 'ai_chat', quantity: 100, time: '2026-11-20T00:00:00Z' },
    ])
    await world.passTo('2027-02-02T00:00:00Z')
    const { data } = await getInvoices(world.engine, { customerId: 'acme' })
    const adjustments = data.flatMap((invoice) =>
      invoice.lines
        .filter((line) => line.kind === 'adjustment')
        .map((line) => [invoice.period.label, line.quantity, line.amount]),
    )
    expect(adjustments).toEqual([['2026-12', 100, 300]])
  })

  test('an unpaid invoice makes the subscription past due, and paying it makes it active again', async () => {
    expect((await getSubscription(world.engine, { customerId: 'acme' })).status).toBe('past_due')
    const { data } = await getInvoices(world.engine, { customerId: 'acme', status: 'open', limit: 100 })
    for (const invoice of data)
      await recordPayment(world.engine, {
        invoiceId: invoice.id,
        amount: invoice.amountDue,
        method: 'bank_transfer',
        reference: `pay-${invoice.number}`,
      })
    expect((await getSubscription(world.engine, { customerId: 'acme' })).status).toBe('active')
    expect(await getInvoice(world.engine, { invoiceId: data[0]!.id })).toMatchObject({
      status: 'paid',
      amountDue: 0,
      paidAt: '2027-02-02T00:00:00.000000Z',
    })
  })
})
