import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  getInvoices,
  issueCreditNote,
  putDiscount,
  putMeter,
  putPlan,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import type { DiscountInput } from '../src/commands/account/discount.ts'
import type { InvoiceDocument } from '../src/invoicing/document/document.ts'
import { addDays, addMonths } from '../src/values/date.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('a fixed discount is an amount per period, on $name', ({ create }) => {
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
    await putPlan(world.engine, {
      id: 'chairs',
      name: 'Chairs',
      fee: { amount: 5_000, per: 'seat' },
      taxRate: '0',
      charges,
    })
    await putPlan(world.engine, {
      id: 'calls',
      name: 'Calls',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges,
    })
    await putPlan(world.engine, {
      id: 'yearly chairs',
      name: 'Yearly chairs',
      interval: 'year',
      fee: { amount: 60_000, per: 'seat' },
      taxRate: '0',
      charges,
    })
    await putPlan(world.engine, {
      id: 'natural',
      name: 'Natural months',
      alignment: 'calendar',
      fee: { amount: 3_000, per: 'subscription' },
      taxRate: '0',
      charges,
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const give = async (customerId: string, rest: Partial<DiscountInput>) => {
    await seedCustomer(world.engine, customerId)
    await putDiscount(world.engine, {
      customerId,
      discountId: 'd',
      kind: 'fixed',
      value: 1_000,
      appliesTo: 'fee',
      from: '2027-06-01',
      ...rest,
    })
  }
  const begin = (customerId: string, planId: string, seats = 1) =>
    createSubscription(world.engine, { customerId, planId, seats })
  const seats = async (customerId: string, count: number) =>
    (await upgradeSubscription(world.engine, { customerId, planId: 'chairs', seats: count })).invoice!
  const documents = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.filter(
      (invoice) => invoice.status !== 'draft',
    )
  let events = 0
  const use = async (customerId: string, quantity: number, time: string) => {
    expect(
      await recordUsage(world.engine, [
        { id: `e${(events += 1)}`, customerId, meter: 'calls', quantity, time },
      ]),
    ).toMatchObject({ accepted: 1 })
  }
  const day = (date: number, hour = '01') =>
    world.passTo(`2027-06-${String(date).padStart(2, '0')}T${hour}:00:00Z`)

  test('seats added within a month cost their days, less the discount once', async () => {
    for (const customerId of ['once', 'daily']) {
      await give(customerId, {})
      await begin(customerId, 'chairs')
    }
    await give('both', { appliesTo: 'all' })
    await begin('both', 'chairs')
    await give('short', { appliesTo: 'all', value: 3_100 })
    await give('usage', { appliesTo: 'usage', until: '2027-06-01' })
    await begin('usage', 'calls')
    await use('usage', 500, '2027-06-01T00:30:00Z')
    await day(16)
    // The month with 10.00 off: 1 seat 40.00, 2 seats 90.00. Half of the difference is 25.00: 50.00 − 5.00
    // less 25.00 − 5.00.
    const change = await seats('once', 2)
    expect(change.lines.map((line) => [line.amount, line.discount ?? 0])).toEqual([
      [-2_000, 0],
      [5_000, 500],
    ])
    expect(change.total).toBe(2_500)
    // A discount on everything applies to the usage period: the fee took it all, so usage gets none of it.
    expect((await seats('both', 2)).total).toBe(2_500)
    for (let date = 16; date <= 30; date += 1) {
      await day(date)
      expect((await seats('daily', date - 14)).total).toBeGreaterThan(0)
    }
    // 15 days of 1 seat and 2 + … + 16 seats of a day each are 150 seat-days of 50.00 ÷ 30: 250.00, less
    // 10.00.
    expect((await documents('daily')).reduce((all, invoice) => all + invoice.total, 0)).toBe(24_000)
    await use('both', 100, '2027-06-20T00:00:00Z')
    await world.passTo('2027-07-01T02:30:00Z')
    expect(
      (await documents('both'))[0]!.lines.map((line) => [line.kind, line.amount, line.discount ?? 0]),
    ).toEqual([
      ['fee', 10_000, 1_000],
      ['usage', 1_000, 0],
    ])
  })

  test('late usage of a period gets what is left of its discount, and nothing after that', async () => {
    expect((await documents('usage'))[0]).toMatchObject({ discountTotal: 1_000, total: 4_000 })
    await use('usage', 200, '2027-06-25T00:00:00Z')
    await world.passTo('2027-08-01T02:30:00Z')
    expect((await documents('usage')).map((invoice) => [invoice.total, invoice.discountTotal])).toEqual([
      [2_000, 0],
      [4_000, 1_000],
    ])
  })

  test('a short first calendar period has the share of its days', async () => {
    await world.passTo('2027-08-22T01:00:00Z')
    const { invoice } = await begin('short', 'natural')
    // 10 of August's 31 days: 968 of 3,000, and 1,000 of 3,100, so nothing is left to pay.
    expect(invoice).toMatchObject({ subtotal: 968, discountTotal: 968, total: 0 })
    await use('short', 10, '2027-08-22T00:30:00Z')
    await world.passTo('2027-09-01T02:30:00Z')
    // 32 of August's 1,000 are left for its usage; September has 3,100 of its own, more than its fee.
    expect(
      (await documents('short'))[0]!.lines.map((line) => [line.kind, line.amount, line.discount ?? 0]),
    ).toEqual([
      ['fee', 3_000, 3_000],
      ['usage', 100, 32],
    ])
  })

  test('the part of a discount above the fee applies to the fee that replaces it', async () => {
    await give('above', { value: 6_000, from: '2027-09-01' })
    await begin('above', 'chairs')
    await world.passTo('2027-09-16T01:00:00Z')
    // One seat costs nothing (50.00 less 60.00), two cost 40.00: half of that.
    const change = await seats('above', 2)
    expect(change.lines.map((line) => [line.kind, line.amount, line.discount ?? 0])).toEqual([
      ['unused_time', 0, 0],
      ['fee', 5_000, 3_000],
    ])
    expect(
      (await cancelSubscription(world.engine, { customerId: 'above', when: 'now', credit: true }))
        .subscription.status,
    ).toBe('canceled')
  })

  test('an adjustment to less usage gives back only the discount that exceeds the usage', async () => {
    const volume = {
      model: 'volume' as const,
      tiers: [
        { upTo: 500, rate: { amount: 5, per: 1 } },
        { upTo: null, rate: { amount: 1, per: 1 } },
      ],
    }
    await putPlan(world.engine, {
      id: 'falling',
      name: 'Falling',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'calls', included: 0, overage: 'bill', price: volume }],
    })
    await world.passTo('2027-10-01T01:00:00Z')
    await give('falls', { appliesTo: 'usage', from: '2027-10-01', until: '2027-10-01' })
    await begin('falls', 'falling')
    await use('falls', 500, '2027-10-01T00:00:00Z')
    await world.passTo('2027-11-01T02:30:00Z')
    expect((await documents('falls'))[0]!.total).toBe(1_500)
    // 501 at 1 are 501, less than the discount: all 1,500 are credited, and 499 of the discount given back.
    await use('falls', 1, '2027-10-02T00:00:00Z')
    await world.passTo('2027-12-01T02:30:00Z')
    expect((await documents('falls'))[0]!.lines.map((line) => [line.kind, line.amount])).toEqual([
      ['adjustment', -1_500],
    ])
    await use('falls', 400, '2027-11-03T00:00:00Z')
    expect((await taken('falls')).get('2027-10-01')).toBe(501)
  })

  /**
   * What documents that are not void took of the discount less what they gave back, by the first date of the
   * period.
   */
  const taken = async (customerId: string) => {
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ document: InvoiceDocument }>(
        'select document from invoices where customer_id = $1 and voided_at is null',
        [customerId],
      ),
    )
    const sums = new Map<string, number>()
    for (const { period, amount } of rows
      .flatMap(({ document }) => document.lines)
      .flatMap((line) => line.discounts ?? []))
      sums.set(period!, (sums.get(period!) ?? 0) + amount)
    return sums
  }

  let runs = 0
  test(
    'discounts over any changes in a period never exceed the one amount, and reach it where fees do',
    { timeout: 120_000 },
    async () => {
      const step = fc.record({
        day: fc.integer({ min: 0, max: 27 }),
        more: fc.integer({ min: 1, max: 3 }),
        also: fc.constantFrom('', '', 'void', 'note', 'usage'),
      })
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 7 }),
          fc.integer({ min: 1, max: 5_000 }),
          fc.constantFrom('fee' as const, 'all' as const),
          fc.boolean(),
          async (steps, value, appliesTo, toYear) => {
            const customerId = `cut-${(runs += 1)}`
            const start = addMonths('2028-01-01', runs)
            await world.passTo(`${start}T01:00:00Z`)
            await give(customerId, { value, appliesTo, from: start, until: start })
            await begin(customerId, 'chairs')
            let count = 1
            let cutBy = false
            for (const { day: after, more, also } of steps.sort((a, b) => a.day - b.day)) {
              await world.passTo(`${addDays(start, after)}T02:00:00Z`)
              count += more
              const invoice = await seats(customerId, count)
              if (also === 'void') await voidInvoice(world.engine, { invoiceId: invoice.id })
              if (also === 'note' && invoice.total > 0)
                await issueCreditNote(world.engine, {
                  invoiceId: invoice.id,
                  amount: Math.ceil(invoice.total / 3),
                  reason: 'goodwill',
                })
              if (also === 'usage') await use(customerId, 7 + after, `${addDays(start, after)}T01:59:00Z`)
              cutBy ||= also === 'void' || also === 'note'
            }
            expect((await taken(customerId)).get(start)).toBeLessThanOrEqual(value)
            if (!cutBy) expect((await taken(customerId)).get(start)).toBe(value)
            if (toYear) {
              await world.passTo(`${addDays(start, 27)}T03:00:00Z`)
              await changeSubscription(world.engine, { customerId, planId: 'yearly chairs', seats: count })
              expect((await taken(customerId)).get(start)).toBeLessThanOrEqual(value)
            }
          },
        ),
        { numRuns: 12 },
      )
    },
  )
})
