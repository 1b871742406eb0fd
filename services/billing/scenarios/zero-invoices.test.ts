import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSubscription,
  generateInvoice,
  getInvoices,
  getReconciliation,
  getSeller,
  getSubscription,
  getUsageSummary,
  listLateEvents,
  putPlan,
  putSeller,
  recordUsage,
  upgradeSubscription,
  voidEvents,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('documents of 0 on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-01-01T02:00:00Z')
    await seedCatalogue(world.engine)
    const price = { model: 'per_unit', rate: { amount: 10, per: 1 } } as const
    await putPlan(world.engine, {
      id: 'gratis',
      name: 'Gratis',
      rank: 1,
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'ai_chat', included: 100, overage: 'bill', price }],
    })
    await putPlan(world.engine, {
      id: 'paid',
      name: 'Paid',
      rank: 2,
      fee: { amount: 3_000, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'ai_chat', included: 100, overage: 'bill', price }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  const use = (customerId: string, id: string, quantity: number, time = world.engine.now()) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, time }])
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.reverse()
  const amountsOf = async (customerId: string) =>
    (await invoicesOf(customerId)).map(({ kind, lines }) => [
      kind,
      ...lines.map((line) => [line.kind, line.quantity, line.amount]),
    ])
  const balanceOf = async (customerId: string, period: string) =>
    (await getReconciliation(world.engine, { customerId, period })).meters

  test('a document of 0 is not issued, and late usage is billed against it', async () => {
    await seedCustomer(world.engine, 'free')
    await createSubscription(world.engine, { customerId: 'free', planId: 'gratis' })
    await use('free', 'jan', 60)
    await world.passTo('2026-02-01T02:00:00Z')
    expect(await invoicesOf('free')).toEqual([])
    await expect(
      generateInvoice(world.engine, { customerId: 'free', period: '2026-01' }),
    ).rejects.toMatchObject({ code: 'invoice_not_found' })
    expect(
      (await getUsageSummary(world.engine, { customerId: 'free', period: '2026-01' })).meters[0],
    ).toMatchObject({ used: 60, included: 100, overageAmount: 0 })
    expect(await balanceOf('free', '2026-01')).toMatchObject([
      { accepted: 60, billed: 60, adjusted: 0, unbilled: 0, difference: 0 },
    ])
    // 30 more come late and stay within the 100; February is 40 of 100.
    await use('free', 'late', 30, '2026-01-31T02:00:00Z')
    await use('free', 'feb', 40)
    await world.passTo('2026-03-01T02:00:00Z')
    expect(await invoicesOf('free')).toEqual([])
    expect(await balanceOf('free', '2026-01')).toMatchObject([
      { accepted: 90, billed: 60, adjusted: 30, unbilled: 0, difference: 0 },
    ])
    expect((await listLateEvents(world.engine, { customerId: 'free' })).data).toMatchObject([
      { id: 'late', outcome: 'unchanged', invoice: null },
    ])
    // 20 more of February, above its 100 by then with 60 others: only the addition is billed, and February's
    // 40 are not listed again.
    await use('free', 'late feb', 80, '2026-02-27T02:00:00Z')
    await world.passTo('2026-04-01T02:00:00Z')
    expect(await amountsOf('free')).toEqual([['renewal', ['adjustment', 80, 200]]])
    // Voiding usage that was billed at 0 changes no amount, so it issues nothing.
    await voidEvents(world.engine, { customerId: 'free', ids: ['feb'], reason: 'sent twice' })
    await world.passTo('2026-05-01T02:00:00Z')
    expect(await amountsOf('free')).toEqual([
      ['renewal', ['adjustment', 80, 200]],
      ['renewal', ['adjustment', -40, -200]],
    ])
  })

  test('a document of 0 leaves nothing on the first invoice after it', async () => {
    await seedCustomer(world.engine, 'grows')
    await createSubscription(world.engine, { customerId: 'grows', planId: 'gratis' })
    await use('grows', 'may', 60)
    await world.passTo('2026-06-01T02:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'grows', planId: 'paid' })
    await world.passTo('2026-07-01T02:00:00Z')
    expect(await amountsOf('grows')).toEqual([
      ['change', ['fee', 1, 3_000]],
      ['renewal', ['fee', 1, 3_000]],
    ])
    expect((await getSubscription(world.engine, { customerId: 'grows' })).nextInvoice).toMatchObject({
      at: '2026-08-01',
      estimatedTotal: 3_000,
    })
  })

  test('a document of 0 is issued where the seller wants it', async () => {
    const seller = await getSeller(world.engine)
    await putSeller(world.engine, { ...seller, zeroInvoices: true })
    await seedCustomer(world.engine, 'asked')
    await createSubscription(world.engine, { customerId: 'asked', planId: 'gratis' })
    await use('asked', 'u', 60)
    await world.passTo('2026-08-01T02:00:00Z')
    const [invoice] = await invoicesOf('asked')
    expect(invoice).toMatchObject({
      kind: 'renewal',
      status: 'paid',
      total: 0,
      lines: [{ kind: 'usage', quantity: 60, amount: 0 }],
    })
    // A setting that is not printed.
    expect(invoice!.seller).toEqual(seller)
    await putSeller(world.engine, seller)
    await use('asked', 'v', 50)
    await world.passTo('2026-09-01T02:00:00Z')
    expect(await invoicesOf('asked')).toHaveLength(1)
  })

  test('generating its period bills late usage since, once, and no fee of what followed', async () => {
    await seedCustomer(world.engine, 'asked-late')
    await createSubscription(world.engine, { customerId: 'asked-late', planId: 'gratis' })
    await use('asked-late', 'sep', 60)
    await world.passTo('2026-10-10T02:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'asked-late', planId: 'paid' })
    await use('asked-late', 'late sep', 80, '2026-09-30T02:00:00Z')
    // 140 of 100: 40 at 10; of the 60 nothing was billed.
    const invoice = await generateInvoice(world.engine, { customerId: 'asked-late', period: '2026-09' })
    expect(invoice).toMatchObject({
      kind: 'renewal',
      total: 400,
      lines: [{ kind: 'adjustment', quantity: 80, amount: 400 }],
    })
    expect(
      await generateInvoice(world.engine, { customerId: 'asked-late', period: '2026-09' }),
    ).toMatchObject({ id: invoice.id })
    await world.passTo('2026-12-01T02:00:00Z')
    // 22 of October's 31 days of 3,000, then each month's fee.
    expect(
      (await amountsOf('asked-late')).map(([kind, ...lines]) => [
        kind,
        ...lines.map((line) => (line as unknown[])[2]),
      ]),
    ).toEqual([
      ['change', 2_129],
      ['renewal', 400],
      ['renewal', 3_000],
      ['renewal', 3_000],
    ])
    expect(await balanceOf('asked-late', '2026-09')).toMatchObject([
      { accepted: 140, billed: 60, adjusted: 80, unbilled: 0, difference: 0 },
    ])
  })
})
