import {
  createPortalSession,
  exchangePortalCode,
  generateInvoice,
  getInvoices,
  putMeter,
  recordUsage,
} from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'

type Role = 'owner' | 'billing' | 'viewer'

describe.each(testDatabases)("the customer's API on $name", ({ create }) => {
  let server: TestServer
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) => registerPortalApi(app, { engine, secure: true }))
    await seedTwoCustomers(server)
    for (const customerId of ['acme', 'globex']) {
      await generateInvoice(server.engine, { customerId, period: '2026-02' })
      for (const role of ['owner', 'billing', 'viewer'] as const) {
        tokens.set(
          `${customerId} ${role}`,
          (
            await createPortalSession(server.engine, {
              customerId,
              role,
              actor: { id: `${customerId}-${role}`, name: 'Ada' },
              locale: 'en',
            })
          ).token,
        )
      }
    }
  })
  afterAll(() => server.close())

  const call = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    {
      payload,
      role = 'owner',
      customer = 'acme',
      headers = {},
    }: {
      payload?: object
      role?: Role
      customer?: string
      headers?: Record<string, string>
    } = {},
  ) =>
    server.app.inject({
      method,
      url: `/api/portal${url}`,
      payload,
      headers: { authorization: `Bearer ${tokens.get(`${customer} ${role}`)}`, ...headers },
    })
  const get = async (url: string, options: Parameters<typeof call>[2] = {}) => {
    const answer = await call('GET', url, options)
    expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)])
    return answer.json()
  }

  test('without a token, or with a wrong or expired one, every call is rejected', async () => {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic YTpi', `Bearer ${'x'.repeat(600)}`]) {
      const answer = await server.app.inject({
        url: '/api/portal/account',
        headers: authorization ? { authorization } : {},
      })
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized'])
    }
    const now = server.clock.at
    server.clock.at = '2026-03-10T04:16:00.000000Z'
    expect((await call('GET', '/account')).statusCode).toBe(401)
    server.clock.at = now
  })

  test('usage is broken down by a property on request', async () => {
    await putMeter(server.engine, { key: 'calls', name: 'Calls', unit: 'calls', groupBy: ['channel'] })
    await recordUsage(server.engine, [
      { id: 'c1', customerId: 'acme', meter: 'calls', quantity: 2, properties: { channel: 'web' } },
      { id: 'c2', customerId: 'globex', meter: 'calls', properties: { channel: 'app' } },
    ])
    expect((await get('/usage?groupBy=channel')).groups).toEqual([
      { meter: 'calls', property: 'channel', values: [{ kind: 'value', value: 'web', used: 2 }] },
    ])
    expect(await get('/usage')).not.toHaveProperty('groups')
    const unknown = await call('GET', '/usage?groupBy=colour')
    expect([unknown.statusCode, unknown.json().errors[0].pointer]).toEqual([400, '?groupBy'])
  })

  test('usage per day shows what each day added to the fees', async () => {
    const february = await get('/usage/days?start=2026-02-01&end=2026-02-28', { role: 'viewer' })
    expect(february).toMatchObject({
      start: '2026-02-01',
      end: '2026-02-28',
      since: '2026-02-01',
      timezone: 'Asia/Shanghai',
      currency: 'CNY',
      meters: [{ meter: 'ai_chat', used: 130, events: 130, fee: 1500, groupBy: [] }],
    })
    expect([february.days.length, february.days[9]]).toEqual([
      28,
      { date: '2026-02-10', usage: { ai_chat: 130 }, events: { ai_chat: 130 }, fees: { ai_chat: 1500 } },
    ])
    expect((await get('/usage/days', { customer: 'globex' })).meters).toMatchObject([
      { meter: 'ai_chat', used: 0, fee: 0 },
      { meter: 'calls', used: 1, groupBy: ['channel'] },
    ])
    expect((await get('/usage/days?groupBy=channel')).groups).toEqual([
      {
        meter: 'calls',
        property: 'channel',
        values: [{ kind: 'value', value: 'web', used: 2, daily: expect.any(Array) }],
      },
    ])
  })

  test('twelve months show amount and usage by meter, with the changes', async () => {
    const answer = await get('/usage/months', { role: 'viewer' })
    expect(answer).toMatchObject({
      timezone: 'Asia/Shanghai',
      currency: 'CNY',
      meters: expect.arrayContaining([expect.objectContaining({ meter: 'ai_chat', decimals: 0 })]),
    })
    const [february, march] = answer.months
    expect(february).toMatchObject({
      period: { label: '2026-02' },
      running: false,
      change: null,
      meters: [{ meter: 'ai_chat', used: 130, amount: 1500 }],
    })
    expect([february.amount, march.change.amount]).toEqual([
      february.fee + 1500,
      march.amount - february.amount,
    ])
    expect((await call('GET', '/usage/months?year=2026')).json()).toMatchObject({
      status: 400,
      code: 'validation_failed',
    })
    expect((await get('/usage/months', { customer: 'globex' })).months[0].meters).toMatchObject([
      { meter: 'ai_chat', used: 0, amount: 0 },
    ])
  })

  test.each([
    ['start=2026-01-01&end=2026-04-30', '?start', 'invalid_range'],
    ['start=2026-02-02&end=2026-02-01', '?start', 'invalid_range'],
    ['start=2026-02-01T00:00:00Z', '?start', 'validation_failed'],
    ['groupBy=colour', '?groupBy', 'validation_failed'],
    ['period=2026-02', '?period', 'validation_failed'],
  ])('the days of %s are rejected with the mistake named', async (query, pointer, code) => {
    expect((await call('GET', `/usage/days?${query}`)).json()).toMatchObject({
      status: 400,
      code,
      errors: [{ pointer }],
    })
  })

  test('rejected usage is listed with the reason, to its own customer alone', async () => {
    await recordUsage(server.engine, [
      { id: 'x1', customerId: 'acme', meter: 'nothing', quantity: 3 },
      { id: 'x2', customerId: 'globex', meter: 'nothing' },
    ])
    const { data, nextCursor } = await get('/usage/rejected', { role: 'viewer' })
    // The clock stands at the issue of a document, so events are recorded after it.
    const after = server.clock.at.replace(/0Z$/, '1Z')
    expect([data, nextCursor]).toEqual([
      [
        {
          id: 'x1',
          meter: 'nothing',
          quantity: 3,
          time: null,
          code: 'meter_not_found',
          reason: { 'zh-CN': '没有这个计量项。', en: 'There is no such meter.' },
          rejectedAt: after,
        },
      ],
      null,
    ])
    expect((await call('GET', '/usage/rejected?cursor=x')).json().code).toBe('invalid_cursor')
  })

  test('the account is the one of the token', async () => {
    expect(await get('/account')).toMatchObject({
      customerId: 'acme',
      companyName: 'acme',
      currency: 'CNY',
      timezone: 'Asia/Shanghai',
      version: 1,
    })
    expect(await get('/account', { customer: 'globex', role: 'viewer' })).toMatchObject({
      customerId: 'globex',
    })
  })

  test('an account update with a stale version is rejected', async () => {
    const { version } = await get('/account')
    const changed = await call('PUT', '/account', {
      payload: { contactName: '王芳', email: 'wang@example.com', version },
    })
    expect([changed.statusCode, changed.json().contactName, changed.json().version]).toEqual([
      200,
      '王芳',
      version + 1,
    ])
    const stale = await call('PUT', '/account', { payload: { contactName: 'late', version } })
    expect([stale.statusCode, stale.json().code, stale.json().errors[0].pointer]).toEqual([
      409,
      'stale_version',
      '/version',
    ])
  })

  test('the account credit is listed transaction by transaction', async () => {
    expect(await get('/account/balance/transactions')).toEqual({ data: [], nextCursor: null })
    expect((await call('GET', '/account/balance/transactions?cursor=x')).json().code).toBe('invalid_cursor')
  })

  test('invalid account fields are rejected by field', async () => {
    const answer = await call('PUT', '/account', {
      payload: { email: 'nobody', customerId: 'globex', currency: 'USD' },
    })
    expect(answer.statusCode).toBe(400)
    expect(
      answer
        .json()
        .errors.map((error: { pointer: string }) => error.pointer)
        .sort(),
    ).toEqual(['/currency', '/customerId', '/email', '/version'])
    const zone = await call('PUT', '/account', { payload: { timezone: 'Mars/Base', version: 2 } })
    expect([zone.statusCode, zone.json().code, zone.json().errors[0].pointer]).toEqual([
      422,
      'invalid_time_zone',
      '/timezone',
    ])
  })

  test('the subscription, the plans and how they relate to it', async () => {
    expect(await get('/subscription')).toMatchObject({
      status: expect.any(String),
      plan: { id: 'starter' },
      seats: 2,
      allowances: [{ meter: 'ai_chat', allowance: 100 }],
    })
    const { data } = await get('/plans')
    expect(data.map((plan: { id: string; relation: string }) => [plan.id, plan.relation])).toEqual([
      ['starter', 'current'],
      ['pro', 'upgrade'],
    ])
  })

  test("the last period is rated on every plan, also for a viewer, and for the token's customer alone", async () => {
    const advice = await get('/subscription/advice', { role: 'viewer' })
    // Two seats of ¥99 and 30 answers at 50 分; two of ¥299 without any; 6 % tax.
    expect(advice).toMatchObject({
      currency: 'CNY',
      period: { label: '2026-02' },
      availableFrom: null,
      recommendation: { planId: 'starter', saves: 0 },
      plans: [
        { planId: 'starter', fee: 19_800, usage: 1_500, total: 22_578, difference: 0, fits: true },
        { planId: 'pro', fee: 59_800, usage: 0, total: 63_388, difference: 40_810, fits: true },
      ],
      forecast: {
        method: 'straight_line',
        day: 10,
        days: 31,
        meters: [{ meter: 'ai_chat', tried: [{ period: '2026-02', actual: 130 }] }],
      },
    })
    expect((await get('/subscription/advice', { customer: 'globex' })).plans[0]).toMatchObject({
      planId: 'starter',
      usage: 0,
    })
    expect((await call('GET', '/subscription/advice?period=2026-02')).json()).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ pointer: '?period' }],
    })
    expect((await server.app.inject('/api/portal/subscription/advice')).statusCode).toBe(401)
  })

  test('the usage of a period, by meter and by day', async () => {
    const summary = await get('/usage?period=2026-02')
    expect(summary).toMatchObject({
      period: { label: '2026-02' },
      usage: { ai_chat: 130 },
      timezone: 'Asia/Shanghai',
    })
    expect(summary.meters[0]).toMatchObject({
      meter: 'ai_chat',
      used: 130,
      included: 100,
      overage: 30,
      overageAmount: 1500,
      overagePolicy: 'bill',
    })
    expect(summary.daily.find((day: { date: string }) => day.date === '2026-02-10').usage).toEqual({
      ai_chat: 130,
    })
    expect((await get('/usage')).period.label).toBe('2026-03')
    expect((await call('GET', '/usage?period=2026-2')).json()).toMatchObject({
      status: 400,
      errors: [{ pointer: '?period' }],
    })
    expect((await call('GET', '/usage?period=2026-13')).statusCode).toBe(400)
    expect((await get('/usage?period=2026-01')).usage).toEqual({})
  })

  test('usage events are paged, newest first, without repeats', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { data: { id: string; meter: string; properties: object }[]; nextCursor: string | null } =
        await get(
          `/usage/detail?start=2026-02-01&end=2026-02-28&limit=50${cursor ? `&cursor=${cursor}` : ''}`,
        )
      seen.push(...page.data.map((event) => event.id))
      cursor = page.nextCursor
    } while (cursor)
    expect([seen.length, new Set(seen).size]).toEqual([130, 130])
    const [event] = (await get('/usage/detail?start=2026-02-01&end=2026-02-28&limit=1')).data
    const counted = await get(
      `/usage/detail?start=2026-02-01&end=2026-02-28&limit=1&id=${event.id}&property=agent&value=${event.properties.agent}&total=true`,
    )
    expect(counted).toMatchObject({
      data: [{ id: event.id, voided: null }],
      total: { events: 1, isLeast: false },
    })
    expect((await get('/usage/detail?start=2026-02-01&end=2026-02-28&limit=1&total=true')).total).toEqual({
      events: 130,
      isLeast: false,
    })
    expect((await get('/usage/detail?start=2026-02-01&end=2026-02-28&limit=1')).data[0].properties).toEqual({
      agent: expect.any(Number),
    })
  })

  test.each([
    ['/usage/detail?limit=101', '?limit', 'validation_failed'],
    ['/usage/detail?start=yesterday', '?start', 'validation_failed'],
    ['/usage/detail?cursor=nonsense', '?cursor', 'invalid_cursor'],
    ['/usage/detail?property=colour', '?value', 'validation_failed'],
    ['/usage/detail?colour=red', '?colour', 'validation_failed'],
    ['/invoices?year=twenty', '?year', 'validation_failed'],
    ['/invoices?status=lost', '?status', 'validation_failed'],
  ])('%s is rejected with the mistake named', async (url, pointer, code) => {
    const answer = await call('GET', url)
    expect(answer.json()).toMatchObject({ status: 400, code, errors: [{ pointer }] })
  })

  test('invoices are listed, read and printed', async () => {
    const { data } = await get('/invoices?status=open')
    const renewal = data.find((invoice: { kind: string }) => invoice.kind === 'renewal')
    expect(renewal).toMatchObject({
      customerId: 'acme',
      period: { label: '2026-02' },
      number: expect.any(String),
    })
    expect(await get(`/invoices/${renewal.id}`)).toEqual(renewal)
    const pdf = await call('GET', `/invoices/${renewal.id}/pdf`)
    expect([pdf.statusCode, pdf.headers['content-type'], pdf.headers['content-disposition']]).toEqual([
      200,
      'application/pdf',
      expect.stringContaining(`${renewal.number}.pdf`),
    ])
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await get(`/invoices/${renewal.id}`)).pdfSha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test("invoice totals are given by currency, for all or one status, of the token's customer alone", async () => {
    const { data } = await get('/invoices?limit=100')
    const due = data.reduce((sum: number, one: { amountDue: number }) => sum + one.amountDue, 0)
    const summary = await get('/invoices/summary', { role: 'viewer' })
    expect(summary).toMatchObject({
      asOf: server.clock.at,
      currencies: [{ currency: 'CNY', count: data.length, amountDue: due, void: 0 }],
    })
    const { currencies } = await get('/invoices/summary?status=overdue')
    expect(currencies[0].count).toBe(data.filter((one: { overdue: boolean }) => one.overdue).length)
    expect((await call('GET', '/invoices/summary?cursor=x')).json().code).toBe('validation_failed')
  })

  test('the events behind a usage line add up to it', async () => {
    const { data } = await get('/invoices')
    const renewal = data.find((invoice: { kind: string }) => invoice.kind === 'renewal')
    const line = renewal.lines.find((one: { kind: string }) => one.kind === 'usage')
    const first = await get(`/invoices/${renewal.id}/lines/${line.id}/events?limit=100`)
    const second = await get(
      `/invoices/${renewal.id}/lines/${line.id}/events?limit=100&cursor=${first.nextCursor}`,
    )
    const total = [...first.data, ...second.data].reduce(
      (sum: number, event: { quantity: number }) => sum + event.quantity,
      0,
    )
    expect([total, second.nextCursor]).toEqual([line.quantity, null])
    expect((await call('GET', `/invoices/${renewal.id}/lines/none/events`)).statusCode).toBe(404)
  })

  test("another customer's invoice, its PDF and its events are not found", async () => {
    const {
      data: [theirs],
    } = await getInvoices(server.engine, { customerId: 'globex', status: 'open' })
    for (const path of ['', '/pdf', `/lines/${theirs!.lines[0]!.id}/events`]) {
      const answer = await call('GET', `/invoices/${theirs!.id}${path}`)
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'invoice_not_found'])
    }
    await recordUsage(server.engine, [{ id: 'theirs', customerId: 'globex', meter: 'ai_chat' }])
    expect(JSON.stringify(await get('/usage/detail?limit=100'))).not.toContain('theirs')
    expect(
      (await get('/invoices?limit=100')).data.every(
        (invoice: { customerId: string }) => invoice.customerId === 'acme',
      ),
    ).toBe(true)
  })

  test('a viewer reads everything and changes nothing', async () => {
    expect((await get('/subscription', { role: 'viewer' })).plan.id).toBe('starter')
    for (const [method, url, payload] of [
      ['POST', '/subscription/upgrade', { planId: 'pro' }],
      ['POST', '/subscription/preview', { planId: 'pro' }],
      ['PUT', '/account', { version: 1 }],
    ] as const) {
      const answer = await call(method, url, { payload, role: 'viewer' })
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'forbidden'])
    }
  })

  test('an upgrade costs what its preview said, once, however often it is sent', async () => {
    const preview = await call('POST', '/subscription/preview', {
      payload: { planId: 'pro' },
      customer: 'globex',
      role: 'billing',
    })
    expect(preview.json()).toMatchObject({ when: 'now', currency: 'CNY', blockers: [] })
    const { quoteId, total, dueNow } = preview.json()
    const send = (payload: object) =>
      call('POST', '/subscription/upgrade', {
        payload,
        customer: 'globex',
        role: 'billing',
        headers: { 'idempotency-key': 'upgrade-1' },
      })
    const first = await send({ planId: 'pro', quoteId })
    expect([first.statusCode, first.headers['idempotent-replayed']]).toEqual([200, undefined])
    expect(first.json()).toMatchObject({
      subscription: { plan: { id: 'pro' } },
      invoice: { total, amountDue: dueNow, kind: 'change' },
    })
    const again = await send({ planId: 'pro', quoteId })
    expect([again.statusCode, again.headers['idempotent-replayed'], again.json()]).toEqual([
      200,
      'true',
      first.json(),
    ])
    const other = await send({ planId: 'pro', seats: 5 })
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency_key_reused'])
  })

  test('a command sent twice at once under one key runs once', async () => {
    const before = (await get('/invoices?limit=100')).data.length
    const send = () =>
      call('POST', '/subscription/upgrade', {
        payload: { planId: 'starter', seats: 4 },
        headers: { 'idempotency-key': 'twice' },
      })
    const answers = await Promise.all([send(), send()])
    const done = answers.filter((answer) => answer.statusCode === 200)
    expect(done.length).toBeGreaterThan(0)
    for (const answer of answers) expect([200, 409]).toContain(answer.statusCode)
    expect(new Set(done.map((answer) => answer.json().invoice.id)).size).toBe(1)
    expect((await get('/invoices?limit=100')).data.length).toBe(before + 1)
  })

  test('a rejection by a rule is stored under its key as well', async () => {
    const send = () =>
      call('POST', '/subscription/upgrade', {
        payload: { planId: 'starter', seats: 1 },
        headers: { 'idempotency-key': 'down' },
      })
    const first = await send()
    expect([first.statusCode, first.json().code]).toEqual([422, 'not_an_upgrade'])
    expect((await send()).json()).toMatchObject({ code: 'not_an_upgrade', errors: first.json().errors })
  })

  test('a downgrade waits for the end of the billing period, and can be undone', async () => {
    const quote = await call('POST', '/subscription/preview', {
      payload: { planId: 'starter', seats: 1 },
      customer: 'globex',
    })
    expect(quote.json()).toMatchObject({ when: 'period_end', dueNow: 0, lines: [], blockers: [] })
    const scheduled = await call('POST', '/subscription/downgrade', {
      payload: { planId: 'starter', seats: 1, quoteId: quote.json().quoteId },
      customer: 'globex',
    })
    expect([scheduled.statusCode, scheduled.json()]).toMatchObject([
      200,
      {
        subscription: {
          plan: { id: 'pro' },
          scheduledChange: { planId: 'starter', seats: 1, at: quote.json().effectiveAt },
        },
      },
    ])
    expect(
      (await call('DELETE', '/subscription/scheduled-change', { customer: 'globex', role: 'viewer' }))
        .statusCode,
    ).toBe(403)
    const undone = await call('DELETE', '/subscription/scheduled-change', { customer: 'globex' })
    expect([undone.statusCode, undone.json()]).toMatchObject([
      200,
      { subscription: { scheduledChange: null } },
    ])
    expect(
      (
        await call('POST', '/subscription/downgrade', { payload: { planId: 'pro' }, customer: 'globex' })
      ).json(),
    ).toMatchObject({ status: 422, code: 'not_a_downgrade' })
  })

  test('a subscription is canceled for the end of the billing period, and resumed', async () => {
    const canceled = await call('POST', '/subscription/cancel', {
      payload: { reason: 'too expensive' },
      customer: 'globex',
    })
    expect([canceled.statusCode, canceled.json()]).toMatchObject([
      200,
      { subscription: { cancelAtPeriodEnd: true, scheduledChange: null } },
    ])
    expect(
      (
        await call('POST', '/subscription/preview', {
          payload: { planId: 'starter', seats: 1 },
          customer: 'globex',
        })
      ).json().blockers,
    ).toMatchObject([{ code: 'canceling' }])
    expect(
      (await call('POST', '/subscription/resume', { customer: 'globex', role: 'viewer' })).statusCode,
    ).toBe(403)
    const resumed = await call('POST', '/subscription/resume', { customer: 'globex' })
    expect([resumed.statusCode, resumed.json()]).toMatchObject([
      200,
      { subscription: { cancelAtPeriodEnd: false } },
    ])
    expect((await call('POST', '/subscription/cancel', { customer: 'globex' })).json()).toMatchObject({
      subscription: { cancelAtPeriodEnd: true },
    })
    expect((await call('POST', '/subscription/resume', { customer: 'globex' })).statusCode).toBe(200)
  })

  test.each([
    [{}, '/planId'],
    [{ planId: 'pro', seats: 0 }, '/seats'],
    [{ planId: 'pro', seats: '3' }, '/seats'],
    [{ planId: 'pro', price: 0 }, '/price'],
    [{ planId: ['pro'] }, '/planId'],
  ])('an upgrade to %j is rejected with the field named', async (payload, pointer) => {
    const answer = await call('POST', '/subscription/upgrade', { payload })
    expect(answer.json()).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer }] })
  })

  test('an upgrade to an unknown plan is 404, to too many seats 422', async () => {
    expect(
      (await call('POST', '/subscription/upgrade', { payload: { planId: 'gold' } })).json(),
    ).toMatchObject({ status: 404, code: 'plan_not_found' })
    expect(
      (await call('POST', '/subscription/upgrade', { payload: { planId: 'starter', seats: 11 } })).json(),
    ).toMatchObject({ status: 422, code: 'seats_out_of_range', errors: [{ pointer: '/seats' }] })
  })

  test('an Idempotency-Key must be printable', async () => {
    for (const key of ['', 'x'.repeat(256), 'ключ']) {
      const answer = await call('POST', '/subscription/preview', {
        payload: { planId: 'pro' },
        headers: { 'idempotency-key': key },
      })
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation_failed'])
    }
  })

  test('a session names its user, and signing out ends it', async () => {
    const { token } = await createPortalSession(server.engine, {
      customerId: 'acme',
      role: 'viewer',
      actor: { id: 'u1', name: '李雷' },
      locale: 'zh-CN',
    })
    const headers = { authorization: `Bearer ${token}` }
    const session = await server.app.inject({ url: '/api/portal/session', headers })
    expect(session.json()).toEqual({
      customerId: 'acme',
      role: 'viewer',
      actor: { id: 'u1', name: '李雷' },
      locale: 'zh-CN',
      returnUrl: null,
      expiresAt: '2026-03-10T04:15:00.000000Z',
    })
    const out = await server.app.inject({ method: 'POST', url: '/api/portal/session/logout', headers })
    expect([out.statusCode, out.body]).toEqual([204, ''])
    expect((await server.app.inject({ url: '/api/portal/session', headers })).statusCode).toBe(401)
  })

  test('the renewal cookie renews the token, from the portal’s own pages only, until the session ends', async () => {
    const { code } = await createPortalSession(server.engine, { customerId: 'acme' })
    const { token, renewal } = await exchangePortalCode(server.engine, { code })
    const renew = (
      headers: Record<string, string>,
      cookies: Record<string, string> = { '__Host-portal_renewal': renewal.secret },
    ) => server.app.inject({ method: 'POST', url: '/api/portal/session/renew', headers, cookies })
    const renewed = await renew({ 'sec-fetch-site': 'same-origin' })
    expect([renewed.statusCode, renewed.json()]).toEqual([
      200,
      { token: expect.any(String), expiresAt: '2026-03-10T04:15:00.000000Z', customerId: 'acme' },
    ])
    expect(
      (
        await server.app.inject({
          url: '/api/portal/session',
          headers: { authorization: `Bearer ${renewed.json().token}` },
        })
      ).statusCode,
    ).toBe(200)
    expect((await renew({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await renew({}, {})).statusCode).toBe(401)
    expect((await renew({}, { '__Host-portal_renewal': 'wrong' })).statusCode).toBe(401)
    await server.app.inject({
      method: 'POST',
      url: '/api/portal/session/logout',
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await renew({})).statusCode).toBe(401)
  })

  test('a renewal names its customer, for a browser that has since opened another customer’s link', async () => {
    const cookieOf = async (customerId: string) =>
      (await exchangePortalCode(server.engine, await createPortalSession(server.engine, { customerId })))
        .renewal.secret
    for (const customerId of ['acme', 'globex']) {
      const { token, customerId: said } = (
        await server.app.inject({
          method: 'POST',
          url: '/api/portal/session/renew',
          cookies: { '__Host-portal_renewal': await cookieOf(customerId) },
        })
      ).json()
      const session = await server.app.inject({
        url: '/api/portal/session',
        headers: { authorization: `Bearer ${token}` },
      })
      expect([said, session.json().customerId]).toEqual([customerId, customerId])
    }
  })

  test('usage reported after its period was billed is listed with the outcome, to its own customer alone', async () => {
    const now = server.clock.at
    server.clock.at = '2026-03-10T04:01:00.000000Z'
    await recordUsage(
      server.engine,
      ['acme', 'globex'].map((customerId) => ({
        id: `late-${customerId}`,
        customerId,
        meter: 'ai_chat',
        quantity: 4,
        time: '2026-02-20T00:00:00Z',
      })),
    )
    const { data, nextCursor } = await get('/usage/late', { role: 'viewer' })
    expect([data, nextCursor]).toEqual([
      [
        {
          id: 'late-acme',
          meter: 'ai_chat',
          quantity: 4,
          time: '2026-02-20T00:00:00.000000Z',
          storedAt: server.clock.at,
          period: '2026-02',
          code: 'pending',
          invoice: null,
          reason: {
            'zh-CN': '这笔用量在 2026-02 计费周期出账后才上报，将计入下一张账单。',
            en:
              'It was reported after the period 2026-02 had been billed, '
              + 'and will be counted on the next invoice.',
          },
        },
      ],
      null,
    ])
    expect((await call('GET', '/usage/late?cursor=x')).json().code).toBe('invalid_cursor')
    server.clock.at = now
  })
})
