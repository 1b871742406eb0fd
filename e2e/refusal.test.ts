import { describe, expect, inject, test } from 'vitest'
import { vendorOf } from './support/vendor.ts'

const url = inject('serverUrl')
const secretKey = inject('secretKey')
const vendor = vendorOf(url, secretKey)

interface ApiDocument {
  paths: Record<string, Record<string, object>>
}
interface Problem {
  status: number
  code: string
  requestId: string
  errors?: { pointer: string; code: string; detail: string }[]
}
interface Case {
  name: string
  method: string
  path: string
}

/**
 * Every operation of an API with one of these methods, from the running server's document, for the demo's
 * customer.
 */
async function operationsOf(api: 'portal' | 'billing', methods: readonly string[]): Promise<Case[]> {
  const { paths } = (await (await fetch(`${url}/api/${api}/openapi.json`)).json()) as ApiDocument
  const [invoice] = (await vendor.invoices('test_customer')).data
  const values: Record<string, string> = {
    customerId: 'test_customer',
    planId: 'team',
    key: 'ai_chat',
    meter: 'ai_chat',
    invoiceId: invoice!.id,
    discountId: 'sale',
    grantId: 'pack',
    chargeId: 'delivery',
    code: 'SPRING',
    reservationId: 'held',
    alias: 'crm-1',
    eventId: 'e-1',
    keyId: 'key_1',
    paymentId: 'pay_1',
    lineId: invoice!.lines[0]!.id,
  }
  return Object.entries(paths).flatMap(([path, operations]) =>
    methods
      .filter((method) => operations[method])
      .map((method) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path: path.replaceAll(
          /\{(\w+)\}/g,
          (_part, name: string) => values[name] ?? expect.fail(`no value for {${name}} of ${path}`),
        ),
      })),
  )
}

/** Sends with full permissions. A new session each time, because one of the operations ends it. */
async function send(
  { method, path }: Case,
  { query = '', type, body }: { query?: string; type?: string; body?: string },
) {
  const headers: Record<string, string> = type ? { 'content-type': type } : {}
  if (path.startsWith('/api/billing')) headers.authorization = `Bearer ${secretKey}`
  else {
    const { token, code } = await vendor.session('test_customer')
    headers.authorization = `Bearer ${token}`
    const exchange = await fetch(`${url}/api/billing/portal-sessions/exchange`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    headers.cookie = exchange.headers.get('set-cookie')!.split(';', 1)[0]!
  }
  const response = await fetch(url + path + query, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false
  const problem = (isProblem ? JSON.parse(text) : {}) as Partial<Problem>
  return {
    status: response.status,
    isProblem,
    code: problem.code,
    hasRequestId: problem.requestId === response.headers.get('x-request-id') && !!problem.requestId,
    pointers: problem.errors?.map(({ pointer }) => pointer) ?? [],
  }
}

const refused = (status: number, code: string, pointers: string[]) => ({
  status,
  isProblem: true,
  code,
  hasRequestId: true,
  pointers: expect.arrayContaining(pointers),
})

/** Operations that accept an unknown field, and why. */
const exceptions: Record<string, string> = {
  'POST /api/billing/events':
    'each event is judged by itself: the answer is 200 and names the field in `rejected`, '
    + 'as the test below asserts',
}

describe.each(['portal', 'billing'] as const)('every operation of /api/%s', (api) => {
  test('that writes rejects an unknown field by name', async () => {
    const all = await operationsOf(api, ['post', 'put'])
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.keys(exceptions).filter((name) => name.includes(`/api/${api}/`))),
    )
    const operations = all.filter(({ name }) => !(name in exceptions))
    const answers = await answersOf(operations, { type: 'application/json', body: '{"noSuchField":1}' })
    expect(answers).toEqual(
      operations.map(({ name }) => [name, refused(400, 'validation_failed', ['/noSuchField'])]),
    )
  })

  test('that writes rejects a body that is not JSON', async () => {
    const operations = await operationsOf(api, ['post', 'put'])
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      expect(await answersOf(operations, { type, body: 'a=1' })).toEqual(
        operations.map(({ name }) => [name, refused(415, 'unsupported_media_type', [])]),
      )
    }
  })

  test('that writes rejects invalid JSON', async () => {
    const operations = await operationsOf(api, ['post', 'put'])
    expect(await answersOf(operations, { type: 'application/json', body: '{"planId":' })).toEqual(
      operations.map(({ name }) => [name, refused(400, 'validation_failed', [''])]),
    )
  })

  test('that reads rejects an unknown query parameter by name', async () => {
    const operations = await operationsOf(api, ['get'])
    expect(await answersOf(operations, { query: '?noSuchField=1' })).toEqual(
      operations.map(({ name }) => [name, refused(400, 'validation_failed', ['?noSuchField'])]),
    )
  })
})

async function answersOf(operations: Case[], request: Parameters<typeof send>[1]) {
  expect(operations.length).toBeGreaterThan(2)
  const answers = []
  for (const operation of operations) answers.push([operation.name, await send(operation, request)])
  return answers
}

test('an event with an unknown field is rejected alone, with the field named', async () => {
  const response = await fetch(`${url}/api/billing/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify([
      { id: 'unknown-field', customerId: 'test_customer', meter: 'ai_chat', noSuchField: 1 },
    ]),
  })
  expect(response.status).toBe(200)
  const { accepted, rejected } = (await response.json()) as {
    accepted: number
    rejected: { index: number; code: string; detail: string }[]
  }
  expect(accepted).toBe(0)
  expect(rejected).toHaveLength(1)
  expect(JSON.stringify(rejected[0])).toContain('noSuchField')
})
