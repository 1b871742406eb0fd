import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp, type App } from './index.ts'

const rows = Array.from({ length: 200 }, (_, index) => ({ id: `row-${index}`, text: '用量' }))
const open = { config: { scope: 'public' as const }, schema: { hide: true } }
const state = { closed: 0, read: 0 }
let app: App

function lines(count: number): Readable {
  async function* all() {
    for (let line = 0; line < count; line += 1) {
      state.read += 1
      yield `${line},用量,${'x'.repeat(100)}\n`
    }
  }
  return Readable.from(all(), { objectMode: false }).once('close', () => {
    state.closed += 1
  })
}

beforeAll(async () => {
  app = await createApp()
  app.get('/rows', open, async () => rows)
  app.post('/rows', open, async () => rows)
  app.get('/few', open, async () => rows.slice(0, 3))
  app.get('/cookie', open, async (_request, reply) => reply.setCookie('a', 'b').send(rows))
  app.get('/origin', open, async (_request, reply) => reply.header('vary', 'origin').send(rows))
  app.get('/pdf', open, async (_request, reply) =>
    reply.type('application/pdf').send(Buffer.alloc(5000, 'a')),
  )
  app.get('/packed', open, async (_request, reply) =>
    reply.header('content-encoding', 'br').type('text/css').send(Buffer.alloc(5000, 'a')),
  )
  app.get('/file', open, async (_request, reply) => reply.type('text/csv').send(lines(2000)))
  app.get('/endless', open, async (_request, reply) => reply.type('text/csv').send(lines(Infinity)))
  app.get('/part', open, async (_request, reply) =>
    reply
      .type('text/css')
      .header('content-length', 5000)
      .send(Readable.from([Buffer.alloc(5000, 'a')])),
  )
  app.get('/events', open, async (_request, reply) =>
    reply.type('text/event-stream').send(Readable.from(['data: 1\n\n'.repeat(500)])),
  )
  await app.ready()
})
afterAll(() => app.close())

const read = (url: string, encoding = 'gzip, deflate, br') =>
  app.inject({ url, headers: { 'accept-encoding': encoding } })

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('a read is compressed as %s for a client that accepts it', async (encoding, unpack) => {
  const answer = await read('/rows', encoding)
  expect(answer.headers).toMatchObject({
    'content-encoding': encoding,
    vary: 'accept-encoding',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(answer.rawPayload.length),
  })
  expect(answer.rawPayload.length).toBeLessThan(2000)
  expect(JSON.parse(String(unpack(answer.rawPayload)))).toEqual(rows)
})

test('a client that accepts no compression gets the plain text, and caches learn that the answer varies', async () => {
  const answer = await app.inject('/rows')
  expect([answer.headers['content-encoding'], answer.headers.vary, answer.json()]).toEqual([
    undefined,
    'accept-encoding',
    rows,
  ])
  expect((await read('/origin')).headers.vary).toBe('origin, accept-encoding')
})

test.each(['/few', '/pdf', '/part', '/events', '/cookie'])('%s is not compressed', async (url) => {
  const answer = await read(url)
  expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([200, undefined])
})

test('content that is compressed already is not compressed again', async () => {
  expect((await read('/packed')).rawPayload.length).toBe(5000)
})

test('the answer to a command is never compressed: it may hold a secret', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/rows',
    headers: { 'accept-encoding': 'gzip, br' },
  })
  expect([answer.statusCode, answer.headers['content-encoding'], answer.json()]).toEqual([
    200,
    undefined,
    rows,
  ])
})

test('an error is compressed no more than any other short answer', async () => {
  const answer = await read('/nowhere')
  expect([answer.statusCode, answer.headers['content-encoding'], answer.json().code]).toEqual([
    404,
    undefined,
    'not_found',
  ])
})

test('a streamed file is not compressed, so that the client sees its progress', async () => {
  const answer = await read('/file')
  expect(answer.headers['content-encoding']).toBe(undefined)
  const text = Array.from({ length: 2000 }, (_, line) => `${line},用量,${'x'.repeat(100)}\n`).join('')
  expect(answer.body).toBe(text)
})

test('a client that disconnects ends the read behind its answer', async () => {
  const address = await app.listen({ port: 0 })
  const before = state.closed
  const reader = get(`${address}/endless`, { headers: { 'accept-encoding': 'gzip' }, agent: false })
  const [answer] = (await once(reader, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  await once(answer, 'data')
  reader.destroy()
  await expect.poll(() => state.closed).toBe(before + 1)
})
