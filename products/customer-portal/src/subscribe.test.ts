import {
  cancelSubscription,
  consume,
  createCustomer,
  createPortalSession,
  putPlan,
} from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Changed, PortalPlans, Preview } from './contract.ts'
import { registerPortalApi } from './index.ts'

describe.each(testDatabases)('subscribing in the portal, on $name', ({ create }) => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) => registerPortalApi(app, { engine, secure: true }))
    await seedTwoCustomers(server)
  })
  afterAll(() => server.close())

  test('a customer without a plan gets a quote and subscribes, once', async () => {
    await createCustomer(server.engine, { id: 'newcomer', companyName: 'Newcomer' })
    const tokenOf = async (role: 'owner' | 'viewer') =>
      (
        await createPortalSession(server.engine, {
          customerId: 'newcomer',
          role,
          actor: { id: role, name: 'Ada' },
          locale: 'en',
        })
      ).token
    const [owner, viewer] = [await tokenOf('owner'), await tokenOf('viewer')]
    const post = (url: string, payload: object, token = owner) =>
      server.app.inject({
        method: 'POST',
        url: `/api/portal${url}`,
        payload,
        headers: { authorization: `Bearer ${token}` },
      })
    const quote = await post('/subscription/preview', { planId: 'starter', seats: 2 })
    expect(quote.json()).toMatchObject({
      when: 'now',
      lines: [{ kind: 'fee', quantity: 2 }],
      nextInvoice: { at: expect.any(String) },
    })
    const confirmed = { planId: 'starter', seats: 2, quoteId: quote.json().quoteId }
    expect((await post('/subscription', confirmed, viewer)).statusCode).toBe(403)
    const started = await post('/subscription', confirmed)
    expect([started.statusCode, started.json()]).toMatchObject([
      201,
      {
        subscription: { status: 'active', seats: 2 },
        invoice: { kind: 'start', total: quote.json().total },
        notices: [],
      },
    ])
    expect((await post('/subscription', { planId: 'starter' })).json()).toMatchObject({
      status: 409,
      code: 'subscription_exists',
    })
  })

  test('a trial is offered to a customer who has no plan and never had one, and starts as offered', async () => {
    await putPlan(server.engine, {
      id: 'tried',
      name: 'Tried',
      fee: { amount: 900, per: 'subscription' },
      trialDays: 14,
    })
    await createCustomer(server.engine, { id: 'taster', companyName: 'Taster' })
    const { token } = await createPortalSession(server.engine, { customerId: 'taster' })
    const headers = { authorization: `Bearer ${token}` }
    const offered = async () => {
      const { data } = (await server.app.inject({ url: '/api/portal/plans', headers })).json() as PortalPlans
      return data.find(({ id }) => id === 'tried')!.trialOffered
    }
    const subscribe = async () => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/portal/subscription',
        payload: { planId: 'tried' },
        headers,
      })
      const { subscription, notices } = answer.json() as Changed
      return [subscription.status, notices.map(({ code }) => code)]
    }
    expect(await offered()).toBe(14)
    expect(await subscribe()).toEqual(['trialing', []])
    expect(await offered()).toBe(0)
    await cancelSubscription(server.engine, { customerId: 'taster', when: 'now' })
    expect(await offered()).toBe(0)
    expect(await subscribe()).toEqual(['active', ['trial_already_used']])
  })

  test('a move to a plan that contains less than was used shows the deficit in the preview and in the answer', async () => {
    const charges = (included: number | null) => [{ meter: 'ai_chat', included, overage: 'block' as const }]
    await putPlan(server.engine, {
      id: 'k3',
      name: 'K3',
      fee: { amount: 900, per: 'subscription' },
      charges: charges(300),
    })
    await putPlan(server.engine, {
      id: 'k0',
      name: 'K0',
      fee: { amount: 990, per: 'subscription' },
      charges: charges(0),
    })
    await createCustomer(server.engine, { id: 'ahead', companyName: 'Ahead' })
    const { token } = await createPortalSession(server.engine, { customerId: 'ahead' })
    const post = (url: string, payload: object) =>
      server.app.inject({
        method: 'POST',
        url: `/api/portal${url}`,
        payload,
        headers: { authorization: `Bearer ${token}` },
      })
    await post('/subscription', { planId: 'k3' })
    await consume(server.engine, { customerId: 'ahead', meter: 'ai_chat', id: 'ahead-1', quantity: 250 })
    const told = [
      {
        code: 'allowance_deficit',
        detail: { en: expect.stringContaining('250 '), 'zh-CN': expect.stringContaining('250 ') },
      },
    ]
    const preview = (await post('/subscription/preview', { planId: 'k0' })).json() as Preview
    expect(preview).toMatchObject({
      allowancesAfter: [{ allowance: 0, used: 250, deficit: 0, deficitAfter: 250 }],
    })
    expect(preview.warnings.filter(({ code }) => code === 'allowance_deficit')).toMatchObject(told)
    const changed = (
      await post('/subscription/upgrade', { planId: 'k0', quoteId: preview.quoteId })
    ).json() as Changed
    expect(changed).toMatchObject({ subscription: { allowances: [{ deficitAfter: 250 }] }, notices: told })
  })
})
