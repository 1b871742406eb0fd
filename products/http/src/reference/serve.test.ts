import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp, describeApi, serveDocs, type App } from '../index.ts'

const Thing = Type.Object(
  { id: Type.String({ description: 'Its id' }), amount: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
)
let app: App

beforeAll(async () => {
  app = await createApp({ publicUrl: 'https://billing.example.com' })
  await app.register(
    async (scoped) => {
      const api = scoped as unknown as App
      await describeApi(api, {
        name: 'things',
        title: 'Things',
        description: 'All `things`.',
        tags: [{ name: 'things', description: 'What there is' }],
        security: {},
        schemas: { Thing },
        hasSdk: true,
        values: { id: 'thing_1' },
        chinese: {
          Things: '物品 API',
          'All `things`.': '全部`物品`。',
          things: '物品',
          'What there is': '有哪些',
          'One thing': '查看物品',
          'Its id': '编号',
        },
        operations: {
          'GET /things/{id}': { name: 'things.get', errors: ['not_found'] },
          'PUT /things/{id}': { name: 'things.put', body: { amount: 1 } },
        },
      })
      const ofThings = {
        tags: ['things'],
        params: Type.Object({ id: Type.String() }),
        response: { 200: Thing },
      }
      api.get(
        '/things/:id',
        { config: { scope: 'public' }, schema: { ...ofThings, summary: 'One thing' } },
        async () => ({ id: 'a', amount: 1 }),
      )
      api.put(
        '/things/:id',
        {
          config: { scope: 'public', idempotent: true },
          schema: { ...ofThings, summary: 'Put a thing', body: Type.Object({ amount: Type.Integer() }) },
        },
        async () => ({ id: 'a', amount: 1 }),
      )
    },
    { prefix: '/api/things' },
  )
  serveDocs(app, ['things', 'absent'])
  await app.ready()
})
afterAll(() => app.close())

const zh = { 'accept-language': 'zh-CN,zh;q=0.9' }

test('the document names its server, its licence and each operation, with example values', async () => {
  const document = (await app.inject('/api/things/openapi.json')).json()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    servers: [{ url: 'https://billing.example.com' }],
    info: { license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  })
  const { get, put } = document.paths['/api/things/things/{id}']
  expect([get.operationId, get['x-sdk-method'], get.parameters[0].example]).toEqual([
    'thingsGet',
    'things.get',
    'thing_1',
  ])
  expect(put.requestBody.content['application/json'].example).toEqual({ amount: 1 })
  expect([
    get.responses[200].description,
    get.responses[404].description,
    get.responses[422].description,
  ]).toEqual(['OK', '`not_found`', 'RFC 9457 problem'])
  expect(put.responses[409].description).toBe('`idempotency_in_progress`')
})

test('the document is made once, sent compressed, and answered with 304 to a client that has it', async () => {
  const first = await app.inject({ url: '/api/things/openapi.json', headers: { 'accept-encoding': 'br' } })
  expect(first.headers).toMatchObject({
    'content-encoding': 'br',
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'content-type': 'application/json; charset=utf-8',
  })
  const plain = await app.inject('/api/things/openapi.json')
  expect(String(brotliDecompressSync(first.rawPayload))).toBe(plain.body)
  expect(plain.headers.etag).toBe(first.headers.etag)
  const again = await app.inject({
    url: '/api/things/openapi.json',
    headers: { 'if-none-match': `"other", ${String(first.headers.etag)}` },
  })
  expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', first.headers.etag])
})

test("the page is in the reader's language, or in the one they choose", async () => {
  const english = await app.inject('/docs')
  expect([
    english.statusCode,
    english.headers['content-type'],
    english.headers['content-language'],
    english.headers.vary,
  ]).toEqual([200, 'text/html; charset=utf-8', 'en', 'accept-language, accept-encoding'])
  expect(english.body).toContain('<html lang="en">')
  expect(english.body).toContain('All <code>things</code>.')
  for (const answer of [
    await app.inject({ url: '/docs/things', headers: zh }),
    await app.inject('/docs/things?lang=zh-CN'),
  ]) {
    expect([
      answer.headers['content-language'],
      answer.body.includes('<title>物品 API · API 文档</title>'),
      answer.body.includes('查看物品'),
    ]).toEqual(['zh-CN', true, true])
  }
  expect((await app.inject({ url: '/docs/things?lang=en', headers: zh })).headers['content-language']).toBe(
    'en',
  )
  expect(
    (await app.inject({ url: '/docs/things?lang=fr&lang=en', headers: zh })).headers['content-language'],
  ).toBe('zh-CN')
})

test('the page loads scripts from this server only, is compressed, and answered with 304 to a client that has it', async () => {
  const answer = await app.inject({ url: '/docs/things', headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers['content-security-policy']).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'",
  )
  const text = String(gunzipSync(answer.rawPayload))
  expect(text).not.toMatch(/<script>|<style|style="|onclick/)
  expect(
    (await app.inject({ url: '/docs/things', headers: { 'if-none-match': String(answer.headers.etag) } }))
      .statusCode,
  ).toBe(304)
  for (const [, url] of text.matchAll(/(?:src|href)="(\/docs\/[^"#]+\.\w+\?[^"]+)"/g)) {
    const asset = await app.inject(url!)
    expect([url, asset.statusCode, asset.headers['cache-control']]).toEqual([
      url,
      200,
      'public, max-age=31536000, immutable',
    ])
  }
})

test('an operation has its path, its fields, its errors and its example calls', async () => {
  const { body } = await app.inject('/docs/things?lang=en')
  const article = /<article class="call" id="thingsPut".*?<\/article>/s.exec(body)?.[0] ?? ''
  for (const part of [
    '>PUT</span> <code>/api/things/things/{id}</code>',
    '<code>amount</code> <em>required</em>',
    'href="#error-idempotency_key_reused"',
    '<code>Idempotency-Key</code>',
    `client.things.put('thing_1', { amount: 1 })`,
    '-X PUT',
  ]) {
    expect(article).toContain(part)
  }
  expect(body).toContain('id="object-Thing"')
  expect(body).toContain('<tr id="error-idempotency_key_reused">')
})

test.each(['/docs/absent', '/docs/other', '/docs/things/more'])('%s is not found', async (url) => {
  expect((await app.inject(url)).statusCode).toBe(404)
})
