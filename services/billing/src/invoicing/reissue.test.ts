import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createSubscription,
  generateInvoice,
  getInvoices,
  upgradeSubscription,
  voidInvoice,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('replacing void invoices, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  const netBilled = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
      .filter((invoice) => invoice.status !== 'void')
      .reduce((sum, invoice) => sum + invoice.subtotal, 0)

  test('a voided first invoice is issued again, once, also while its period runs', async () => {
    await seedCustomer(world.engine, 'first')
    const { invoice } = await createSubscription(world.engine, { customerId: 'first', planId: 'team' })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    const replacement = await generateInvoice(world.engine, { customerId: 'first', period: '2026-11' })
    expect(replacement).toMatchObject({ kind: 'start', total: invoice!.total, status: 'open' })
    expect(replacement.number).not.toBe(invoice!.number)
    await expect(
      generateInvoice(world.engine, { customerId: 'first', period: '2026-11' }),
    ).rejects.toMatchObject({ code: 'period_not_over' })
  })

  test('a voided plan change invoice is issued again with the same lines', async () => {
    await seedCustomer(world.engine, 'moved')
    await createSubscription(world.engine, { customerId: 'moved', planId: 'team' })
    world.set('2026-11-15T16:30:00Z') // 16 November
    const { invoice } = await upgradeSubscription(world.engine, { customerId: 'moved', planId: 'business' })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    world.set('2026-11-20T00:00:00Z')
    const replacement = await generateInvoice(world.engine, { customerId: 'moved', period: '2026-11' })
    expect(replacement.lines.map(({ kind, amount }) => [kind, amount])).toEqual(
      invoice!.lines.map(({ kind, amount }) => [kind, amount]),
    )
    expect(replacement.kind).toBe('change')
  })

  test('any sequence of voids, changes and replacements bills each day once', async () => {
    // Ten seats from the 1st, twenty from the 20th with that change voided, thirty from the 25th, then the
    // first invoice voided too.
    world.set('2026-11-20T00:00:00Z')
    await seedCustomer(world.engine, 'tangled')
    const start = await createSubscription(world.engine, {
      customerId: 'tangled',
      planId: 'seats',
      seats: 10,
      startsAt: '2026-10-31T16:00:00Z',
    })
    const first = await upgradeSubscription(world.engine, {
      customerId: 'tangled',
      planId: 'seats',
      seats: 20,
    })
    await voidInvoice(world.engine, { invoiceId: first.invoice!.id })
    world.set('2026-11-25T00:00:00Z')
    const second = await upgradeSubscription(world.engine, {
      customerId: 'tangled',
      planId: 'seats',
      seats: 30,
    })
    // The voided change was billed again at the next midnight and credited the rest of the first invoice.
    const later = (await getInvoices(world.engine, { customerId: 'tangled' })).data.filter(
      (invoice) => invoice.status !== 'void' && invoice.kind === 'change',
    )
    expect(later[0]!.id).toBe(second.invoice!.id)
    await expect(voidInvoice(world.engine, { invoiceId: start.invoice!.id })).rejects.toMatchObject({
      code: 'credit_already_given',
      detail: { documents: later.map((invoice) => invoice.number) },
    })
    for (const { id } of later) await voidInvoice(world.engine, { invoiceId: id })
    await voidInvoice(world.engine, { invoiceId: start.invoice!.id })
    await generateInvoice(world.engine, { customerId: 'tangled', period: '2026-11' })
    await generateInvoice(world.engine, { customerId: 'tangled', period: '2026-11' })
    await generateInvoice(world.engine, { customerId: 'tangled', period: '2026-11' })
    await expect(
      generateInvoice(world.engine, { customerId: 'tangled', period: '2026-11' }),
    ).rejects.toMatchObject({ code: 'period_not_over' })
    // 19 days of 10 seats, 5 of 20, 6 of 30, at ¥99 for 30 days.
    expect(await netBilled('tangled')).toBe((9_900 * (19 * 10 + 5 * 20 + 6 * 30)) / 30)
  })
})
