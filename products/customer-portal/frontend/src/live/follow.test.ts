import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watch } from 'vue'
import type { StreamEvent } from './event-stream.ts'
import { follow } from './follow.ts'
import { isLive } from './state.ts'

const pauses = { first: 20, longest: 40 }
let server: Server
let readers: ServerResponse[]
let leaving: AbortController
let told: StreamEvent[]
let following: Promise<void>

beforeEach(async () => {
  readers = []
  told = []
  leaving = new AbortController()
  server = createServer((_request, response) => {
    readers.push(response.writeHead(200, { 'content-type': 'text/event-stream' }))
    response.write(`event: usage\ndata: ${readers.length}\n\n`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  following = follow(
    (signal) => fetch(`http://127.0.0.1:${port}`, { signal }),
    (event) => told.push(event),
    leaving.signal,
    pauses,
  )
  await expect.poll(() => told.length).toBe(1)
})
afterEach(async () => {
  leaving.abort()
  await following
  server.closeAllConnections()
  server.close()
})

test('events are passed on, and the page is live while they arrive', async () => {
  expect([told, isLive.value]).toEqual([[{ name: 'usage', data: '1' }], true])
})

test('a stream that breaks is reopened, and the page is not live meanwhile', async () => {
  const seen: boolean[] = []
  const stop = watch(isLive, (now) => seen.push(now), { flush: 'sync' })
  readers[0]!.destroy()
  await expect.poll(() => [told.length, seen]).toEqual([2, [false, true]])
  stop()
})

test('a stream that ends with its token is reopened, and its end is not passed on', async () => {
  readers[0]!.end('event: end\ndata: {"reason":"expired"}\n\n')
  await expect.poll(() => told.map(({ data }) => data)).toEqual(['1', '2'])
})

test('an aborted signal stops it', async () => {
  leaving.abort()
  await following
  expect(isLive.value).toBe(false)
  await expect.poll(() => readers[0]!.destroyed).toBe(true)
  expect(readers).toHaveLength(1)
})
