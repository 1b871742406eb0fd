import { actingFor, createSecretKey, findPortalSession, getUsageSummary } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)('what customers are called on $name', ({ create }) => {
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
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
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
      body: answer.body === '' ? undefined : answer.json(),
      headers: answer.headers,
    }
  }
  const done = async (...parts: Parameters<typeof call>) => {
    const answer = await call(...parts)
    expect(answer.status, `${parts[0]} ${parts[1]}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
    return answer.body
  }

  test.each([
    ['an e-mail address', 'li.wei+billing@example.com.cn'],
    ['an id of an identity provider', 'auth0|5f7c8ec7c33c6c004bbafe82'],
    ['Chinese', '杭州星桥云计算科技有限公司'],
    ['what a path is made of', 'https://a.example/b?c=d#e%2F'],
    ['quotes and backslashes', `o'neil \\ "x" {1,2}`],
    ['128 characters beyond the basic plane', '𠮷'.repeat(128)],
  ])('every call accepts an id that is %s', async (_kind, id) => {
    expect(await done('POST', '/customers', { id, companyName: 'x' })).toMatchObject({ customerId: id })
    const path = `/customers/${encodeURIComponent(id)}`
    expect(await done('GET', path)).toMatchObject({ customerId: id })
    expect(await done('PUT', path, { companyName: 'y' })).toMatchObject({ customerId: id, companyName: 'y' })
    await done('POST', `${path}/subscription`, { planId: 'starter', startsAt: '2026-03-01T00:00:00Z' })
    expect(
      await done('POST', '/events', [
        { id: 'e 1', customerId: id, meter: 'ai_chat', quantity: 5 },
        { id: 'e 1', customerId: id, meter: 'nothing' },
      ]),
    ).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, code: 'meter_not_found' }],
    })
    expect(await done('POST', `${path}/quota/ai_chat/consume`, { id: 'c', quantity: 2 })).toMatchObject({
      granted: 2,
    })
    expect((await done('GET', `${path}/usage`)).usage).toEqual({ ai_chat: 7 })
    expect((await done('GET', `/events/rejected?customerId=${encodeURIComponent(id)}`)).data).toMatchObject([
      { customerId: id },
    ])
    expect((await done('GET', `${path}/reconciliation`)).meters).toMatchObject([
      { meter: 'ai_chat', accepted: 7, difference: 0 },
    ])
    const [invoice] = (await done('GET', `${path}/invoices`)).data
    expect(await done('GET', `/invoices/${invoice.id}`)).toMatchObject({
      customerId: id,
      buyer: { customerId: id },
    })
    await done('PUT', `${path}/discounts/ten`, {
      kind: 'percent',
      value: '10',
      appliesTo: 'all',
      from: '2026-03-01',
    })
    const { data } = await done('GET', '/activity?limit=100')
    expect(data.filter((change: { customerId: string }) => change.customerId === id).length).toBeGreaterThan(
      2,
    )
    const { token } = await done('POST', '/portal-sessions', { customerId: id })
    const session = (await findPortalSession(server.engine, { token }))!
    expect(session.customerId).toBe(id)
    // Read as the portal does: the database shows this customer's rows alone.
    expect((await getUsageSummary(actingFor(server.engine, id), session)).usage).toEqual({ ai_chat: 7 })
  })

  test('an id that cannot be read or distinguished is rejected by field', async () => {
    for (const id of ['.', '..', 'a\nb', 'evil\u202egnp', ' x', 'x'.repeat(129)]) {
      expect(await call('POST', '/customers', { id, companyName: 'x' })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/id' }] },
      })
    }
  })

  test('customers whose id and event id concatenate to the same text are kept apart', async () => {
    for (const id of ['two', 'two words']) await done('POST', '/customers', { id, companyName: id })
    const events = [
      { customerId: 'two', id: 'words 1' },
      { customerId: 'two words', id: '1' },
    ].map((event) => ({ ...event, meter: 'ai_chat' }))
    expect(await done('POST', '/events', events)).toMatchObject({ accepted: 2, duplicates: 0, rejected: [] })
    expect(await done('POST', '/events', events)).toMatchObject({ accepted: 0, duplicates: 2, rejected: [] })
  })

  describe('an alias', () => {
    test('resolves to its customer in events and calls', async () => {
      const alias = encodeURIComponent('crm|17')
      expect(await done('PUT', `/customers/acme/aliases/${alias}`)).toEqual({
        alias: 'crm|17',
        createdAt: server.clock.at,
      })
      expect(await done('PUT', `/customers/acme/aliases/${alias}`)).toEqual({
        alias: 'crm|17',
        createdAt: server.clock.at,
      })
      expect((await done('GET', '/customers/acme/aliases')).data).toEqual([
        { alias: 'crm|17', createdAt: server.clock.at },
      ])
      const event = { id: 'by-alias', customerId: 'crm|17', meter: 'ai_chat', quantity: 3 }
      // Under either name it is the same customer's event, so the second one is a duplicate.
      expect(await done('POST', '/events', [event, { ...event, customerId: 'acme' }])).toMatchObject({
        accepted: 1,
        duplicates: 1,
      })
      expect((await done('GET', `/customers/${alias}/usage`)).usage).toEqual(
        (await done('GET', '/customers/acme/usage')).usage,
      )
      expect(
        await done('POST', `/customers/${alias}/quota/ai_chat/consume`, { id: 'by-alias-2' }),
      ).toMatchObject({ granted: 1 })
      const { token } = await done('POST', '/portal-sessions', { customerId: 'crm|17' })
      expect((await findPortalSession(server.engine, { token }))!.customerId).toBe('acme')
      expect((await done('GET', `/customers/${alias}`)).customerId).toBe('acme')
    })

    test('is the same customer for an Idempotency-Key', async () => {
      const send = (name: string) =>
        call(
          'POST',
          `/customers/${name}/subscription/cancel`,
          { when: 'period_end' },
          { 'idempotency-key': 'by-either-name' },
        )
      expect((await send('acme')).headers['idempotent-replayed']).toBeUndefined()
      for (const name of ['acme', '%61cme', 'crm%7C17', 'crm|17'])
        expect((await send(name)).headers['idempotent-replayed']).toBe('true')
    })

    test("belongs to one customer, and is no other customer's id", async () => {
      for (const taken of ['globex', 'acme', 'crm%7C17']) {
        expect(await call('PUT', `/customers/globex/aliases/${taken}`)).toMatchObject({
          status: 409,
          body: { code: 'alias_taken' },
        })
      }
      expect(await call('POST', '/customers', { id: 'crm|17', companyName: 'x' })).toMatchObject({
        status: 409,
        body: { code: 'customer_exists' },
      })
      expect(
        await call('POST', '/customers', { id: 'crm|17', companyName: 'x' }, { 'idempotency-key': 'k' }),
      ).toMatchObject({ status: 409, body: { code: 'customer_exists' } })
      expect(await call('PUT', '/customers/nobody/aliases/x')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      expect(await call('PUT', '/customers/globex/aliases/a%0Ab')).toMatchObject({ status: 400 })
    })

    test('that is removed resolves to nobody, and may be given to another', async () => {
      expect((await call('DELETE', '/customers/globex/aliases/crm%7C17')).body.code).toBe('alias_not_found')
      await done('DELETE', '/customers/acme/aliases/crm%7C17')
      expect(await call('GET', '/customers/crm%7C17')).toMatchObject({
        status: 404,
        body: { code: 'customer_not_found' },
      })
      await done('PUT', '/customers/globex/aliases/crm%7C17')
      expect((await done('GET', '/customers/crm%7C17')).customerId).toBe('globex')
      await done('POST', '/events', { id: 'moved', customerId: 'crm|17', meter: 'ai_chat', quantity: 11 })
      expect((await done('GET', '/customers/globex/usage')).usage).toEqual({ ai_chat: 11 })
    })

    test('is limited to 100 per customer', async () => {
      await done('POST', '/customers', { id: 'named', companyName: 'x' })
      for (let index = 0; index < 100; index += 1) await done('PUT', `/customers/named/aliases/n${index}`)
      expect(await call('PUT', '/customers/named/aliases/one-more')).toMatchObject({
        status: 422,
        body: { code: 'too_many_aliases' },
      })
    })
  })
})
