import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSecretKey } from '@customer-portal/billing'
import { registerBillingApi } from '@customer-portal/billing-api'
import { testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const guides = fileURLToPath(new URL('../docs/guides', import.meta.url))
const english = readFileSync(join(guides, 'quick-start-for-vendors.md'), 'utf8')
const chinese = readFileSync(join(guides, 'quick-start-for-vendors.zh-CN.md'), 'utf8')

test('the guide makes the same calls in both languages', () => {
  expect(callsIn(chinese)).toEqual(callsIn(english))
  expect(callsIn(english).length).toBeGreaterThan(10)
})

describe.each(testDatabases)('the quick start on $name', ({ create }) => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'guide' })).key
  })
  afterAll(() => server.close())

  test('does what the guide says, call by call', async () => {
    const answers: unknown[] = []
    let invoice = ''
    for (const { method, path, body } of callsIn(english)) {
      const url = `/api/billing${path.replace('$INVOICE', invoice)}`
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      }
      const answer = await server.app.inject({ method, url, headers, ...(body ? { payload: body } : {}) })
      expect([url, answer.statusCode < 300 ? 'done' : answer.body]).toEqual([url, 'done'])
      answers.push(answer.json())
      if (url.endsWith('/invoices')) invoice = answer.json().data[0].id
    }
    for (const shown of answersIn(english)) expect(answers).toContainEqual(shown)
    expect(answers.at(-1)).toMatchObject({ status: 'paid', amountDue: 0 })
  })
})

interface Call {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: string
}

/** The calls `api PUT /seller '{ … }'` of a guide, in order. */
function callsIn(guide: string): Call[] {
  return blocksIn(guide, 'sh').flatMap((block) =>
    [...block.matchAll(/\bapi (GET|POST|PUT) +([^\s')]+)(?: '([^']*)')?/g)].map(([, method, path, body]) => ({
      method: method as Call['method'],
      path: path!,
      body,
    })),
  )
}

function answersIn(guide: string): unknown[] {
  return blocksIn(guide, 'json').map((block) => JSON.parse(block) as unknown)
}

function blocksIn(guide: string, language: string): string[] {
  return [
    ...guide.replaceAll('\r\n', '\n').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')),
  ].map((block) => block[1]!)
}
