import { afterEach, beforeEach, expect, test } from 'vitest'
import { Type } from 'typebox'
import { BillingError } from '@customer-portal/billing'
import { authenticate, createApp, type App } from './index.ts'
import { tooManyValues } from './json-body.ts'

const closed = { additionalProperties: false }
const Tier = Type.Union([
  Type.Object({ upTo: Type.Integer() }, closed),
  Type.Object({ rest: Type.Integer() }, closed),
  Type.Null(),
])
const Body = Type.Object(
  {
    email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    path: Type.Optional(Type.String({ pattern: '^/(?!/)(?!.*\\.\\.)[\\w./?=&%-]*$', maxLength: 200 })),
    tiers: Type.Optional(Type.Array(Tier, { maxItems: 100 })),
    properties: Type.Optional(
      Type.Record(Type.String({ maxLength: 256 }), Type.Unknown(), { maxProperties: 64 }),
    ),
  },
  closed,
)

let app: App
beforeEach(async () => {
  app = await createApp()
  authenticate(app, 'test', async (request) => {
    if (request.headers.authorization !== 'Bearer good') throw new BillingError('unauthorized')
    return { name: 'Ada' }
  })
  app.post('/open', { config: { scope: 'public' }, schema: { body: Body } }, async () => ({}))
  app.post('/own', { config: { scope: 'test' }, schema: { body: Body } }, async () => ({}))
  app.post(
    '/without',
    { config: { scope: 'test' }, schema: { response: { 200: Type.Object({}) } } },
    async () => ({}),
  )
  await app.ready()
})
afterEach(() => app.close())

const post = (url: string, payload: string, authorization = 'Bearer good') =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', authorization } })
const members = (count: number) =>
  Array.from({ length: count }, (_, index) => `"${index.toString(36)}":1`).join(',')
const filled = (text: string, length = 950_000) => text.repeat(Math.floor(length / text.length))
const array = (item: string) => `[${filled(`${item},`)}1]`

const hostile: [string, string][] = [
  ['a wide object', `{${members(99_000)}}`],
  ['wide objects in a union', `{"tiers":[{${members(90_000)}}]}`],
  ['a wide map', `{"properties":{${members(90_000)}}}`],
  ['a long list for a union', `{"tiers":[${Array.from({ length: 49_000 }, () => '{"c":1}').join(',')}]}`],
  ['a long list of numbers for a union', `{"tiers":${array('1')}}`],
  ['deep lists', `{"properties":{"a":${'['.repeat(90_000)}${']'.repeat(90_000)}}}`],
  ['deep objects', `${'{"properties":'.repeat(60_000)}1${'}'.repeat(60_000)}`],
  ['brackets alone', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ['an e-mail without a domain', JSON.stringify({ email: `a@${filled('a')}!` })],
  ['an e-mail of many labels', JSON.stringify({ email: `a@${filled('a-.')}` })],
  ['an instant with many decimals', JSON.stringify({ at: `2026-01-01T00:00:00.${filled('1')}x` })],
  ['a path of many dots', JSON.stringify({ path: `/${filled('.a')}!` })],
  ['many names that are one', `{${filled('"a":1,')}"b":1}`],
]

/**
 * The fastest of three runs, in milliseconds: the time of the work itself, without other load of the machine.
 */
async function least(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < 3; run += 1) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return Math.min(...times)
}

test.each(hostile)('%s is rejected in about the time of a harmless body', async (_name, body) => {
  const harmless = JSON.stringify({ properties: { a: 'x'.repeat(body.length - 30) } })
  const usual = await least(async () => {
    await post('/own', harmless)
    JSON.parse(body)
  })
  let status = 0
  const answering = await least(async () => {
    status = (await post('/own', body)).statusCode
  })
  expect([400, 413]).toContain(status)
  // Comparing each mistake with each took a thousand times as long.
  expect(answering).toBeLessThan(10 * usual + 100)
})

test('a large body on a public route is not read at all', async () => {
  expect((await post('/open', `{${members(5_000)}}`)).json()).toMatchObject({
    status: 413,
    code: 'payload_too_large',
  })
  expect((await post('/open', '{"a":1}')).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/a', code: 'unknown_field' }],
  })
})

test('an unauthenticated caller is rejected as such, whatever the body', async () => {
  for (const [, body] of [...hostile, ['no JSON', '{']])
    expect((await post('/own', body!, 'Bearer bad')).statusCode).toBe(401)
})

test('a small body gets all its mistakes at once, up to twenty; a large one its first', async () => {
  expect((await post('/own', `{${members(300)}}`)).json().errors).toHaveLength(20)
  expect(
    (await post('/own', '{"email":"x","at":"y","tiers":[{"c":1}]}'))
      .json()
      .errors.map(({ pointer }: { pointer: string }) => pointer)
      .sort(),
  ).toEqual(['/at', '/email', '/tiers/0'])
  expect(
    (await post('/own', `{"tiers":[${Array.from({ length: 400 }, () => '{"c":1}').join(',')}]}`)).json()
      .errors[0],
  ).toMatchObject({ pointer: '/tiers', code: 'too_many' })
  expect(
    (await post('/own', `{"tiers":[${Array.from({ length: 90 }, () => '{"upTo":"x"}').join(',')}]}`)).json()
      .errors,
  ).toHaveLength(20)
  expect((await post('/own', `{"path":"x","tiers":[${'1,'.repeat(40_000)}1]}`)).json().errors).toHaveLength(1)
  expect((await post('/without', `{${members(900)}}`)).json().errors).toHaveLength(20)
})

test('values are counted outside of strings', () => {
  expect(tooManyValues('[1,[2],{"a":3}]', 5)).toBeUndefined()
  expect(tooManyValues('[1,[2],{"a":3}]', 4)?.code).toBe('payload_too_large')
  expect(tooManyValues('["[[[[,,,,\\"[[[[{{{{"]', 3)).toBeUndefined()
})
