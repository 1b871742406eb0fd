import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  createSubscription,
  getInvoices,
  issueCreditNote,
  putMeter,
  putPlan,
  recordPayment,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('nothing is credited twice, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls' })
    await putPlan(world.engine, {
      id: 'basic',
      name: 'Basic',
      rank: 1,
      fee: { amount: 30_000, per: 'subscription' },
    })
    await putPlan(world.engine, {
      id: 'pro',
      name: 'Pro',
      rank: 2,
      fee: { amount: 60_000, per: 'subscription' },
    })
    const price = {
      model: 'volume' as const,
      tiers: [
        { upTo: 500, rate: { amount: 5, per: 1 } },
        { upTo: null, rate: { amount: 1, per: 1 } },
      ],
    }
    await putPlan(world.engine, {
      id: 'volume',
      name: 'Volume',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'calls', included: 0, overage: 'bill', price }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const note = (invoiceId: string, amount: number) =>
    issueCreditNote(world.engine, { invoiceId, amount, reason: 'goodwill' })
  const subscribe = async (customerId: string, planId = 'basic') => {
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice!
  }
  const pay = (invoiceId: string, amount: number) =>
    recordPayment(world.engine, { invoiceId, amount, method: 'bank', reference: 'r' })
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!

  test('a note credits at most what a change or ending left, by line and in total', async () => {
    const [leaves, upgrades, noted] = [
      await subscribe('leaves'),
      await subscribe('upgrades'),
      await subscribe('noted'),
    ]
    for (const { id, total } of [leaves, upgrades, noted]) await pay(id, total)
    await note(noted.id, 10_600)
    await world.passTo('2027-06-16T01:00:00Z')
    const { invoice: ended } = await cancelSubscription(world.engine, {
      customerId: 'leaves',
      when: 'now',
      credit: true,
    })
    const kept = leaves.total + ended!.total
    await expect(note(leaves.id, kept + 1)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: kept },
    })
    const fee = leaves.lines[0]!
    await expect(
      issueCreditNote(world.engine, {
        invoiceId: leaves.id,
        lines: [{ lineId: fee.id, amount: fee.amount + ended!.lines[0]!.amount + 1 }],
        reason: 'r',
      }),
    ).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: fee.amount + ended!.lines[0]!.amount },
    })
    expect((await note(leaves.id, kept)).total).toBe(-kept)
    await expect(note(leaves.id, 1)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 0 },
    })
    // (600 − 300) × 15/30 with 6 % is 159.00, and 159.00 of the first invoice's 318.00 are left.
    const { invoice: change } = await upgradeSubscription(world.engine, {
      customerId: 'upgrades',
      planId: 'pro',
    })
    expect(change!.total).toBe(15_900)
    await expect(note(upgrades.id, 15_901)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 15_900 },
    })
    await note(upgrades.id, 15_900)
    // In the other order: a note credited a third, so the change credits half of two thirds.
    expect(
      (await upgradeSubscription(world.engine, { customerId: 'noted', planId: 'pro' })).invoice!.lines[0]!
        .amount,
    ).toBe(-10_000)
    await expect(note(noted.id, 10_601)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 10_600 },
    })
  })

  test('an invoice that later documents credited is voided after them, newest first', async () => {
    const first = await subscribe('chain')
    await world.passTo('2027-06-20T01:00:00Z')
    const { invoice: second } = await upgradeSubscription(world.engine, {
      customerId: 'chain',
      planId: 'pro',
    })
    await world.passTo('2027-06-22T01:00:00Z')
    const { invoice: third } = await cancelSubscription(world.engine, {
      customerId: 'chain',
      when: 'now',
      credit: true,
    })
    const numbers = [third!.number, second!.number]
    await expect(voidInvoice(world.engine, { invoiceId: first.id })).rejects.toMatchObject({
      code: 'credit_already_given',
      detail: { documents: numbers },
    })
    await expect(voidInvoice(world.engine, { invoiceId: second!.id })).rejects.toMatchObject({
      code: 'credit_already_given',
      detail: { documents: [third!.number] },
    })
    for (const { id } of [third!, second!, first])
      expect(await voidInvoice(world.engine, { invoiceId: id })).toMatchObject({ status: 'void' })
  })

  test('an adjustment credits what notes left of the period, and a note what adjustments left', async () => {
    await seedCustomer(world.engine, 'usage')
    await createSubscription(world.engine, { customerId: 'usage', planId: 'volume' }) // from 22 June on
    const use = async (id: string, quantity: number, time: string) =>
      expect(
        await recordUsage(world.engine, [{ id, customerId: 'usage', meter: 'calls', quantity, time }]),
      ).toMatchObject({ accepted: 1 })
    await world.passTo('2027-06-23T01:00:00Z')
    await use('e1', 400, '2027-06-22T12:00:00Z')
    await world.passTo('2027-07-22T02:30:00Z')
    const billed = await newest('usage')
    expect(billed.total).toBe(2_000)
    await use('e2', 100, '2027-06-23T12:00:00Z')
    await world.passTo('2027-08-22T02:30:00Z')
    const more = await newest('usage')
    expect(more.lines.map((line) => [line.kind, line.amount])).toEqual([['adjustment', 500]])
    await note(billed.id, 300)
    // 501 calls are 1 each: of 2,500 billed 1,999 are credited, 500 of the later invoice and 1,499 of the
    // first.
    await use('e3', 1, '2027-07-21T12:00:00Z')
    await world.passTo('2027-09-22T02:30:00Z')
    const given = await newest('usage')
    expect(given.lines.map((line) => [line.kind, line.amount])).toEqual([['adjustment', -1_999]])
    await expect(note(more.id, 1)).rejects.toMatchObject({ code: 'amount_out_of_range', detail: { left: 0 } })
    await expect(note(billed.id, 202)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 201 },
    })
    await note(billed.id, 201)
    await expect(voidInvoice(world.engine, { invoiceId: more.id })).rejects.toMatchObject({
      code: 'credit_already_given',
      detail: { documents: [given.number] },
    })
  })
})
