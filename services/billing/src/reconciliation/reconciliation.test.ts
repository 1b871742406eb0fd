import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  createSubscription,
  findMistakes,
  getInvoices,
  getReconciliation,
  getSeller,
  putMeter,
  putSeller,
  recordPayment,
  recordUsage,
  upgradeSubscription,
  voidInvoice,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('reconciliation on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-09-30T16:00:00Z')
    await seedCatalogue(world.engine)
    // Invoices of a free plan, to void.
    await putSeller(world.engine, { ...(await getSeller(world.engine)), zeroInvoices: true })
    await putMeter(world.engine, { key: 'visits', name: 'Visits', unit: 'visits', aggregation: 'count' })
  })
  afterAll(() => world.close())
  const subscribe = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }
  const use = (customerId: string, id: string, meter: string, quantity: number, time?: string) =>
    recordUsage(world.engine, [{ id, customerId, meter, quantity, ...(time ? { time } : {}) }])
  const proven = async (customerId: string, period: string) => {
    const { meters, ...rest } = await getReconciliation(world.engine, { customerId, period })
    const kept = meters
      .filter((meter) => meter.accepted > 0)
      .map(({ meter, accepted, billed, adjusted, unbilled, uncharged, difference }) => [
        meter,
        accepted,
        billed,
        adjusted,
        unbilled,
        uncharged,
        difference,
      ])
    return { ...rest, meters: kept }
  }
  const mistakes = async () => {
    const found: string[] = []
    for await (const { customerId, what, row } of findMistakes(world.engine))
      found.push(`${customerId}: ${what}: ${row}`)
    return found
  }

  test('usage is unbilled, then billed, and adjusted when it comes late', async () => {
    await subscribe('acme', 'team')
    await use('acme', 'e1', 'storage', 12.5, '2026-09-30T15:59:00Z')
    await use('acme', 'e2', 'storage', 30.125)
    expect((await proven('acme', '2026-10')).meters).toEqual([['storage', 30.125, 0, 0, 30.125, 0, 0]])
    await world.passTo('2026-10-31T18:00:00Z')
    expect((await proven('acme', '2026-10')).meters).toEqual([['storage', 30.125, 30.125, 0, 0, 0, 0]])
    await use('acme', 'e3', 'storage', 2, '2026-10-30T00:00:00Z')
    expect((await proven('acme', '2026-10')).meters).toEqual([['storage', 32.125, 30.125, 0, 2, 0, 0]])
    await world.passTo('2026-11-30T18:00:00Z')
    expect((await proven('acme', '2026-10')).meters).toEqual([['storage', 32.125, 30.125, 2, 0, 0, 0]])
  })

  test('a clock that was set back reports no fault in what was billed before', async () => {
    const now = world.engine.now()
    // The line of October belongs to a period that has not started in September.
    world.set('2026-09-30T15:00:00Z')
    expect(await mistakes()).toEqual([])
    world.set(now)
  })

  test('usage before the subscription, or of a meter without a charge, is uncharged', async () => {
    expect((await proven('acme', '2026-09')).meters).toEqual([['storage', 12.5, 0, 0, 0, 12.5, 0]])
    await use('acme', 'v1', 'visits', 7)
    expect((await proven('acme', '2026-12')).meters).toEqual([['visits', 1, 0, 0, 0, 1, 0]])
  })

  test('usage above a blocking limit is uncharged, before and after the invoice', async () => {
    await subscribe('limited', 'free')
    await use('limited', 'e1', 'ai_chat', 15)
    await use('limited', 'e2', 'ai_chat', 30)
    expect((await proven('limited', '2026-12')).meters).toEqual([['ai_chat', 45, 0, 0, 20, 25, 0]])
    await world.passTo('2026-12-31T18:00:00Z')
    expect((await proven('limited', '2026-12')).meters).toEqual([['ai_chat', 45, 20, 0, 0, 25, 0]])
    await use('limited', 'e3', 'ai_chat', 5, '2026-12-20T00:00:00Z')
    expect((await proven('limited', '2026-12')).meters).toEqual([['ai_chat', 50, 20, 0, 0, 30, 0]])
  })

  test('voiding an invoice makes its usage unbilled again', async () => {
    const [renewal] = (await getInvoices(world.engine, { customerId: 'limited' })).data
    await voidInvoice(world.engine, { invoiceId: renewal!.id })
    expect((await proven('limited', '2026-12')).meters).toEqual([['ai_chat', 50, 0, 0, 20, 30, 0]])
  })

  test('a rejected event is listed once with its reason, however often it is sent', async () => {
    const old = { id: 'old', customerId: 'acme', meter: 'storage', quantity: 1, time: '2026-10-05T00:00:00Z' }
    const fine = { id: 'e2', customerId: 'acme', meter: 'storage', quantity: 0.0001 }
    for (let sent = 0; sent < 3; sent += 1)
      await recordUsage(world.engine, [
        old,
        fine,
        { id: 'x\u0000', customerId: 'acme', meter: 'no\ud800thing' },
        { ...old, customerId: 'nobody' },
      ])
    await recordUsage(world.engine, [{ ...old, quantity: 2 }])
    expect(
      (await getReconciliation(world.engine, { customerId: 'acme', period: '2026-10' })).rejected.map(
        ({ detail: _, ...event }) => event,
      ),
    ).toEqual([
      {
        id: 'old',
        meter: 'storage',
        quantity: 1,
        time: '2026-10-05T00:00:00Z',
        code: 'event_too_old',
        times: 3,
        rejectedAt: world.engine.now(),
      },
      {
        id: 'old',
        meter: 'storage',
        quantity: 2,
        time: '2026-10-05T00:00:00Z',
        code: 'event_too_old',
        times: 1,
        rejectedAt: world.engine.now(),
      },
    ])
    const now = await getReconciliation(world.engine, { customerId: 'acme' })
    expect(
      now.rejected.map(({ id, meter, quantity, time, code, times }) => [
        id,
        meter,
        quantity,
        time,
        code,
        times,
      ]),
    ).toEqual([
      ['e2', 'storage', 0.0001, null, 'quantity_too_precise', 3],
      ['x\ufffd', 'no\ufffdthing', null, null, 'meter_not_found', 3],
    ])
  })

  test('the newest ten thousand rejected events of a customer are stored, for a hundred days', async () => {
    await seedCustomer(world.engine, 'noisy')
    const [start] = await world.db.asOwner((tx) =>
      tx.query<{ at: string }>("select $1::timestamptz - interval '1 day' as at", [world.engine.now()]),
    )
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into rejected_events (
            customer_id, id, body_hash, code, detail, meter, local_date, rejected_at, arrived_at
          )
          select 'noisy', 'n' || n, '', 'meter_not_found', '', 'none', '2026-12-31',
            $1::timestamptz + n * interval '1 second', $1
          from generate_series(1, 10000) n`,
        [start!.at],
      ),
    )
    await use('noisy', 'last', 'none', 1)
    const kept = () =>
      world.db.asOwner((tx) =>
        tx.query<{ count: number; first: string }>(
          'select count(*)::int as count, min(id collate "C") filter (where id in (\'n1\', '
            + "'n2')) as first from rejected_events where customer_id = 'noisy'",
        ),
      )
    expect(await kept()).toEqual([{ count: 10_000, first: 'n2' }])
    world.set('2027-06-01T00:00:00Z')
    await use('noisy', 'much later', 'none', 1)
    expect(await kept()).toEqual([{ count: 1, first: null }])
  })

  test('a sound ledger has no fault, and each broken row is named', async () => {
    await world.passTo('2027-06-01T00:00:01Z')
    await subscribe('late', 'team')
    await upgradeSubscription(world.engine, { customerId: 'late', planId: 'business' })
    await subscribe('ended', 'team')
    await cancelSubscription(world.engine, { customerId: 'ended', when: 'now' })
    const data = (await getInvoices(world.engine, { customerId: 'acme', limit: 100 })).data.filter(
      (invoice) => invoice.status !== 'draft',
    )
    await recordPayment(world.engine, {
      invoiceId: data[0]!.id,
      amount: data[0]!.amountDue + 5,
      method: 'cash',
      reference: 'r',
    })
    expect(await mistakes()).toEqual([])
    const billed = data.find((invoice) => invoice.period.label === '2026-10' && invoice.kind === 'renewal')!
    // The constraint prevents a phase before its anchor; without it, reconciliation must find one.
    await world.db.asOwner((tx) =>
      tx.query('alter table phases drop constraint phases_begin_on_or_after_their_anchor'),
    )
    // Each is broken in its own transaction and repaired again.
    const broken: [string, string, string][] = [
      [
        `update usage_daily
          set quantity = quantity + 1
          where customer_id = 'acme' and local_date = '2026-10-01'`,
        `update usage_daily
          set quantity = quantity - 1
          where customer_id = 'acme' and local_date = '2026-10-01'`,
        'acme: a day that differs from its events: storage on 2026-10-01: 30126 steps of 1 events, '
          + 'its events say 30125 of 1',
      ],
      [
        "update usage_events set quantity = quantity - 1 where customer_id = 'acme' and id = 'e2'",
        "update usage_events set quantity = quantity + 1 where customer_id = 'acme' and id = 'e2'",
        `acme: a line that differs from its events: ${billed.number} line_2: 30.125 storage, `
          + 'its events say 30.124',
      ],
      [
        `update invoices
          set document = jsonb_set(document, '{lines,1,quantity}', '31.125')
          where id = '${billed.id}'`,
        `update invoices
          set document = jsonb_set(document, '{lines,1,quantity}', '30.125')
          where id = '${billed.id}'`,
        'acme: usage that does not add up: storage in 2026-10: accepted 32125, billed 31125, '
          + 'adjusted 2000, unbilled -1000, uncharged 0, difference 0 (steps)',
      ],
      [
        `update invoices set total = total + 1 where id = '${billed.id}'`,
        `update invoices set total = total - 1 where id = '${billed.id}'`,
        `acme: an invoice that does not add up: the row's total is ${billed.total + 1}, `
          + `not ${billed.total}: ${billed.number}`,
      ],
      [
        `update invoices
          set document = jsonb_set(document, '{buyer,companyName}', '"x"')
          where id = '${billed.id}'`,
        `update invoices
          set document = jsonb_set(document, '{buyer,companyName}', '"acme 有限公司"')
          where id = '${billed.id}'`,
        `acme: an invoice that does not add up: the hash is ${billed.sha256}`,
      ],
      [
        `update balance_transactions
          set amount = amount + 1
          where customer_id = 'acme' and reason = 'overpaid'`,
        `update balance_transactions
          set amount = amount - 1
          where customer_id = 'acme' and reason = 'overpaid'`,
        `acme: a balance that differs from the payments: {"number":"${data[0]!.number}","moved":"6"}`,
      ],
      [
        "update phases set starts_on = starts_on - 1 where customer_id = 'late' and ends_on is null",
        "update phases set starts_on = starts_on + 1 where customer_id = 'late' and ends_on is null",
        'late: a gap or an overlap between the phases of a subscription: {"id":"',
      ],
      [
        "update phases set credited = true where customer_id = 'ended'",
        "update phases set credited = false where customer_id = 'ended'",
        'ended: a fee for days after the end of a subscription whose unused days were given back: {"number":"',
      ],
      [
        "update invoice_numbers set last = last + 1 where month = '202610'",
        "update invoice_numbers set last = last - 1 where month = '202610'",
        'null: a gap in the numbers: {',
      ],
    ]
    for (const [breakIt, mendIt, named] of broken) {
      await world.db.asOwner((tx) => tx.query(breakIt))
      const found = await mistakes()
      await world.db.asOwner((tx) => tx.query(mendIt))
      expect([named, found.some((one) => one.startsWith(named)), found]).toEqual([named, true, found])
    }
    expect(await mistakes()).toEqual([])
    // Numbers after 999,999 belong to the same month.
    await world.db.asOwner((tx) =>
      tx.query(`update invoices
        set number = 'INV-202610-1000000'
        where number = 'INV-202610-' || lpad(
          (select last from invoice_numbers where (series, month) = ('INV', '202610'))::text, 6, '0'
        ); update invoice_numbers
        set last = 1000000
        where (series, month) = ('INV', '202610')`),
    )
    const gaps = (await mistakes()).filter((mistake) => mistake.includes('a gap in the numbers'))
    expect(gaps).toEqual([
      expect.stringMatching(
        /"month":"INV-202610","counter":1000000,"count":1,"first":1000000,"last":1000000\}$/,
      ),
    ])
  })
})
