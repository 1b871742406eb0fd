import { createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)("the vendor's API on $name", ({ create }) => {
  let server: TestServer
  let key: string

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'test' })).key
    await seedTwoCustomers(server)
  })
  afterAll(() => server.close())

  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      payload: payload as object,
      headers: { authorization: `Bearer ${key}`, ...headers },
    })
    return {
      status: answer.statusCode,
      body: String(answer.headers['content-type']).includes('json') ? answer.json() : answer.body,
      headers: answer.headers,
      raw: answer.rawPayload,
    }
  }
  const get = (url: string) => call('GET', url)
  const post = (url: string, payload?: unknown, headers?: Record<string, string>) =>
    call('POST', url, payload, headers)
  const put = (url: string, payload: unknown) => call('PUT', url, payload)
  const pointers = (answer: { body: { errors: { pointer: string }[] } }) =>
    answer.body.errors.map((error) => error.pointer).sort()

  test('without the key, or with a wrong one, every call is rejected', async () => {
    for (const authorization of [
      undefined,
      'Bearer sk_wrong',
      `Basic ${Buffer.from(key).toString('base64')}`,
    ]) {
      const answer = await server.app.inject({
        url: '/api/billing/customers',
        headers: authorization ? { authorization } : {},
      })
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized'])
    }
  })

  describe('meters', () => {
    test('a meter is created with one text for both languages, and listed', async () => {
      const made = await put('/meters/tokens', {
        name: 'Tokens',
        unit: { 'zh-CN': '个', en: 'tokens' },
        decimals: 3,
      })
      expect(made).toMatchObject({
        status: 200,
        body: {
          key: 'tokens',
          name: { 'zh-CN': 'Tokens', en: 'Tokens' },
          unit: { 'zh-CN': '个', en: 'tokens' },
          decimals: 3,
          aggregation: 'sum',
        },
      })
      expect((await get('/meters')).body.data.map((meter: { key: string }) => meter.key)).toEqual([
        'ai_chat',
        'tokens',
      ])
    })

    test('what a meter counts in cannot change', async () => {
      expect(await put('/meters/ai_chat', { name: 'AI', unit: 'x', decimals: 2 })).toMatchObject({
        status: 409,
        body: { code: 'meter_in_use', errors: [{ pointer: '/decimals' }] },
      })
    })

    test('a meter that counts unique values names their property', async () => {
      expect(
        await put('/meters/agents', {
          name: 'Agents',
          unit: 'agents',
          aggregation: 'unique',
          uniqueBy: 'agent',
        }),
      ).toMatchObject({ status: 200, body: { aggregation: 'unique', uniqueBy: 'agent' } })
      expect(
        await put('/meters/agents', { name: 'Agents', unit: 'agents', uniqueBy: 'other' }),
      ).toMatchObject({ status: 409, body: { code: 'meter_in_use', errors: [{ pointer: '/uniqueBy' }] } })
      for (const wrong of [
        { aggregation: 'unique' },
        { aggregation: 'max', uniqueBy: 'agent' },
        { aggregation: 'unique', uniqueBy: 'agent', decimals: 1 },
      ]) {
        expect(await put('/meters/wrong', { name: 'x', unit: 'x', ...wrong })).toMatchObject({
          status: 422,
          body: { code: 'invalid_meter' },
        })
      }
    })

    test('an invalid meter is rejected by field', async () => {
      const answer = await put('/meters/x', { name: '', decimals: 7, aggregation: 'mean' })
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual(['/aggregation', '/decimals', '/name', '/unit'])
      for (const unit of [
        'x'.repeat(61),
        { 'zh-CN': '次', en: 'x'.repeat(61) },
        { 'zh-CN': '次', en: 'x', one: 'x'.repeat(61) },
      ]) {
        const { status, body } = await put('/meters/long', { name: 'x', unit })
        expect([
          status,
          body.errors.every(({ pointer }: { pointer: string }) => pointer.startsWith('/unit')),
        ]).toEqual([400, true])
      }
      expect((await put('/meters/a%20b', { name: 'x', unit: 'x' })).body.errors[0].pointer).toBe(':key')
    })
  })

  describe('the price of a quantity', () => {
    const volume = {
      model: 'volume',
      tiers: [
        { upTo: 100, rate: { amount: 10, per: 1 } },
        { upTo: null, rate: { amount: 5, per: 1 }, flat: 100 },
      ],
    }
    test('is previewed with its breakdown, above the included amount', async () => {
      expect(
        await post('/pricing/preview', { price: volume, included: 10, quantity: 130.5, currency: 'CNY' }),
      ).toMatchObject({
        status: 200,
        body: {
          amount: 703,
          currency: 'CNY',
          breakdown: [
            {
              kind: 'volume',
              upTo: null,
              quantity: 120.5,
              rate: { amount: 5, per: 1 },
              flat: 100,
              amount: 703,
            },
          ],
        },
      })
      expect(
        (
          await post('/pricing/preview', {
            price: { model: 'package', size: 10, amount: 250 },
            quantity: 21,
            currency: 'JPY',
          })
        ).body.amount,
      ).toBe(750)
      expect(
        (
          await post('/pricing/preview', {
            price: { model: 'percentage', basisPoints: 250, perEvent: 30 },
            quantity: 10_000,
            events: 4,
            currency: 'USD',
          })
        ).body.breakdown,
      ).toMatchObject([
        { kind: 'percentage', amount: 250 },
        { kind: 'per_event', events: 4, amount: 120 },
      ])
      expect(
        (
          await post('/pricing/preview', {
            price: { model: 'per_unit', rate: { amount: 1, per: 1 } },
            minimum: 500,
            quantity: 0,
            currency: 'USD',
          })
        ).body,
      ).toEqual({
        amount: 500,
        currency: 'USD',
        breakdown: [{ kind: 'minimum', upTo: null, quantity: 0, rate: null, flat: 0, amount: 500 }],
      })
    })

    test('is rejected by field when the price or the quantity makes no sense', async () => {
      expect(
        pointers(
          await post('/pricing/preview', {
            price: { model: 'package', size: 0, amount: 250 },
            quantity: -1,
            currency: 'x',
          }),
        ),
      ).toEqual(['/currency', '/price/size', '/quantity'])
      expect(
        await post('/pricing/preview', {
          price: { ...volume, tiers: volume.tiers.slice(0, 1) },
          quantity: 1,
          currency: 'CNY',
        }),
      ).toMatchObject({
        status: 422,
        body: { code: 'invalid_plan', errors: [{ pointer: '/price/tiers/0/upTo' }] },
      })
      expect(
        await post('/pricing/preview', { price: volume, quantity: 1e-7, currency: 'CNY' }),
      ).toMatchObject({ status: 422, body: { code: 'quantity_too_precise' } })
      expect(
        await post('/pricing/preview', {
          price: { model: 'package', size: 1, amount: 1e12 },
          quantity: 5,
          currency: 'CNY',
        }),
      ).toMatchObject({ status: 422, body: { code: 'quantity_overflow' } })
      expect(await post('/pricing/preview', { price: volume, quantity: 1, currency: 'ZZZ' })).toMatchObject({
        status: 422,
        body: { code: 'invalid_currency' },
      })
    })
  })

  describe('the seller', () => {
    const seller = {
      name: '示例科技有限公司',
      nameEn: 'Example Tech',
      taxId: '91330100799655058B',
      address: '上海',
      phone: '021-1',
      bankName: '招行',
      bankAccount: '1',
      timezone: 'Asia/Shanghai',
    }
    test('is set and read', async () => {
      expect(await put('/seller', seller)).toMatchObject({ status: 200, body: seller })
      expect((await get('/seller')).body).toEqual({ ...seller, zeroInvoices: false })
    })
    test('needs a valid time zone and every field', async () => {
      expect(await put('/seller', { ...seller, timezone: 'Here' })).toMatchObject({
        status: 422,
        body: { code: 'invalid_time_zone' },
      })
      expect(pointers(await put('/seller', { name: 'x' }))).toEqual([
        '/address',
        '/bankAccount',
        '/bankName',
        '/phone',
        '/taxId',
        '/timezone',
      ])
    })
  })

  describe('plans', () => {
    const plan = {
      name: { 'zh-CN': '企业版', en: 'Enterprise' },
      fee: { amount: 99900, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 5000,
          overage: 'bill',
          price: {
            model: 'graduated',
            tiers: [
              { upTo: 1000, rate: { amount: 40, per: 1 } },
              { upTo: null, rate: { amount: 30, per: 1 } },
            ],
          },
        },
      ],
    }
    test('a plan gets versions, and the same content again is the same version', async () => {
      expect(await put('/plans/enterprise', plan)).toMatchObject({
        status: 200,
        body: { id: 'enterprise', version: 1, currency: 'CNY', interval: 'month', charges: plan.charges },
      })
      expect((await put('/plans/enterprise', plan)).body.version).toBe(1)
      expect((await put('/plans/enterprise', { ...plan, rank: 3 })).body.version).toBe(2)
      expect((await get('/plans/enterprise')).body.version).toBe(2)
      expect((await get('/plans/enterprise?version=1')).body.version).toBe(1)
      expect((await get('/plans')).body.data.map((one: { id: string }) => one.id)).toEqual([
        'starter',
        'pro',
        'enterprise',
      ])
    })
    test('an invalid plan is rejected at the wrong place', async () => {
      expect(
        pointers(await put('/plans/bad', { ...plan, fee: { amount: 99.5, per: 'seat' }, version: 3 })),
      ).toEqual(['/fee/amount', '/version'])
      expect(
        pointers(
          await put('/plans/bad', {
            ...plan,
            charges: [
              {
                meter: 'ai_chat',
                included: -1,
                overage: 'bill',
                price: { model: 'per_unit', rate: { amount: 1 } },
              },
            ],
          }),
        ),
      ).toEqual(['/charges/0/included', '/charges/0/price/rate/per'])
      expect(
        await put('/plans/bad', { ...plan, charges: [{ meter: 'nothing', included: 1, overage: 'block' }] }),
      ).toMatchObject({
        status: 404,
        body: { code: 'meter_not_found', errors: [{ pointer: '/charges/0/meter' }] },
      })
      expect(await get('/plans/bad')).toMatchObject({
        status: 404,
        body: { code: 'plan_not_found', errors: [{ pointer: ':planId' }] },
      })
    })
  })

  describe('customers', () => {
    test('are created, changed, read and listed', async () => {
      expect(
        await post('/customers', {
          id: 'initech',
          companyName: '英创',
          timezone: 'Europe/Berlin',
          currency: 'EUR',
          locale: 'en',
        }),
      ).toMatchObject({ status: 201, body: { customerId: 'initech', currency: 'EUR', version: 1 } })
      expect(
        await put('/customers/initech', {
          phone: '010-1',
          invoiceTitle: { kind: 'company', title: '英创有限公司', taxId: '91330100799655058B' },
        }),
      ).toMatchObject({ status: 200, body: { phone: '010-1', companyName: '英创', version: 2 } })
      expect((await get('/customers/initech')).body.invoiceTitle.title).toBe('英创有限公司')
      const first = await get('/customers?limit=2')
      const second = await get(`/customers?limit=2&cursor=${first.body.nextCursor}`)
      expect(
        [...first.body.data, ...second.body.data].map((one: { customerId: string }) => one.customerId).sort(),
      ).toEqual(['acme', 'globex', 'initech'])
      expect(second.body.nextCursor).toBeNull()
    })
    test('a duplicate id, invalid input and an unknown customer are rejected', async () => {
      expect(await post('/customers', { id: 'acme', companyName: 'x' })).toMatchObject({
        status: 409,
        body: { code: 'customer_exists' },
      })
      expect(pointers(await post('/customers', { id: 'a\nb', email: 'x', timezone: 1 }))).toEqual([
        '/companyName',
        '/email',
        '/id',
        '/timezone',
      ])
      expect(await get('/customers/nobody')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(await put('/customers/nobody', { phone: '1' })).toMatchObject({ status: 404 })
      expect(await put('/customers/acme', { version: 99 })).toMatchObject({
        status: 409,
        body: { code: 'stale_version' },
      })
      expect((await get('/customers/a%00b')).status).toBe(400)
    })
    test('one sent twice under a key is created once', async () => {
      const headers = { 'idempotency-key': 'make-hooli' }
      const first = await post('/customers', { companyName: 'Hooli' }, headers)
      const again = await post('/customers', { companyName: 'Hooli' }, headers)
      expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([
        201,
        'true',
        first.body,
      ])
      expect(await post('/customers', { companyName: 'Other' }, headers)).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      })
    })
  })

  describe('a subscription', () => {
    test('is started once, on a plan in the customer’s currency', async () => {
      await post('/customers', { id: 'umbrella', companyName: 'Umbrella' })
      expect(await get('/customers/umbrella/subscription')).toMatchObject({
        status: 200,
        body: { status: 'none', plan: null },
      })
      expect(
        await post('/customers/umbrella/subscription', {
          planId: 'starter',
          seats: 3,
          startsAt: '2026-03-01T00:00:00+08:00',
        }),
      ).toMatchObject({
        status: 201,
        body: { plan: { id: 'starter' }, seats: 3, startedAt: '2026-02-28T16:00:00.000000Z' },
      })
      expect(await post('/customers/umbrella/subscription', { planId: 'starter' })).toMatchObject({
        status: 409,
        body: { code: 'subscription_exists' },
      })
      expect(await post('/customers/initech/subscription', { planId: 'starter' })).toMatchObject({
        status: 422,
        body: { code: 'currency_mismatch' },
      })
    })

    test('is upgraded, downgraded, canceled and resumed', async () => {
      await post('/customers', { id: 'moving', companyName: 'Moving' })
      const preview = await post('/customers/moving/subscription/preview', { planId: 'starter', seats: 3 })
      expect(preview).toMatchObject({
        status: 200,
        body: {
          when: 'now',
          lines: [{ kind: 'fee' }],
          nextInvoice: { at: expect.any(String), estimatedDue: expect.any(Number) },
        },
      })
      expect(
        await post('/customers/moving/subscription', {
          planId: 'starter',
          seats: 3,
          quoteId: preview.body.quoteId,
        }),
      ).toMatchObject({
        status: 201,
        body: { status: 'active', invoice: { kind: 'start', total: preview.body.total }, notices: [] },
      })
      const at = (command: string, payload?: unknown) =>
        post(`/customers/moving/subscription/${command}`, payload)
      expect(await at('change', { planId: 'starter', seats: 4 })).toMatchObject({
        status: 200,
        body: { subscription: { seats: 4 }, invoice: { kind: 'change' } },
      })
      expect(await at('change', { planId: 'starter', seats: 2 })).toMatchObject({
        status: 200,
        body: { subscription: { seats: 4, scheduledChange: { seats: 2 } }, invoice: null },
      })
      // The vendor undoes its own change with one call or by asking for the current plan; the customer's
      // change only explicitly.
      expect(
        await call('DELETE', '/customers/moving/subscription/scheduled-change?by=customer'),
      ).toMatchObject({
        status: 200,
        body: {
          subscription: { scheduledChange: { seats: 2, by: 'vendor' } },
          notices: [{ code: 'vendor_change_kept' }],
        },
      })
      expect(await call('DELETE', '/customers/moving/subscription/scheduled-change')).toMatchObject({
        status: 200,
        body: { subscription: { scheduledChange: null }, notices: [] },
      })
      expect(await at('change', { planId: 'pro', when: 'period_end' })).toMatchObject({
        status: 200,
        body: {
          subscription: { plan: { id: 'starter' }, scheduledChanges: [{ planId: 'pro', by: 'vendor' }] },
          invoice: null,
        },
      })
      expect(await at('change', { planId: 'starter' })).toMatchObject({
        status: 200,
        body: {
          subscription: { scheduledChange: null },
          notices: [
            {
              code: 'vendor_change_dropped',
              detail: { 'zh-CN': expect.any(String), en: expect.any(String) },
            },
          ],
        },
      })
      expect(await at('change', { planId: 'starter', seats: 2, when: 'later' })).toMatchObject({
        status: 400,
      })
      await at('change', { planId: 'starter', seats: 2 })
      expect(await at('cancel', { when: 'period_end' })).toMatchObject({
        status: 200,
        body: {
          subscription: { cancelAtPeriodEnd: true, cancellation: { by: 'vendor' }, scheduledChange: null },
          notices: [{ code: 'vendor_change_set_aside' }],
        },
      })
      expect(await at('resume')).toMatchObject({
        status: 200,
        body: { subscription: { cancelAtPeriodEnd: false } },
      })
      expect(pointers(await at('cancel', { when: 'later' }))).toEqual(['/when'])
      expect(await at('cancel', { when: 'now', credit: true })).toMatchObject({
        status: 200,
        body: { subscription: { status: 'canceled' }, invoice: { lines: [{ kind: 'unused_time' }] } },
      })
      expect(await at('resume')).toMatchObject({ status: 422, body: { code: 'no_active_subscription' } })
    })

    test('starts with a trial, and keeps following its plan to another version after a change', async () => {
      await put('/plans/moving', {
        name: 'Moving',
        rank: 5,
        fee: { amount: 10_000, per: 'subscription' },
        trialDays: 7,
      })
      await post('/customers', { id: 'wonka', companyName: 'Wonka' })
      expect(await post('/customers/wonka/subscription', { planId: 'moving' })).toMatchObject({
        status: 201,
        body: { status: 'trialing', trialEndsAt: expect.any(String), plan: { version: 1 } },
      })
      expect(
        await call('PATCH', '/customers/wonka/subscription', { trial: { endsOn: '2026-03-12' } }),
      ).toMatchObject({
        status: 200,
        body: { subscription: { status: 'trialing', currentPeriod: { end: '2026-03-12' } }, invoice: null },
      })
      expect(
        await call('PATCH', '/customers/wonka/subscription', { trial: { endsOn: '2026-03-01' } }),
      ).toMatchObject({ status: 400, body: { errors: [{ pointer: '/trial/endsOn' }] } })
      expect(await call('PATCH', '/customers/wonka/subscription', { trial: {} })).toMatchObject({
        status: 400,
      })
      await post('/customers', { id: 'acme-2', companyName: 'Acme' })
      expect(await post('/customers/acme-2/subscription', { planId: 'moving', trialDays: 0 })).toMatchObject({
        status: 201,
        body: { status: 'active', trialEndsAt: null },
      })
      expect(
        (
          await put('/plans/moving', {
            name: 'Moving',
            rank: 5,
            fee: { amount: 20_000, per: 'subscription' },
          })
        ).body,
      ).toMatchObject({ version: 2 })
      expect(
        await post('/customers/acme-2/subscription/change', { planId: 'moving', planVersion: 2 }),
      ).toMatchObject({
        status: 200,
        body: { subscription: { plan: { version: 2 } }, invoice: { total: 10_600 } },
      })
      expect(
        await post('/customers/acme-2/subscription/change', { planId: 'moving', planVersion: 3 }),
      ).toMatchObject({ status: 404, body: { code: 'plan_not_found' } })
    })

    test('leaves account credit whose transactions lead to its invoices', async () => {
      expect((await get('/customers/umbrella/balance/transactions')).body.nextCursor).toBeNull()
      expect(await get('/customers/nobody/balance/transactions')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
    })

    test('that is not possible is rejected', async () => {
      await post('/customers', { id: 'stark', companyName: 'Stark' })
      expect(await post('/customers/stark/subscription', { planId: 'nothing' })).toMatchObject({
        status: 404,
        body: { code: 'plan_not_found' },
      })
      expect(await post('/customers/stark/subscription', { planId: 'starter', seats: 11 })).toMatchObject({
        status: 422,
        body: { code: 'seats_out_of_range' },
      })
      expect(
        await post('/customers/stark/subscription', { planId: 'starter', startsAt: '2027-01-01T00:00:00Z' }),
      ).toMatchObject({ status: 422, body: { code: 'starts_in_future' } })
      expect(
        pointers(
          await post('/customers/stark/subscription', { startsAt: 'now', trialDays: 731, discount: 3 }),
        ),
      ).toEqual(['/discount', '/planId', '/startsAt', '/trialDays'])
      expect(
        pointers(
          await put('/plans/endless', {
            name: 'Endless',
            fee: { amount: 1, per: 'subscription' },
            trialDays: 731,
          }),
        ),
      ).toEqual(['/trialDays'])
      expect(await post('/customers/nobody/subscription', { planId: 'starter' })).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
    })
  })

  describe('usage events', () => {
    const event = (id: string, more = {}) => ({ id, customerId: 'globex', meter: 'ai_chat', ...more })
    test('one or many are recorded, and a repeated one counts once', async () => {
      expect(await post('/events', event('one'))).toMatchObject({
        status: 200,
        body: { accepted: 1, duplicates: 0, rejected: [] },
      })
      expect(
        (await post('/events', [event('one'), event('two', { quantity: 4, properties: { agent: 'li' } })]))
          .body,
      ).toEqual({ accepted: 1, duplicates: 1, rejected: [] })
      expect((await get('/customers/globex/usage')).body).toMatchObject({
        usage: { ai_chat: 5 },
        period: { label: '2026-03' },
      })
      expect((await get('/customers/globex/usage?period=2026-02')).body.usage.ai_chat ?? 0).toBe(0)
    })
    test('an invalid event is rejected alone, with its position', async () => {
      const answer = await post('/events', [
        event('fine'),
        { id: 7 },
        event('one', { quantity: 9 }),
        event('far', { meter: 'nothing' }),
        event('who', { customerId: 'nobody' }),
        event('nul', { properties: { note: 'a\0b' } }),
        event('odd', { colour: 'red' }),
        event('old', { time: '2020-01-01T00:00:00Z' }),
        null,
        event('last'),
      ])
      expect(answer.status).toBe(200)
      expect([answer.body.accepted, answer.body.duplicates]).toEqual([2, 0])
      expect(
        answer.body.rejected.map((one: { index: number; id: string | null; code: string }) => [
          one.index,
          one.id,
          one.code,
        ]),
      ).toEqual([
        [1, null, 'validation_failed'],
        [2, 'one', 'event_conflict'],
        [3, 'far', 'meter_not_found'],
        [4, 'who', 'customer_not_found'],
        [5, 'nul', 'validation_failed'],
        [6, 'odd', 'validation_failed'],
        [7, 'old', 'event_too_old'],
        [8, null, 'validation_failed'],
      ])
      expect(answer.body.rejected[5].detail).toBe('/colour is not a known field')
    })
    test('usage is reconciled, with rejected events and the reasons', async () => {
      const { body } = await get('/customers/globex/reconciliation?period=2026-03')
      expect(body.period).toMatchObject({ label: '2026-03' })
      expect(
        body.meters.map((one: { meter: string; difference: number }) => [one.meter, one.difference]),
      ).toEqual([['ai_chat', 0]])
      expect(body.meters[0].accepted).toBe(
        (await get('/customers/globex/usage?period=2026-03')).body.usage.ai_chat,
      )
      expect(
        body.rejected
          .map((one: { id: string; code: string; meter: string }) => [one.id, one.code, one.meter])
          .sort(),
      ).toEqual([
        ['far', 'meter_not_found', 'nothing'],
        ['nul', 'validation_failed', 'ai_chat'],
        ['odd', 'validation_failed', 'ai_chat'],
        ['one', 'event_conflict', 'ai_chat'],
      ])
      expect(await get('/customers/globex/reconciliation?period=2031-01')).toMatchObject({
        status: 404,
        body: { code: 'period_not_found' },
      })
      expect(await get('/customers/globex/reconciliation?period=0001-01')).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      })
      expect(await get('/customers/globex/reconciliation?period=soon')).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      })
      expect(await get('/customers/nobody/reconciliation')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
    })
    test('events are voided by their ids, once, and stay listed as voided', async () => {
      await post('/customers', { id: 'oops', companyName: 'Oops' })
      const sent = (id: string, quantity: number) => ({ id, customerId: 'oops', meter: 'ai_chat', quantity })
      await post('/events', [sent('v1', 5), sent('v2', 1_000)])
      const reason = 'a thousand times too much'
      expect(await post('/events/void', { customerId: 'oops', ids: ['v2', 'v3'], reason })).toMatchObject({
        status: 200,
        body: { voided: ['v2'], notFound: ['v3'], alreadyVoided: [] },
      })
      expect((await post('/events/void', { customerId: 'oops', ids: ['v2'], reason: 'again' })).body).toEqual(
        { voided: [], notFound: [], alreadyVoided: ['v2'] },
      )
      expect((await get('/customers/oops/usage')).body.usage).toEqual({ ai_chat: 5 })
      expect((await get('/customers/oops/events/v2')).body).toMatchObject({
        quantity: 1_000,
        voided: { at: server.clock.at, reason },
      })
      expect((await get('/customers/oops/events/v1')).body.voided).toBeNull()
      expect((await post('/events', sent('v2', 1))).body).toMatchObject({
        accepted: 0,
        rejected: [{ id: 'v2', code: 'event_voided' }],
      })
      expect((await get('/customers/oops/reconciliation')).body.meters).toMatchObject([
        { meter: 'ai_chat', accepted: 5, voided: 1_000, difference: 0 },
      ])
      expect(await post('/events/void', { customerId: 'nobody', ids: ['x'], reason })).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(pointers(await post('/events/void', { customerId: 'oops', ids: [], reason: ' ' }))).toEqual([
        '/ids',
        '/reason',
      ])
    })
    test('rejected events are listed page by page, and retried once the cause is fixed', async () => {
      await post('/customers', { id: 'cyber', companyName: 'Cyber' })
      const sent = (id: string, more = {}) => ({
        id,
        customerId: 'cyber',
        meter: 'later',
        properties: { n: id },
        ...more,
      })
      await post('/events', [
        sent('r1', { quantity: 2, time: '2026-03-09T00:00:00Z' }),
        sent('r2'),
        sent('r3', { colour: 'red' }),
        sent('r4', { quantity: 1.5 }),
      ])
      const listed = (await get('/events/rejected?customerId=cyber')).body
      expect(
        listed.data
          .map((one: { id: string; code: string; retryable: boolean }) => [one.id, one.code, one.retryable])
          .sort(),
      ).toEqual([
        ['r1', 'meter_not_found', true],
        ['r2', 'meter_not_found', true],
        ['r3', 'validation_failed', false],
        ['r4', 'meter_not_found', true],
      ])
      expect(listed.data.find((one: { id: string }) => one.id === 'r1')).toMatchObject({
        customerId: 'cyber',
        quantity: 2,
        time: '2026-03-09T00:00:00Z',
        properties: { n: 'r1' },
        times: 1,
      })
      const pages: string[] = []
      for (let cursor = ''; ;) {
        const page = (
          await get(
            `/events/rejected?limit=2&customerId=cyber&code=meter_not_found${cursor && `&cursor=${cursor}`}`,
          )
        ).body
        pages.push(page.data.map((one: { id: string }) => one.id).join())
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(pages).toEqual(['r4,r2', 'r1'])
      expect((await get('/events/rejected?limit=100')).body.data.length).toBeGreaterThan(4)
      expect((await post('/events/rejected/retry', { customerId: 'cyber' })).body).toMatchObject({
        accepted: 0,
        rejected: [{ code: 'meter_not_found' }, {}, {}],
      })
      await put('/meters/later', { name: 'Later', unit: 'x' })
      expect((await post('/events/rejected/retry', { customerId: 'cyber', ids: ['r1', 'r3'] })).body).toEqual(
        { accepted: 1, duplicates: 0, rejected: [] },
      )
      expect((await post('/events/rejected/retry', { customerId: 'cyber' })).body).toMatchObject({
        accepted: 1,
        rejected: [{ id: 'r4', code: 'quantity_too_precise' }],
      })
      expect(
        (await get('/events/rejected?customerId=cyber')).body.data
          .map((one: { id: string; code: string }) => `${one.id} ${one.code}`)
          .sort(),
      ).toEqual(['r3 validation_failed', 'r4 quantity_too_precise'])
      expect((await get('/customers/cyber/usage')).body.usage).toEqual({ later: 3 })
      expect(
        (await post('/events', sent('r1', { quantity: 2, time: '2026-03-09T00:00:00Z' }))).body,
      ).toMatchObject({ duplicates: 1 })
      expect(await post('/events/rejected/retry', { customerId: 'nobody' })).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(pointers(await post('/events/rejected/retry', { ids: [] }))).toEqual(['/customerId', '/ids'])
      expect(await get('/events/rejected?cursor=nothing')).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
    })
    test('events that arrived after their period was billed are listed page by page, with the outcome', async () => {
      await post('/customers', { id: 'tardy', companyName: 'Tardy' })
      expect(
        (
          await post('/customers/tardy/subscription', {
            planId: 'starter',
            seats: 1,
            startsAt: '2026-02-06T04:00:00Z',
          })
        ).status,
      ).toBe(201)
      const now = server.clock.at
      server.clock.at = '2026-03-10T04:00:01.000000Z'
      await post(
        '/events',
        ['t1', 't2'].map((id) => ({
          id,
          customerId: 'tardy',
          meter: 'ai_chat',
          quantity: 3,
          time: '2026-03-04T00:00:00Z',
          properties: { n: id },
        })),
      )
      await post('/events', { id: 'now', customerId: 'tardy', meter: 'ai_chat' })
      const first = (await get('/customers/tardy/events/late?limit=1')).body
      expect(first.data).toMatchObject([
        {
          id: 't2',
          meter: 'ai_chat',
          quantity: 3,
          time: '2026-03-04T00:00:00.000000Z',
          properties: { n: 't2' },
          period: '2026-02',
          outcome: 'pending',
          invoice: null,
        },
      ])
      expect((await get(`/customers/tardy/events/late?cursor=${first.nextCursor}`)).body).toMatchObject({
        data: [{ id: 't1' }],
        nextCursor: null,
      })
      expect(await get('/customers/nobody/events/late')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(await get('/customers/tardy/events/late?cursor=nothing')).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
      expect((await get('/customers/tardy/events/late?limit=101')).status).toBe(400)
      server.clock.at = now
    })
    test('an invalid envelope is rejected', async () => {
      for (const body of [
        '[]',
        '"event"',
        'null',
        '7',
        JSON.stringify(Array.from({ length: 1001 }, (_, index) => event(`x${index}`))),
      ]) {
        expect(await post('/events', body, { 'content-type': 'application/json' })).toMatchObject({
          status: 400,
          body: { code: 'validation_failed' },
        })
      }
      expect((await post('/events')).status).toBe(400)
      expect((await post('/events', 'id,customer', { 'content-type': 'text/csv' })).status).toBe(415)
    })
    test('a thousand events of several megabytes fit in one call', async () => {
      const batch = Array.from({ length: 1000 }, (_, index) =>
        event(`big-${index}`, { properties: { note: 'x'.repeat(2000) } }),
      )
      expect(await post('/events', batch)).toMatchObject({ status: 200, body: { accepted: 1000 } })
    })
  })

  describe('changes', () => {
    test('are listed oldest first, page by page, with a cursor to continue from at the end', async () => {
      const first = await get('/activity?limit=3')
      expect(first).toMatchObject({
        status: 200,
        body: { data: [{ type: 'account.created' }, {}, {}], nextCursor: expect.any(String) },
      })
      let cursor = first.body.nextCursor as string
      for (let page = first; page.body.data.length > 0; cursor = page.body.nextCursor)
        page = await get(`/activity?limit=100&cursor=${cursor}`)
      await put('/customers/globex', { phone: '010-7' })
      expect((await get(`/activity?cursor=${cursor}`)).body.data.at(-1)).toMatchObject({
        type: 'account.updated',
        customerId: 'globex',
        subjectId: 'globex',
      })
      expect(await get('/activity?cursor=nothing')).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
      expect((await get('/activity?limit=101')).status).toBe(400)
    })
  })

  describe('quota', () => {
    test('is read and consumed, once for each id', async () => {
      const before = (await get('/customers/acme/quota/ai_chat')).body
      expect(before).toMatchObject({
        allowed: true,
        included: 100,
        used: 0,
        reserved: 0,
        remaining: 100,
        overagePolicy: 'bill',
        resetsAt: expect.any(String),
      })
      expect(await post('/customers/acme/quota/ai_chat/consume', { id: 'c1', quantity: 2 })).toMatchObject({
        status: 200,
        body: { granted: 2, remaining: 98, overage: 0, duplicate: false },
      })
      expect(
        (await post('/customers/acme/quota/ai_chat/consume', { id: 'c1', quantity: 2 })).body,
      ).toMatchObject({ granted: 2, remaining: 98, duplicate: true })
      expect((await post('/customers/acme/quota/ai_chat/consume', { id: 'c2' })).body).toMatchObject({
        granted: 1,
        remaining: 97,
      })
    })
    test('is reserved for work of unknown size, settled and released', async () => {
      await post('/customers', { id: 'holder', companyName: 'Holder' })
      await post('/customers/holder/subscription', { planId: 'starter' })
      const of = '/customers/holder/quota/ai_chat'
      const expiresAt = '2026-03-10T04:01:00.000000Z'
      expect(await post(`${of}/reserve`, { id: 'job/1', quantity: 60, ttlSeconds: 60 })).toMatchObject({
        status: 200,
        body: { granted: 60, remaining: 40, expiresAt, duplicate: false },
      })
      expect((await get(of)).body).toMatchObject({ used: 0, reserved: 60, remaining: 40 })
      const job = `${of}/reservations/${encodeURIComponent('job/1')}`
      expect(await post(`${job}/settle`, { quantity: 110 })).toMatchObject({
        status: 200,
        body: { granted: 110, excess: 0, remaining: 0, overage: 10, duplicate: false },
      })
      expect((await post(`${job}/settle`, { quantity: 110 })).body).toMatchObject({
        granted: 110,
        overage: 10,
        duplicate: true,
      })
      await post(`${of}/reserve`, { id: 'job-2', quantity: 5, ttlSeconds: 60 })
      expect(await post(`${of}/reservations/job-2/release`)).toMatchObject({
        status: 200,
        body: { remaining: 0, duplicate: false },
      })
      expect((await get(of)).body).toMatchObject({ used: 110, reserved: 0 })
    })
    test('that is not reserved, or no longer, is an error', async () => {
      const of = '/customers/holder/quota/ai_chat'
      expect(
        pointers(await post(`${of}/reserve`, { id: '', quantity: 0, ttlSeconds: 86_401, ttl: 1 })),
      ).toEqual(['/id', '/quantity', '/ttl', '/ttlSeconds'])
      expect(pointers(await post(`${of}/reserve`, {}))).toEqual(['/id', '/quantity', '/ttlSeconds'])
      expect(pointers(await post(`${of}/reservations/job-2/settle`, { quantity: -1 }))).toEqual(['/quantity'])
      expect(await post(`${of}/reservations/nothing/settle`, { quantity: 1 })).toMatchObject({
        status: 404,
        body: { code: 'reservation_not_found', errors: [{ pointer: ':reservationId' }] },
      })
      expect(await post(`${of}/reservations/nothing/release`)).toMatchObject({
        status: 404,
        body: { code: 'reservation_not_found' },
      })
      expect(await post(`${of}/reservations/job-2/settle`, { quantity: 1 })).toMatchObject({
        status: 409,
        body: { code: 'reservation_closed' },
      })
      expect(
        (await post(`${of}/reservations/job-2/settle`, { quantity: 1 }, { 'accept-language': 'zh-CN' })).body,
      ).toMatchObject({ title: '预留已结束' })
      expect(await post(`${of}/reserve`, { id: 'job-2', quantity: 6, ttlSeconds: 60 })).toMatchObject({
        status: 409,
        body: { code: 'event_conflict' },
      })
      expect(await post(`${of}/reservations/job-2/release`, { quantity: 1 })).toMatchObject({ status: 400 })
    })
    test('of an unknown meter or customer, or in invalid amounts, is rejected', async () => {
      expect(await get('/customers/acme/quota/nothing')).toMatchObject({
        status: 404,
        body: { code: 'meter_not_found' },
      })
      expect(await get('/customers/nobody/quota/ai_chat')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(await get('/customers/stark/quota/ai_chat')).toMatchObject({
        status: 422,
        body: { code: 'no_active_subscription' },
      })
      expect(pointers(await post('/customers/acme/quota/ai_chat/consume', { quantity: 0 }))).toEqual([
        '/id',
        '/quantity',
      ])
      expect(await post('/customers/acme/quota/ai_chat/consume', { id: 'c3', quantity: 0.5 })).toMatchObject({
        status: 422,
        body: { code: 'quantity_too_precise' },
      })
      expect(await post('/customers/acme/quota/ai_chat/consume', { id: 'c1', quantity: 3 })).toMatchObject({
        status: 409,
        body: { code: 'event_conflict' },
      })
    })
  })

  describe('discounts', () => {
    const november = {
      kind: 'percent',
      value: '12.5',
      appliesTo: 'fee',
      from: '2030-11-01',
      until: '2030-12-01',
      name: { 'zh-CN': '双十一', en: 'Singles Day' },
    }
    test('are given, changed, listed in the order they apply, and removed', async () => {
      expect(await put('/customers/acme/discounts/sale', november)).toMatchObject({
        status: 200,
        body: { id: 'sale', ...november },
      })
      expect(
        await put('/customers/acme/discounts/loyal', {
          kind: 'fixed',
          value: 500,
          appliesTo: 'all',
          from: '2030-01-01',
        }),
      ).toMatchObject({ status: 200, body: { name: { en: 'Discount' }, until: null } })
      await put('/customers/acme/discounts/sale', { ...november, value: '20' })
      expect(
        (await get('/customers/acme/discounts')).body.data.map((one: { id: string; value: unknown }) => [
          one.id,
          one.value,
        ]),
      ).toEqual([
        ['sale', '20'],
        ['loyal', 500],
      ])
      for (const id of ['sale', 'loyal'])
        expect((await call('DELETE', `/customers/acme/discounts/${id}`)).status).toBe(204)
      expect(await call('DELETE', '/customers/acme/discounts/sale')).toMatchObject({
        status: 404,
        body: { code: 'discount_not_found' },
      })
      expect((await get('/customers/acme/discounts')).body).toEqual({ data: [] })
    })
    test('with contradictory input are rejected by field', async () => {
      expect(
        pointers(
          await put('/customers/acme/discounts/x', {
            kind: 'percent',
            value: '1000',
            appliesTo: 'seats',
            from: 'soon',
          }),
        ),
      ).toEqual(expect.arrayContaining(['/appliesTo', '/from']))
      const wrong = await put('/customers/acme/discounts/x', { ...november, value: '101' })
      expect([wrong.status, wrong.body.code, pointers(wrong)]).toEqual([422, 'invalid_discount', ['/value']])
      expect(
        pointers(await put('/customers/acme/discounts/x', { ...november, until: '2030-10-31' })),
      ).toEqual(['/until'])
      expect((await put('/customers/nobody/discounts/x', november)).status).toBe(404)
      expect((await get('/customers/nobody/discounts')).status).toBe(404)
    })
  })

  describe('invoices', () => {
    let invoice: { id: string; number: string; total: number; amountDue: number }
    test('of a past period are issued once', async () => {
      const made = await post('/customers/acme/invoices', { period: '2026-02' })
      expect(made).toMatchObject({
        status: 200,
        body: { kind: 'renewal', status: 'open', period: { label: '2026-02' } },
      })
      invoice = made.body
      expect((await post('/customers/acme/invoices', { period: '2026-02' })).body.id).toBe(invoice.id)
      expect((await get(`/invoices/${invoice.id}`)).body).toEqual(invoice)
      expect(
        (await get('/customers/acme/invoices?status=open&year=2026')).body.data.map(
          (one: { id: string }) => one.id,
        ),
      ).toContain(invoice.id)
    })
    test('of a current or nonexistent period are rejected', async () => {
      expect(await post('/customers/acme/invoices', { period: '2026-03' })).toMatchObject({
        status: 409,
        body: { code: 'period_not_over' },
      })
      expect(await post('/customers/acme/invoices', { period: '2020-01' })).toMatchObject({
        status: 404,
        body: { code: 'invoice_not_found' },
      })
      expect(pointers(await post('/customers/acme/invoices', { period: 'march' }))).toEqual(['/period'])
      expect(await get('/invoices/none')).toMatchObject({ status: 404, body: { code: 'invoice_not_found' } })
    })
    test('are printed', async () => {
      const pdf = await get(`/invoices/${invoice.id}/pdf`)
      expect([pdf.status, pdf.headers['content-type'], pdf.raw.subarray(0, 5).toString()]).toEqual([
        200,
        'application/pdf',
        '%PDF-',
      ])
      expect((await get('/invoices/none/pdf')).status).toBe(404)
    })
    test('are paid, each payment once', async () => {
      const half = { amount: 100, method: 'bank_transfer', reference: 'T-1' }
      expect(await post(`/invoices/${invoice.id}/payments`, half)).toMatchObject({
        status: 201,
        body: { amountPaid: 100, status: 'open' },
      })
      expect(await post(`/invoices/${invoice.id}/payments`, { ...half, amount: 200 })).toMatchObject({
        status: 409,
        body: { code: 'duplicate_reference' },
      })
      expect(
        await post(`/invoices/${invoice.id}/payments`, {
          amount: invoice.amountDue - 100,
          method: 'wechat',
          reference: 'T-2',
        }),
      ).toMatchObject({ status: 201, body: { status: 'paid', amountDue: 0 } })
      expect(
        (await get(`/invoices/${invoice.id}/payments`)).body.data.map(
          (one: { reference: string }) => one.reference,
        ),
      ).toEqual(['T-1', 'T-2'])
      expect(pointers(await post(`/invoices/${invoice.id}/payments`, { amount: 0, method: '' }))).toEqual([
        '/amount',
        '/method',
        '/reference',
      ])
      expect((await post('/invoices/none/payments', half)).status).toBe(404)
      expect(await post(`/invoices/${invoice.id}/void`, { reason: 'mistake' })).toMatchObject({
        status: 409,
        body: { code: 'invoice_not_open' },
      })
    })
    test('a payment is reversed by its id, a refund is recorded, and a balance is adjusted', async () => {
      const read = async () => (await get(`/invoices/${invoice.id}`)).body
      const { id } = (await read()).payments[1]
      expect((await get(`/invoices/${invoice.id}/payments`)).body.data[1]).toMatchObject({
        id,
        reversedAt: null,
        reversalReason: null,
      })
      const reversed = await post(`/payments/${id}/reverse`, { reason: 'bounced' })
      expect(reversed).toMatchObject({
        status: 200,
        body: {
          id: invoice.id,
          status: 'open',
          amountPaid: 100,
          payments: [{ reversedAt: null }, { id, reversalReason: 'bounced' }],
        },
      })
      expect((await post(`/payments/${id}/reverse`, { reason: 'bounced' })).body).toEqual(reversed.body)
      expect(await post('/payments/none/reverse', { reason: 'x' })).toMatchObject({
        status: 404,
        body: { code: 'payment_not_found' },
      })
      expect(pointers(await post(`/payments/${id}/reverse`, {}))).toEqual(['/reason'])
      const again = { amount: invoice.amountDue - 100, method: 'wechat', reference: 'T-2' }
      expect(await post(`/invoices/${invoice.id}/payments`, again)).toMatchObject({
        status: 409,
        body: { code: 'payment_reversed' },
      })
      expect(
        (await post(`/invoices/${invoice.id}/payments`, { ...again, reference: 'T-3' })).body.status,
      ).toBe('paid')
      await post('/customers', { id: 'purse', companyName: 'Purse' })
      expect(
        await post('/customers/purse/balance/adjustments', { amount: 500, reason: 'goodwill' }),
      ).toMatchObject({ status: 201, body: { amount: 500, balance: 500, currency: 'CNY' } })
      expect(await post('/customers/purse/balance/adjustments', { amount: -501, reason: 'x' })).toMatchObject(
        { status: 422, body: { code: 'amount_out_of_range' } },
      )
      const refund = { amount: 200, method: 'bank', reference: 'R-1' }
      const paid = await post('/customers/purse/refunds', refund)
      expect(paid).toMatchObject({
        status: 201,
        body: { ...refund, customerId: 'purse', creditNoteId: null },
      })
      expect((await post('/customers/purse/refunds', refund)).body).toEqual(paid.body)
      expect(await post('/customers/purse/refunds', { ...refund, amount: 201 })).toMatchObject({
        status: 409,
        body: { code: 'duplicate_reference' },
      })
      expect(
        await post('/customers/purse/refunds', { ...refund, amount: 301, reference: 'R-2' }),
      ).toMatchObject({ status: 422, body: { code: 'amount_out_of_range' } })
      expect(pointers(await post('/customers/purse/refunds', { amount: 0 }))).toEqual([
        '/amount',
        '/method',
        '/reference',
      ])
      expect((await get('/customers/purse/refunds')).body).toEqual({ data: [paid.body], nextCursor: null })
      expect((await get('/customers/nobody/refunds')).status).toBe(404)
      expect((await get('/customers/purse/balance/transactions')).body.data).toMatchObject([
        { reason: 'refund', amount: -200, balance: 300, invoiceId: null, detail: 'R-1' },
        { reason: 'adjustment', amount: 500, detail: 'goodwill' },
      ])
    })
    test('are credited by credit notes, once for each key', async () => {
      const credit = { amount: 106, reason: 'goodwill' }
      const made = await post(`/invoices/${invoice.id}/credit-notes`, credit, { 'idempotency-key': 'cn-1' })
      expect(made).toMatchObject({
        status: 201,
        body: {
          kind: 'credit_note',
          number: expect.stringMatching(/^CN-\d{6}-000001$/),
          status: 'paid',
          total: -106,
          creditNote: {
            invoiceId: invoice.id,
            invoiceNumber: invoice.number,
            reason: 'goodwill',
            amountCredited: 0,
          },
        },
      })
      expect(
        (await post(`/invoices/${invoice.id}/credit-notes`, credit, { 'idempotency-key': 'cn-1' })).body.id,
      ).toBe(made.body.id)
      expect((await get(`/invoices/${invoice.id}`)).body).toMatchObject({
        amountCredited: 0,
        creditNotes: [{ id: made.body.id, number: made.body.number, total: -106 }],
      })
      // The invoice was paid, so the credit note pays the oldest open invoice.
      expect((await get('/customers/acme')).body.creditBalance).toBe(0)
      expect(
        (await get('/customers/acme/balance/transactions?limit=2')).body.data.map(
          (one: { reason: string; amount: number }) => [one.reason, one.amount],
        ),
      ).toEqual([
        ['applied_to_invoice', -106],
        ['credit_note', 106],
      ])
      expect((await get('/customers/acme/invoices?limit=1')).body.data).toEqual([
        (await get(`/invoices/${made.body.id}`)).body,
      ])
      expect((await get(`/invoices/${made.body.id}/pdf`)).headers['content-disposition']).toContain(
        made.body.number,
      )
      expect(
        await post(`/invoices/${invoice.id}/credit-notes`, {
          lines: [{ lineId: 'line_1', amount: 1 }],
          reason: 'x',
        }),
      ).toMatchObject({ status: 201, body: { lines: [{ amount: -1 }] } })
    })
    test('are not credited beyond their total, and a credit note is not credited', async () => {
      const [note] = (await get(`/invoices/${invoice.id}`)).body.creditNotes
      expect(
        await post(`/invoices/${invoice.id}/credit-notes`, { amount: invoice.total, reason: 'x' }),
      ).toMatchObject({
        status: 422,
        body: { code: 'amount_out_of_range', detail: expect.stringContaining('can still be credited') },
      })
      expect(pointers(await post(`/invoices/${invoice.id}/credit-notes`, { amount: 0, lines: [] }))).toEqual([
        '/amount',
        '/lines',
        '/reason',
      ])
      expect(await post(`/invoices/${invoice.id}/credit-notes`, { reason: 'x' })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      })
      expect(await post(`/invoices/${note.id}/credit-notes`, { amount: 1, reason: 'x' })).toMatchObject({
        status: 409,
        body: { code: 'credit_note_final' },
      })
      expect(await post(`/invoices/${note.id}/void`, {})).toMatchObject({
        status: 409,
        body: { code: 'credit_note_final' },
      })
      expect(
        await post(`/invoices/${note.id}/payments`, { amount: 1, method: 'cash', reference: 'n' }),
      ).toMatchObject({ status: 409, body: { code: 'credit_note_final' } })
      expect((await post('/invoices/none/credit-notes', { amount: 1, reason: 'x' })).status).toBe(404)
    })
    test('are voided unless they are paid or credited', async () => {
      expect(await post(`/invoices/${invoice.id}/void`, { reason: 'mistake' })).toMatchObject({
        status: 409,
        body: { code: 'invoice_credited' },
      })
      const {
        body: { data },
      } = await get('/customers/umbrella/invoices?status=open')
      expect(await post(`/invoices/${data[0].id}/void`)).toMatchObject({
        status: 200,
        body: { status: 'void', number: data[0].number },
      })
      expect(pointers(await post(`/invoices/${data[0].id}/void`, { reason: 7 }))).toEqual(['/reason'])
      expect((await post('/invoices/none/void')).status).toBe(404)
    })
  })

  describe('portal sessions', () => {
    test('a link carries a code in its fragment, and the code works once', async () => {
      const made = await post('/portal-sessions', {
        customerId: 'acme',
        role: 'viewer',
        actor: { id: 'u1', name: '李雷' },
        locale: 'zh-CN',
        path: '/invoices?status=open',
      })
      expect(made.status).toBe(201)
      expect(made.body.url).toBe(
        `https://billing.example.com/portal/invoices?status=open#code=${made.body.code}`,
      )
      expect(made.body.url).not.toContain(made.body.token)
      const exchange = () =>
        server.app.inject({
          method: 'POST',
          url: '/api/billing/portal-sessions/exchange',
          payload: { code: made.body.code },
        })
      const first = await exchange()
      expect([first.statusCode, Object.keys(first.json()), first.json().customerId]).toEqual([
        200,
        ['token', 'expiresAt', 'customerId'],
        'acme',
      ])
      const [cookie] = first.cookies
      expect(cookie).toMatchObject({
        name: '__Host-portal_renewal',
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
        maxAge: 8 * 3600,
      })
      expect([(await exchange()).statusCode, (await exchange()).json().code]).toEqual([401, 'code_invalid'])
    })
    test('a code is valid for a minute', async () => {
      const { body } = await post('/portal-sessions', { customerId: 'acme' })
      const now = server.clock.at
      server.clock.at = '2026-03-10T04:01:01.000000Z'
      expect((await post('/portal-sessions/exchange', { code: body.code })).status).toBe(401)
      server.clock.at = now
    })
    test('need a known customer and a page of the portal', async () => {
      expect(await post('/portal-sessions', { customerId: 'nobody' })).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(
        pointers(
          await post('/portal-sessions', { customerId: 'acme', role: 'admin', path: '//evil.example.com' }),
        ),
      ).toEqual(['/path', '/role'])
      for (const path of [
        '/../workbench',
        '/%2e%2e/workbench',
        '/invoices/%2E%2e/.%2e/workbench',
        '/.%2E/docs',
      ]) {
        expect([path, pointers(await post('/portal-sessions', { customerId: 'acme', path }))]).toEqual([
          path,
          ['/path'],
        ])
      }
      expect((await post('/portal-sessions', { customerId: 'acme', path: '/usage/%2e/x' })).status).toBe(201)
      expect(pointers(await post('/portal-sessions/exchange', {}))).toEqual(['/code'])
    })
  })

  test('without a test clock its URL is not found', async () => {
    expect(await get('/test-clock')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await post('/test-clock', { now: '2026-04-01T00:00:00Z' })).status).toBe(404)
  })
})
