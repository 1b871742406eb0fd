import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  adjustBalance,
  createSubscription,
  generateInvoice,
  generatePdf,
  getCustomer,
  getInvoice,
  getInvoiceLineEvents,
  getInvoices,
  getSeller,
  getSubscription,
  closePdfWorkers,
  listAllPayments,
  listPayments,
  putPlan,
  putSeller,
  recordPayment,
  recordUsage,
  runBilling,
  updateCustomer,
  upgradeSubscription,
  voidInvoice,
  type Invoice,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const amounts = (invoice: Invoice | undefined) => invoice!.lines.map((line) => [line.kind, line.amount])

describe.each(testDatabases)('invoices on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'calendar',
      name: 'Calendar',
      fee: { amount: 30_000, per: 'subscription' },
      alignment: 'calendar',
      charges: [{ meter: 'ai_chat', included: 300, overage: 'block' }],
    })
    await putPlan(world.engine, {
      id: 'yearly',
      name: 'Yearly',
      interval: 'year',
      rank: 10,
      fee: { amount: 365_000, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 100,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 10, per: 1 } },
        },
      ],
    })
    await putPlan(world.engine, {
      id: 'yearly-plus',
      name: 'Yearly plus',
      interval: 'year',
      rank: 11,
      fee: { amount: 730_000, per: 'subscription' },
    })
  })
  afterAll(async () => {
    await closePdfWorkers()
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'team', at = '2026-10-31T16:00:00Z') => {
    world.set(at)
    // The customers of earlier tests are done: their due work would only take time.
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice!
  }
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
  const creditOf = async (customerId: string) =>
    (await getCustomer(world.engine, { customerId })).creditBalance
  const dueAt = async (instant: string) => {
    world.set(instant)
    await runBilling(world.engine)
  }
  const pay = (
    invoiceId: string,
    amount: number,
    reference = 'r1',
    more: { paidAt?: string; method?: string } = {},
  ) => recordPayment(world.engine, { invoiceId, amount, method: 'bank_transfer', reference, ...more })

  describe('starting a subscription', () => {
    test('a start 35 days back bills what is overdue at once, and an earlier start is rejected', async () => {
      world.set('2026-12-06T12:00:00Z')
      await seedCustomer(world.engine, 'backdated')
      const start = (startsAt: string) =>
        createSubscription(world.engine, { customerId: 'backdated', planId: 'team', startsAt })
      await expect(start('2026-11-01T11:59:59.999999Z')).rejects.toMatchObject({
        code: 'starts_too_early',
        detail: { pointer: '/startsAt' },
      })
      await expect(start('2026-12-06T12:00:00.000001Z')).rejects.toMatchObject({
        code: 'starts_in_future',
        detail: { pointer: '/startsAt' },
      })
      await expect(start('last month')).rejects.toMatchObject({ code: 'validation_failed' })
      const { subscription, invoice } = await start('2026-11-01T12:00:00Z')
      expect(invoice).toMatchObject({
        kind: 'start',
        issuedAt: '2026-12-06T12:00:00.000000Z',
        dueAt: '2026-12-21T12:00:00.000000Z',
        period: { start: '2026-11-01', end: '2026-12-01', label: '2026-11' },
      })
      expect(subscription).toMatchObject({
        status: 'active',
        startedAt: '2026-11-01T12:00:00.000000Z',
        currentPeriod: { start: '2026-12-01', end: '2027-01-01' },
      })
      expect((await invoicesOf('backdated')).map((one) => [one.kind, one.period.label, one.total])).toEqual([
        ['renewal', '2026-11', 63_494],
        ['start', '2026-11', 63_494],
      ])
      // Both were issued at one instant: the last one is listed first, also across pages.
      const [newest, first] = await invoicesOf('backdated')
      expect([newest!.issuedAt, newest!.number! > first!.number!]).toEqual([first!.issuedAt, true])
      const { data, nextCursor } = await getInvoices(world.engine, { customerId: 'backdated', limit: 1 })
      expect(
        [
          data,
          (await getInvoices(world.engine, { customerId: 'backdated', limit: 1, cursor: nextCursor! })).data,
        ]
          .flat()
          .map((one) => one.number),
      ).toEqual([newest!.number, first!.number])
      await expect(start('2026-12-06T12:00:00Z')).rejects.toMatchObject({ code: 'subscription_exists' })
    })

    test('a calendar-aligned plan prorates the fee and allowance of its short first period', async () => {
      const start = await subscribe('calendar', 'calendar', '2026-11-15T16:00:00Z')
      expect(start).toMatchObject({
        subtotal: 15_000,
        period: { start: '2026-11-16', end: '2026-12-01', label: '2026-11' },
        lines: [{ days: { billed: 15, of: 30 } }],
      })
      expect(await getSubscription(world.engine, { customerId: 'calendar' })).toMatchObject({
        allowances: [{ allowance: 150 }],
        currentPeriod: { start: '2026-11-16', end: '2026-12-01' },
      })
      await dueAt('2026-11-30T17:00:00Z')
      expect(await invoicesOf('calendar')).toMatchObject([
        {
          kind: 'renewal',
          subtotal: 30_000,
          lines: [{ period: { start: '2026-12-01', end: '2027-01-01' } }],
        },
        { kind: 'start' },
      ])
      expect(await getSubscription(world.engine, { customerId: 'calendar' })).toMatchObject({
        allowances: [{ allowance: 300 }],
      })
    })

    test("a fee per seat counts the seats, at least the plan's minimum", async () => {
      expect(await subscribe('seats', 'seats')).toMatchObject({
        subtotal: 19_800,
        lines: [{ quantity: 2, rate: { amount: 9_900, per: 1 } }],
      })
    })

    test('a yearly plan bills its fee once and its usage monthly', async () => {
      const start = await subscribe('yearly', 'yearly', '2026-10-30T16:00:00Z') // 31 October
      expect(start).toMatchObject({
        subtotal: 365_000,
        lines: [{ period: { start: '2026-10-31', end: '2027-10-31' } }],
      })
      await recordUsage(world.engine, [{ id: 'u1', customerId: 'yearly', meter: 'ai_chat', quantity: 103 }])
      await dueAt('2026-11-29T17:00:00Z')
      expect(await invoicesOf('yearly')).toMatchObject([
        {
          kind: 'renewal',
          period: { start: '2026-10-31', end: '2026-11-30', label: '2026-10' },
          lines: [{ kind: 'usage', quantity: 103, included: 100, amount: 30 }],
        },
        {},
      ])
      world.set('2026-12-30T16:00:00Z') // 31 December: 304 of 365 days are left
      const { invoice } = await upgradeSubscription(world.engine, {
        customerId: 'yearly',
        planId: 'yearly-plus',
      })
      expect(amounts(invoice!)).toEqual([
        ['unused_time', -304_000],
        ['fee', 608_000],
      ])
    })
  })

  describe('invoice numbers', () => {
    test("numbers count from one each month in the seller's zone, without a gap", async () => {
      const seller = await getSeller(world.engine)
      await subscribe('num-1', 'team', '2030-01-31T15:59:59Z')
      await subscribe('num-2', 'team', '2030-01-31T16:00:00Z')
      await subscribe('num-3', 'team', '2030-01-31T16:00:01Z')
      await putSeller(world.engine, { ...seller, timezone: 'UTC' })
      await subscribe('num-4', 'team', '2030-01-31T16:00:02Z')
      await putSeller(world.engine, seller)
      await expect(subscribe('num-5', 'nothing', '2030-02-01T00:00:00Z')).rejects.toMatchObject({
        code: 'plan_not_found',
      })
      await subscribe('num-6', 'team', '2030-02-01T00:00:00Z')
      const numbers = await Promise.all(
        ['1', '2', '3', '4', '6'].map(async (id) => (await invoicesOf(`num-${id}`))[0]!.number),
      )
      expect(numbers).toEqual([
        'INV-203001-000001',
        'INV-203002-000001',
        'INV-203002-000002',
        'INV-203001-000002',
        'INV-203002-000003',
      ])
    })
  })

  describe('generating invoices', () => {
    test('only an ended period can be generated, and only once', async () => {
      await subscribe('generated')
      world.set('2026-11-30T15:59:59Z')
      const generate = (period: string) => generateInvoice(world.engine, { customerId: 'generated', period })
      await expect(generate('2026-11')).rejects.toMatchObject({
        code: 'period_not_over',
        detail: { pointer: '/period', endsOn: '2026-12-01' },
      })
      for (const period of ['2026-12', '2026-13', '1'])
        await expect(generate(period)).rejects.toMatchObject({ code: 'period_not_found' })
      world.set('2026-11-30T16:00:00Z') // without waiting for the hour of grace
      const invoice = await generate('2026-11')
      expect(invoice).toMatchObject({
        kind: 'renewal',
        status: 'open',
        issuedAt: '2026-11-30T16:00:00.000000Z',
      })
      expect(await generate('2026-11')).toEqual(invoice)
      expect(await runBilling(world.engine)).toBe(0)
      expect(await invoicesOf('generated')).toHaveLength(2)
    })

    test('months before the subscription bill nothing, not even its first fee again', async () => {
      await subscribe('before')
      await subscribe('before-mid', 'team', '2026-11-15T16:00:00Z')
      world.set('2026-11-20T00:00:00Z')
      for (const [customerId, period] of [
        ['before', '2026-10'],
        ['before-mid', '2026-10'],
        ['before-mid', '2026-11-01'],
      ] as const) {
        await expect(generateInvoice(world.engine, { customerId, period })).rejects.toMatchObject({
          code: expect.stringMatching(/invoice_not_found|period_not_found/),
        })
        expect(await invoicesOf(customerId)).toHaveLength(1)
      }
    })

    test('voiding and generating again makes one replacement with the usage known then', async () => {
      await subscribe('replaced')
      await recordUsage(world.engine, [
        { id: 'u1', customerId: 'replaced', meter: 'ai_chat', quantity: 1010, time: '2026-10-31T16:00:00Z' },
      ])
      await dueAt('2026-11-30T17:00:00Z')
      const [first] = await invoicesOf('replaced')
      expect(amounts(first)).toEqual([
        ['fee', 59_900],
        ['usage', 50],
      ])
      expect(
        await voidInvoice(world.engine, { invoiceId: first!.id, reason: 'wrong address' }),
      ).toMatchObject({ status: 'void', amountDue: 0, voidedAt: '2026-11-30T17:00:00.000000Z' })
      await recordUsage(world.engine, [
        { id: 'u2', customerId: 'replaced', meter: 'ai_chat', quantity: 2, time: '2026-11-30T15:00:00Z' },
      ])
      // Before the next midnight only a request bills it again.
      await dueAt('2026-12-01T10:00:00Z')
      expect(await invoicesOf('replaced')).toHaveLength(2)
      const second = await generateInvoice(world.engine, { customerId: 'replaced', period: '2026-11' })
      expect(amounts(second)).toEqual([
        ['fee', 59_900],
        ['usage', 60],
      ])
      expect(second.number).not.toBe(first!.number)
      expect(await generateInvoice(world.engine, { customerId: 'replaced', period: '2026-11' })).toEqual(
        second,
      )
      await dueAt('2026-12-31T17:00:00Z')
      expect(amounts((await invoicesOf('replaced'))[0])).toEqual([['fee', 59_900]])
    })

    test('a renewal generated again after a change on its day bills each plan once', async () => {
      await subscribe('grace-void')
      world.set('2026-11-30T16:30:00Z')
      await upgradeSubscription(world.engine, { customerId: 'grace-void', planId: 'business' })
      const [change, renewal] = await invoicesOf('grace-void')
      expect(amounts(change)).toEqual([
        ['unused_time', -59_900],
        ['fee', 199_900],
      ])
      await expect(voidInvoice(world.engine, { invoiceId: renewal!.id })).rejects.toMatchObject({
        code: 'credit_already_given',
        detail: { documents: [change!.number] },
      })
      for (const invoice of [change, renewal]) await voidInvoice(world.engine, { invoiceId: invoice!.id })
      // No day of the old plan is left in the new period: 59,900 − 59,900 + 199,900 is the new fee.
      await expect(
        generateInvoice(world.engine, { customerId: 'grace-void', period: '2026-11' }),
      ).rejects.toMatchObject({ code: 'invoice_not_found' })
      expect(
        amounts(await generateInvoice(world.engine, { customerId: 'grace-void', period: '2026-12' })),
      ).toEqual([['fee', 199_900]])
    })

    test('a voided renewal is billed again, and a later change credits its days', async () => {
      await subscribe('void-change')
      await dueAt('2026-11-30T17:00:00Z')
      await voidInvoice(world.engine, { invoiceId: (await invoicesOf('void-change'))[0]!.id })
      world.set('2026-12-10T16:00:00Z') // 11 December: 21 of 31 days are left
      const { invoice } = await upgradeSubscription(world.engine, {
        customerId: 'void-change',
        planId: 'business',
      })
      // 21 of 31 days: 59,900 − 19,323 and 199,900 − 64,484.
      expect(amounts(invoice!)).toEqual([
        ['unused_time', -40_577],
        ['fee', 135_416],
      ])
      expect(
        amounts(await generateInvoice(world.engine, { customerId: 'void-change', period: '2026-11' })),
      ).toEqual([['fee', 59_900]])
    })

    test('a draft waits for its grace, equals the issued invoice, and is its customer’s only', async () => {
      await subscribe('stranger')
      await subscribe('drafted')
      await recordUsage(world.engine, [
        { id: 'u1', customerId: 'drafted', meter: 'ai_chat', quantity: 1010, time: '2026-10-31T16:00:00Z' },
      ])
      world.set('2026-11-30T16:59:59Z')
      const [draft] = (await getInvoices(world.engine, { customerId: 'drafted', status: 'draft' })).data
      expect(draft).toMatchObject({
        id: 'draft_drafted_2026-11',
        status: 'draft',
        number: null,
        issuedAt: null,
        finalizesAt: '2026-11-30T17:00:00.000000Z',
        total: 63_547,
        amountDue: 63_547,
      })
      expect(await getInvoice(world.engine, { invoiceId: draft!.id, customerId: 'drafted' })).toEqual(draft)
      await expect(
        getInvoice(world.engine, { invoiceId: draft!.id, customerId: 'stranger' }),
      ).rejects.toMatchObject({ code: 'invoice_not_found' })
      const behind = await getInvoiceLineEvents(world.engine, {
        customerId: 'drafted',
        invoiceId: draft!.id,
        lineId: 'line_2',
      })
      expect(behind.data).toMatchObject([{ id: 'u1', quantity: 1010 }])
      await dueAt('2026-11-30T17:00:00Z')
      const [issued] = await invoicesOf('drafted')
      expect(issued).toMatchObject({ lines: draft!.lines, total: draft!.total })
      await expect(getInvoice(world.engine, { invoiceId: draft!.id })).rejects.toMatchObject({
        code: 'invoice_not_found',
      })
      expect(
        await getInvoiceLineEvents(world.engine, {
          customerId: 'drafted',
          invoiceId: issued!.id,
          lineId: 'line_2',
        }),
      ).toEqual(behind)
      await expect(
        getInvoiceLineEvents(world.engine, {
          customerId: 'stranger',
          invoiceId: issued!.id,
          lineId: 'line_2',
        }),
      ).rejects.toMatchObject({ code: 'invoice_not_found' })
    })
  })

  describe('payments', () => {
    test('partial payments add up until the invoice is paid', async () => {
      const { id } = await subscribe('parts')
      expect(await pay(id, 60_000, 'first', { paidAt: '2026-10-31T15:00:00Z' })).toMatchObject({
        status: 'open',
        amountPaid: 60_000,
        amountDue: 3_494,
        paidAt: null,
      })
      expect(await pay(id, 3_494, 'second')).toMatchObject({
        status: 'paid',
        amountPaid: 63_494,
        amountDue: 0,
        paidAt: '2026-10-31T16:00:00.000000Z',
      })
      expect(
        (await listPayments(world.engine, { invoiceId: id })).data.map((payment) => payment.reference),
      ).toEqual(['first', 'second'])
      await expect(voidInvoice(world.engine, { invoiceId: id })).rejects.toMatchObject({
        code: 'invoice_not_open',
      })
    })

    test('an overpayment becomes credit that the next invoice uses', async () => {
      const { id } = await subscribe('overpaid')
      await pay(id, 60_000, 'a')
      expect(await pay(id, 10_000, 'b')).toMatchObject({ status: 'paid', amountPaid: 70_000, amountDue: 0 })
      expect(await creditOf('overpaid')).toBe(6_506)
      // What each payment added to the balance: 634.94 were due.
      expect(
        (await getInvoice(world.engine, { invoiceId: id })).payments.map(
          ({ addedToBalance }) => addedToBalance,
        ),
      ).toEqual([0, 6_506])
      expect(
        (await listAllPayments(world.engine, { customerId: 'overpaid' })).data.map(
          ({ addedToBalance }) => addedToBalance,
        ),
      ).toEqual([6_506, 0])
      expect(await getInvoice(world.engine, { invoiceId: id })).toMatchObject({
        total: 63_494,
        addedToBalance: 6_506,
      })
      await pay(id, 100, 'c')
      expect(await creditOf('overpaid')).toBe(6_606)
      await dueAt('2026-11-30T17:00:00Z')
      expect((await invoicesOf('overpaid'))[0]).toMatchObject({
        total: 63_494,
        creditApplied: 6_606,
        amountDue: 56_888,
      })
      expect(await creditOf('overpaid')).toBe(0)
    })

    test('a repeated payment counts once, and with another amount is rejected', async () => {
      const { id } = await subscribe('told-twice')
      const once = await pay(id, 1_000)
      expect(await pay(id, 1_000)).toEqual(once)
      await expect(pay(id, 2_000)).rejects.toMatchObject({ code: 'duplicate_reference' })
      await expect(pay(id, 1_000, 'r1', { method: 'cash' })).rejects.toMatchObject({
        code: 'duplicate_reference',
      })
      const many = await Promise.all(Array.from({ length: 5 }, () => pay(id, 500, 'raced')))
      expect(many.map((invoice) => invoice.amountPaid)).toEqual([1_500, 1_500, 1_500, 1_500, 1_500])
    })

    test.each([0, -1, 0.5, 2 ** 53])('an amount of %s is rejected', async (amount) => {
      const [{ id } = { id: '' }] = await invoicesOf('told-twice')
      await expect(pay(id, amount, 'odd')).rejects.toMatchObject({ code: 'amount_out_of_range' })
    })

    test('the payments of an invoice and of a balance never exceed a safe integer', async () => {
      const { id } = await subscribe('boundless')
      const most = 1_000_000_000_000_000
      expect(await pay(id, most, 'a')).toMatchObject({ status: 'paid', amountPaid: most, amountDue: 0 })
      await expect(pay(id, 1, 'b')).rejects.toMatchObject({
        code: 'amount_out_of_range',
        detail: { pointer: '/amount' },
      })
      // ¥634.94 of it paid the invoice: that much more fits on the balance, and not a cent more.
      expect(await creditOf('boundless')).toBe(most - 63_494)
      const adjust = (amount: number) =>
        adjustBalance(world.engine, { customerId: 'boundless', amount, reason: 'a test' })
      await expect(adjust(63_495)).rejects.toMatchObject({
        code: 'amount_out_of_range',
        detail: { pointer: '/amount' },
      })
      expect(await adjust(63_494)).toMatchObject({ balance: most })
    })

    test('a void invoice takes no payment, and neither may be dated in the future', async () => {
      const { id } = await subscribe('void-pay')
      await expect(pay(id, 1, 'x', { paidAt: '2026-10-31T16:00:00.000001Z' })).rejects.toMatchObject({
        code: 'validation_failed',
        detail: { pointer: '/paidAt' },
      })
      await voidInvoice(world.engine, { invoiceId: id })
      await expect(pay(id, 1)).rejects.toMatchObject({ code: 'invoice_void' })
      await expect(pay('inv_nothing', 1)).rejects.toMatchObject({ code: 'invoice_not_found' })
    })
  })

  describe('voiding invoices', () => {
    test('voiding returns the credit that was applied', async () => {
      const { id } = await subscribe('void-credit')
      await pay(id, 163_494)
      await dueAt('2026-11-30T17:00:00Z')
      const [renewal] = await invoicesOf('void-credit')
      expect(await creditOf('void-credit')).toBe(36_506)
      await voidInvoice(world.engine, { invoiceId: renewal!.id })
      expect(await creditOf('void-credit')).toBe(100_000)
      await voidInvoice(world.engine, { invoiceId: renewal!.id })
      expect(await creditOf('void-credit')).toBe(100_000)
    })

    test('voiding takes back the balance it gave, if needed from invoices paid since', async () => {
      for (const customerId of ['unspent', 'spent']) {
        const start = await subscribe(customerId, 'business')
        await pay(start.id, start.total)
        world.set('2026-11-15T16:00:00Z')
        await putPlan(world.engine, {
          id: 'top',
          name: 'Top',
          rank: 99,
          fee: { amount: 3_000, per: 'subscription' },
        })
        await upgradeSubscription(world.engine, { customerId, planId: 'top' })
        expect(await creditOf(customerId)).toBe(104_357)
      }
      const change = async (customerId: string) =>
        (await invoicesOf(customerId)).find((invoice) => invoice.kind === 'change')!.id
      await voidInvoice(world.engine, { invoiceId: await change('unspent') })
      expect(await creditOf('unspent')).toBe(0)
      await dueAt('2026-11-30T17:00:00Z')
      const [renewal] = await invoicesOf('spent')
      expect(renewal).toMatchObject({ status: 'paid', creditApplied: 3_180 })
      await voidInvoice(world.engine, { invoiceId: await change('spent') })
      expect((await invoicesOf('spent'))[0]).toMatchObject({
        id: renewal!.id,
        status: 'open',
        amountDue: 3_180,
        balanceApplied: -3_180,
      })
      expect(await creditOf('spent')).toBe(0)
    })
  })

  test('the list is filtered by status and year, and paging skips nothing', async () => {
    const start = await subscribe('listed')
    await pay(start.id, start.total)
    await dueAt('2026-11-30T17:00:00Z')
    await dueAt('2026-12-31T17:00:00Z')
    await voidInvoice(world.engine, { invoiceId: (await invoicesOf('listed'))[0]!.id })
    const list = async (filter: object) =>
      (await getInvoices(world.engine, { customerId: 'listed', ...filter })).data.map(
        (invoice) => invoice.period.label,
      )
    expect(await list({})).toEqual(['2026-12', '2026-11', '2026-11'])
    expect([
      await list({ status: 'paid' }),
      await list({ status: 'open' }),
      await list({ status: 'void' }),
      await list({ status: 'overdue' }),
    ]).toEqual([['2026-11'], ['2026-11'], ['2026-12'], ['2026-11']])
    // Issued at 01:00 on 1 January in Shanghai.
    expect([await list({ year: 2026 }), await list({ year: 2027 }), await list({ year: 2025 })]).toEqual([
      ['2026-11', '2026-11'],
      ['2026-12'],
      [],
    ])
    const first = await getInvoices(world.engine, { customerId: 'listed', limit: 2 })
    const second = await getInvoices(world.engine, {
      customerId: 'listed',
      limit: 2,
      cursor: first.nextCursor!,
    })
    expect([...first.data, ...second.data].map((invoice) => invoice.id)).toEqual(
      (await invoicesOf('listed')).map((invoice) => invoice.id),
    )
    expect(second.nextCursor).toBeNull()
    for (const year of [0, -1, 2026.5, 9999])
      await expect(list({ year })).rejects.toMatchObject({
        code: 'invalid_range',
        detail: { pointer: '?year' },
      })
    await expect(getInvoices(world.engine, { customerId: 'listed', cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid_cursor',
    })
    await expect(
      getInvoice(world.engine, { invoiceId: start.id, customerId: 'parts' }),
    ).rejects.toMatchObject({ code: 'invoice_not_found' })
  })

  test('an issued invoice never changes with the customer, the seller or a payment', async () => {
    const start = await subscribe('frozen')
    const seller = await getSeller(world.engine)
    await updateCustomer(world.engine, { customerId: 'frozen', companyName: 'Renamed' })
    await putSeller(world.engine, { ...seller, name: 'Other' })
    const after = await getInvoice(world.engine, { invoiceId: start.id })
    await putSeller(world.engine, seller)
    expect(after).toEqual(start)
    expect(after.buyer.companyName).toBe('frozen 有限公司')
  })

  test('the PDF has the same bytes each time, paid or not, and its hash is stored', async () => {
    const start = await subscribe('printed')
    const first = await generatePdf(world.engine, { invoiceId: start.id })
    expect(first.fileName).toBe(`${start.number}.pdf`)
    await pay(start.id, start.total + 500)
    const second = await generatePdf(world.engine, { invoiceId: start.id, customerId: 'printed' })
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0)
    expect((await getInvoice(world.engine, { invoiceId: start.id })).pdfSha256).toBe(first.sha256)
    await expect(
      generatePdf(world.engine, { invoiceId: start.id, customerId: 'listed' }),
    ).rejects.toMatchObject({ code: 'invoice_not_found' })
    await world.db.asOwner((tx) =>
      tx.query("update invoices set pdf_sha256 = 'other' where id = $1", [start.id]),
    )
    await expect(generatePdf(world.engine, { invoiceId: start.id })).rejects.toThrow(
      /differs from its first rendering/,
    )
  })
})
