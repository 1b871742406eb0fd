import { createApp, type App } from '@customer-portal/http'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allowFiles, portalPolicy, serveFrontEnd, workbenchPolicy } from './front-ends.ts'

const folder = mkdtempSync(join(tmpdir(), 'front-end-'))
let app: App

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'dist', '.env'), 'secret')
  writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html><title>portal</title>')
  writeFileSync(join(folder, 'dist', 'assets', 'main-abc.js'), 'start()')
  writeFileSync(join(folder, 'dist', 'assets', 'main-abc.js.br'), brotliCompressSync('start()'))
  writeFileSync(join(folder, 'dist', 'assets', 'main-abc.js.gz'), gzipSync('start()'))
  writeFileSync(join(folder, 'dist', 'assets', 'tiny-def.js'), 'tiny()')
  app = await createApp()
  await allowFiles(app)
  serveFrontEnd(app, {
    base: '/portal',
    folder: join(folder, 'dist'),
    policy: portalPolicy(['https://desk.example.com']),
  })
  serveFrontEnd(app, { base: '/absent', folder: join(folder, 'absent'), policy: portalPolicy([]) })
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true })
})

test.each(['/portal', '/portal/', '/portal/invoices/inv_1', '/portal/subscription?embed=1'])(
  '%s is the page, and is revalidated on each request',
  async (url) => {
    const answer = await app.inject(url)
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ])
    expect(answer.body).toContain('<title>portal</title>')
  },
)

test('a built file is cached forever, because its name changes with its content', async () => {
  const answer = await app.inject('/portal/assets/main-abc.js')
  expect([answer.statusCode, answer.headers['cache-control'], answer.body]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    'start()',
  ])
})

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)(
  'a browser that accepts %s gets the compressed file, of the same type and length',
  async (encoding, unpack) => {
    const answer = await app.inject({
      url: '/portal/assets/main-abc.js',
      headers: { 'accept-encoding': encoding },
    })
    expect([
      answer.headers['content-encoding'],
      answer.headers['content-type'],
      answer.headers['cache-control'],
      answer.headers.vary,
    ]).toEqual([
      encoding,
      expect.stringMatching(/javascript; charset=utf-8$/),
      'public, max-age=31536000, immutable',
      'accept-encoding',
    ])
    expect(String(unpack(answer.rawPayload))).toBe('start()')
  },
)

test('a file that is not worth compressing is sent as it is', async () => {
  const answer = await app.inject({
    url: '/portal/assets/tiny-def.js',
    headers: { 'accept-encoding': 'br, gzip' },
  })
  expect([answer.statusCode, answer.headers['content-encoding'], answer.body]).toEqual([
    200,
    undefined,
    'tiny()',
  ])
})

test.each([
  '/portal/assets/gone-def.js',
  '/portal/../secret.txt',
  '/portal/%2e%2e/secret.txt',
  '/portal/..%2fsecret.txt',
  '/portal/.env',
  '/absent',
  '/absent/any',
])('%s is not found', async (url) => {
  const answer = await app.inject(url)
  expect([answer.statusCode >= 400 && answer.statusCode < 500, answer.headers['content-type']]).toEqual([
    true,
    'application/problem+json; charset=utf-8',
  ])
  expect(answer.body).not.toContain('secret\n')
})

test('the portal may be framed by the named origins, the workbench by nobody', async () => {
  const { headers } = await app.inject('/portal')
  expect(headers['content-security-policy']).toContain("frame-ancestors 'self' https://desk.example.com")
  expect(headers['x-frame-options']).toBeUndefined()
  expect(workbenchPolicy('https://billing.example.com')).toContain(
    "frame-src 'self' https://billing.example.com; frame-ancestors 'none'",
  )
})
