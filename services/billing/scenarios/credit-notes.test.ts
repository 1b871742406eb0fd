import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createCustomer,
  createSubscription,
  generatePdf,
  getCustomer,
  getInvoice,
  getInvoices,
  getSubscription,
  issueCreditNote,
  listActivity,
  putDiscount,
  putMeter,
  putPlan,
  recordPayment,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import type { CreditNoteInput } from '../src/commands/invoice/credit-note.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('credit notes on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls' })
    const price = {
      model: 'volume' as const,
      tiers: [
        { upTo: 500, rate: { amount: 5, per: 1 } },
        { upTo: null, rate: { amount: 4, per: 1 } },
      ],
    }
    await putPlan(world.engine, {
      id: 'volume',
      name: 'Volume',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: [{ meter: 'calls', included: 0, overage: 'bill', price }],
    })
    await putPlan(world.engine, {
      id: 'yen',
      name: 'Yen',
      currency: 'JPY',
      fee: { amount: 9_801, per: 'subscription' },
      taxRate: '10',
      taxMode: 'inclusive',
    })
    await putPlan(world.engine, {
      id: 'dinar',
      name: 'Dinar',
      currency: 'BHD',
      fee: { amount: 25_755, per: 'subscription' },
      taxRate: '7.5',
    })
    await putPlan(world.engine, {
      id: 'other rate',
      name: 'Other',
      rank: 20,
      fee: { amount: 100_003, per: 'subscription' },
      taxRate: '13',
      charges: [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 7, per: 1 } },
        },
      ],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const credit = (invoiceId: string, what: Partial<CreditNoteInput>, reason = '服务中断补偿') =>
    issueCreditNote(world.engine, { invoiceId, reason, ...what })
  const subscribe = async (customerId: string, planId = 'team') => {
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice!
  }
  const read = (invoiceId: string) => getInvoice(world.engine, { invoiceId })
  const balance = async (customerId: string) =>
    (await getCustomer(world.engine, { customerId })).creditBalance
  const use = async (customerId: string, id: string, meter: string, quantity: number, time: string) => {
    if (time > world.engine.now()) await world.passTo(time)
    expect(await recordUsage(world.engine, [{ id, customerId, meter, quantity, time }])).toMatchObject({
      accepted: 1,
    })
  }
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!
  const newestOfKind = async (customerId: string, kind: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.find(
      (invoice) => invoice.kind === kind,
    )!

  test('a note has its own number, names its invoice and reduces its amount due', async () => {
    const invoice = await subscribe('acme')
    const note = await credit(invoice.id, { amount: 10_600 })
    expect(note).toMatchObject({
      number: 'CN-202611-000001',
      kind: 'credit_note',
      status: 'paid',
      subtotal: -10_000,
      taxes: [{ rate: '6', mode: 'exclusive', base: -10_000, amount: -600 }],
      taxTotal: -600,
      total: -10_600,
      amountDue: 0,
      creditNote: {
        invoiceId: invoice.id,
        invoiceNumber: invoice.number,
        reason: '服务中断补偿',
        amountCredited: 10_600,
      },
      period: invoice.period,
      buyer: invoice.buyer,
    })
    expect(note.lines).toMatchObject([
      { kind: 'credit_note', amount: -10_000, description: invoice.lines[0]!.description, breakdown: [] },
    ])
    expect(await read(invoice.id)).toMatchObject({
      status: 'open',
      total: 63_494,
      amountCredited: 10_600,
      amountDue: 52_894,
      creditNotes: [{ id: note.id, number: note.number, total: -10_600 }],
      creditNote: null,
      sha256: invoice.sha256,
    })
    expect(await balance('acme')).toBe(0)
    const changes = (await listActivity(world.engine, { limit: 100 })).data.map((change) => [
      change.type,
      change.subjectId,
    ])
    expect(changes.at(-1)).toEqual(['invoice.issued', note.id])
    expect((await generatePdf(world.engine, { invoiceId: note.id })).fileName).toBe('CN-202611-000001.pdf')
  })

  test('paying the rest settles the invoice, and an overpayment becomes credit', async () => {
    const invoice = await newestOfKind('acme', 'start')
    expect(
      await recordPayment(world.engine, {
        invoiceId: invoice.id,
        amount: 53_000,
        method: 'bank_transfer',
        reference: 'p1',
      }),
    ).toMatchObject({ status: 'paid', amountDue: 0 })
    expect(await balance('acme')).toBe(106)
  })

  test('a note on a paid invoice becomes balance that the next invoice uses', async () => {
    const invoice = await newestOfKind('acme', 'start')
    const note = await credit(invoice.id, { lines: [{ lineId: 'line_1', amount: 20_000 }] }, 'goodwill')
    expect(note).toMatchObject({
      number: 'CN-202611-000002',
      total: -21_200,
      creditNote: { amountCredited: 0 },
    })
    expect(await balance('acme')).toBe(21_306)
    await world.passTo('2026-11-30T18:00:00Z')
    expect(await newest('acme')).toMatchObject({
      kind: 'renewal',
      creditApplied: 21_306,
      amountDue: 63_494 - 21_306,
    })
  })

  test('all notes together credit the invoice, to the cent, and no more', async () => {
    const invoice = await newestOfKind('acme', 'start')
    await expect(credit(invoice.id, { amount: 31_695 })).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: {
        left: 31_694,
        message: `of invoice ${invoice.number} (total 63494) 31694 can still be credited: this note credits 31695`,
      },
    })
    await expect(credit(invoice.id, { lines: [{ lineId: 'line_1', amount: 29_901 }] })).rejects.toMatchObject(
      { code: 'amount_out_of_range', detail: { left: 29_900, pointer: '/lines/0/amount' } },
    )
    await credit(invoice.id, { lines: [{ lineId: 'line_1', amount: 11_111 }] })
    const last = await credit(invoice.id, { lines: [{ lineId: 'line_1', amount: 18_789 }] })
    const { creditNotes } = await read(invoice.id)
    expect(creditNotes).toHaveLength(4)
    expect(creditNotes.reduce((all, note) => all + note.total, 0)).toBe(-invoice.total)
    expect(last.taxTotal).toBe(-1_127)
    await expect(credit(invoice.id, { amount: 1 })).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 0 },
    })
  })

  test('a note over the whole amount due pays the invoice, which is then not overdue', async () => {
    const invoice = await subscribe('late')
    await world.passTo('2026-12-20T00:00:00Z')
    expect(await read(invoice.id)).toMatchObject({ overdue: true })
    expect((await getSubscription(world.engine, { customerId: 'late' })).status).toBe('past_due')
    await recordPayment(world.engine, {
      invoiceId: invoice.id,
      amount: 60_000,
      method: 'bank_transfer',
      reference: 'part',
    })
    const note = await credit(invoice.id, { amount: 5_000 })
    expect(note.creditNote).toMatchObject({ amountCredited: 3_494 })
    expect(await read(invoice.id)).toMatchObject({
      status: 'paid',
      overdue: false,
      amountPaid: 60_000,
      amountCredited: 3_494,
      amountDue: 0,
      paidAt: note.issuedAt,
    })
    expect(await balance('late')).toBe(1_506)
    expect((await getSubscription(world.engine, { customerId: 'late' })).status).toBe('active')
    const listed = async (status: 'open' | 'paid' | 'overdue') =>
      (await getInvoices(world.engine, { customerId: 'late', status })).data.map((one) => one.id)
    expect([await listed('open'), await listed('overdue'), await listed('paid')]).toEqual([
      [],
      [],
      [note.id, invoice.id],
    ])
    expect(
      (await listActivity(world.engine, { limit: 100 })).data
        .filter((change) => change.customerId === 'late')
        .map((change) => [change.type, change.subjectId])
        .slice(-2),
    ).toEqual([
      ['invoice.issued', note.id],
      ['invoice.paid', invoice.id],
    ])
  })

  test('an upgrade credits the share of what notes left of the fee', async () => {
    const invoice = await subscribe('upgrades') // on 20 December, 31 days
    await credit(invoice.id, { lines: [{ lineId: 'line_1', amount: 28_900 }] })
    world.set('2026-12-30T04:00:00Z')
    const { invoice: change } = await upgradeSubscription(world.engine, {
      customerId: 'upgrades',
      planId: 'business',
    })
    // 31,000 are left for 31 days: 21 of them are unused.
    expect(change!.lines[0]).toMatchObject({
      kind: 'unused_time',
      amount: -21_000,
      breakdown: [
        { kind: 'gross', amount: -40_577 },
        { kind: 'taken_off', amount: 19_577 },
      ],
    })
  })

  test('credited usage is not billed again, and an adjustment credits no more than was left', async () => {
    await seedCustomer(world.engine, 'goodwill')
    await createSubscription(world.engine, {
      customerId: 'goodwill',
      planId: 'volume',
      startsAt: world.engine.now(),
    })
    await use('goodwill', 'e1', 'calls', 400, '2027-01-10T00:00:00Z')
    await world.passTo('2027-01-30T18:00:00Z')
    const usage = await newest('goodwill')
    expect(usage.lines.map((line) => line.amount)).toEqual([2_000])
    await credit(usage.id, { amount: 1_900 })
    await use('goodwill', 'e2', 'calls', 10, '2027-01-11T00:00:00Z')
    await world.passTo('2027-02-28T18:00:00Z')
    expect((await newest('goodwill')).lines.map((line) => [line.kind, line.amount])).toEqual([
      ['adjustment', 50],
    ])
    await use('goodwill', 'e3', 'calls', 500, '2027-03-10T00:00:00Z')
    await world.passTo('2027-03-31T00:00:00Z')
    const march = await newest('goodwill')
    expect(march.lines.map((line) => line.amount)).toEqual([2_500])
    await credit(march.id, { amount: 2_400 })
    await use('goodwill', 'e4', 'calls', 1, '2027-03-11T00:00:00Z')
    await world.passTo('2027-05-02T00:00:00Z')
    const given = await newest('goodwill')
    // 496 less, but only 100 of it was still paid for.
    expect(given.lines.map((line) => [line.kind, line.amount])).toEqual([['adjustment', -100]])
    expect(given.lines[0]!.breakdown.at(-1)).toMatchObject({ kind: 'taken_off', amount: 396 })
  })

  test('lines credit their share of the discount and their own tax rate', async () => {
    await seedCustomer(world.engine, 'rates')
    await putDiscount(world.engine, {
      customerId: 'rates',
      discountId: 'd',
      kind: 'percent',
      value: '15',
      appliesTo: 'all',
      from: '2027-01-01',
    })
    await createSubscription(world.engine, { customerId: 'rates', planId: 'team' })
    await use('rates', 'e1', 'ai_chat', 5_000, '2027-05-12T00:00:00Z')
    await world.passTo('2027-05-14T00:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'rates', planId: 'other rate' })
    await use('rates', 'e2', 'ai_chat', 333, '2027-05-20T00:00:00Z')
    await world.passTo('2027-06-05T00:00:00Z')
    const invoice = await newest('rates')
    expect(invoice.taxes.map((tax) => tax.rate).sort()).toEqual(['13', '6'])
    const notes = [
      await credit(invoice.id, {
        lines: [
          { lineId: 'line_1', amount: 50_001 },
          { lineId: 'line_2', amount: 77 },
        ],
      }),
      await credit(invoice.id, { amount: 1 }),
      await credit(invoice.id, { amount: 12_345 }),
      await credit(invoice.id, { lines: [{ lineId: 'line_3', amount: 300 }] }),
    ]
    expect(notes[0]!.lines[0]).toMatchObject({
      amount: -42_501,
      taxRate: '13',
      breakdown: [
        { kind: 'gross', amount: -50_001 },
        { kind: 'taken_off', amount: 7_500 },
      ],
    })
    const left = invoice.total + notes.reduce((all, note) => all + note.total, 0)
    notes.push(await credit(invoice.id, { amount: left }))
    for (const tax of invoice.taxes)
      expect([
        tax.rate,
        notes
          .flatMap((note) => note.taxes)
          .filter((total) => total.rate === tax.rate)
          .reduce((all, total) => all + total.amount, 0),
      ]).toEqual([tax.rate, -tax.amount])
    expect(await read(invoice.id)).toMatchObject({
      status: 'paid',
      amountCredited: invoice.amountDue,
      amountDue: 0,
    })
  })

  test('a charge on an invoice that also credits can be credited while the total is positive', async () => {
    const change = await newestOfKind('upgrades', 'change')
    const [given, fee] = change.lines
    await expect(credit(change.id, { lines: [{ lineId: given!.id, amount: 1 }] })).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 0 },
    })
    await expect(
      credit(change.id, { lines: [{ lineId: fee!.id, amount: fee!.amount }] }),
    ).rejects.toMatchObject({ code: 'amount_out_of_range', detail: { left: change.total } })
    expect(await credit(change.id, { amount: change.total })).toMatchObject({ total: -change.total })
  })

  test.each([
    ['yen', 'JPY', 3_333],
    ['dinar', 'BHD', 1],
  ] as const)('notes on plan %s in %s add up to the invoice', async (planId, currency, amount) => {
    await createCustomer(world.engine, { id: planId, companyName: planId, currency })
    const { invoice } = await createSubscription(world.engine, { customerId: planId, planId })
    const first = await credit(invoice!.id, { amount })
    const rest = await credit(invoice!.id, {
      lines: [{ lineId: 'line_1', amount: invoice!.lines[0]!.amount + first.lines[0]!.amount }],
    })
    expect([first.total, first.total + rest.total, first.taxTotal + rest.taxTotal]).toEqual([
      -amount,
      -invoice!.total,
      -invoice!.taxTotal,
    ])
    expect(await read(invoice!.id)).toMatchObject({ status: 'paid', amountDue: 0 })
  })

  test('an impossible credit, or command on a note, is rejected with an alternative', async () => {
    const invoice = await subscribe('refused')
    await expect(credit(invoice.id, {})).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(credit(invoice.id, { amount: 1, lines: [] })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    await expect(credit(invoice.id, { lines: [{ lineId: 'line_9', amount: 1 }] })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '/lines/0/lineId' },
    })
    await expect(
      credit(invoice.id, {
        lines: [
          { lineId: 'line_1', amount: 1 },
          { lineId: 'line_1', amount: 1 },
        ],
      }),
    ).rejects.toMatchObject({ code: 'validation_failed', detail: { pointer: '/lines/1/lineId' } })
    for (const amount of [0, -1, 0.5, 63_495])
      await expect(credit(invoice.id, { amount })).rejects.toMatchObject({ code: 'amount_out_of_range' })
    await expect(credit('nothing', { amount: 1 })).rejects.toMatchObject({ code: 'invoice_not_found' })
    await expect(credit('draft_refused_2027-06', { amount: 1 })).rejects.toMatchObject({
      code: 'invoice_is_draft',
    })
    const note = await credit(invoice.id, { amount: 100 })
    await expect(credit(note.id, { amount: 1 })).rejects.toMatchObject({ code: 'credit_note_final' })
    await expect(voidInvoice(world.engine, { invoiceId: note.id })).rejects.toMatchObject({
      code: 'credit_note_final',
    })
    await expect(
      recordPayment(world.engine, { invoiceId: note.id, amount: 1, method: 'cash', reference: 'r' }),
    ).rejects.toMatchObject({ code: 'credit_note_final' })
    await expect(voidInvoice(world.engine, { invoiceId: invoice.id })).rejects.toMatchObject({
      code: 'invoice_credited',
    })
    const other = await subscribe('voided')
    await voidInvoice(world.engine, { invoiceId: other.id })
    await expect(credit(other.id, { amount: 1 })).rejects.toMatchObject({ code: 'invoice_void' })
  })

  test('reconciliation names a note that differs from its row or credits too much', async () => {
    // The table refuses some of this by itself: the proof names what came about all the same.
    await world.db.asOwner((tx) =>
      tx.query('alter table invoices drop constraint invoices_credit_notes_give_back'),
    )
    const broken = [
      [
        "update invoices set applied_to_invoice = applied_to_invoice + 1 where number = 'CN-202611-000001'",
        "update invoices set applied_to_invoice = applied_to_invoice - 1 where number = 'CN-202611-000001'",
        'a credit note that differs from its document, or credits what is void: '
          + '{"number":"CN-202611-000001","applied":"10601"}',
      ],
      [
        `update invoices
          set document = jsonb_set(document, '{total}', '-90000')
          where number = 'CN-202611-000001'`,
        `update invoices
          set document = jsonb_set(document, '{total}', '-10600')
          where number = 'CN-202611-000001'`,
        'an invoice that was credited wrongly: its credit notes give back 142894 of 63494: INV-202611-000001',
      ],
      [
        `update balance_transactions
          set amount = amount + 1
          where reason = 'credit_note' and customer_id = 'late'`,
        `update balance_transactions
          set amount = amount - 1
          where reason = 'credit_note' and customer_id = 'late'`,
        'a balance that differs from the invoice: {"number":"CN-202612-',
      ],
      [
        "update invoice_numbers set last = last + 1 where series = 'CN' and month = '202611'",
        "update invoice_numbers set last = last - 1 where series = 'CN' and month = '202611'",
        'a gap in the numbers: {"month":"CN-202611"',
      ],
    ] as const
    for (const [breakIt, mendIt, named] of broken) {
      await world.db.asOwner((tx) => tx.query(breakIt))
      const found = await mistakesOf(world)
      await world.db.asOwner((tx) => tx.query(mendIt))
      expect([named, found.some((one) => one.startsWith(named)), found]).toEqual([named, true, found])
    }
  })
})
