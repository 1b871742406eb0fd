import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  adjustBalance,
  cancelSubscription,
  createCharge,
  createCustomer,
  createSubscription,
  generateInvoice,
  getCharge,
  getInvoices,
  getSubscription,
  issueCreditNote,
  listActivity,
  listAllCharges,
  listCharges,
  previewChange,
  putDiscount,
  putPlan,
  runBilling,
  summarizeCharges,
  upgradeSubscription,
  voidInvoice,
  withdrawCharge,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf, scheduledTooLate } from './invariants.ts'

const setup = { name: { 'zh-CN': '部署费', en: 'Setup' }, quantity: 2, unitAmount: 50_000 }

const setupOnly = { name: setup.name }

describe.each(testDatabases)('one-off charges on $name', ({ create }) => {
  let world: World
  let days = 0
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'inclusive-yearly',
      name: 'Yearly',
      rank: 50,
      fee: { amount: 1_200_000, per: 'subscription' },
      interval: 'year',
      taxMode: 'inclusive',
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    expect(await scheduledTooLate(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'team', more = {}) => {
    await seedCustomer(world.engine, customerId)
    return createSubscription(world.engine, { customerId, planId, ...more })
  }
  const charge = (customerId: string, more = {}) =>
    createCharge(world.engine, { customerId, ...setup, when: 'next_invoice', ...more })
  const newest = async (customerId: string) => (await getInvoices(world.engine, { customerId })).data[0]!
  const nextOf = async (customerId: string) =>
    (await getSubscription(world.engine, { customerId })).nextInvoice
  /** A month of its own for each test. */
  const nextMonth = async () => {
    days += 1
    const month = new Date(Date.UTC(2027, 5 + days, 1, 1)).toISOString()
    await world.passTo(month)
    return month
  }

  test('a charge now is an invoice of its own, without discounts, with the tax of the plan', async () => {
    await subscribe('now')
    await putDiscount(world.engine, {
      customerId: 'now',
      discountId: 'half',
      kind: 'percent',
      value: '50',
      appliesTo: 'all',
      from: '2027-06-01',
    })
    await adjustBalance(world.engine, { customerId: 'now', amount: 70_000, reason: 'goodwill' })
    // The balance first pays the start: 59,900 + 6 % = 63,494. 6,506 are left.
    const { charge: made, invoice } = await charge('now', { id: 'setup', when: 'now' })
    expect(made).toMatchObject({
      id: 'setup',
      name: setup.name,
      amount: 100_000,
      currency: 'CNY',
      taxRate: null,
      when: 'now',
      source: { kind: 'vendor', id: null },
      status: 'billed',
      invoiceId: invoice!.id,
      invoiceNumber: invoice!.number,
    })
    expect(invoice).toMatchObject({
      kind: 'charge',
      period: { start: '2027-06-01', end: '2027-06-02', label: '2027-06' },
      subtotal: 100_000,
      discountTotal: 0,
      taxTotal: 6_000,
      total: 106_000,
      creditApplied: 6_506,
      lines: [
        {
          kind: 'charge',
          chargeId: 'setup',
          description: setup.name,
          quantity: 2,
          rate: { amount: 50_000, per: 1 },
          amount: 100_000,
          taxRate: '6',
          taxMode: 'exclusive',
        },
      ],
    })
  })

  test('a charge that waits is in the next invoice as told, in the draft and in the renewal', async () => {
    await subscribe('waits')
    await charge('waits', { id: 'a' })
    await charge('waits', { id: 'b', quantity: 1, unitAmount: 1, taxRate: '13', taxMode: 'inclusive' })
    // 59,900 + 100,000 at 6 % exclusive: 9,594 of tax; 1 with 13 % inside.
    const expected = {
      at: '2027-07-01',
      estimatedTotal: 159_900 + 9_594 + 1,
      charges: [
        { id: 'a', ...setupOnly, quantity: 2, amount: 100_000, taxRate: '6', taxMode: 'exclusive' },
        { id: 'b', ...setupOnly, quantity: 1, amount: 1, taxRate: '13', taxMode: 'inclusive' },
      ],
    }
    expect(await nextOf('waits')).toMatchObject(expected)
    await world.passTo('2027-06-30T16:30:00Z')
    const draft = await newest('waits')
    expect(draft).toMatchObject({ status: 'draft', total: expected.estimatedTotal })
    await nextMonth()
    const renewal = await newest('waits')
    expect(renewal).toMatchObject({ kind: 'renewal', total: expected.estimatedTotal })
    expect(renewal.lines.map(({ kind, chargeId }) => [kind, chargeId])).toEqual([
      ['fee', undefined],
      ['charge', 'a'],
      ['charge', 'b'],
    ])
    expect(renewal.lines).toEqual(draft.lines)
    const after = await nextOf('waits')
    expect(after!.estimatedTotal).toBe(63_494)
    expect(after).not.toHaveProperty('charges')
  })

  test('a charge goes on the invoice of an upgrade, as previewed; a new charge outdates the quote', async () => {
    await subscribe('upgrades')
    await charge('upgrades', { id: 'a' })
    const outdated = await previewChange(world.engine, { customerId: 'upgrades', planId: 'business' })
    await charge('upgrades', { id: 'b' })
    await expect(
      upgradeSubscription(world.engine, {
        customerId: 'upgrades',
        planId: 'business',
        quoteId: outdated.quoteId,
      }),
    ).rejects.toMatchObject({ code: 'quote_outdated' })
    const quote = await previewChange(world.engine, { customerId: 'upgrades', planId: 'business' })
    expect(quote.lines.map((line) => line.kind)).toEqual(['unused_time', 'fee', 'charge', 'charge'])
    const { invoice } = await upgradeSubscription(world.engine, {
      customerId: 'upgrades',
      planId: 'business',
      quoteId: quote.quoteId,
    })
    expect(invoice).toMatchObject({ total: quote.total })
    expect(await nextOf('upgrades')).toEqual(quote.nextInvoice)
    expect(await getCharge(world.engine, { customerId: 'upgrades', chargeId: 'a' })).toMatchObject({
      status: 'billed',
      invoiceId: invoice!.id,
    })
  })

  test('it goes on the first invoice of a subscription, and on the one that ends it', async () => {
    await seedCustomer(world.engine, 'begins')
    await charge('begins', { id: 'a' })
    const quote = await previewChange(world.engine, { customerId: 'begins', planId: 'inclusive-yearly' })
    const { invoice } = await createSubscription(world.engine, {
      customerId: 'begins',
      planId: 'inclusive-yearly',
      quoteId: quote.quoteId,
    })
    expect(invoice).toMatchObject({ kind: 'start', total: 1_300_000 })
    expect(invoice!.lines[1]).toMatchObject({ chargeId: 'a', taxMode: 'inclusive' })
    await charge('begins', { id: 'b' })
    const { invoice: ending } = await cancelSubscription(world.engine, {
      customerId: 'begins',
      when: 'now',
      credit: true,
    })
    // The credit of 365 of 366 days: round(1,200,000 × 365 ÷ 366) = 1,196,721; the charge is taken of it.
    expect(ending!.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['unused_time', expect.any(Number)],
      ['charge', 100_000],
    ])
    expect(await nextOf('begins')).toBeNull()
    // Voiding makes both due again; the replacement has both.
    await voidInvoice(world.engine, { invoiceId: ending!.id })
    expect((await nextOf('begins'))!.estimatedTotal).toBe(ending!.total)
    await world.passTo(new Date(Date.parse(ending!.issuedAt!) + 86_400_000).toISOString())
    expect(await newest('begins')).toMatchObject({ kind: 'change', total: ending!.total })
  })

  test('without anything else to bill, the end of the usage period bills it', async () => {
    const month = await nextMonth()
    await subscribe('yearly', 'inclusive-yearly')
    await subscribe('trial', 'team', { trialDays: 60 })
    for (const customerId of ['yearly', 'trial']) await charge(customerId)
    for (const customerId of ['yearly', 'trial']) {
      const next = await nextOf(customerId)
      expect(next!.at.slice(0, 7)).toBe(
        new Date(Date.parse(month) + 35 * 86_400_000).toISOString().slice(0, 7),
      )
      await world.passTo(`${next!.at}T02:00:00Z`)
      expect(await newest(customerId)).toMatchObject({ kind: 'renewal', total: next!.estimatedTotal })
      expect((await newest(customerId)).lines).toHaveLength(1)
    }
  })

  test('without a subscription it is billed on the first of the next month', async () => {
    await nextMonth()
    await seedCustomer(world.engine, 'alone')
    await subscribe('left')
    await cancelSubscription(world.engine, { customerId: 'left', when: 'now' })
    await world.passTo(new Date(Date.parse(await newestInstant()) + 3 * 86_400_000).toISOString())
    for (const customerId of ['alone', 'left']) {
      await charge(customerId, { id: 'a' })
      await charge(customerId, { id: 'b' })
    }
    const next = await nextOf('alone')
    expect(next).toMatchObject({ at: expect.stringMatching(/-01$/), estimatedTotal: 212_000 })
    expect(await nextOf('left')).toEqual(next)
    await nextMonth()
    for (const customerId of ['alone', 'left']) {
      const invoice = await newest(customerId)
      expect(invoice).toMatchObject({ kind: 'charge', total: 212_000, period: { start: next!.at } })
      expect(invoice.lines.map((line) => line.chargeId)).toEqual(['a', 'b'])
    }
    expect(await runBilling(world.engine)).toBe(0)
  })
  const newestInstant = async () => (await newest('left')).issuedAt!

  test('a charge that waits can be withdrawn; one that is billed must be credited', async () => {
    await subscribe('withdraws')
    await charge('withdraws', { id: 'a' })
    await charge('withdraws', { id: 'b', when: 'now' })
    const withdraw = (chargeId: string) => withdrawCharge(world.engine, { customerId: 'withdraws', chargeId })
    const withdrawn = await withdraw('a')
    expect(withdrawn).toMatchObject({ status: 'withdrawn', invoiceId: null })
    expect(await withdraw('a')).toEqual(withdrawn)
    expect((await nextOf('withdraws'))!.estimatedTotal).toBe(63_494)
    await expect(withdraw('b')).rejects.toMatchObject({
      code: 'charge_billed',
      detail: { message: expect.stringContaining('credit-notes') },
    })
    await expect(withdraw('none')).rejects.toMatchObject({ code: 'charge_not_found' })
    const { data } = await listActivity(world.engine, { limit: 100 })
    expect(
      data.filter(({ subjectId, customerId }) => customerId === 'withdraws' && subjectId === 'a'),
    ).toMatchObject([{ type: 'charge.created' }, { type: 'charge.withdrawn' }])
  })

  test('voiding its own invoice withdraws it; voiding a renewal makes it due again, once', async () => {
    await nextMonth()
    await subscribe('voids')
    const { invoice } = await charge('voids', { id: 'own', when: 'now' })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    const own = await charge('voids', { id: 'own', when: 'now' })
    expect(own).toMatchObject({ charge: { status: 'withdrawn' }, invoice: { status: 'void' } })
    expect(await withdrawCharge(world.engine, { customerId: 'voids', chargeId: 'own' })).toEqual(own.charge)
    await charge('voids', { id: 'carried' })
    await nextMonth()
    const renewal = await newest('voids')
    expect(renewal).toMatchObject({ kind: 'renewal', total: 169_494 })
    await voidInvoice(world.engine, { invoiceId: renewal.id })
    expect(await getCharge(world.engine, { customerId: 'voids', chargeId: 'carried' })).toMatchObject({
      status: 'waiting',
      invoiceId: null,
    })
    const again = await generateInvoice(world.engine, { customerId: 'voids', period: renewal.period.label })
    expect(again).toMatchObject({ kind: 'renewal', total: 169_494 })
    await nextMonth()
    expect(await newest('voids')).toMatchObject({ total: 63_494 })
  })

  test('a credit note gives a charge back by its line', async () => {
    await subscribe('credited')
    const { invoice } = await charge('credited', { when: 'now' })
    const note = await issueCreditNote(world.engine, {
      invoiceId: invoice!.id,
      lines: [{ lineId: 'line_1', amount: 50_000 }],
      reason: 'one was enough',
    })
    expect(note.total).toBe(-53_000)
  })

  test('a repeat answers the charge as it is now; other content is refused with what differs', async () => {
    await subscribe('repeats')
    const first = await charge('repeats', { id: 'a' })
    expect(await charge('repeats', { id: 'a' })).toEqual(first)
    await expect(charge('repeats', { id: 'a', quantity: 3, taxRate: '9' })).rejects.toMatchObject({
      code: 'charge_exists',
      detail: { pointer: '/id', differs: ['quantity', 'taxRate'] },
    })
    await Promise.all([1, 2, 3].map(() => charge('repeats', { id: 'now', when: 'now' })))
    const { data } = await getInvoices(world.engine, { customerId: 'repeats' })
    expect(data.filter((invoice) => invoice.kind === 'charge')).toHaveLength(1)
  })

  test('amounts are whole minor units of the account: in yen too', async () => {
    await createCustomer(world.engine, { id: 'yen', companyName: 'Yen', currency: 'JPY' })
    const { charge: made, invoice } = await charge('yen', { quantity: 1, unitAmount: 5_555, when: 'now' })
    expect(made.currency).toBe('JPY')
    // 5,555 × 6 % = 333.3: rounded once.
    expect(invoice).toMatchObject({ currency: 'JPY', total: 5_888 })
  })

  test.each([
    [{ quantity: 0 }, '/quantity'],
    [{ quantity: 1.5 }, '/quantity'],
    [{ quantity: 1_000_001 }, '/quantity'],
    [{ unitAmount: 0 }, '/unitAmount'],
    [{ unitAmount: -1 }, '/unitAmount'],
    [{ quantity: 2, unitAmount: 500_000_000_001 }, '/unitAmount'],
    [{ taxRate: '6%' }, '/taxRate'],
  ])('%o is refused and changes nothing', async (more, pointer) => {
    await seedCustomer(world.engine, `bad ${JSON.stringify(more)}`.replaceAll(/\W+/g, '-'))
    await expect(charge(`bad-${JSON.stringify(more)}`.replaceAll(/\W+/g, '-'), more)).rejects.toMatchObject({
      code: 'invalid_charge',
      detail: { pointer },
    })
  })

  test('at most 100 charges of a customer wait', async () => {
    await seedCustomer(world.engine, 'many')
    for (let number = 1; number <= 100; number += 1) await charge('many', { id: `c${number}` })
    await expect(charge('many')).rejects.toMatchObject({ code: 'too_many_charges', detail: { most: 100 } })
    expect((await charge('many', { when: 'now' })).charge.status).toBe('billed')
    await withdrawCharge(world.engine, { customerId: 'many', chargeId: 'c1' })
    await charge('many', { id: 'c101' })
    const sums = await summarizeCharges(world.engine, { customerId: 'many' })
    expect(sums.currencies).toEqual([
      {
        currency: 'CNY',
        count: 102,
        waiting: 100,
        billed: 1,
        withdrawn: 1,
        amountWaiting: 10_000_000,
        amountBilled: 100_000,
      },
    ])
    let [listed, cursor]: [string[], string | undefined] = [[], undefined]
    do {
      const page = await listCharges(world.engine, {
        customerId: 'many',
        limit: 40,
        ...(cursor === undefined ? {} : { cursor }),
      })
      listed = [...listed, ...page.data.map(({ id }) => id)]
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(new Set(listed).size).toBe(102)
    expect(listed).toHaveLength(102)
  })

  test('the list across customers is found by status, invoice number, id and customer', async () => {
    const found = async (filter: Parameters<typeof listAllCharges>[1]) =>
      (await listAllCharges(world.engine, filter)).data.map(({ customerId, id }) => `${customerId} ${id}`)
    const own = await getCharge(world.engine, { customerId: 'now', chargeId: 'setup' })
    expect(await found({ q: own.invoiceNumber!.toLowerCase() })).toEqual(['now setup'])
    expect(await found({ q: 'setup' })).toEqual(['now setup'])
    expect(await found({ q: 'repeats', status: 'waiting' })).toEqual(['repeats a'])
    expect(await found({ customerId: 'repeats', status: 'billed', currency: 'CNY' })).toEqual(['repeats now'])
    expect(await found({ currency: 'JPY', start: '2020-01-01' })).toHaveLength(1)
    await expect(listCharges(world.engine, { customerId: 'nobody' })).rejects.toMatchObject({
      code: 'customer_not_found',
    })
  })
})
