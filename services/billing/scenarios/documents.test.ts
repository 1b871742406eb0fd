import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  closePdfWorkers,
  createSubscription,
  generatePdf,
  getInvoice,
  getInvoices,
  issueCreditNote,
  previewChange,
  putMeter,
  putPlan,
  recordPayment,
  recordUsage,
  reversePayment,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

/** What a document shows about itself: its periods, where its money went, and when it is due. */
describe.each(testDatabases)('documents on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-05-31T16:00:00Z') // 1 June in Shanghai
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
    for (const [id, interval, rank, amount] of [
      ['month', 'month', 1, 30_000],
      ['year', 'year', 2, 365_000],
      ['metered', 'month', 1, 0],
    ] as const) {
      await putPlan(world.engine, {
        id,
        name: id,
        rank,
        interval,
        fee: { amount, per: 'subscription' },
        taxRate: '0',
        charges,
      })
    }
    await putPlan(world.engine, {
      id: 'plain',
      name: 'plain',
      fee: { amount: 30_000, per: 'subscription' },
      taxRate: '0',
      charges: [],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
    await closePdfWorkers()
  })
  const subscribe = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice
  }
  const use = (customerId: string, quantity: number) =>
    recordUsage(world.engine, [
      {
        id: `${customerId}-${world.engine.now()}`,
        customerId,
        meter: 'calls',
        quantity,
        time: world.engine.now(),
      },
    ])
  const read = (invoiceId: string) => getInvoice(world.engine, { invoiceId })
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!
  const pay = async (invoiceId: string) =>
    recordPayment(world.engine, {
      invoiceId,
      amount: (await read(invoiceId)).amountDue,
      method: 'bank_transfer',
      reference: invoiceId,
    })
  const june = { start: '2027-06-01', end: '2027-07-01' }
  const july = { start: '2027-07-01', end: '2027-08-01' }

  test('each document names the periods of its fee and its usage', async () => {
    const start = await subscribe('both', 'month')
    expect(start).toMatchObject({ kind: 'start', billedPeriods: { fee: june, usage: null } })
    for (const [customerId, planId] of [
      ['fee', 'plain'],
      ['usage', 'metered'],
      ['yearly', 'month'],
    ] as const)
      await subscribe(customerId, planId)
    for (const customerId of ['both', 'usage', 'yearly']) await use(customerId, 100)
    await world.passTo('2027-06-10T02:00:00Z')
    const { quoteId } = await previewChange(world.engine, { customerId: 'yearly', planId: 'year' })
    const { invoice: change } = await upgradeSubscription(world.engine, {
      customerId: 'yearly',
      planId: 'year',
      quoteId,
    })
    expect(change).toMatchObject({
      kind: 'change',
      billedPeriods: {
        fee: { start: '2027-06-10', end: '2028-06-10' },
        usage: { start: '2027-06-01', end: '2027-06-10' },
      },
    })
    await world.passTo('2027-06-30T16:30:00Z')
    expect(await newest('both')).toMatchObject({
      status: 'draft',
      dueAt: null,
      billedPeriods: { fee: july, usage: june },
    })
    await world.passTo('2027-06-30T18:00:00Z')
    expect(await newest('both')).toMatchObject({
      kind: 'renewal',
      status: 'open',
      period: june,
      billedPeriods: { fee: july, usage: june },
    })
    expect((await newest('fee')).billedPeriods).toEqual({ fee: july, usage: null })
    expect((await newest('usage')).billedPeriods).toEqual({ fee: null, usage: june })
    const note = await issueCreditNote(world.engine, { invoiceId: start!.id, amount: 100, reason: 'outage' })
    expect(note).toMatchObject({ period: june, billedPeriods: { fee: june, usage: null } })
  })

  test('negative totals, credit notes and void documents have no due date', async () => {
    const start = await subscribe('leaves', 'plain')
    await pay(start!.id)
    await cancelSubscription(world.engine, { customerId: 'leaves', when: 'now', credit: true })
    // Started and ended on 1 July: 30 of 31 days are credited, 30000 - round(30000 / 31) = 29032.
    const ending = await newest('leaves')
    expect(ending).toMatchObject({
      total: -29_032,
      addedToBalance: 29_032,
      amountDue: 0,
      dueAt: null,
      status: 'paid',
    })
    const first = await subscribe('noted', 'plain')
    expect(first!.dueAt).toBe('2027-07-15T18:00:00.000000Z')
    const part = await issueCreditNote(world.engine, {
      invoiceId: first!.id,
      amount: 1_000,
      reason: 'outage',
    })
    expect(part).toMatchObject({ dueAt: null, addedToBalance: 0, creditNote: { amountCredited: 1_000 } })
    await pay(first!.id)
    expect(
      await issueCreditNote(world.engine, { invoiceId: first!.id, amount: 2_000, reason: 'outage' }),
    ).toMatchObject({ dueAt: null, addedToBalance: 2_000 })
    expect(
      await issueCreditNote(world.engine, {
        invoiceId: first!.id,
        amount: 3_000,
        reason: 'outage',
        refund: true,
      }),
    ).toMatchObject({ dueAt: null, addedToBalance: 0, toRefund: 3_000 })
    const wrong = await subscribe('wrong', 'plain')
    expect(await voidInvoice(world.engine, { invoiceId: wrong!.id, reason: 'wrong company' })).toMatchObject({
      status: 'void',
      dueAt: null,
      addedToBalance: 0,
      amountDue: 0,
      voidReason: 'wrong company',
    })
  })

  test('the PDF stays the same when a reversed payment makes the invoice due again', async () => {
    const invoice = await subscribe('reversed', 'plain')
    const { sha256 } = await generatePdf(world.engine, { invoiceId: invoice!.id })
    const {
      payments: [payment],
    } = await pay(invoice!.id)
    await world.passTo('2027-07-05T02:00:00Z')
    const again = await reversePayment(world.engine, {
      paymentId: payment!.id,
      reason: 'returned by the bank',
    })
    expect(again.dueAt).toBe('2027-07-20T02:00:00.000000Z')
    expect((await generatePdf(world.engine, { invoiceId: invoice!.id })).sha256).toBe(sha256)
  })
})
