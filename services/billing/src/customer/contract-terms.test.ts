import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelSubscription,
  createCustomer,
  createSubscription,
  getCustomer,
  getInvoice,
  issueCreditNote,
  plansFor,
  previewChange,
  runBilling,
  updateCustomer,
  upgradeSubscription,
} from '../index.ts'
import { createWorld, seedCatalogue, type World } from '../testing.ts'

describe.each(testDatabases)('contract terms on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  test('documents of every kind are due by the customer’s terms and print their purchase order', async () => {
    const { engine } = world
    await createCustomer(engine, {
      id: 'acme',
      companyName: 'Acme',
      paymentTermsDays: 60,
      purchaseOrderNumber: 'PO-1',
    })
    const start = await createSubscription(engine, { customerId: 'acme', planId: 'team' })
    expect(start.invoice).toMatchObject({
      issuedAt: '2026-11-01T00:00:00.000000Z',
      dueAt: '2026-12-31T00:00:00.000000Z',
      buyer: { purchaseOrderNumber: 'PO-1' },
    })
    world.set('2026-11-16T00:00:00Z')
    await updateCustomer(engine, { customerId: 'acme', paymentTermsDays: 0, purchaseOrderNumber: 'PO-2' })
    // What a quote and the plans say is what the invoice then has.
    expect(await previewChange(engine, { customerId: 'acme', planId: 'business' })).toMatchObject({
      paymentTermsDays: 0,
    })
    const plans = await plansFor(engine, { customerId: 'acme' })
    expect(new Set(plans.map((plan) => plan.paymentTermsDays))).toEqual(new Set([0]))
    const change = await upgradeSubscription(engine, { customerId: 'acme', planId: 'business' })
    expect(change.invoice).toMatchObject({
      dueAt: '2026-11-16T00:00:00.000000Z',
      buyer: { purchaseOrderNumber: 'PO-2' },
    })
    // What was issued stays as it was, and a credit note of it names the same order.
    expect(await getInvoice(engine, { invoiceId: start.invoice!.id })).toMatchObject({
      dueAt: '2026-12-31T00:00:00.000000Z',
      sha256: start.invoice!.sha256,
      buyer: { purchaseOrderNumber: 'PO-1' },
    })
    expect(
      await issueCreditNote(engine, { invoiceId: start.invoice!.id, amount: 100, reason: 'goodwill' }),
    ).toMatchObject({ buyer: { purchaseOrderNumber: 'PO-1' } })
    await updateCustomer(engine, { customerId: 'acme', paymentTermsDays: null, purchaseOrderNumber: null })
    const ended = await cancelSubscription(engine, { customerId: 'acme', when: 'now', credit: true })
    expect(ended.invoice!.buyer).not.toHaveProperty('purchaseOrderNumber')
    expect(await getCustomer(engine, { customerId: 'acme' })).toMatchObject({
      paymentTermsDays: null,
      purchaseOrderNumber: null,
    })
  })

  test('a change of other fields keeps them, and what is due before a change is issued with the old terms', async () => {
    const { engine } = world
    world.set('2026-12-01T00:00:00Z')
    await createCustomer(engine, { id: 'kept', companyName: 'Kept', paymentTermsDays: 45 })
    await createSubscription(engine, { customerId: 'kept', planId: 'team' })
    await updateCustomer(engine, { customerId: 'kept', companyName: 'Kept Ltd.' })
    world.set('2027-01-01T08:00:00Z')
    await updateCustomer(engine, { customerId: 'kept', paymentTermsDays: 7 })
    await runBilling(engine)
    const { data } = await world.engine.transaction(async (tx) => ({
      data: await tx.query<{ days: number }>(
        `select (due_at::date - issued_at::date) as days
          from invoices
          where customer_id = 'kept'
          order by issued_at`,
      ),
    }))
    expect(data.map(({ days }) => days)).toEqual([45, 45])
  })

  test.each([
    [{ paymentTermsDays: -1 }, '/paymentTermsDays'],
    [{ paymentTermsDays: 3651 }, '/paymentTermsDays'],
    [{ paymentTermsDays: 1.5 }, '/paymentTermsDays'],
    [{ purchaseOrderNumber: ' ' }, '/purchaseOrderNumber'],
    [{ purchaseOrderNumber: 'x'.repeat(101) }, '/purchaseOrderNumber'],
  ])('%j is rejected', async (terms, pointer) => {
    await expect(createCustomer(world.engine, { companyName: 'X', ...terms })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer },
    })
  })

  test('a customer cannot change them', async () => {
    await createCustomer(world.engine, { id: 'self', companyName: 'Self' })
    const own = actingFor(world.engine, 'self')
    await expect(updateCustomer(own, { customerId: 'self', paymentTermsDays: 365 })).rejects.toThrow(/denied/)
    expect(await getCustomer(own, { customerId: 'self' })).toMatchObject({ paymentTermsDays: null })
  })
})
