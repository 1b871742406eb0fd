import { expect, test } from 'vitest'
import type { Operation } from './document.ts'
import { curlExample, exampleUrl, sdkExample, type Call } from './examples.ts'

const schemes = {
  secretKey: { type: 'http', scheme: 'bearer', description: '' },
  portalToken: { type: 'http', scheme: 'bearer', description: '' },
  renewalCookie: { type: 'apiKey', in: 'cookie', name: 'portal_renewal', description: '' },
}
const json = (schema: object) => ({ description: 'OK', content: { 'application/json': { schema } } })

function call(method: string, path: string, more: Partial<Operation> & { body?: unknown } = {}): Call {
  const { body, ...operation } = more
  return {
    method,
    path,
    operation: {
      operationId: 'x',
      summary: 'X',
      tags: ['events'],
      security: [{ secretKey: ['usage:read'] }],
      responses: { 200: json({ type: 'object' }) },
      ...(body === undefined
        ? {}
        : { requestBody: { content: { 'application/json': { schema: {}, example: body } } } }),
      ...operation,
    },
  }
}
const path = { in: 'path' as const, name: 'customerId', required: true, schema: {}, example: 'a b/c' }
const query = { in: 'query' as const, name: 'limit', schema: {}, example: 50 }

test('example values fill the path and the query', () => {
  expect(
    exampleUrl(
      call('GET', '/api/billing/customers/{customerId}/events/{other}', {
        parameters: [path, query, { in: 'query', name: 'cursor', schema: {} }],
      }),
    ),
  ).toBe('/api/billing/customers/a%20b%2Fc/events/other?limit=50')
})

test("a short body is one line, with the shell's special characters quoted", () => {
  expect(
    curlExample(call('POST', '/api/billing/customers', { body: { companyName: "Ada's" } }), schemes),
  ).toBe(
    [
      'curl "$URL/api/billing/customers" \\',
      '  -H "Authorization: Bearer $KEY" \\',
      '  -H "Content-Type: application/json" \\',
      `  -d '{ "companyName": "Ada'\\''s" }'`,
    ].join('\n'),
  )
})

test('a long body has a line for each part that is not short itself', () => {
  const body = [
    { id: 'answer-1', customerId: 'acme', meter: 'ai_chat' },
    {
      id: 'answer-2',
      customerId: 'acme',
      meter: 'ai_chat',
      properties: { channel: 'web', language: 'zh-CN' },
    },
  ]
  expect(
    curlExample(call('PUT', '/e', { body }), schemes)
      .split('\n')
      .slice(3),
  ).toEqual([
    `  -d '[`,
    '  { "id": "answer-1", "customerId": "acme", "meter": "ai_chat" },',
    '  {',
    '    "id": "answer-2",',
    '    "customerId": "acme",',
    '    "meter": "ai_chat",',
    '    "properties": { "channel": "web", "language": "zh-CN" }',
    '  }',
    `]'`,
  ])
})

test.each([
  [
    'a command without a body',
    call('POST', '/x'),
    'curl -X POST "$URL/x" \\\n  -H "Authorization: Bearer $KEY"',
  ],
  [
    'the token of a customer',
    call('GET', '/x', { security: [{ portalToken: [] }] }),
    'curl "$URL/x" \\\n  -H "Authorization: Bearer $TOKEN"',
  ],
  [
    'a cookie',
    call('POST', '/x', { security: [{ renewalCookie: [] }] }),
    'curl -X POST "$URL/x" \\\n  --cookie "portal_renewal=$COOKIE"',
  ],
  ['nothing to prove', call('GET', '/x', { security: [] }), 'curl "$URL/x"'],
  [
    'a file',
    call('GET', '/x', {
      security: [],
      responses: { 200: { description: '', content: { 'application/x-ndjson': { schema: {} } } } },
    }),
    'curl "$URL/x" \\\n  -o events.ndjson',
  ],
  [
    'a stream',
    call('GET', '/x', {
      security: [],
      responses: { 200: { description: '', content: { 'text/event-stream': { schema: {} } } } },
    }),
    'curl -N "$URL/x"',
  ],
])('with %s, the command shows it', (_what, given, command) => {
  expect(curlExample(given, schemes)).toBe(command)
})

test('the SDK call passes the values of the path, the body and the query in this order', () => {
  const parameters = [path, query]
  expect(
    sdkExample(
      call('POST', '/c/{customerId}', {
        'x-sdk-method': 'events.record',
        parameters,
        body: { id: 'a', 'zh-CN': "it's" },
      }),
    ),
  ).toBe(`const answer = await client.events.record('a b/c', { id: 'a', 'zh-CN': 'it\\'s' }, { limit: 50 })`)
  expect(sdkExample(call('GET', '/c'))).toBeUndefined()
})

test('lists, files and empty answers are read accordingly', () => {
  const sdk = (responses: Operation['responses']) =>
    sdkExample(call('GET', '/c', { 'x-sdk-method': 'things.get', responses }))
  const data = { type: 'array', items: {} }
  expect(sdk({ 200: json({ properties: { data, nextCursor: {} } }) })).toBe(
    'for await (const row of client.things.get()) console.log(row)',
  )
  expect(sdk({ 200: json({ properties: { data, meters: {} } }) })).toBe(
    'const answer = await client.things.get()',
  )
  expect(sdk({ 200: { description: '', content: { 'application/pdf': { schema: {} } } } })).toBe(
    'const bytes = await client.things.get()',
  )
  expect(sdk({ 204: { description: '' } })).toBe('await client.things.get()')
})
