import { createPortalSession } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'

const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const instant = '2026-03-09T00:00:00.000000Z'
const cursors = [
  forged(instant, 'x', 'y', 'z'),
  forged(instant, 'x'),
  forged(instant, '99999999999999999999'),
  forged(instant, 'x', 'y'),
  forged(instant, '\ud800'),
  forged(1, 2),
  'x',
]

describe.each(testDatabases)('unusual parameters, on $name', ({ create }) => {
  let server: TestServer
  let authorization: string
  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) => registerPortalApi(app, { engine, secure: true }))
    await seedTwoCustomers(server)
    authorization =
      'Bearer '
      + `${(await createPortalSession(server.engine, { customerId: 'acme', role: 'owner', locale: 'en' })).token}`
  })
  afterAll(() => server.close())

  test.each([
    '/usage/detail?start=0001-01-01',
    '/usage/detail?end=9999-12-31',
    '/usage/detail?start=0000-01-01',
    '/usage/days?end=0001-01-01',
    '/usage/days?start=0000-01-01',
    '/usage?period=0000-01',
    '/usage?period=0001-01',
    '/usage?period=2026-13',
    '/usage/lines?period=0000-01',
    '/usage/export?start=0001-01-01&end=0001-12-31',
    '/usage/detail?start=0001-01-01T00:00:00%2B14:00',
    '/usage/export?start=9999-12-31T23:59:59-23:59',
    ...['/usage/detail', '/usage/late', '/usage/grants', '/usage/rejected', '/invoices', '/credits'].flatMap(
      (list) => cursors.map((cursor) => `${list}?cursor=${cursor}`),
    ),
  ])('%s is answered, or rejected with the name of the parameter', async (url) => {
    const answer = await server.app.inject({ url: `/api/portal${url}`, headers: { authorization } })
    expect(answer.statusCode).toBeLessThan(500)
    if (answer.statusCode === 400) expect(answer.json().errors[0].pointer).toMatch(/^\?/)
  })
})
