import { createCustomer, createPortalSession } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'

describe.each(testDatabases)('subscribing in the portal, on $name', ({ create }) => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer(create, (app, { billing }) => registerPortalApi(app, { billing, secure: true }))
    await seedTwoCustomers(server)
  })
  afterAll(() => server.close())

  test('who has no plan subscribes, with a quote of what it costs, and not twice', async () => {
    await createCustomer(server.billing, { id: 'newcomer', companyName: 'Newcomer' })
    const tokenOf = async (role: 'owner' | 'viewer') => (await createPortalSession(server.billing, { customerId: 'newcomer', role, actor: { id: role, name: 'Ada' }, locale: 'en' })).token
    const [owner, viewer] = [await tokenOf('owner'), await tokenOf('viewer')]
    const post = (url: string, payload: object, token = owner) => server.app.inject({ method: 'POST', url: `/api/portal${url}`, payload, headers: { authorization: `Bearer ${token}` } })
    const quote = await post('/subscription/preview', { planId: 'starter', seats: 2 })
    expect(quote.json()).toMatchObject({ when: 'now', lines: [{ kind: 'fee', quantity: 2 }], nextInvoice: { at: expect.any(String) } })
    const confirmed = { planId: 'starter', seats: 2, quoteId: quote.json().quoteId }
    expect((await post('/subscription', confirmed, viewer)).statusCode).toBe(403)
    const started = await post('/subscription', confirmed)
    expect([started.statusCode, started.json()]).toMatchObject([201, { subscription: { status: 'active', seats: 2 }, invoice: { kind: 'start', total: quote.json().total }, notices: [] }])
    expect((await post('/subscription', { planId: 'starter' })).json()).toMatchObject({ status: 409, code: 'subscription_exists' })
  })
})
