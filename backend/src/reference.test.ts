import { createPortalSession, createSecretKey } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { testDatabases } from '@customer-portal/database/testing'
import { migrationsFolder as workbenchMigrations } from '@customer-portal/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../packages/sdk/src/index.ts'
import type { OpenApi } from '../../products/http/src/reference/document.ts'
import {
  callsOf,
  exampleBody,
  exampleUrl,
  sdkExample,
  type Call,
} from '../../products/http/src/reference/examples.ts'
import { chinese as shared } from '../../products/http/src/reference/chinese.ts'
import { referencePage } from '../../products/http/src/reference/page.ts'
import { failures } from '../../products/http/src/error-codes.ts'
import { buildServer, type Server } from './app.ts'
import { readSettings } from './environment.ts'

const names = ['portal', 'billing', 'workbench'] as const
let server: Server
let key: string
let close: () => Promise<void>

beforeAll(async () => {
  const database = await testDatabases[0]!.create({
    billing: migrationsFolder,
    workbench: workbenchMigrations,
  })
  const read = readSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    ENABLE_CUSTOMER_PORTAL: 'true',
    ENABLE_AGENT_WORKBENCH: 'true',
    TEST_CLOCK: '2026-11-01T02:00:00Z',
  })
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  server = await buildServer(read.settings, { database, checkAnswers: true })
  key = (await createSecretKey(server.engine, { name: 'reference' })).key
  close = async () => {
    await server.close()
    await database.close()
  }
})
afterAll(() => close())

const documentOf = async (name: string): Promise<OpenApi> =>
  (await server.app.inject(`/api/${name}/openapi.json`)).json()
const called = ({ method, path }: Call) => `${method} ${path}`

// Rules of public linters for a document (Redocly's recommended ones, Spectral's oas rules).
describe.each(names)('the document of /api/%s', (name) => {
  test('names its server, its licence, and every operation once, by a URL-safe name', async () => {
    const document = await documentOf(name)
    expect([document.servers, document.info.license]).toEqual([
      [{ url: '/' }],
      { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    ])
    const calls = callsOf(document)
    expect(
      calls.filter(({ operation }) => !/^[a-z][A-Za-z]+$/.test(operation.operationId ?? '')).map(called),
    ).toEqual([])
    expect(new Set(calls.map(({ operation }) => operation.operationId)).size).toBe(calls.length)
  })

  test('describes and uses each tag, and documents the answers and errors of each operation', async () => {
    const document = await documentOf(name)
    const calls = callsOf(document)
    expect(
      document.tags.filter(
        (tag) => !tag.description || !calls.some(({ operation }) => operation.tags.includes(tag.name)),
      ),
    ).toEqual([])
    for (const call of calls) {
      const statuses = Object.keys(call.operation.responses)
      expect([
        called(call),
        statuses.some((status) => status.startsWith('2')),
        statuses.some((status) => status.startsWith('4')),
      ]).toEqual([called(call), true, true])
      expect([
        called(call),
        Object.values(call.operation.responses).filter(
          ({ description }) => !description || description === 'Default Response',
        ),
      ]).toEqual([called(call), []])
      for (const required of call.operation.security)
        for (const scheme of Object.keys(required))
          expect(document.components.securitySchemes).toHaveProperty(scheme)
    }
  })

  test('has no unused part', async () => {
    const document = await documentOf(name)
    const text = JSON.stringify(document)
    expect(
      Object.keys(document.components.schemas).filter(
        (schema) => !text.includes(`"#/components/schemas/${schema}"`),
      ),
    ).toEqual([])
    expect(
      Object.keys(document.components.securitySchemes).filter(
        (scheme) =>
          !callsOf(document).some(({ operation }) => operation.security.some((one) => scheme in one)),
      ),
    ).toEqual([])
  })

  test('has an example body for each operation that requires a body', async () => {
    const calls = callsOf(await documentOf(name)).filter(({ operation }) => operation.requestBody)
    expect(calls.filter((call) => exampleBody(call) === undefined).map(called)).toEqual([])
  })
})

test('every text of the references has a translation, and no translation is unused', async () => {
  const used = new Set<string>()
  for (const api of server.app.describedApis) {
    const missing: string[] = []
    const texts = new Proxy<Record<string, string>>(
      { ...shared, ...api.chinese },
      {
        get(known, text: string) {
          used.add(text)
          if (known[text] === undefined) missing.push(text)
          return known[text]
        },
      },
    )
    referencePage({
      document: api.document(),
      language: 'zh-CN',
      chinese: texts,
      url: '',
      documentUrl: '',
      pages: [],
      assets: { style: '', script: '', icon: '' },
    })
    expect([api.name, missing]).toEqual([api.name, []])
  }
  const written = [shared, ...server.app.describedApis.map(({ chinese }) => chinese)].flatMap((texts) =>
    Object.keys(texts),
  )
  expect(written.filter((text) => !used.has(text))).toEqual([])
})

test.each(
  names.flatMap((name) => [
    [name, 'zh-CN'],
    [name, 'en'],
  ]),
)('every link of the page of %s in %s has a target, and every target exists once', async (name, lang) => {
  const { body } = await server.app.inject(`/docs/${name}?lang=${lang}`)
  const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  for (const [, url] of body.matchAll(/(?:src|href)="([^"]+)"/g)) {
    if (url!.startsWith('#')) expect(ids).toContain(url!.slice(1))
    else
      expect([url, (await server.app.inject(url!.replaceAll('&amp;', '&'))).statusCode]).toEqual([url, 200])
  }
})

test('the English page contains no Chinese except names', async () => {
  for (const name of names) {
    const { body } = await server.app.inject(`/docs/${name}?lang=en`)
    const said = body.replaceAll(/<figure.*?<\/figure>/gs, '').replaceAll(/<a class="language".*?<\/a>/g, '')
    expect([name, /[^<>]*\p{Script=Han}[^<>]*/u.exec(said)?.[0]]).toEqual([name, undefined])
  }
})

describe('the examples', () => {
  const engine = async (method: 'PUT' | 'POST', url: string, payload: object) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      payload,
      headers: { authorization: `Bearer ${key}` },
    })
    expect([url, answer.statusCode < 300, answer.body]).toEqual([url, true, expect.any(String)])
    return answer.json()
  }
  let password = 'correct horse battery'
  const login = async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/workbench/login',
      payload: { email: 'li.na@acme.example', password },
    })
    return String(answer.headers['set-cookie']).split(';', 1)[0]!
  }
  /** Ways to authenticate. */
  const credentials: Record<string, () => Promise<Record<string, string>>> = {
    secretKey: async () => ({ authorization: `Bearer ${key}` }),
    portalToken: async () => ({
      authorization: `Bearer ${(await createPortalSession(server.engine, { customerId: 'acme' })).token}`,
    }),
    renewalCookie: async () => {
      const { code } = await createPortalSession(server.engine, { customerId: 'acme' })
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/billing/portal-sessions/exchange',
        payload: { code },
      })
      return { cookie: String(answer.headers['set-cookie']).split(';', 1)[0]! }
    },
    workbenchCookie: async () => ({ cookie: await login() }),
  }

  beforeAll(async () => {
    const calls = callsOf(await documentOf('billing'))
    const bodyOf = (operationId: string) =>
      exampleBody(calls.find(({ operation }) => operation.operationId === operationId)!) as object
    await engine('PUT', '/meters/ai_chat', bodyOf('metersPut'))
    await engine('PUT', '/seller', bodyOf('sellerPut'))
    await engine('PUT', '/plans/pro', bodyOf('plansPut'))
    await engine('PUT', '/plans/starter', {
      ...bodyOf('plansPut'),
      name: 'Starter',
      rank: 1,
      fee: { amount: 9900, per: 'seat' },
    })
    await engine('POST', '/customers', { id: 'acme', companyName: 'Acme' })
    await engine('POST', '/customers/acme/subscription', { planId: 'starter', seats: 2 })
    await engine('POST', '/test-clock', { now: '2026-12-05T02:00:00Z' })
    await server.app.inject({
      method: 'POST',
      url: '/api/workbench/agents',
      headers: { authorization: `Bearer ${key}` },
      payload: { customerId: 'acme', email: 'li.na@acme.example', name: 'Li Na', role: 'billing', password },
    })
  })

  /** Errors that only depend on the state: the example comes too early, too late or without effect. */
  const ofState = new Set([
    'deficitsForgive validation_failed',
    'grantsExpire grant_over',
    'grantsExtend grant_over',
    'portalSessionsExchange code_invalid',
    'quotaRelease reservation_closed',
    'refundsCreate amount_out_of_range',
    'subscriptionsUpdate not_in_trial',
  ])
  test.each(names)(
    'of /api/%s are accepted, or rejected because of the state with a documented code',
    async (name) => {
      const refused: [id: string, code: string, named: string][] = []
      for (const call of callsOf(await documentOf(name))) {
        const { operation, method } = call
        if (Object.values(operation.responses).some(({ content }) => content?.['text/event-stream'])) continue
        const [scheme] = operation.security.flatMap((required) => Object.keys(required))
        const headers = scheme ? await credentials[scheme]!() : {}
        const answer = await server.app.inject({
          method: method as 'GET',
          url: exampleUrl(call),
          headers: { ...headers, 'content-type': 'application/json' },
          payload: JSON.stringify(exampleBody(call)),
        })
        if (operation.operationId === 'meChangePassword') password = 'a longer one, with a staple'
        if (answer.statusCode < 300) continue
        const { code } = answer.json<{ code: keyof typeof failures }>()
        refused.push([
          operation.operationId,
          code,
          operation.responses[failures[code]?.status ?? 500]!.description,
        ])
      }
      expect(refused.filter(([, code, named]) => !named.includes(`\`${code}\``))).toEqual([])
      const isOfState = ([id, code]: string[]) =>
        /_not_found$|^not_found$|_exists$|_blocked$|^not_an?_|^already_|^no_active/.test(code!)
        || ofState.has(`${id} ${code}`)
      expect(refused.filter((refusal) => !isOfState(refusal))).toEqual([])
    },
  )

  test('of the SDK send the same requests as those with curl', async () => {
    const calls = callsOf(await documentOf('billing'))
    expect(calls.map(sdkExample)).not.toContain(undefined)
    for (const call of calls) {
      const sent: { url: string; method: string; body: unknown }[] = []
      const client = createClient({
        url: 'http://server',
        key: 'sk',
        usage: { atExit: false },
        async fetch(url, { method = '', body }) {
          sent.push({
            url: url.slice('http://server'.length),
            method,
            body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
          })
          return new Response(JSON.stringify({ data: [], nextCursor: null }))
        },
      })
      const run = new AsyncFunction('client', sdkExample(call)!)
      await run(client)
      expect(sent).toEqual([{ url: exampleUrl(call), method: call.method, body: exampleBody(call) }])
    }
  })
})

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (client: unknown) => Promise<void>

test('no readable answer holds a secret: only those are compressed', async () => {
  const secrets = new Set(['token', 'code', 'key', 'password', 'secret'])
  for (const name of names) {
    const document = await documentOf(name)
    for (const call of callsOf(document).filter(({ method }) => method === 'GET')) {
      const [, response] = Object.entries(call.operation.responses).find(([status]) =>
        status.startsWith('2'),
      )!
      const fields = Object.keys(Object.values(response.content ?? {})[0]?.schema.properties ?? {})
      expect([called(call), fields.filter((field) => secrets.has(field))]).toEqual([
        called(call),
        /\/commands\/\{key\}$|\/coupons\/\{code\}$/.test(called(call)) ? ['code'] : [],
      ])
    }
  }
})
