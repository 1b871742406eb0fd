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
  type Billing,
} from './index.ts'
import { addSeconds } from './values/instant.ts'
import { createWorld, seedCatalogue, seedCustomer, watchingStatements, type World } from './testing.ts'

const customerId = 'ada'

describe.each(testDatabases)('what is read in several statements, on $name', ({ name, create }) => {
  let world: World
  let invoiceId: string
  let writes = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    const { billing } = world
    await seedCatalogue(billing)
    await seedCustomer(billing, customerId)
    invoiceId = (await createSubscription(billing, { customerId, planId: 'team' })).invoice!.id
    await write(billing)
    await write(billing)
    await world.passTo('2026-12-03T00:00:00Z')
    await write(billing)
  })
  afterAll(() => world.close())

  /**
   * A little of everything: used, taken back, paid, adjusted, renamed, another seat price, more of what a
   * plan holds.
   */
  async function write(billing: Billing): Promise<void> {
    writes += 1
    world.set(addSeconds(billing.now(), 0.001))
    const events = ['a', 'b'].map((letter) => ({
      id: `${letter}${writes}`,
      customerId,
      meter: 'ai_chat',
      quantity: 1,
      time: billing.now(),
    }))
    await recordUsage(billing, events)
    await voidEvents(billing, { customerId, ids: [`b${writes}`], reason: 'a mistake' })
    await recordPayment(billing, { invoiceId, amount: 100, method: 'transfer', reference: `paid ${writes}` })
    await adjustBalance(billing, { customerId, amount: 7, reason: 'a gift' })
    await updateCustomer(billing, { customerId, companyName: `Ada ${writes}` })
    await putMeter(billing, { key: 'ai_chat', name: `Chats ${writes}`, unit: 'chats' })
    await putPlan(billing, {
      id: 'business',
      name: `Business ${writes}`,
      rank: 20,
      fee: { amount: 199_900 + writes, per: 'subscription' },
      interval: 'month',
      currency: 'CNY',
      charges: [{ meter: 'ai_chat', included: 5000 + writes, overage: 'block' }],
    })
    await changeSubscription(billing, {
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
  const reads: Record<string, (billing: Billing) => Promise<unknown>> = {
    subscription: (billing) => getSubscription(billing, { customerId }),
    account: (billing) => getCustomer(billing, { customerId }),
    plans: (billing) => plansFor(billing, { customerId }),
    advice: (billing) => getAdvice(billing, { customerId }),
    usage: (billing) => getUsageSummary(billing, { customerId }),
    'usage by day': (billing) => getUsageDays(billing, { customerId }),
    'usage by line': (billing) => getUsageLines(billing, { customerId }),
    'usage in detail': (billing) => getUsageDetail(billing, { customerId, total: true }),
    'usage as a file': async (billing) => {
      const { pages, ...file } = await exportUsage(billing, { customerId })
      return { ...file, events: await all(pages) }
    },
    invoices: (billing) => getInvoices(billing, { customerId }),
    'an invoice': (billing) => getInvoice(billing, { customerId, invoiceId }),
    'sums of invoices': (billing) => summarizeInvoices(billing, { customerId }),
    balance: (billing) => listBalanceTransactions(billing, { customerId }),
  }
  const readsOfAll: Record<string, (billing: Billing) => Promise<unknown>> = {
    customers: (billing) => listCustomers(billing),
    catalogue: (billing) => getAllPlans(billing),
    subscriptions: (billing) => listSubscriptions(billing, {}),
    'all invoices': (billing) => listInvoices(billing, {}),
    'all payments': (billing) => listAllPayments(billing, {}),
    'sums of payments': (billing) => summarizePayments(billing, {}),
    'payments of an invoice': (billing) => listPayments(billing, { invoiceId }),
    'the proof of a period': (billing) => getReconciliation(billing, { customerId }),
    'the proof of the books': (billing) => listMistakes(billing),
    'events as a file': async (billing) => all(await exportEvents(billing, { customerId })),
  }
  const cases = [
    ...Object.entries(reads).map(([what, read]) => ({ what, read, as: customerId })),
    ...Object.entries(readsOfAll).map(([what, read]) => ({ what, read, as: undefined })),
  ]

  test.each(cases)(
    '$what: as it was when the reading began, whatever is written between two statements',
    async ({ read, as }) => {
      const quiet = watchingStatements(world.billing, as, async () => undefined)
      const before = await read(quiet)
      let after = 0
      // The embedded database has one session: whoever writes waits there until the reading is over.
      const writing: Promise<void>[] = []
      const disturbed = watchingStatements(world.billing, as, async () => {
        // Not after each of them, which would take long; the first of all tells the most.
        if ((after += 1) > 2) return
        const written = write(world.billing)
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
