import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { send } from './batch.ts'
import { pauseBefore, serverAt } from './server.ts'

/** A stand-in for the server that responds like overloaded proxies and strict servers. */
type Reply = { status: number; headers?: Record<string, string>; body: unknown }
const open: http.Server[] = []
async function answering(reply: (call: number, body: { id: string }[]) => Reply) {
  let calls = 0
  const server = http.createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      const { status, headers, body } = reply(calls++, JSON.parse(text || '[]') as { id: string }[])
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    })
  })
  open.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const said: string[] = []
  return {
    said,
    server: serverAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'sk_1', (text) =>
      said.push(text),
    ),
  }
}
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

const event = (id: string) => ({ id, customerId: 'c', meter: 'm', quantity: 1, time: '2025-01-01T00:00:00Z' })
const batch = (...ids: string[]) => ({
  lines: ids.map((id, at) => ({ line: at + 2, events: [event(id)], rejections: [] })),
})
const taken = (events: unknown[]): Reply => ({
  status: 200,
  body: { accepted: events.length, duplicates: 0, rejected: [] },
})

test('an overloaded server is retried after the time it asks for', async () => {
  const { server, said } = await answering((call, events) =>
    call === 0 ? { status: 429, headers: { 'retry-after': '0' }, body: {} } : taken(events),
  )
  expect(await send(server, batch('a', 'b'))).toEqual({ accepted: 2, duplicates: 0, rejections: [] })
  expect(said).toEqual(['The server is not ready (it answered 429); trying again in 0 s.'])
})

test('a wrong key stops the import with a sentence', async () => {
  const { server } = await answering(() => ({
    status: 401,
    body: { code: 'unauthorized', detail: 'This key is not known.' },
  }))
  await expect(send(server, batch('a'))).rejects.toThrow(
    'The server does not accept this key (401): This key is not known.',
  )
})

test('rejected events are named by their line', async () => {
  const { server } = await answering(() => ({
    status: 200,
    body: {
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, id: 'b', code: 'event_too_old', detail: 'Too old.' }],
    },
  }))
  expect((await send(server, batch('a', 'b'))).rejections).toEqual([
    { line: 3, id: 'b', code: 'event_too_old', detail: 'Too old.' },
  ])
})

test('the cause of a rejected request is found by halving, and the other events are sent', async () => {
  const { server } = await answering((_, events) =>
    events.some(({ id }) => id === 'bad') ? { status: 400, body: 'no' } : taken(events),
  )
  expect(await send(server, batch('a', 'b', 'bad', 'c', 'd'))).toEqual({
    accepted: 4,
    duplicates: 0,
    rejections: [{ line: 4, id: 'bad', code: 'http_400', detail: 'no' }],
  })
})

test.each([
  [1, undefined, 500],
  [3, undefined, 2000],
  [10, undefined, 30_000],
  [1, '7', 7000],
  [1, 'Thu, 01 Jan 1970 00:00:09 GMT', 9000],
  [2, 'soon', 1000],
])('before attempt %d with Retry-After %s it waits %d ms', (attempt, retryAfter, milliseconds) => {
  expect(pauseBefore(attempt, retryAfter, 0)).toBe(milliseconds)
})
