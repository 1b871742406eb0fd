import { createCustomer, createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)('one-off charges over HTTP on $name', ({ create }) => {
  let server: TestServer
  let key: string

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'test' })).key
    await seedTwoCustomers(server)
    await createCustomer(server.engine, { id: 'none', companyName: 'None' })
  })
  afterAll(() => server.close())

  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: unknown) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      headers: { authorization: `Bearer ${key}` },
      ...(payload === undefined ? {} : { payload: payload as object }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const setup = { id: 'setup', name: 'Setup', unitAmount: 500_000, when: 'next_invoice' }

  test('a charge is made, read, listed, summed and withdrawn', async () => {
    const made = await call('POST', '/customers/acme/charges', setup)
    expect(made).toMatchObject({
      status: 201,
      body: { charge: { id: 'setup', quantity: 1, amount: 500_000, status: 'waiting' }, invoice: null },
    })
    const { charge } = made.body
    expect((await call('GET', '/customers/acme/charges/setup')).body).toEqual(charge)
    expect((await call('GET', '/customers/acme/charges?status=waiting')).body).toEqual({
      data: [charge],
      nextCursor: null,
    })
    expect((await call('GET', '/charges?q=setup')).body.data).toEqual([charge])
    expect((await call('GET', '/charges/summary')).body.currencies).toMatchObject([
      { currency: 'CNY', count: 1, waiting: 1, amountWaiting: 500_000, amountBilled: 0 },
    ])
    expect(await call('DELETE', '/customers/acme/charges/setup')).toMatchObject({
      status: 200,
      body: { status: 'withdrawn' },
    })
    expect((await call('POST', '/customers/acme/charges', setup)).body.charge.status).toBe('withdrawn')
  })

  test('one that is billed now answers its invoice, and is credited instead of withdrawn', async () => {
    const made = await call('POST', '/customers/acme/charges', { ...setup, id: 'now', when: 'now' })
    expect(made.body.invoice).toMatchObject({ kind: 'charge', lines: [{ chargeId: 'now' }] })
    expect(await call('DELETE', '/customers/acme/charges/now')).toMatchObject({
      status: 409,
      body: { code: 'charge_billed' },
    })
  })

  test.each([
    [{ ...setup, unitAmount: -5 }, 422, 'invalid_charge', '/unitAmount'],
    [{ ...setup, quantity: 0 }, 400, 'validation_failed', '/quantity'],
    [{ ...setup, when: 'later' }, 400, 'validation_failed', '/when'],
    [{ ...setup, name: '' }, 400, 'validation_failed', '/name'],
    [{ ...setup, taxRate: '6%' }, 400, 'validation_failed', '/taxRate'],
    [{ ...setup, id: 'now', quantity: 2 }, 409, 'charge_exists', '/id'],
  ])('%o is refused', async (body, status, code, pointer) => {
    const answer = await call('POST', '/customers/acme/charges', body)
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.body.errors[0].pointer).toBe(pointer)
  })

  test('charges of nobody are not found', async () => {
    for (const url of ['/customers/nobody/charges', '/customers/nobody/charges/setup'])
      expect(await call('GET', url)).toMatchObject({ status: 404, body: { code: 'customer_not_found' } })
    expect(await call('GET', '/customers/none/charges/setup')).toMatchObject({
      status: 404,
      body: { code: 'charge_not_found' },
    })
    expect((await call('POST', '/customers/nobody/charges', setup)).status).toBe(404)
  })
})
