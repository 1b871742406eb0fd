import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  generateInvoice,
  getInvoices,
  listLateEvents,
  nextRunAt,
  putPlan,
  recordUsage,
  runBilling,
  upgradeSubscription,
  voidInvoice,
  type Invoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf, scheduledTooLate } from './invariants.ts'

describe.each(testDatabases)('voided documents are billed again, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'yearly',
      name: 'Yearly',
      rank: 30,
      interval: 'year',
      fee: { amount: 500_000, per: 'subscription' },
    })
  })
  afterAll(async () => {
    expect([...(await mistakesOf(world)), ...(await scheduledTooLate(world))]).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'team') => {
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice!
  }
  const use = async (customerId: string, id: string, quantity: number, time: string) =>
    expect(
      await recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, time }]),
    ).toMatchObject({ accepted: 1 })
  const documents = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
      .filter((invoice) => invoice.status !== 'draft')
      .reverse()
  const standing = async (customerId: string) =>
    (await documents(customerId)).filter((invoice) => invoice.status !== 'void').map(summary)
  const summary = (invoice: Invoice) => [
    invoice.kind,
    invoice.total,
    ...invoice.lines.map((line) => `${line.kind} ${line.amount}`).sort(),
  ]
  /** Voids all documents, newest first. */
  const voidAll = async (customerId: string) => {
    for (const { id, status } of (await documents(customerId)).reverse())
      if (status !== 'void') await voidInvoice(world.engine, { invoiceId: id })
  }

  test('the run bills a void document again at the next midnight, once; a request at once', async () => {
    const start = await subscribe('runs')
    await subscribe('asks')
    await voidAll('runs')
    await voidAll('asks')
    expect(await generateInvoice(world.engine, { customerId: 'asks', period: '2027-06' })).toMatchObject({
      kind: 'start',
      total: start.total,
    })
    await runBilling(world.engine)
    expect(await standing('runs')).toEqual([])
    expect(await nextRunAt(world.engine)).toBe('2027-06-01T16:00:00.000000Z')
    await world.passTo('2027-06-02T01:00:00Z')
    expect(
      (await documents('runs')).map((invoice) => [invoice.status, invoice.total, invoice.issuedAt]),
    ).toEqual([
      ['void', start.total, start.issuedAt],
      ['open', start.total, '2027-06-01T16:00:00.000000Z'],
    ])
    expect(await standing('asks')).toHaveLength(1)
    await runBilling(world.engine)
    expect(await documents('runs')).toHaveLength(2)
  })

  test('a life voided completely, newest first, is billed the same again', async () => {
    await world.passTo('2027-07-01T01:00:00Z')
    await subscribe('life')
    await use('life', 'u1', 1_200, '2027-07-01T00:30:00Z')
    await world.passTo('2027-07-11T01:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'life', planId: 'business' })
    await world.passTo('2027-08-05T01:00:00Z')
    await use('life', 'late', 300, '2027-07-10T00:00:00Z')
    await world.passTo('2027-09-03T01:00:00Z')
    await use('life', 'u2', 9_000, '2027-09-02T00:00:00Z')
    await cancelSubscription(world.engine, { customerId: 'life', when: 'now', credit: true })
    await world.passTo('2027-09-06T01:00:00Z')
    await use('life', 'u3', 2_000, '2027-09-02T00:00:00Z')
    await world.passTo('2027-10-20T01:00:00Z')
    const before = await standing('life')
    expect([...new Set(before.map(([kind]) => kind))].sort()).toEqual(['change', 'final', 'renewal', 'start'])
    await voidAll('life')
    expect(await standing('life')).toEqual([])
    await world.passTo('2027-10-21T01:00:00Z')
    const total = (some: (string | number)[][]) => some.reduce((sum, one) => sum + Number(one[1]), 0)
    // What is known by now is on the lines of its own period: the sum is the same.
    expect(total(await standing('life'))).toBe(total(before))
    expect(
      (await listLateEvents(world.engine, { customerId: 'life' })).data.map((event) => event.outcome),
    ).not.toContain('pending')
    // And again, by requests.
    await voidAll('life')
    for (const period of ['2027-07', '2027-08', '2027-09']) {
      for (let more = true; more;)
        more = await generateInvoice(world.engine, { customerId: 'life', period }).then(
          (invoice) => invoice.kind !== 'renewal',
          () => false,
        )
    }
    await world.passTo('2027-10-22T01:00:00Z')
    expect(total(await standing('life'))).toBe(total(before))
  })

  test('a voided interval change bills the usage of the period it ended again', async () => {
    await world.passTo('2027-11-01T01:00:00Z')
    await subscribe('interval')
    await world.passTo('2027-11-10T01:00:00Z')
    await use('interval', 'u1', 1_500, '2027-11-05T00:00:00Z')
    const { invoice } = await changeSubscription(world.engine, { customerId: 'interval', planId: 'yearly' })
    expect(invoice!.lines.map((line) => line.kind)).toContain('usage')
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    await world.passTo('2027-11-11T01:00:00Z')
    expect(summary((await documents('interval')).at(-1)!)).toEqual(summary(invoice!))
  })

  test('a void document without anything due is not billed again', async () => {
    await world.passTo('2027-12-01T01:00:00Z')
    const start = await subscribe('nothing')
    await voidInvoice(world.engine, { invoiceId: start.id })
    // On the same day: the change bills the whole month, and nothing is left of the first fee.
    await upgradeSubscription(world.engine, { customerId: 'nothing', planId: 'business' })
    await world.passTo('2027-12-02T01:00:00Z')
    expect((await standing('nothing')).map(([kind]) => kind)).toEqual(['change'])
    expect(await nextRunAt(world.engine)).not.toBe('2027-12-01T16:00:00.000000Z')
  })
})
