import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createSubscription,
  getAllPlans,
  getInvoices,
  issueCreditNote,
  listAliases,
  listAllPayments,
  listActivity,
  listBalanceTransactions,
  listCustomers,
  listDiscounts,
  listEvents,
  listInvoices,
  getUsageDetail,
  listDeficits,
  listLateEvents,
  listMeterFills,
  listPayments,
  listRefunds,
  listSecretKeys,
  plansFor,
  listMeters,
  listRejectedEvents,
  listReservations,
  listSubscriptions,
  recordPayment,
  recordUsage,
  summarizeInvoices,
  summarizePayments,
  summarizeSubscriptions,
  voidInvoice,
  type Engine,
  type Invoice,
} from '../index.ts'
import { countingStatements, createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('invoice lists on $name', ({ create }) => {
  let world: World
  let start: Invoice
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
    for (const id of ['many', 'few']) await seedCustomer(world.engine, id)
    start = (await createSubscription(world.engine, { customerId: 'many', planId: 'team' })).invoice!
    await createSubscription(world.engine, { customerId: 'few', planId: 'team' })
  })
  afterAll(() => world.close())

  /**
   * Copies of the customer's first invoice, ¥634.94 each, issued second by second; every tenth in dollars.
   */
  const copies = (number: number) =>
    world.db.asOwner(async (tx) => {
      for (const table of ['invoices', 'subscriptions'])
        await tx.query(`alter table ${table} no force row level security`)
      await tx.query(
        `insert into invoices (
            customer_id, id, number, kind, period_start, cause_kind, cause_id, issued_at, due_at, currency,
            total, payable, document, sha256, template
          )
          select i.customer_id, 'copy_' || n, 'COPY-' || n, 'change', i.period_start, 'reopening',
            s.id || ' ' || n, i.issued_at + n * interval '1 second', i.due_at + n * interval '1 second', c.currency, i.total,
            i.payable,
            i.document || jsonb_build_object(
              'id', 'copy_' || n, 'number', 'COPY-' || n, 'currency', c.currency, 'dueAt',
              to_char(i.due_at + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            ),
            i.sha256, i.template
          from invoices i
          join subscriptions s using (customer_id)
          cross join generate_series(1, $2) n
          cross join lateral (select case when n % 10 = 0 then 'USD' else 'CNY' end as currency) c
          where i.id = $1`,
        [start.id, number],
      )
      for (const table of ['invoices', 'subscriptions'])
        await tx.query(`alter table ${table} force row level security`)
    })
  const sumsOf = async (input: { status?: 'open' | 'overdue' | 'paid' | 'void'; year?: number } = {}) =>
    (await summarizeInvoices(world.engine, { customerId: 'many', ...input })).currencies.map(
      ({ nextRunAt: _, ...sums }) => sums,
    )
  const listed = async (status?: 'open' | 'overdue' | 'paid' | 'void') => {
    const all: Invoice[] = []
    let cursor: string | null = null
    do {
      const page = await getInvoices(world.engine, {
        customerId: 'many',
        limit: 100,
        ...(status ? { status } : {}),
        ...(cursor ? { cursor } : {}),
      })
      all.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== null)
    return all
  }

  test('the summary of 1,000 open invoices equals the sum of all pages, with any filter', async () => {
    await copies(1_000)
    const nothing = { open: 0, overdue: 0, paid: 0, void: 0, amountOverdue: 0 }
    // 599.00 + 6 % tax are 634.94: 901 of them are 572,080.94, and 100 are 63,494.00.
    expect(start.total).toBe(63_494)
    expect(await sumsOf()).toEqual([
      { ...nothing, currency: 'CNY', count: 901, open: 901, total: 57_208_094, amountDue: 57_208_094 },
      { ...nothing, currency: 'USD', count: 100, open: 100, total: 6_349_400, amountDue: 6_349_400 },
    ])
    // One paid in part, one in full, one credited in part, one void: 5.00 are paid on the first, 100.00
    // credited on the third.
    await recordPayment(world.engine, { invoiceId: 'copy_1', amount: 500, method: 'cash', reference: 'r' })
    await recordPayment(world.engine, {
      invoiceId: 'copy_2',
      amount: 63_494,
      method: 'cash',
      reference: 'r',
    })
    await issueCreditNote(world.engine, { invoiceId: 'copy_3', amount: 10_000, reason: 'goodwill' })
    await voidInvoice(world.engine, { invoiceId: 'copy_4' })
    // Due 500 seconds after the first: that one, which was due then, and the copies before it are overdue.
    world.set(new Date(Date.parse(start.dueAt!) + 500_500).toISOString())
    const [cny, usd] = await sumsOf()
    expect(usd).toEqual({
      currency: 'USD',
      count: 100,
      open: 100,
      overdue: 50,
      paid: 0,
      void: 0,
      total: 6_349_400,
      amountDue: 6_349_400,
      amountOverdue: 3_174_700,
    })
    for (const status of ['open', 'overdue', 'paid', 'void'] as const) {
      const own = await listed(status)
      const due = own.reduce((sum, invoice) => sum + (invoice.currency === 'CNY' ? invoice.amountDue : 0), 0)
      const [filtered] = await sumsOf({ status })
      expect([filtered!.count, filtered!.amountDue]).toEqual([
        own.filter((invoice) => invoice.currency === 'CNY').length,
        due,
      ])
      expect(cny![status]).toBe(filtered!.count)
    }
    const all = (await listed()).filter((invoice) => invoice.currency === 'CNY')
    const sum = (valueOf: (invoice: Invoice) => number) =>
      all.reduce((total, invoice) => total + valueOf(invoice), 0)
    expect(cny).toMatchObject({
      count: all.length,
      amountDue: sum((invoice) => invoice.amountDue),
      amountOverdue: sum((invoice) => (invoice.overdue ? invoice.amountDue : 0)),
      total: sum((invoice) => (invoice.status === 'void' ? 0 : invoice.total)),
    })
    const { nextRunAt } = (await summarizeInvoices(world.engine, { customerId: 'many' })).currencies[0]!
    expect(nextRunAt).toBe(
      all
        .filter((invoice) => invoice.status === 'open' && !invoice.overdue)
        .map((invoice) => invoice.dueAt!)
        .sort()[0],
    )
  })

  test('the summary of a year equals the list of that year', async () => {
    expect(await sumsOf({ year: 2025 })).toEqual([])
    expect((await sumsOf({ year: 2026 })).map((one) => one.count)).toEqual([902, 100])
    await expect(sumsOf({ year: 0 })).rejects.toMatchObject({ code: 'invalid_range' })
    expect(await summarizeInvoices(world.engine, { customerId: 'nobody' })).toMatchObject({
      firstIssuedAt: null,
      currencies: [],
    })
  })

  test('a list of 100 rows takes as many statements as a list of a few, and at most five', async () => {
    await recordUsage(world.engine, [
      ...Array.from({ length: 120 }, (_, index) => ({
        id: `r${index}`,
        customerId: 'many',
        meter: 'nothing',
      })),
      { id: 'r', customerId: 'few', meter: 'nothing' },
    ])
    for (let index = 0; index < 100; index += 1) await seedCustomer(world.engine, `another-${index}`)
    const lists: Record<
      string,
      (engine: Engine, customerId: string) => Promise<{ data: readonly unknown[] }>
    > = {
      invoices: (engine, customerId) => getInvoices(engine, { customerId, status: 'open', limit: 100 }),
      'late events': (engine, customerId) => listLateEvents(engine, { customerId, limit: 100 }),
      'rejected events': (engine, customerId) => listRejectedEvents(engine, { customerId, limit: 100 }),
      'account credit': (engine, customerId) => listBalanceTransactions(engine, { customerId, limit: 100 }),
      discounts: (engine, customerId) => listDiscounts(engine, { customerId }),
    }
    for (const [name, list] of Object.entries(lists)) {
      const counts: number[] = []
      for (const customerId of ['few', 'many']) {
        const { engine, statements } = countingStatements(world.engine)
        const { data } = await list(engine, customerId)
        if (customerId === 'many' && (name === 'invoices' || name === 'rejected events'))
          expect(data).toHaveLength(100)
        counts.push(statements())
      }
      expect(counts[1], name).toBeLessThanOrEqual(5)
      expect(counts[0], name).toBe(counts[1])
    }
    // The first page of all invoices starts with the draft, which is computed: a fixed number of extra
    // statements.
    const withDraft = await Promise.all(
      ['few', 'many'].map(async (customerId) => {
        const { engine, statements } = countingStatements(world.engine)
        await getInvoices(engine, { customerId, limit: 100 })
        return statements()
      }),
    )
    expect(withDraft[0]).toBe(withDraft[1])
    const { engine, statements } = countingStatements(world.engine)
    expect((await listCustomers(engine, { limit: 100 })).data).toHaveLength(100)
    expect(statements()).toBeLessThanOrEqual(2)
    const { engine: reading, statements: read } = countingStatements(world.engine)
    const acrossCustomers: Record<string, () => Promise<unknown>> = {
      invoices: () => listInvoices(reading, { limit: 100 }),
      payments: () => listAllPayments(reading, { limit: 100 }),
      subscriptions: () => listSubscriptions(reading, { limit: 100 }),
      'found customers': () => listCustomers(reading, { limit: 100, q: 'another' }),
      events: () => listEvents(reading, { customerId: 'many', limit: 100 }),
      reservations: () => listReservations(reading, { customerId: 'many', limit: 100 }),
      changes: () => listActivity(reading, { limit: 100 }),
      'sums of payments': () => summarizePayments(reading, {}),
      'sums of subscriptions': () => summarizeSubscriptions(reading, {}),
      'payments of an invoice': () => listPayments(reading, { invoiceId: start.id }),
      refunds: () => listRefunds(reading, { customerId: 'many' }),
      deficits: () => listDeficits(reading, { customerId: 'many' }),
      keys: () => listSecretKeys(reading),
      'plans a customer sees': () => plansFor(reading, { customerId: 'many' }),
      'usage in detail': () => getUsageDetail(reading, { customerId: 'many', limit: 100 }),
      meters: () => listMeters(reading),
      fills: () => listMeterFills(reading),
      plans: () => getAllPlans(reading),
      aliases: () => listAliases(reading, { customerId: 'many' }),
    }
    const counted: Record<string, number> = {}
    for (const [name, list] of Object.entries(acrossCustomers)) {
      await list()
      counted[name] = read()
    }
    expect(Object.entries(counted).filter(([, statements]) => statements > 5)).toEqual([])
    await summarizeInvoices(engine, { customerId: 'many' })
    expect(statements()).toBe(1)
  })
})
