import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  adjustBalance,
  exportEvents,
  exportUsage,
  getAdvice,
  getCustomer,
  getInvoice,
  getInvoices,
  getReconciliation,
  getSubscription,
  getUsageDays,
  getUsageDetail,
  getUsageLines,
  getUsageSummary,
  listAllPayments,
  listBalanceTransactions,
  listCustomers,
  listInvoices,
  listMistakes,
  listPayments,
  listSubscriptions,
  plansFor,
  putMeter,
  putPlan,
  recordPayment,
  recordUsage,
  summarizeInvoices,
  summarizePayments,
  updateCustomer,
  createSubscription,
  changeSubscription,
  voidEvents,
  getAllPlans,
  type Engine,
} from './index.ts'
import { addSeconds } from './values/instant.ts'
import { createWorld, seedCatalogue, seedCustomer, watchingStatements, type World } from './testing.ts'

const customerId = 'ada'

describe.each(testDatabases)('reads of several statements on $name', ({ name, create }) => {
  let world: World
  let invoiceId: string
  let writes = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    const { engine } = world
    await seedCatalogue(engine)
    await seedCustomer(engine, customerId)
    invoiceId = (await createSubscription(engine, { customerId, planId: 'team' })).invoice!.id
    await write(engine)
    await write(engine)
    await world.passTo('2026-12-03T00:00:00Z')
    await write(engine)
  })
  afterAll(() => world.close())

  /**
   * A little of everything: usage, voids, payments, adjustments, names, a seat price and a plan's contents.
   */
  async function write(engine: Engine): Promise<void> {
    writes += 1
    world.set(addSeconds(engine.now(), 0.001))
    const events = ['a', 'b'].map((letter) => ({
      id: `${letter}${writes}`,
      customerId,
      meter: 'ai_chat',
      quantity: 1,
      time: engine.now(),
    }))
    await recordUsage(engine, events)
    await voidEvents(engine, { customerId, ids: [`b${writes}`], reason: 'a mistake' })
    await recordPayment(engine, { invoiceId, amount: 100, method: 'transfer', reference: `paid ${writes}` })
    await adjustBalance(engine, { customerId, amount: 7, reason: 'a gift' })
    await updateCustomer(engine, { customerId, companyName: `Ada ${writes}` })
    await putMeter(engine, { key: 'ai_chat', name: `Chats ${writes}`, unit: 'chats' })
    await putPlan(engine, {
      id: 'business',
      name: `Business ${writes}`,
      rank: 20,
      fee: { amount: 199_900 + writes, per: 'subscription' },
      interval: 'month',
      currency: 'CNY',
      charges: [{ meter: 'ai_chat', included: 5000 + writes, overage: 'block' }],
    })
    await changeSubscription(engine, {
      customerId,
      planId: 'seats',
      seats: 2 + (writes % 2),
      when: 'period_end',
    })
  }

  const all = async <T>(pages: AsyncGenerator<T[], void>): Promise<T[]> => {
    const rows: T[] = []
    for await (const page of pages) rows.push(...page)
    return rows
  }
  const reads: Record<string, (engine: Engine) => Promise<unknown>> = {
    subscription: (engine) => getSubscription(engine, { customerId }),
    account: (engine) => getCustomer(engine, { customerId }),
    plans: (engine) => plansFor(engine, { customerId }),
    advice: (engine) => getAdvice(engine, { customerId }),
    usage: (engine) => getUsageSummary(engine, { customerId }),
    'usage by day': (engine) => getUsageDays(engine, { customerId }),
    'usage by line': (engine) => getUsageLines(engine, { customerId }),
    'usage in detail': (engine) => getUsageDetail(engine, { customerId, total: true }),
    'usage as a file': async (engine) => {
      const { pages, ...file } = await exportUsage(engine, { customerId })
      return { ...file, events: await all(pages) }
    },
    invoices: (engine) => getInvoices(engine, { customerId }),
    'an invoice': (engine) => getInvoice(engine, { customerId, invoiceId }),
    'sums of invoices': (engine) => summarizeInvoices(engine, { customerId }),
    balance: (engine) => listBalanceTransactions(engine, { customerId }),
  }
  const readsOfAll: Record<string, (engine: Engine) => Promise<unknown>> = {
    customers: (engine) => listCustomers(engine),
    catalogue: (engine) => getAllPlans(engine),
    subscriptions: (engine) => listSubscriptions(engine, {}),
    'all invoices': (engine) => listInvoices(engine, {}),
    'all payments': (engine) => listAllPayments(engine, {}),
    'sums of payments': (engine) => summarizePayments(engine, {}),
    'payments of an invoice': (engine) => listPayments(engine, { invoiceId }),
    'the proof of a period': (engine) => getReconciliation(engine, { customerId }),
    'the proof of the books': (engine) => listMistakes(engine),
    'events as a file': async (engine) => all(await exportEvents(engine, { customerId })),
  }
  const cases = [
    ...Object.entries(reads).map(([what, read]) => ({ what, read, as: customerId })),
    ...Object.entries(readsOfAll).map(([what, read]) => ({ what, read, as: undefined })),
  ]

  test.each(cases)(
    '$what: a snapshot of when the read started, whatever is written between two statements',
    async ({ read, as }) => {
      const quiet = watchingStatements(world.engine, as, async () => undefined)
      const before = await read(quiet)
      let after = 0
      // PGlite has one session: writers wait until the read is over.
      const writing: Promise<void>[] = []
      const disturbed = watchingStatements(world.engine, as, async () => {
        // Not after each statement, which would take long; the first ones reveal the most.
        if ((after += 1) > 2) return
        const written = write(world.engine)
        if (name === 'PGlite') writing.push(written)
        else await written
      })
      const seen = await read(disturbed)
      await Promise.all(writing)
      expect(seen).toEqual(before)
      expect(after).toBeGreaterThan(0)
    },
  )
})
