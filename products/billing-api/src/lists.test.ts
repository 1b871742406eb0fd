import {
  actingFor,
  cancelSubscription,
  consume,
  createCustomer,
  createSecretKey,
  createSubscription,
  putMeter,
  putPlan,
  recordUsage,
  reserve,
  runBilling,
  settleReservation,
} from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

interface Row {
  id: string
  customerId: string
  invoiceNumber?: string
  number?: string
  status?: string
  amountDue?: number
  overdue?: boolean
  amount?: number
  quantity?: number
  meter?: string
  time?: string
}

describe.each(testDatabases)('lists over all customers on $name', ({ create }) => {
  let server: TestServer
  let key: string

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'test' })).key
    await seedTwoCustomers(server)
    await createCustomer(server.engine, {
      id: '杭州-1',
      companyName: '杭州星桥 100% 有限公司',
      email: 'li@starbridge.example',
    })
    await createCustomer(server.engine, { id: 'nobody-yet', companyName: 'Nobody' })
    await createSubscription(server.engine, { customerId: '杭州-1', planId: 'pro' })
    await runBilling(server.engine)
    for (const { id } of (await all('/invoices?customerId=acme')) as Row[])
      await call('POST', `/invoices/${id}/payments`, { amount: 100, method: 'cash', reference: 'first' })
    await cancelSubscription(server.engine, { customerId: 'globex', when: 'now' })
  })
  afterAll(() => server.close())

  const call = async (method: 'GET' | 'POST', url: string, payload?: unknown) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      payload: payload as object,
      headers: { authorization: `Bearer ${key}` },
    })
    return {
      status: answer.statusCode,
      body: String(answer.headers['content-type']).includes('json; ') ? answer.json() : answer.body,
      headers: answer.headers,
    }
  }
  const get = async (url: string) => {
    const { status, body } = await call('GET', url)
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }
  /** All pages of a list, two rows at a time; fails when a row comes twice. */
  const all = async (url: string): Promise<Row[]> => {
    const rows: Row[] = []
    let cursor: string | null = null
    do {
      const page: { data: Row[]; nextCursor: string | null } = await get(
        `${url}${url.includes('?') ? '&' : '?'}limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      )
      rows.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length)
    return rows
  }
  const customersIn = (rows: Row[]) => [...new Set(rows.map((row) => row.customerId))].sort()

  describe('invoices', () => {
    test('are listed with every filter, and summed with the same', async () => {
      const everything = await all('/invoices')
      expect(customersIn(everything)).toEqual(['acme', 'globex', '杭州-1'])
      const filters: [string, (row: Row) => boolean][] = [
        ['customerId=acme', (row) => row.customerId === 'acme'],
        ['status=open', (row) => row.status === 'open'],
        ['status=overdue', (row) => row.overdue === true],
        ['kind=renewal', (row) => (row as { kind?: string }).kind === 'renewal'],
        ['currency=USD', () => false],
        ['q=globex', (row) => row.customerId === 'globex'],
        [`q=${encodeURIComponent('星桥 100%')}`, (row) => row.customerId === '杭州-1'],
        ['q=100_', () => false],
        ['q=li@starbridge.example', (row) => row.customerId === '杭州-1'],
        ['q=inv-202602', (row) => row.number!.startsWith('INV-202602')],
        ['start=2026-03-01', (row) => (row as { issuedAt?: string }).issuedAt! >= '2026-02-28T16'],
        ['end=2026-02-28', (row) => (row as { issuedAt?: string }).issuedAt! < '2026-02-28T16'],
      ]
      for (const [filter, matches] of filters) {
        const rows = await all(`/invoices?${filter}`)
        expect(
          rows.map((row) => row.id),
          filter,
        ).toEqual(everything.filter(matches).map((row) => row.id))
        const { currencies } = await get(`/invoices/summary?${filter}`)
        const sums = currencies[0] ?? { count: 0, amountDue: 0 }
        expect([sums.count, sums.amountDue], filter).toEqual([
          rows.length,
          rows.reduce((sum, row) => sum + row.amountDue!, 0),
        ])
      }
      expect((await get('/invoices/summary')).currencies).toMatchObject([
        { currency: 'CNY', count: everything.length },
      ])
    })
    test('an invalid range is rejected', async () => {
      expect(await call('GET', '/invoices?start=2026-03-02&end=2026-03-01')).toMatchObject({
        status: 400,
        body: { code: 'invalid_range' },
      })
      expect((await call('GET', '/invoices/summary?start=yesterday')).status).toBe(400)
    })
  })

  test('payments are listed with what they pay, and summed', async () => {
    const rows = await all('/payments')
    expect(rows.length).toBeGreaterThan(1)
    expect(rows[0]).toMatchObject({
      customerId: 'acme',
      invoiceNumber: expect.stringMatching(/^INV-/),
      amount: 100,
      method: 'cash',
      reference: 'first',
      currency: 'CNY',
    })
    expect((await get('/payments/summary')).currencies).toEqual([
      { currency: 'CNY', count: rows.length, amount: rows.length * 100 },
    ])
    expect(await all('/payments?q=first')).toEqual(rows)
    expect(await all(`/payments?q=${rows[0]!.invoiceNumber!.toLowerCase()}`)).toEqual([rows[0]])
    for (const filter of ['customerId=globex', 'method=card', 'currency=USD', 'end=2026-03-09', 'q=second']) {
      expect(await all(`/payments?${filter}`), filter).toEqual([])
      expect((await get(`/payments/summary?${filter}`)).currencies).toEqual([])
    }
  })

  test('subscriptions are listed with their status, and counted by plan', async () => {
    const rows = await all('/subscriptions')
    expect(rows.map((row) => [row.customerId, row.status]).sort()).toEqual([
      ['acme', 'past_due'],
      ['globex', 'canceled'],
      ['杭州-1', 'active'],
    ])
    for (const row of rows)
      expect((await get(`/customers/${encodeURIComponent(row.customerId)}/subscription`)).status).toBe(
        row.status,
      )
    expect(customersIn(await all('/subscriptions?status=canceled'))).toEqual(['globex'])
    expect(customersIn(await all('/subscriptions?planId=pro&planVersion=1'))).toEqual(['杭州-1'])
    expect(customersIn(await all(`/subscriptions?q=${encodeURIComponent('杭州')}`))).toEqual(['杭州-1'])
    expect((await get('/subscriptions/summary')).plans).toEqual([
      { planId: 'pro', status: 'active', count: 1, seats: 1 },
      { planId: 'starter', status: 'canceled', count: 1, seats: 2 },
      { planId: 'starter', status: 'past_due', count: 1, seats: 2 },
    ])
  })

  test('a subscription that both sides have scheduled to end is one row, with the date of its end', async () => {
    await cancelSubscription(actingFor(server.engine, '杭州-1'), {
      customerId: '杭州-1',
      when: 'period_end',
    })
    await cancelSubscription(server.engine, { customerId: '杭州-1', when: 'period_end' })
    expect((await get(`/subscriptions?customerId=${encodeURIComponent('杭州-1')}`)).data).toMatchObject([
      { status: 'active', endsOn: '2026-04-10' },
    ])
    expect((await get('/subscriptions/summary?planId=pro')).plans).toEqual([
      { planId: 'pro', status: 'active', count: 1, seats: 1 },
    ])
  })

  test('customers are found by id, e-mail address or part of the name', async () => {
    for (const q of ['杭', 'li@starbridge.example', '100%', '杭州星桥'])
      expect(customersIn(await all(`/customers?q=${encodeURIComponent(q)}`)), q).toEqual(['杭州-1'])
    expect(await all('/customers?q=%25%25')).toEqual([])
  })

  describe('events', () => {
    beforeAll(async () => {
      await putMeter(server.engine, { key: 'tokens', name: 'Tokens', unit: 'tokens', decimals: 2 })
      const events = Array.from({ length: 9 }, (_, index) => ({
        id: `e${index}`,
        customerId: ['acme', 'globex', '杭州-1'][index % 3]!,
        meter: index < 5 ? 'ai_chat' : 'tokens',
        quantity: index + 1,
        time: `2026-03-0${1 + (index >> 2)}T0${index}:30:00Z`,
      }))
      expect(await recordUsage(server.engine, events)).toMatchObject({ accepted: 9 })
      await consume(server.engine, { customerId: 'acme', meter: 'ai_chat', id: 'consumed', quantity: 250 })
    })

    test('of one customer are listed newest first, by meter, time and id', async () => {
      const rows = await all('/events?customerId=acme&start=2026-03-01')
      expect(rows.map((row) => row.id)).toEqual(['consumed', 'e6', 'e3', 'e0'])
      expect(rows[0]).toMatchObject({ customerId: 'acme', quantity: 250, overage: 155 })
      expect(
        (await all('/events?customerId=acme&meter=tokens')).map((row) => [row.id, row.quantity]),
      ).toEqual([['e6', 7]])
      expect(
        (await all('/events?customerId=acme&start=2026-03-01T03:00:00Z&end=2026-03-02T07:00:00Z')).map(
          (row) => row.id,
        ),
      ).toEqual(['e6', 'e3'])
      expect((await all('/events?customerId=acme&id=e3')).map((row) => row.id)).toEqual(['e3'])
      expect((await all('/events?customerId=acme')).length).toBe(134)
    })

    test('of all customers are listed customer by customer, each once', async () => {
      const rows = await all('/events?start=2026-03-01&end=2026-03-05')
      expect(rows.map((row) => [row.customerId, row.id])).toEqual([
        ['acme', 'e6'],
        ['acme', 'e3'],
        ['acme', 'e0'],
        ['globex', 'e7'],
        ['globex', 'e4'],
        ['globex', 'e1'],
        ['杭州-1', 'e8'],
        ['杭州-1', 'e5'],
        ['杭州-1', 'e2'],
      ])
      expect((await all('/events')).map((row) => row.id)).toEqual(['consumed'])
      expect((await all('/events?id=e7')).map((row) => [row.customerId, row.id])).toEqual([['globex', 'e7']])
      expect(await call('GET', '/events?start=2026-01-01')).toMatchObject({
        status: 400,
        body: { code: 'invalid_range' },
      })
      expect(await call('GET', '/events?meter=nothing')).toMatchObject({
        status: 404,
        body: { code: 'meter_not_found' },
      })
    })

    test('are looked up by id', async () => {
      expect(await get('/customers/acme/events/e6')).toMatchObject({
        id: 'e6',
        customerId: 'acme',
        meter: 'tokens',
        quantity: 7,
        time: '2026-03-02T06:30:00.000000Z',
        overage: null,
      })
      expect(await call('GET', '/customers/globex/events/e6')).toMatchObject({
        status: 404,
        body: { code: 'event_not_found' },
      })
      expect(await call('GET', '/customers/nobody/events/e6')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
    })

    test('are exported, one line of JSON each, in the order of the list', async () => {
      const file = await call('GET', '/events/export?customerId=acme')
      expect([file.status, file.headers['content-type']]).toEqual([200, 'application/x-ndjson'])
      const lines = (file.body as string)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines).toEqual(await all('/events?customerId=acme'))
    })

    test('usage is summed over any range, by hour, day and month', async () => {
      const range = await get('/customers/acme/usage/range?start=2026-02-01&end=2026-03-31&window=month')
      expect(range.meters).toMatchObject([
        {
          meter: 'ai_chat',
          used: 385,
          windows: [
            { start: '2026-02-01', end: '2026-03-01', used: 130 },
            { start: '2026-03-01', end: '2026-04-01', used: 255 },
          ],
        },
        { meter: 'tokens', used: 7, windows: [{ start: '2026-03-01', end: '2026-04-01', used: 7 }] },
      ])
      expect(
        (await get('/customers/acme/usage/range?start=2026-03-01&end=2026-03-02&window=day&meter=ai_chat'))
          .meters[0].windows,
      ).toEqual([{ start: '2026-03-01', end: '2026-03-02', used: 5 }])
      expect(
        (await get('/customers/acme/usage/range?start=2026-03-01&end=2026-03-31&window=hour&meter=ai_chat'))
          .meters,
      ).toMatchObject([
        {
          used: 255,
          windows: [
            { start: '2026-03-01T00:00:00.000000Z', end: '2026-03-01T01:00:00.000000Z', used: 1 },
            { start: '2026-03-01T03:00:00.000000Z', used: 4 },
            { start: '2026-03-10T04:00:00.000000Z', used: 250 },
          ],
        },
      ])
      for (const query of [
        'start=2026-01-01&end=2026-03-31&window=hour&meter=ai_chat',
        'start=2024-01-01&end=2026-03-31&window=day',
        'start=2026-03-02&end=2026-03-01',
      ]) {
        expect(await call('GET', `/customers/acme/usage/range?${query}`), query).toMatchObject({
          status: 400,
          body: { code: 'invalid_range' },
        })
      }
    })

    test('reservations are listed with their state', async () => {
      for (const [id, ttlSeconds] of [
        ['r1', 60],
        ['r2', 3600],
        ['r3', 3600],
      ] as const)
        await reserve(server.engine, {
          customerId: '杭州-1',
          meter: 'ai_chat',
          id,
          quantity: 10,
          ttlSeconds,
        })
      await settleReservation(server.engine, {
        customerId: '杭州-1',
        meter: 'ai_chat',
        reservationId: 'r3',
        quantity: 4,
      })
      const before = server.clock.at
      server.clock.at = '2026-03-10T04:05:00.000000Z'
      const path = `/customers/${encodeURIComponent('杭州-1')}/reservations`
      expect((await all(path)).map((row) => [row.id, (row as { state?: string }).state])).toEqual([
        ['r3', 'settled'],
        ['r2', 'open'],
        ['r1', 'expired'],
      ])
      expect(await get(`${path}?state=settled&meter=ai_chat`)).toMatchObject({
        data: [{ id: 'r3', reserved: 10, settled: 4, granted: 4, overage: 0 }],
        nextCursor: null,
      })
      server.clock.at = before
      expect((await call('GET', '/customers/nobody/reservations')).status).toBe(404)
    })
  })

  test('a plan without seats shows none anywhere, and a request for seats on it is rejected, not ignored', async () => {
    const bare = { currency: 'CNY', fee: { amount: 100, per: 'subscription' as const }, seats: null }
    for (const [id, rank] of [
      ['bare', 1],
      ['bare-more', 2],
    ] as const)
      await putPlan(server.engine, { id, name: id, rank, ...bare })
    for (const id of ['s1', 's2']) {
      await createCustomer(server.engine, { id, companyName: id })
      const path = `/customers/${id}/subscription`
      const begins = [
        await call('POST', path, { planId: 'bare-more', seats: 3 }),
        await call('POST', `${path}/preview`, { planId: 'bare-more', seats: 3 }),
      ]
      await createSubscription(server.engine, { customerId: id, planId: 'bare-more' })
      const changes = [
        await call('POST', `${path}/change`, { planId: 'bare', seats: 1 }),
        await call('POST', `${path}/preview`, { planId: 'bare', seats: 3 }),
      ]
      for (const { status, body } of [...begins, ...changes])
        expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, 'seats_out_of_range', '/seats'])
      expect(
        (await call('POST', `${path}/change`, { planId: 'bare', when: 'period_end' })).body,
      ).toMatchObject({ subscription: { seats: null, scheduledChange: { planId: 'bare', seats: null } } })
    }
    expect(
      (await all('/subscriptions?planId=bare-more')).map((row) => (row as { seats?: number | null }).seats),
    ).toEqual([null, null])
    expect((await get('/subscriptions/summary?planId=bare-more')).plans).toEqual([
      { planId: 'bare-more', status: 'active', count: 2, seats: null },
    ])
  })
})
