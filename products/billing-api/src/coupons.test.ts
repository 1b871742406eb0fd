import { createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)('coupons over HTTP on $name', ({ create }) => {
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
  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      headers: { authorization: `Bearer ${key}` },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  test('the vendor makes a coupon, reads it, and redeems it for a customer once', async () => {
    const put = await call('PUT', '/coupons/launch-20', { kind: 'percent', value: '20', periods: null })
    expect(put).toMatchObject({ status: 200, body: { code: 'LAUNCH-20', perCustomer: 1, redemptions: 0 } })
    const { id } = (await call('POST', '/customers', { id: 'coupons', companyName: 'x' })).body
    expect(id ?? 'coupons').toBe('coupons')
    const redeem = () => call('POST', '/customers/coupons/coupons/redemptions', { code: 'Launch-20' })
    expect(await redeem()).toMatchObject({
      status: 201,
      body: { code: 'LAUNCH-20', redeemedBy: 'vendor', periodsLeft: null, discount: { kind: 'percent' } },
    })
    expect(await redeem()).toMatchObject({ status: 422, body: { code: 'coupon_already_redeemed' } })
    expect(await call('GET', '/coupons/LAUNCH-20')).toMatchObject({ body: { redemptions: 1 } })
    expect((await call('GET', '/coupons')).body.data).toHaveLength(1)
    expect((await call('GET', '/customers/coupons/coupons/redemptions')).body.data).toHaveLength(1)
    expect((await call('GET', '/customers/coupons/discounts')).body.data).toMatchObject([
      { id: 'coupon-LAUNCH-20-1', coupon: { code: 'LAUNCH-20', periods: null, plans: null } },
    ])
    expect((await call('GET', '/activity?limit=100')).body.data).toContainEqual(
      expect.objectContaining({ type: 'coupon.redeemed', subjectId: 'coupon-LAUNCH-20-1' }),
    )
  })
})
