import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Type, type Static } from 'typebox'
import { BillingError } from '@customer-portal/billing'
import { DatabaseFull, DatabaseUnavailable } from '@customer-portal/database'
import { authenticate, callerOf, createApp, type App } from './index.ts'
import { Nullable } from './resources.ts'

declare module '@customer-portal/http' {
  interface Scopes {
    test: { name: string }
  }
}

const closed = { additionalProperties: false }
const Order = Type.Object(
  {
    planId: Type.String({ minLength: 1 }),
    seats: Type.Optional(Type.Integer({ minimum: 1 })),
    note: Type.Optional(Nullable(Type.String())),
    kind: Type.Optional(Type.Union([Type.Literal('now'), Type.Literal('later')])),
    price: Type.Optional(
      Type.Union([
        Type.Object({ model: Type.Literal('unit'), rate: Type.Integer() }, closed),
        Type.Object({ model: Type.Literal('tiers'), tiers: Type.Array(Type.Integer()) }, closed),
      ]),
    ),
    email: Type.Optional(Type.String({ format: 'email' })),
    at: Type.Optional(Type.String({ format: 'date-time' })),
  },
  closed,
)

let app: App
afterEach(() => app.close())

async function appWith(register: (app: App) => void, options = {}): Promise<App> {
  app = await createApp({ checkAnswers: true, ...options })
  register(app)
  await app.ready()
  return app
}

const orders = (on: App) => {
  on.post(
    '/orders',
    { config: { scope: 'public' }, schema: { body: Order, response: { 200: Order } } },
    async (request) => request.body,
  )
}

async function refuse(body: unknown, language = 'en') {
  const answer = await app.inject({
    method: 'POST',
    url: '/orders',
    payload: body as object,
    headers: { 'accept-language': language },
  })
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(answer.statusCode).toBe(400)
  return answer.json()
}

test('an invalid body is rejected field by field, as problem+json', async () => {
  await appWith(orders)
  const problem = await refuse({
    seats: '3',
    plan: 'pro',
    kind: 'soon',
    email: 'x',
    at: 'yesterday',
    note: 7,
  })
  expect(problem).toMatchObject({
    type: 'about:blank',
    title: 'Invalid request',
    status: 400,
    code: 'validation_failed',
    instance: '/orders',
  })
  expect(problem.errors).toEqual(
    expect.arrayContaining([
      { pointer: '/planId', code: 'required', detail: 'is required' },
      { pointer: '/plan', code: 'unknown_field', detail: 'is not a known field' },
      { pointer: '/seats', code: 'wrong_type', detail: 'must be of type integer' },
      { pointer: '/kind', code: 'not_allowed', detail: 'must be one of now, later' },
      { pointer: '/email', code: 'invalid_format', detail: 'must be a valid email' },
      { pointer: '/at', code: 'invalid_format', detail: 'must be a valid date-time' },
      { pointer: '/note', code: 'wrong_type', detail: 'must be of type string' },
    ]),
  )
  expect(problem.errors).toHaveLength(7)
})

test('in a union, only mistakes of the intended branch are reported', async () => {
  await appWith(orders)
  expect((await refuse({ planId: 'pro', price: { model: 'unit', rate: 'x' } })).errors).toEqual([
    { pointer: '/price/rate', code: 'wrong_type', detail: 'must be of type integer' },
  ])
  expect((await refuse({ planId: 'pro', price: { model: 'other' } })).errors).toEqual([
    { pointer: '/price', code: 'invalid', detail: 'does not have any of the allowed forms' },
  ])
})

test('errors are in Chinese when the reader prefers it', async () => {
  await appWith(orders)
  const problem = await refuse({ planId: '' }, 'fr, zh-CN;q=0.9, en;q=0.5')
  expect(problem).toMatchObject({
    title: '请求有误',
    errors: [{ pointer: '/planId', code: 'too_short', detail: '不能为空。' }],
  })
})

test('text that a database cannot store is rejected with its place', async () => {
  await appWith(orders)
  expect((await refuse({ planId: 'a\0b' })).errors).toEqual([
    { pointer: '/planId', code: 'invalid_characters', detail: 'holds a character that cannot be stored' },
  ])
  expect((await refuse({ planId: 'pro', note: '\ud800' })).errors[0].pointer).toBe('/note')
})

test.each([
  [
    'malformed JSON',
    { payload: '{"planId":', headers: { 'content-type': 'application/json' } },
    400,
    'validation_failed',
  ],
  [
    'a form',
    { payload: 'planId=pro', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  [
    'plain text',
    { payload: 'pro', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  ['a body over 1 MiB', { payload: { planId: 'x'.repeat(1024 * 1024) } }, 413, 'payload_too_large'],
  [
    'a body that would reach the prototype',
    { payload: '{"__proto__":{"a":1}}', headers: { 'content-type': 'application/json' } },
    400,
    'validation_failed',
  ],
])('%s is rejected with its own status', async (_name, request, status, code) => {
  await appWith(orders)
  const answer = await app.inject({ method: 'POST', url: '/orders', ...request })
  expect(answer.statusCode).toBe(status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json()).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] })
})

test('an unknown path is 404, a known one with another method 405, both as problem+json', async () => {
  await appWith(orders)
  const unknown = await app.inject('/nothing?a=1')
  expect([unknown.statusCode, unknown.json().code, unknown.json().instance]).toEqual([
    404,
    'not_found',
    '/nothing',
  ])
  const method = await app.inject({ method: 'DELETE', url: '/orders' })
  expect([method.statusCode, method.json().code, method.headers.allow]).toEqual([
    405,
    'method_not_allowed',
    'POST',
  ])
  const options = await app.inject({ method: 'OPTIONS', url: '/orders' })
  expect([options.statusCode, options.headers.allow, options.headers['access-control-allow-origin']]).toEqual(
    [204, 'POST', undefined],
  )
  expect((await app.inject('/%zz')).statusCode).toBe(400)
})

test('input that is not HTTP gets problem+json too', async () => {
  await appWith(orders)
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write('GARBAGE\r\n\r\n')
  let answer = ''
  for await (const part of socket) answer += part
  expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json/)
  expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status: 400, code: 'validation_failed' })
})

const usual = [
  'x-request-id',
  'x-content-type-options',
  'referrer-policy',
  'cache-control',
  'content-security-policy',
]

test.each([
  ['no Host', 'GET /orders HTTP/1.1\r\n\r\n', 400, 'validation_failed'],
  [
    'an expectation that nobody meets',
    'GET /orders HTTP/1.1\r\nHost: x\r\nExpect: foo\r\n\r\n',
    417,
    'validation_failed',
  ],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 405, 'method_not_allowed'],
  [
    'headers that are too large',
    `GET /orders HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'validation_failed',
  ],
])('errors that Node answers itself carry the usual headers: %s', async (_name, text, status, code) => {
  await appWith(orders)
  await app.listen({ port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.end(text)
  let answer = ''
  for await (const part of socket) answer += part
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head.split('\r\n').map((line) => line.split(':')[0]!.toLowerCase())).toEqual(
    expect.arrayContaining([...usual, 'content-type']),
  )
  expect(JSON.parse(body)).toMatchObject({ status, code, requestId: /x-request-id: (.*)/i.exec(head)?.[1] })
})

test('errors of the router carry the usual headers', async () => {
  await appWith((on) => on.get('/orders/:id', { config: { scope: 'public' } }, async () => 'x'))
  for (const [url, status] of [
    ['/nothing', 404],
    ['/%zz', 400],
    ['/orders/%E0%A4%A', 400],
    [`/orders/${'x'.repeat(5_000)}`, 400],
  ] as const) {
    const answer = await app.inject(url)
    expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
      url,
      status,
      'application/problem+json; charset=utf-8',
    ])
    expect(Object.keys(answer.headers)).toEqual(expect.arrayContaining(usual))
    expect(answer.json().requestId).toBe(answer.headers['x-request-id'])
  }
})

test.each([
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', 400],
  ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'a body that does not come',
    'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"',
    408,
  ],
  ['headers that do not end', 'GET / HTTP/1.1\r\nHost: x\r\n', 408],
])('%s: rejected with the usual headers, and the connection is closed', async (_name, text, status) => {
  await appWith(orders, { bodySeconds: 0.4 })
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  // A client that continues a byte at a time fares no better.
  const dripping = setInterval(() => {
    if (status === 408) socket.write('x')
  }, 50)
  socket.on('error', () => undefined)
  socket.write(text)
  let answer = ''
  socket.on('data', (part) => {
    answer += part
  })
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(dripping)
  const [head, body] = answer.split('\r\n\r\n') as [string, string]
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  for (const name of [...usual, 'content-type: application/problem\\+json'])
    expect(head.toLowerCase()).toMatch(new RegExp(`\r\n${name}`))
  expect(JSON.parse(body)).toMatchObject({ status, code: 'validation_failed' })
})

test('a client that reads nothing is disconnected; a slow one and one with nothing to read are not', async () => {
  let closed = 0
  await appWith(
    (on) => {
      on.get('/file', { config: { scope: 'public' } }, async (_request, reply) => {
        const file = Readable.from(
          (function* () {
            for (let part = 0; part < 2_000; part += 1) yield Buffer.alloc(65_536)
          })(),
        )
        file.once('close', () => {
          closed += 1
        })
        return reply.type('text/plain').send(file)
      })
      on.get('/quiet', { config: { scope: 'public' } }, async (_request, reply) => {
        const quiet = new Readable({ read: () => undefined })
        quiet.push('first ')
        setTimeout(() => {
          quiet.push('last')
          quiet.push(null)
        }, 2_500)
        return reply.type('text/plain').send(quiet)
      })
    },
    { readerSeconds: 0.8 },
  )
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const ask = (path: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    return socket
  }
  const [stalled, slow, quiet] = [ask('/file').pause(), ask('/file').pause(), ask('/quiet')]
  let [taken, said] = [0, '']
  slow.on('data', (part: Buffer) => {
    taken += part.length
    slow.pause()
  })
  quiet.on('data', (part) => {
    said += part
  })
  const reading = setInterval(() => slow.resume(), 5)
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(1)
  await once(quiet, 'close')
  expect(said).toMatch(/first [\s\S]*last/)
  // The slow one still reads.
  const before = taken
  await expect.poll(() => taken, { timeout: 5_000 }).toBeGreaterThan(before)
  clearInterval(reading)
  for (const socket of [stalled, slow, quiet]) socket.destroy()
})

test.each([
  '0000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-06-30T23:59:60Z',
  '9999-12-31T23:59:59-23:59',
  '0001-01-01T00:00:00+14:00',
  '2026-01-01T00:00:00',
])('the instant %s, which cannot be stored, is rejected with its place', async (at) => {
  await appWith(orders)
  expect((await refuse({ planId: 'pro', at })).errors).toEqual([
    { pointer: '/at', code: 'invalid_format', detail: 'must be a valid date-time' },
  ])
})

test('whole numbers in a query are parsed from their digits, and nothing else is', async () => {
  await appWith((on) => {
    on.get(
      '/list',
      {
        config: { scope: 'public' },
        schema: {
          querystring: Type.Object(
            { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })) },
            closed,
          ),
        },
      },
      async (request) => request.query,
    )
  })
  expect((await app.inject('/list?limit=7')).json()).toEqual({ limit: 7 })
  expect((await app.inject('/list')).json()).toEqual({ limit: 20 })
  for (const [query, pointer] of [
    ['limit=0', '?limit'],
    ['limit=1e1', '?limit'],
    ['limit=1&limit=2', '?limit'],
    ['limit=', '?limit'],
    ['page=2', '?page'],
  ]) {
    const answer = await app.inject(`/list?${query}`)
    expect([answer.statusCode, answer.json().errors[0].pointer]).toEqual([400, pointer])
  }
})

test('an unexpected error is answered as 500 without any of its details', async () => {
  await appWith((on) => {
    on.get('/broken', { config: { scope: 'public' } }, async () => {
      throw new Error('the password is hunter2')
    })
  })
  const answer = await app.inject('/broken')
  expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal_error'])
  expect(answer.body).not.toContain('hunter2')
})

test('a caller’s mistake keeps its code, and its field', async () => {
  await appWith((on) => {
    on.get(
      '/things',
      { config: { scope: 'public' }, schema: { querystring: Type.Object({ cursor: Type.String() }) } },
      async () => {
        throw new BillingError('invalid_cursor', {
          pointer: '/cursor',
          message: 'this cursor is of another list',
        })
      },
    )
    on.post('/things', { config: { scope: 'public' } }, async () => {
      throw new BillingError('stale_version', { pointer: '/version' })
    })
  })
  expect((await app.inject('/things?cursor=x')).json()).toMatchObject({
    status: 400,
    code: 'invalid_cursor',
    detail: 'this cursor is of another list',
    errors: [{ pointer: '?cursor', code: 'invalid_cursor' }],
  })
  expect(
    (await app.inject({ method: 'POST', url: '/things', headers: { 'accept-language': 'zh' } })).json(),
  ).toMatchObject({
    status: 409,
    title: '内容已被修改',
    errors: [
      { pointer: '/version', code: 'stale_version', detail: '在您读取之后内容已被他人修改，请刷新后重试。' },
    ],
  })
})

test('while the database is unavailable the answer is 503 with Retry-After', async () => {
  await appWith((on) => {
    on.get('/away', { config: { scope: 'public' } }, async () => {
      throw new DatabaseUnavailable('connection refused at 10.0.0.7')
    })
  })
  const answer = await app.inject('/away')
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
    503,
    '5',
    'database_unavailable',
  ])
  expect(answer.body).not.toContain('10.0.0.7')
})

test('a full database has its own code, with Retry-After', async () => {
  await appWith((on) => {
    on.get('/full', { config: { scope: 'public' } }, async () => {
      throw new DatabaseFull({ cause: new Error('could not extend file base/5/2619') })
    })
  })
  const answer = await app.inject({ url: '/full', headers: { 'accept-language': 'en' } })
  expect([
    answer.statusCode,
    answer.headers['retry-after'],
    answer.json().code,
    answer.json().detail,
  ]).toEqual([
    503,
    '5',
    'database_full',
    'The database has no room to write. Nothing was saved, and everything can still be read; try again later.',
  ])
  expect(answer.body).not.toContain('base/5')
})

test('a route without a scope stops the start', async () => {
  app = await createApp()
  expect(() => app.get('/open', async () => 'x')).toThrow('The route GET /open declares no scope')
})

test('a route whose scope has no authenticator stops the start', async () => {
  app = await createApp()
  expect(() => app.get('/open', { config: { scope: 'test' } }, async () => 'x')).toThrow(
    'has the scope test, which nobody authenticates',
  )
})

test('a caller the authenticator does not know is rejected, also for HEAD', async () => {
  await appWith((on) => {
    authenticate(on, 'test', async (request) => {
      if (request.headers.authorization !== 'Bearer good') throw new BillingError('unauthorized')
      return { name: 'Ada' }
    })
    on.get('/me', { config: { scope: 'test' } }, async (request) => callerOf(request, 'test'))
  })
  const stranger = await app.inject('/me')
  expect([stranger.statusCode, stranger.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  expect((await app.inject({ method: 'HEAD', url: '/me' })).statusCode).toBe(401)
  expect((await app.inject({ url: '/me', headers: { authorization: 'Bearer good' } })).json()).toEqual({
    name: 'Ada',
  })
  expect((await app.inject({ url: '//me', headers: {} })).statusCode).toBe(404)
})

test('fields that the response schema does not name are never sent', async () => {
  const Item = Type.Object(
    {
      id: Type.String(),
      owner: Nullable(Type.Object({ name: Type.String() }, closed)),
      tags: Type.Record(Type.String(), Type.Number()),
      more: Type.Record(Type.String(), Type.Unknown()),
    },
    closed,
  )
  await appWith((on) => {
    on.get(
      '/items',
      {
        config: { scope: 'public' },
        schema: { response: { 200: Type.Object({ data: Type.Array(Item) }, closed) } },
      },
      async () => ({
        secret: 1,
        data: [
          {
            id: 'a',
            hash: 'x',
            owner: { name: 'Ada', password: 'p' },
            tags: { a: 1.5 },
            more: { deep: { kept: [1, null] } },
          },
          { id: 'b', owner: null, tags: {}, more: {} },
        ] as Static<typeof Item>[],
      }),
    )
  })
  expect((await app.inject('/items')).json()).toEqual({
    data: [
      { id: 'a', owner: { name: 'Ada' }, tags: { a: 1.5 }, more: { deep: { kept: [1, null] } } },
      { id: 'b', owner: null, tags: {}, more: {} },
    ],
  })
})

test('every answer forbids sniffing, caching and referrers', async () => {
  await appWith(orders)
  expect((await app.inject('/nothing')).headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
})

test('an answer that asks for a retry says after how long', async () => {
  await appWith((on) =>
    on.get('/busy', { config: { scope: 'public' } }, async () => {
      throw new BillingError('rate_limited', { retryAfterSeconds: 3, message: 'Too many.' })
    }),
  )
  const answer = await app.inject({ url: '/busy' })
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
    429,
    '3',
    'rate_limited',
  ])
})
