import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  createSubscription,
  getCustomer,
  getInvoices,
  listBalanceTransactions,
  recordPayment,
  upgradeSubscription,
  voidInvoice,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('the balance on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T02:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  test('each invoice that created or used balance is listed, newest first', async () => {
    await seedCustomer(world.engine, 'acme')
    const { invoice: start } = await createSubscription(world.engine, { customerId: 'acme', planId: 'team' })
    await recordPayment(world.engine, {
      invoiceId: start!.id,
      amount: start!.amountDue + 1_000,
      method: 'bank_transfer',
      reference: 'r1',
    })
    // All at one instant: what happened first is still listed last.
    const { invoice: change } = await upgradeSubscription(world.engine, {
      customerId: 'acme',
      planId: 'business',
    })
    await voidInvoice(world.engine, { invoiceId: change!.id })
    const movements = await listBalanceTransactions(world.engine, { customerId: 'acme' })
    expect(
      movements.data.map(({ reason, amount, balance, invoiceNumber }) => [
        reason,
        amount,
        balance,
        invoiceNumber,
      ]),
    ).toEqual([
      ['void', 1_000, 1_000, change!.number],
      ['applied', -1_000, 0, change!.number],
      ['overpaid', 1_000, 1_000, start!.number],
    ])
    expect(movements.nextCursor).toBeNull()
    expect((await getCustomer(world.engine, { customerId: 'acme' })).creditBalance).toBe(
      movements.data[0]!.balance,
    )
    expect(
      (await getInvoices(world.engine, { customerId: 'acme' })).data.map((invoice) => invoice.id),
    ).toContain(movements.data[0]!.invoiceId)
  })

  test('pages list each transaction once, and never another customer’s', async () => {
    const read = []
    let cursor: string | undefined
    do {
      const page = await listBalanceTransactions(actingFor(world.engine, 'acme'), {
        customerId: 'acme',
        limit: 1,
        ...(cursor ? { cursor } : {}),
      })
      read.push(...page.data.map((movement) => movement.balance))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(read).toEqual([1_000, 0, 1_000])
    await seedCustomer(world.engine, 'globex')
    expect(
      (await listBalanceTransactions(actingFor(world.engine, 'globex'), { customerId: 'acme' })).data,
    ).toEqual([])
  })
})
