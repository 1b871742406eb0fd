import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  adjustBalance,
  cancelSubscription,
  createSubscription,
  getCustomer,
  getInvoice,
  getInvoices,
  getSubscription,
  issueCreditNote,
  listActivity,
  listBalanceTransactions,
  listRefunds,
  putPlan,
  recordPayment,
  recordRefund,
  reversePayment,
  upgradeSubscription,
  voidInvoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('reversals and refunds on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'basic',
      name: 'Basic',
      rank: 1,
      fee: { amount: 30_000, per: 'subscription' },
      taxRate: '0',
    })
    await putPlan(world.engine, {
      id: 'pro',
      name: 'Pro',
      rank: 2,
      fee: { amount: 60_000, per: 'subscription' },
      taxRate: '0',
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'basic') => {
    await seedCustomer(world.engine, customerId)
    return (await createSubscription(world.engine, { customerId, planId })).invoice!
  }
  let payments = 0
  const pay = async (invoiceId: string, amount: number, reference = `p${(payments += 1)}`) => {
    const { payments: all } = await recordPayment(world.engine, {
      invoiceId,
      amount,
      method: 'bank',
      reference,
    })
    return all.find((omit) => omit.reference === reference)!
  }
  const reverse = (paymentId: string) => reversePayment(world.engine, { paymentId, reason: 'typed wrong' })
  const read = (invoiceId: string) => getInvoice(world.engine, { invoiceId })
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!
  const balance = async (customerId: string) =>
    (await getCustomer(world.engine, { customerId })).creditBalance
  const moved = async (customerId: string) =>
    (await listBalanceTransactions(world.engine, { customerId, limit: 100 })).data
      .map((transaction) => [transaction.reason, transaction.amount])
      .reverse()
  const happened = async (customerId: string) =>
    (await listActivity(world.engine, { limit: 100 })).data
      .filter((activity) => activity.customerId === customerId)
      .map((activity) => activity.type)
  const refund = (
    customerId: string,
    amount: number,
    more: { reference?: string; creditNoteId?: string } = {},
  ) => recordRefund(world.engine, { customerId, amount, method: 'bank', reference: 'r1', ...more })

  test('new balance pays open invoices first, oldest first, and their status follows', async () => {
    const first = await subscribe('owes')
    await world.passTo('2027-06-11T01:00:00Z')
    const { invoice: second } = await upgradeSubscription(world.engine, {
      customerId: 'owes',
      planId: 'pro',
    }) // 30,000 × 20/30
    await world.passTo('2027-07-01T02:00:00Z')
    const third = await newest('owes')
    expect([first.total, second!.total, third.total]).toEqual([30_000, 20_000, 60_000])
    // 35,000 too much on the newest: the first is paid in full, the second in part.
    await pay(third.id, 95_000)
    expect(await read(first.id)).toMatchObject({
      status: 'paid',
      balanceApplied: 30_000,
      amountDue: 0,
      amountPaid: 0,
      paidAt: world.engine.now(),
      overdue: false,
    })
    expect(await read(second!.id)).toMatchObject({ status: 'open', balanceApplied: 5_000, amountDue: 15_000 })
    expect(await read(third.id)).toMatchObject({ status: 'paid', amountPaid: 95_000, amountDue: 0 })
    expect(await balance('owes')).toBe(0)
    expect(await moved('owes')).toEqual([
      ['overpaid', 35_000],
      ['applied_to_invoice', -30_000],
      ['applied_to_invoice', -5_000],
    ])
    expect((await happened('owes')).filter((type) => type === 'invoice.paid')).toHaveLength(2)
    // A crediting ending, a note and an adjustment do so too.
    await issueCreditNote(world.engine, { invoiceId: third.id, amount: 4_000, reason: 'goodwill' })
    await adjustBalance(world.engine, { customerId: 'owes', amount: 1_000, reason: 'a gift' })
    expect((await read(second!.id)).amountDue).toBe(10_000)
    await cancelSubscription(world.engine, { customerId: 'owes', when: 'now', credit: true })
    expect(await read(second!.id)).toMatchObject({ status: 'paid', amountDue: 0, balanceApplied: 20_000 })
    expect(await balance('owes')).toBeGreaterThan(0)
  })

  test('reversing an overpayment takes its balance back from invoices, newest first', async () => {
    const first = await subscribe('typed')
    const wrong = await pay(first.id, 300_000, 'one zero too many')
    await world.passTo('2027-08-01T02:00:00Z')
    const second = await newest('typed')
    await world.passTo('2027-09-01T02:00:00Z')
    const third = await newest('typed')
    expect([second, third].map((invoice) => [invoice.creditApplied, invoice.status])).toEqual([
      [30_000, 'paid'],
      [30_000, 'paid'],
    ])
    await adjustBalance(world.engine, { customerId: 'typed', amount: -180_000, reason: 'withdrawn' })
    expect(await balance('typed')).toBe(30_000)
    const mended = await reverse(wrong.id)
    // 270,000 were balance: 30,000 are left, 60,000 come back from two invoices, 180,000 were used elsewhere
    // and are charged.
    expect(mended).toMatchObject({
      status: 'open',
      amountPaid: 0,
      addedToBalance: 0,
      amountDue: 30_000,
      payments: [{ id: wrong.id, reversedAt: world.engine.now(), reversalReason: 'typed wrong' }],
    })
    expect(await balance('typed')).toBe(0)
    expect(
      [await read(second.id), await read(third.id)].map((invoice) => [
        invoice.status,
        invoice.amountDue,
        invoice.balanceApplied,
      ]),
    ).toEqual([
      ['open', 30_000, -30_000],
      ['open', 30_000, -30_000],
    ])
    const charge = await newest('typed')
    expect(charge).toMatchObject({
      kind: 'charge',
      total: 180_000,
      amountDue: 180_000,
      taxTotal: 0,
      status: 'open',
      lines: [{ kind: 'charge' }],
    })
    expect((await moved('typed')).slice(-4)).toEqual([
      ['application_undone', 30_000],
      ['application_undone', 30_000],
      ['charged', 180_000],
      ['payment_reversed', -270_000],
    ])
    expect(
      (await happened('typed')).filter(
        (type) => type === 'invoice.due_again' || type === 'invoice.payment_reversed',
      ),
    ).toEqual(['invoice.due_again', 'invoice.due_again', 'invoice.due_again', 'invoice.payment_reversed'])
    // Repeating it changes nothing; the reference stays used.
    expect((await reverse(wrong.id)).amountDue).toBe(30_000)
    await expect(
      recordPayment(world.engine, {
        invoiceId: first.id,
        amount: 300_000,
        method: 'bank',
        reference: 'one zero too many',
      }),
    ).rejects.toMatchObject({ code: 'payment_reversed' })
    await expect(reverse('pay_nothing')).rejects.toMatchObject({ code: 'payment_not_found' })
    // It is due by its terms counted from now, and not overdue before.
    expect(await read(first.id)).toMatchObject({ overdue: false, dueAt: '2027-09-16T02:00:00.000000Z' })
    await world.passTo('2027-09-16T01:00:00Z')
    expect((await getSubscription(world.engine, { customerId: 'typed' })).status).toBe('active')
    await world.passTo('2027-09-16T03:00:00Z')
    expect((await getSubscription(world.engine, { customerId: 'typed' })).status).toBe('past_due')
    expect((await getInvoices(world.engine, { customerId: 'typed', status: 'overdue' })).data).toHaveLength(4)
    await pay(first.id, 270_000)
    expect((await getInvoices(world.engine, { customerId: 'typed', status: 'open' })).data).toEqual([])
  })

  test('reversing a part payment does not extend an overdue invoice', async () => {
    const invoice = await subscribe('late')
    const part = await pay(invoice.id, 100)
    await world.passTo('2027-10-10T00:00:00Z')
    await reverse(part.id)
    expect(await read(invoice.id)).toMatchObject({ overdue: true, dueAt: invoice.dueAt, amountDue: 30_000 })
  })

  test('reversing a payment of a note’s invoice leaves the reserved refund of another', async () => {
    const invoice = await subscribe('refunded')
    const paid = await pay(invoice.id, 30_000)
    const note = await issueCreditNote(world.engine, {
      invoiceId: invoice.id,
      amount: 10_000,
      reason: 'a broken week',
      refund: true,
    })
    expect(note).toMatchObject({ toRefund: 10_000, creditNote: { refund: true, amountCredited: 0 } })
    await world.passTo('2027-11-10T03:00:00Z')
    // The next invoice does not use the reserved amount.
    const next = await newest('refunded')
    expect(next).toMatchObject({ kind: 'renewal', creditApplied: 0, amountDue: 30_000 })
    await expect(refund('refunded', 1)).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 0 },
    })
    await expect(refund('refunded', 10_001, { creditNoteId: note.id })).rejects.toMatchObject({
      code: 'amount_out_of_range',
      detail: { left: 10_000 },
    })
    const out = await refund('refunded', 4_000, { creditNoteId: note.id })
    expect(await refund('refunded', 4_000, { creditNoteId: note.id })).toEqual(out)
    await expect(refund('refunded', 4_001, { creditNoteId: note.id })).rejects.toMatchObject({
      code: 'duplicate_reference',
    })
    expect(await read(note.id)).toMatchObject({
      toRefund: 6_000,
      refunds: [{ id: out.id, amount: 4_000, method: 'bank', reference: 'r1' }],
    })
    await reverse(paid.id)
    expect(await read(invoice.id)).toMatchObject({ amountDue: 24_000, balanceApplied: 6_000 })
    expect(await read(note.id)).toMatchObject({ toRefund: 0 })
    expect(await read(next.id)).toMatchObject({ amountDue: 30_000 })
    expect((await listRefunds(world.engine, { customerId: 'refunded' })).data).toEqual([out])
  })

  test('a note without refund adds to the balance and can be refunded while that lasts', async () => {
    const invoice = await subscribe('later')
    await pay(invoice.id, 30_000)
    const note = await issueCreditNote(world.engine, {
      invoiceId: invoice.id,
      amount: 10_000,
      reason: 'goodwill',
    })
    await refund('later', 3_000, { creditNoteId: note.id })
    expect(await balance('later')).toBe(7_000)
    await expect(refund('later', 7_001, { creditNoteId: note.id, reference: 'r2' })).rejects.toMatchObject({
      detail: { left: 7_000 },
    })
    await adjustBalance(world.engine, { customerId: 'later', amount: -6_000, reason: 'mistake' })
    await expect(
      adjustBalance(world.engine, { customerId: 'later', amount: -1_001, reason: 'mistake' }),
    ).rejects.toMatchObject({ code: 'amount_out_of_range', detail: { left: 1_000 } })
    await refund('later', 1_000, { reference: 'r2' })
    expect(await balance('later')).toBe(0)
    await expect(refund('later', 1, { creditNoteId: invoice.id, reference: 'r3' })).rejects.toMatchObject({
      code: 'invoice_not_found',
    })
    await expect(refund('nobody', 1)).rejects.toMatchObject({ code: 'customer_not_found' })
  })

  test('voiding takes back the balance a document gave, unless it was paid out', async () => {
    const start = await subscribe('voids')
    await world.passTo('2027-11-20T03:00:00Z')
    const { invoice: end } = await cancelSubscription(world.engine, {
      customerId: 'voids',
      when: 'now',
      credit: true,
    })
    // It was never paid: the credit of the ending pays it.
    expect([await balance('voids'), (await read(start.id)).amountDue]).toEqual([0, 30_000 + end!.total])
    await voidInvoice(world.engine, { invoiceId: end!.id })
    expect([await balance('voids'), (await read(start.id)).amountDue]).toEqual([0, 30_000])
    const other = await subscribe('paid out')
    await pay(other.id, 30_000)
    const { invoice: gone } = await cancelSubscription(world.engine, {
      customerId: 'paid out',
      when: 'now',
      credit: true,
    })
    await refund('paid out', 1_000)
    await expect(voidInvoice(world.engine, { invoiceId: gone!.id })).rejects.toMatchObject({
      code: 'credit_already_used',
    })
  })

  test('a payment recorded or reversed twice at once counts once', async () => {
    const invoice = await subscribe('twice')
    await Promise.all([pay(invoice.id, 40_000, 'same'), pay(invoice.id, 40_000, 'same')])
    expect(await balance('twice')).toBe(10_000)
    const [payment] = (await read(invoice.id)).payments
    await Promise.all([reverse(payment!.id), reverse(payment!.id)])
    expect(await moved('twice')).toEqual([
      ['overpaid', 10_000],
      ['payment_reversed', -10_000],
    ])
  })
})
