import { createSecretKey } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { testDatabases } from '@customer-portal/database/testing'
import { migrationsFolder as workbenchMigrations } from '@customer-portal/workbench'
import { DatabaseFull, type Database } from '@customer-portal/database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildServer, type Server } from './app.ts'
import { readSettings, type Environment } from './environment.ts'

const [pglite] = testDatabases
let database: Database
const servers: Server[] = []

beforeAll(async () => {
  database = await pglite!.create({ billing: migrationsFolder, workbench: workbenchMigrations })
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await database.close()
})

async function serverWith(environment: Environment): Promise<Server> {
  const read = readSettings({ PORT: '0', LOG_LEVEL: 'silent', ...environment })
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  const server = await buildServer(read.settings, { database, checkAnswers: true })
  servers.push(server)
  return server
}
const both = { ENABLE_CUSTOMER_PORTAL: 'true', ENABLE_AGENT_WORKBENCH: 'true' }

test('a product that is not enabled answers 404, for its page and its API', async () => {
  const { app } = await serverWith({})
  for (const url of [
    '/portal',
    '/portal/settings.json',
    '/api/portal/account',
    '/api/portal/openapi.json',
    '/workbench',
    '/api/workbench/me',
  ]) {
    const answer = await app.inject(url)
    expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
      url,
      404,
      'application/problem+json; charset=utf-8',
    ])
  }
  expect((await app.inject('/api/billing/customers')).statusCode).toBe(401)
})

test('enabled products require authentication', async () => {
  const { app } = await serverWith(both)
  for (const url of ['/api/portal/account', '/api/billing/customers', '/api/workbench/me'])
    expect([url, (await app.inject(url)).statusCode]).toEqual([url, 401])
})

test('the process is healthy, and ready while its database responds', async () => {
  const { app } = await serverWith({})
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' })
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok' })
})

test('without room to write the server is not ready and says why, reads continue, and freed room makes it ready again', async () => {
  const fresh = await pglite!.create({ billing: migrationsFolder, workbench: workbenchMigrations })
  const state = { isFull: true }
  // The only simulated part: the disk's error on a write.
  const full: Database = {
    ...fresh,
    async ping() {
      await fresh.ping()
      if (state.isFull) throw new DatabaseFull()
    },
  }
  const read = readSettings({ PORT: '0', LOG_LEVEL: 'silent' })
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  const server = await buildServer(read.settings, { database: full })
  const ready = () => server.app.inject({ url: '/readyz', headers: { 'accept-language': 'en' } })
  expect((await ready()).json()).toMatchObject({
    status: 503,
    code: 'database_full',
    detail: expect.stringContaining('no room to write') as string,
  })
  const { key } = await createSecretKey(server.engine, { name: 'reader' })
  expect(
    (await server.app.inject({ url: '/api/billing/plans', headers: { authorization: `Bearer ${key}` } }))
      .statusCode,
  ).toBe(200)
  state.isFull = false
  expect((await ready()).json()).toEqual({ status: 'ok' })
  await server.close()
  await fresh.close()
})

test('only the portal page is told who may frame it', async () => {
  const own = await serverWith(both)
  expect(
    (await own.app.inject({ url: '/portal/settings.json', headers: { host: 'desk.example.com' } })).json(),
  ).toEqual({
    embedOrigins: [],
    brand: { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' }, logo: null, supportUrl: null },
    advice: true,
  })
  const elsewhere = await serverWith({
    ...both,
    PUBLIC_URL: 'https://billing.example.com',
    PORTAL_EMBED_ORIGINS: 'https://desk.example.com',
  })
  expect(
    (
      await elsewhere.app.inject({ url: '/portal/settings.json', headers: { host: 'evil.example.com' } })
    ).json().embedOrigins,
  ).toEqual(['https://billing.example.com', 'https://desk.example.com'])
})

test('under https browsers are asked to keep to it, and /docs can be turned off', async () => {
  const plain = await serverWith(both)
  expect((await plain.app.inject('/healthz')).headers['strict-transport-security']).toBeUndefined()
  expect((await plain.app.inject('/docs')).statusCode).toBe(200)
  const { app } = await serverWith({
    ...both,
    PUBLIC_URL: 'https://billing.example.com',
    ENABLE_DOCS: 'false',
  })
  for (const url of ['/healthz', '/portal', '/api/portal/account', '/nowhere'])
    expect([url, (await app.inject(url)).headers['strict-transport-security']]).toEqual([
      url,
      'max-age=31536000',
    ])
  for (const url of ['/docs', '/docs/portal', '/docs/billing', '/docs/reference.js', '/docs/reference.css'])
    expect((await app.inject(url)).statusCode).toBe(404)
})

test('only a page that may embed the portal may read the settings that say so', async () => {
  const { app } = await serverWith({
    ...both,
    PUBLIC_URL: 'https://billing.example.com',
    PORTAL_EMBED_ORIGINS: 'https://desk.example.com',
  })
  const readBy = async (origin: string) => {
    const { headers } = await app.inject({ url: '/portal/settings.json', headers: { origin } })
    return [headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers.vary]
  }
  expect(await readBy('https://desk.example.com')).toEqual(['https://desk.example.com', undefined, 'origin'])
  for (const origin of ['https://evil.example.com', 'https://desk.example.com.evil.example', 'null'])
    expect(await readBy(origin)).toEqual([undefined, undefined, 'origin'])
})

test('a test clock is moved by the vendor alone, and only forward', async () => {
  const { app, engine } = await serverWith({ TEST_CLOCK: '2026-01-01T00:00:00Z' })
  const { key } = await createSecretKey(engine, { name: 'clock' })
  const headers = { authorization: `Bearer ${key}` }
  expect((await app.inject('/api/billing/test-clock')).statusCode).toBe(401)
  expect((await app.inject({ url: '/api/billing/test-clock', headers })).json()).toEqual({
    now: '2026-01-01T00:00:00.000000Z',
  })
  const move = (now: string) =>
    app.inject({ method: 'POST', url: '/api/billing/test-clock', headers, payload: { now } })
  expect((await move('2026-02-01T08:00:00+08:00')).json()).toEqual({ now: '2026-02-01T00:00:00.000000Z' })
  expect((await move('2026-01-15T00:00:00Z')).json()).toMatchObject({
    status: 422,
    code: 'clock_backwards',
    errors: [{ pointer: '/now' }],
  })
  expect((await move('tomorrow')).json()).toMatchObject({ status: 400, errors: [{ pointer: '/now' }] })
  expect((await move('2026-06-30T23:59:60Z')).statusCode).toBe(400)
  expect(engine.now()).toBe('2026-02-01T00:00:00.000000Z')
})

test('moving a test clock past the end of a month issues the invoices due on the way', async () => {
  const { app, engine } = await serverWith({ TEST_CLOCK: '2026-01-05T00:00:00Z' })
  const { key } = await createSecretKey(engine, { name: 'months' })
  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/api/billing${url}`,
      payload,
      headers: { authorization: `Bearer ${key}` },
    })
    expect([url, answer.statusCode < 300, answer.body]).toEqual([url, true, expect.any(String)])
    return answer.json()
  }
  await call('PUT', '/seller', {
    name: '示例',
    taxId: '91330100799655058B',
    address: '杭州',
    phone: '1',
    bankName: '招行',
    bankAccount: '1',
    timezone: 'Asia/Shanghai',
  })
  await call('PUT', '/plans/monthly', { name: 'Monthly', fee: { amount: 10000, per: 'subscription' } })
  await call('POST', '/customers', { id: 'clocked', companyName: 'Clocked', timezone: 'UTC' })
  await call('POST', '/customers/clocked/subscription', { planId: 'monthly' })
  expect(await call('POST', '/test-clock', { now: '2026-04-06T00:00:00Z' })).toEqual({
    now: '2026-04-06T00:00:00.000000Z',
  })
  const { data } = await call('GET', '/customers/clocked/invoices')
  const issued = data
    .filter((invoice: { status: string }) => invoice.status !== 'draft')
    .map((invoice: { kind: string; issuedAt: string }) => `${invoice.kind} ${invoice.issuedAt}`)
  expect(issued).toEqual([
    'renewal 2026-04-05T01:00:00.000000Z',
    'renewal 2026-03-05T01:00:00.000000Z',
    'renewal 2026-02-05T01:00:00.000000Z',
    'start 2026-01-05T00:00:00.000000Z',
  ])
})

test('a server restarted on a test clock does not start before its newest stored record', async () => {
  const fresh = await pglite!.create({ billing: migrationsFolder })
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', TEST_CLOCK: '2026-01-01T00:00:00Z' })
  if ('mistakes' in settings) throw new Error(settings.mistakes.join())
  const first = await buildServer(settings.settings, { database: fresh })
  const { key } = await createSecretKey(first.engine, { name: 'clock' })
  const call = async ({ app }: Server, method: 'GET' | 'POST', url: string, payload?: object) =>
    (
      await app.inject({
        method,
        url: `/api/billing${url}`,
        payload,
        headers: { authorization: `Bearer ${key}` },
      })
    ).json()
  expect(await call(first, 'POST', '/test-clock', { now: '2026-02-03T04:05:06Z' })).toEqual({
    now: '2026-02-03T04:05:06.000000Z',
  })
  expect(await call(first, 'POST', '/customers', { id: 'kept', companyName: 'Kept' })).toMatchObject({
    createdAt: '2026-02-03T04:05:06.000000Z',
  })
  await first.close()
  const again = await buildServer(settings.settings, { database: fresh })
  expect(await call(again, 'GET', '/test-clock')).toEqual({ now: '2026-02-03T04:05:06.000000Z' })
  await again.close()
  await fresh.close()
})

test('it listens on a free port and returns its address', async () => {
  const server = await serverWith({})
  const address = await server.listen()
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(server.publicUrl()).toBe(address)
  const answer = await fetch(`${address}/healthz`)
  expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
})

describe('the documentation', () => {
  type Operation = {
    summary?: string
    tags?: string[]
    security?: object[]
    responses: Record<string, { content?: Record<string, { schema?: object }> }>
    parameters?: { name: string; in: string }[]
  }
  type Document = {
    openapi: string
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, object>; securitySchemes: object }
    tags: { name: string }[]
  }
  const documents = ['/api/portal/openapi.json', '/api/billing/openapi.json', '/api/workbench/openapi.json']
  let server: Server
  beforeAll(async () => {
    server = await serverWith({ ...both, TEST_CLOCK: '2026-01-01T00:00:00Z' })
  })

  test.each(documents)('%s is OpenAPI 3.1 and describes every operation completely', async (url) => {
    const document: Document = (await server.app.inject(url)).json()
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method} ${path}`,
        path,
        ...operation,
      })),
    )
    expect(operations.length).toBeGreaterThan(5)
    for (const { name, path, summary, tags, security, responses, parameters = [] } of operations) {
      expect([name, Boolean(summary), tags?.length, Array.isArray(security)]).toEqual([name, true, 1, true])
      expect(document.tags.map((tag) => tag.name)).toContain(tags?.[0])
      const [answer] = Object.entries(responses).filter(([status]) => status.startsWith('2'))
      expect([
        name,
        answer?.[0] === '204' || Object.values(answer?.[1].content ?? {}).every((media) => media.schema),
      ]).toEqual([name, true])
      for (const status of [
        '400',
        '401',
        '403',
        '404',
        '405',
        '409',
        '413',
        '415',
        '422',
        '429',
        '500',
        '503',
      ]) {
        expect([name, responses[status]?.content?.['application/problem+json']?.schema]).toEqual([
          name,
          { $ref: '#/components/schemas/Problem' },
        ])
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).sort()
      expect([
        name,
        parameters
          .filter((parameter) => parameter.in === 'path')
          .map((parameter) => parameter.name)
          .sort(),
      ]).toEqual([name, inPath])
    }
  })

  test.each(documents)('every reference in %s resolves', async (url) => {
    const text = (await server.app.inject(url)).body
    const document: Document = JSON.parse(text)
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    expect(references.length).toBeGreaterThan(0)
    for (const name of references) expect(document.components.schemas).toHaveProperty(name)
    expect(text).not.toContain('patternProperties')
  })

  test('operations that are safe to repeat are documented so', async () => {
    const document: Document = (await server.app.inject('/api/billing/openapi.json')).json()
    const headersOf = (path: string, method: string) =>
      document.paths[path]?.[method]?.parameters
        ?.filter((parameter) => parameter.in === 'header')
        .map((parameter) => parameter.name)
    expect(headersOf('/api/billing/customers', 'post')).toEqual(['Idempotency-Key'])
    expect(headersOf('/api/billing/events', 'post') ?? []).toEqual([])
  })

  test('every route of the contract is there', async () => {
    const operationsOf = async (url: string) => {
      const document: Document = (await server.app.inject(url)).json()
      return Object.entries(document.paths)
        .flatMap(([path, methods]) =>
          Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api\/\w+/, '')}`),
        )
        .sort()
    }
    expect(await operationsOf('/api/portal/openapi.json')).toEqual([
      'DELETE /subscription/scheduled-change',
      'GET /account',
      'GET /account/balance/transactions',
      'GET /charges',
      'GET /commands/{key}',
      'GET /coupons/redemptions',
      'GET /invoices',
      'GET /invoices/export',
      'GET /invoices/summary',
      'GET /invoices/{invoiceId}',
      'GET /invoices/{invoiceId}/lines/{lineId}/events',
      'GET /invoices/{invoiceId}/pdf',
      'GET /plans',
      'GET /session',
      'GET /subscription',
      'GET /subscription/advice',
      'GET /usage',
      'GET /usage/days',
      'GET /usage/detail',
      'GET /usage/export',
      'GET /usage/grants',
      'GET /usage/late',
      'GET /usage/lines',
      'GET /usage/months',
      'GET /usage/rejected',
      'GET /usage/stream',
      'POST /coupons/redemptions',
      'POST /session/logout',
      'POST /session/renew',
      'POST /subscription',
      'POST /subscription/cancel',
      'POST /subscription/downgrade',
      'POST /subscription/preview',
      'POST /subscription/resume',
      'POST /subscription/upgrade',
      'PUT /account',
    ])
    expect(await operationsOf('/api/billing/openapi.json')).toEqual([
      'DELETE /customers/{customerId}/aliases/{alias}',
      'DELETE /customers/{customerId}/charges/{chargeId}',
      'DELETE /customers/{customerId}/discounts/{discountId}',
      'DELETE /customers/{customerId}/subscription/scheduled-change',
      'GET /activity',
      'GET /charges',
      'GET /charges/summary',
      'GET /coupons',
      'GET /coupons/{code}',
      'GET /customers',
      'GET /customers/{customerId}',
      'GET /customers/{customerId}/aliases',
      'GET /customers/{customerId}/balance/transactions',
      'GET /customers/{customerId}/charges',
      'GET /customers/{customerId}/charges/{chargeId}',
      'GET /customers/{customerId}/coupons/redemptions',
      'GET /customers/{customerId}/deficits',
      'GET /customers/{customerId}/discounts',
      'GET /customers/{customerId}/events/late',
      'GET /customers/{customerId}/events/{eventId}',
      'GET /customers/{customerId}/grants',
      'GET /customers/{customerId}/grants/{grantId}',
      'GET /customers/{customerId}/invoices',
      'GET /customers/{customerId}/quota/{meter}',
      'GET /customers/{customerId}/reconciliation',
      'GET /customers/{customerId}/refunds',
      'GET /customers/{customerId}/reservations',
      'GET /customers/{customerId}/subscription',
      'GET /customers/{customerId}/usage',
      'GET /customers/{customerId}/usage/range',
      'GET /events',
      'GET /events/export',
      'GET /events/rejected',
      'GET /invoices',
      'GET /invoices/summary',
      'GET /invoices/{invoiceId}',
      'GET /invoices/{invoiceId}/payments',
      'GET /invoices/{invoiceId}/pdf',
      'GET /keys',
      'GET /meters',
      'GET /meters/fills',
      'GET /payments',
      'GET /payments/summary',
      'GET /plans',
      'GET /plans/{planId}',
      'GET /reconciliation',
      'GET /seller',
      'GET /subscriptions',
      'GET /subscriptions/summary',
      'GET /test-clock',
      'PATCH /customers/{customerId}/subscription',
      'POST /customers',
      'POST /customers/{customerId}/balance/adjustments',
      'POST /customers/{customerId}/charges',
      'POST /customers/{customerId}/coupons/redemptions',
      'POST /customers/{customerId}/deficits/{meter}/forgive',
      'POST /customers/{customerId}/grants',
      'POST /customers/{customerId}/grants/{grantId}/expire',
      'POST /customers/{customerId}/grants/{grantId}/extend',
      'POST /customers/{customerId}/grants/{grantId}/void',
      'POST /customers/{customerId}/invoices',
      'POST /customers/{customerId}/quota/{meter}/consume',
      'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release',
      'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle',
      'POST /customers/{customerId}/quota/{meter}/reserve',
      'POST /customers/{customerId}/refunds',
      'POST /customers/{customerId}/subscription',
      'POST /customers/{customerId}/subscription/cancel',
      'POST /customers/{customerId}/subscription/change',
      'POST /customers/{customerId}/subscription/preview',
      'POST /customers/{customerId}/subscription/resume',
      'POST /events',
      'POST /events/rejected/retry',
      'POST /events/void',
      'POST /invoices/{invoiceId}/credit-notes',
      'POST /invoices/{invoiceId}/payments',
      'POST /invoices/{invoiceId}/void',
      'POST /keys',
      'POST /keys/{keyId}/revoke',
      'POST /keys/{keyId}/rotate',
      'POST /payments/{paymentId}/reverse',
      'POST /portal-sessions',
      'POST /portal-sessions/exchange',
      'POST /pricing/preview',
      'POST /test-clock',
      'PUT /coupons/{code}',
      'PUT /customers/{customerId}',
      'PUT /customers/{customerId}/aliases/{alias}',
      'PUT /customers/{customerId}/discounts/{discountId}',
      'PUT /meters/{key}',
      'PUT /plans/{planId}',
      'PUT /seller',
    ])
  })

  test('the page at /docs loads nothing from other servers', async () => {
    const page = await server.app.inject('/docs')
    expect([page.statusCode, page.headers['content-type'], page.headers['content-security-policy']]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining("default-src 'none'"),
    ])
    expect(page.body).not.toMatch(/https?:\/\//)
    for (const [, url] of page.body.matchAll(/(?:src|href)="([^"#][^"]*)"/g))
      expect([url, (await server.app.inject(url!)).statusCode]).toEqual([url, 200])
    // A page per API, with a link to its document.
    const urls = [...page.body.matchAll(/<a href="(\/docs\/\w+)\?lang=en"/g)].map(([, url]) => url!)
    const linked = await Promise.all(urls.map(async (url) => (await server.app.inject(url)).body))
    for (const [index, url] of documents.entries()) expect(linked[index]).toContain(`href="${url}"`)
  })
})
