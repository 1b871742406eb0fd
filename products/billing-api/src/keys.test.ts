import { createSecretKey, keyPresets } from '@customer-portal/billing'
import { testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

type KeyPreset = keyof typeof keyPresets

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
interface Operation {
  method: Method
  path: string
  scope: string | undefined
}

describe.each(testDatabases)("keys in the vendor's API on $name", ({ create }) => {
  let server: TestServer
  let operations: Operation[]
  const keys = {} as Record<KeyPreset, string>

  beforeAll(async () => {
    server = await testServer(create, (app, { engine, clock }) =>
      registerBillingApi(app, {
        engine,
        publicUrl: () => 'https://billing.example.com',
        testClock: { now: () => clock.at, moveTo: async (to) => to },
      }),
    )
    for (const preset of Object.keys(keyPresets) as KeyPreset[])
      keys[preset] = (await createSecretKey(server.engine, { name: preset, preset })).key
    const { paths } = (await server.app.inject({ url: '/api/billing/openapi.json' })).json<{
      paths: Record<string, Record<string, { security: Record<string, string[]>[] }>>
    }>()
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        method: method.toUpperCase() as Method,
        path,
        scope: security[0]?.['secretKey']?.[0],
      })),
    )
  })
  afterAll(() => server.close())

  const call = async (
    method: Method,
    url: string,
    { key = keys.full, payload }: { key?: string; payload?: object } = {},
  ) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      headers: { authorization: `Bearer ${key}` },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }

  test('every operation but the exchange of a code names the scope it needs', () => {
    expect(operations.length).toBeGreaterThan(40)
    expect(operations.filter(({ scope }) => scope === undefined)).toEqual([
      { method: 'POST', path: '/api/billing/portal-sessions/exchange', scope: undefined },
    ])
  })

  test('each preset grants its own operations and nothing else, on every route', async () => {
    const allowed: Record<KeyPreset, string[]> = { read: [], events: [], full: [] }
    for (const { method, path, scope } of operations) {
      if (scope === undefined) continue
      for (const preset of Object.keys(keys) as KeyPreset[]) {
        const url = path.replace(/\{\w+\}/g, 'nobody')
        const answer = await server.app.inject({
          method,
          url,
          headers: { authorization: `Bearer ${keys[preset]}` },
          ...(method === 'GET' ? {} : { payload: { unknown: 1 } }),
        })
        const refused = answer.statusCode === 403 && answer.json<{ code: string }>().code === 'scope_missing'
        if (!refused) expect([401, 403, 500], `${method} ${path}`).not.toContain(answer.statusCode)
        if (!refused) allowed[preset].push(`${method} ${path.replace('/api/billing', '')}`)
      }
    }
    const known = operations
      .filter(({ scope }) => scope !== undefined)
      .map(({ method, path }) => `${method} ${path.replace('/api/billing', '')}`)
    expect(allowed.full).toEqual(known)
    // Reads are all GETs, except those of keys and the clock, and commands that only compute.
    const reading = known.filter(
      (name) =>
        (name.startsWith('GET ') && !/ \/(keys|test-clock|reconciliation)/.test(name))
        || / \/.*\/preview$/.test(name),
    )
    expect(allowed.read).toEqual(reading)
    expect(
      allowed.events
        .filter((name) => !name.startsWith('GET '))
        .every((name) => / \/events|\/quota\//.test(name)),
    ).toBe(true)
    expect(allowed.events).toEqual(
      expect.arrayContaining([
        'POST /events',
        'POST /customers/{customerId}/quota/{meter}/consume',
        'GET /customers/{customerId}/quota/{meter}',
      ]),
    )
    expect(
      allowed.events.filter((name) =>
        / \/(customers\/\{customerId\}(\/(subscription|invoices|credit|discounts).*)?|invoices.*|plans.*|keys.*|portal-sessions)$/.test(
          name,
        ),
      ),
    ).toEqual([])
  })

  test('a key is created, listed, rotated and revoked, and its secret is only in the first answer', async () => {
    const made = await call('POST', '/keys', {
      payload: { name: '数据仓库', preset: 'read', expiresAt: '2027-01-01T00:00:00Z' },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { name: '数据仓库', prefix: 'sk_', expiresAt: '2027-01-01T00:00:00.000000Z', revokedAt: null },
    })
    const { id, key, lastFour } = made.body
    expect(key.endsWith(lastFour)).toBe(true)
    expect((await call('GET', '/customers', { key })).status).toBe(200)
    const listed = await call('GET', '/keys')
    expect(listed.body.data.find((one: { id: string }) => one.id === id)).toMatchObject({
      scopes: keyPresets.read,
      lastFour,
    })
    expect(JSON.stringify(listed.body)).not.toContain(key)

    const rotated = await call('POST', `/keys/${id}/rotate`, { payload: { overlapSeconds: 60 } })
    expect(rotated).toMatchObject({ status: 201, body: { name: '数据仓库', scopes: keyPresets.read } })
    for (const one of [key, rotated.body.key])
      expect((await call('GET', '/customers', { key: one })).status).toBe(200)
    expect(await call('POST', `/keys/${id}/revoke`)).toMatchObject({
      status: 200,
      body: { id, revokedAt: '2026-03-10T04:00:00.000000Z' },
    })
    expect((await call('GET', '/customers', { key })).status).toBe(401)
    expect((await call('GET', '/customers', { key: rotated.body.key })).status).toBe(200)
    expect(await call('POST', `/keys/${id}/rotate`, { payload: {} })).toMatchObject({
      status: 409,
      body: { code: 'key_ended' },
    })
  })

  test('invalid input for a key is rejected by field', async () => {
    for (const [payload, pointer] of [
      [{ name: ' ' }, '/name'],
      [{ name: 'x', scopes: ['everything'] }, '/scopes/0'],
      [{ name: 'x', preset: 'all' }, '/preset'],
      [{ name: 'x', scopes: [] }, '/scopes'],
    ] as const) {
      expect(await call('POST', '/keys', { payload })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer }] },
      })
    }
    expect(
      await call('POST', '/keys', { payload: { name: 'x', preset: 'read', scopes: ['usage:read'] } }),
    ).toMatchObject({ status: 422, body: { code: 'invalid_key', errors: [{ pointer: '/scopes' }] } })
    expect(await call('POST', '/keys/nobody/revoke')).toMatchObject({
      status: 404,
      body: { code: 'key_not_found' },
    })
    expect(await call('GET', '/keys', { key: keys.read })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    })
  })
})
