import { setTimeout as wait } from 'node:timers/promises'
import {
  createEngine,
  createPortalSession,
  endPortalSession,
  recordUsage,
  upgradeSubscription,
} from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'

const tick = 40

/** The same database, counting its transactions by the customer they act for. */
function counting(database: Database): { database: Database; transactions: Map<string, number> } {
  const transactions = new Map<string, number>()
  const counted: Database = Object.create(database, {
    transaction: {
      value: (...[access, work, options]: Parameters<Database['transaction']>) => {
        if (access.role === 'portal')
          transactions.set(access.customerId, (transactions.get(access.customerId) ?? 0) + 1)
        return database.transaction(access, work, options)
      },
    },
  })
  return { database: counted, transactions }
}

interface StreamEvent {
  name: string
  data: { reason?: string; usage?: Record<string, number>; plan?: { id: string } | null }
}

/** A client of a stream, like a page. */
interface Reader {
  response: Response
  events: StreamEvent[]
  ended: Promise<void>
  leave(): void
}

describe.each(testDatabases)('the stream of usage on $name', ({ create }) => {
  let server: TestServer
  let address: string
  let transactions: Map<string, number>
  const readers: Reader[] = []

  beforeAll(async () => {
    server = await testServer(create, async (app, { engine, database }) => {
      const counted = counting(database)
      transactions = counted.transactions
      await registerPortalApi(app, {
        engine: createEngine({ db: counted.database, now: engine.now, newId: engine.newId }),
        secure: true,
        streams: { tickMilliseconds: tick, maxPerCustomer: 30, maxTotal: 40 },
      })
    })
    await seedTwoCustomers(server)
    address = await server.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.leave()
    await wait(3 * tick)
  })
  afterAll(() => server.close())

  const tokenOf = async (customerId: string) =>
    createPortalSession(server.engine, { customerId, role: 'viewer' })
  async function open(token: string): Promise<Reader> {
    const leaving = new AbortController()
    const response = await fetch(`${address}/api/portal/usage/stream`, {
      headers: { authorization: `Bearer ${token}` },
      signal: leaving.signal,
    })
    const events: StreamEvent[] = []
    const reader = {
      response,
      events,
      ended: response.ok ? collect(response, events).catch(() => undefined) : Promise.resolve(),
      leave: () => leaving.abort(),
    }
    readers.push(reader)
    return reader
  }
  const openFor = async (customerId: string) => open((await tokenOf(customerId)).token)
  const usedOf = ({ events }: Reader) => events.findLast(({ name }) => name === 'usage')?.data.usage

  test('a client that joins gets the current state, later only changes, and nothing in between', async () => {
    const reader = await openFor('acme')
    expect([
      reader.response.status,
      reader.response.headers.get('content-type'),
      reader.response.headers.get('cache-control'),
    ]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store'])
    await expect.poll(() => reader.events.map(({ name }) => name)).toEqual(['usage', 'subscription'])
    expect(usedOf(reader)).toEqual({ ai_chat: 0 })
    await wait(5 * tick)
    expect(reader.events).toHaveLength(2)
    await recordUsage(server.engine, [{ id: 'live-1', customerId: 'acme', meter: 'ai_chat', quantity: 7 }])
    await expect.poll(() => usedOf(reader)).toEqual({ ai_chat: 7 })
    await upgradeSubscription(server.engine, { customerId: 'acme', planId: 'pro' })
    await expect
      .poll(() => reader.events.findLast(({ name }) => name === 'subscription')?.data.plan?.id)
      .toBe('pro')
  })

  test('the database is read once per tick and customer, however many clients watch, and not at all after they leave', async () => {
    const { token } = await tokenOf('globex')
    const looking = await Promise.all(Array.from({ length: 25 }, () => open(token)))
    await expect.poll(() => looking.every((reader) => usedOf(reader))).toBe(true)
    const before = transactions.get('globex')!
    await wait(20 * tick)
    // One per tick; a slow machine reads less often, never more.
    expect(transactions.get('globex')! - before).toBeGreaterThan(1)
    expect(transactions.get('globex')! - before).toBeLessThanOrEqual(21)
    await recordUsage(server.engine, [{ id: 'live-2', customerId: 'globex', meter: 'ai_chat', quantity: 3 }])
    await expect.poll(() => looking.map(usedOf)).toEqual(looking.map(() => ({ ai_chat: 3 })))
    for (const reader of looking) reader.leave()
    await wait(5 * tick)
    const after = transactions.get('globex')!
    await wait(5 * tick)
    expect(transactions.get('globex')).toBe(after)
  })

  test("a client never receives another customer's usage", async () => {
    const [mine, theirs] = [await openFor('globex'), await openFor('acme')]
    await expect.poll(() => [usedOf(mine), usedOf(theirs)].every(Boolean)).toBe(true)
    const heard = mine.events.length
    await recordUsage(server.engine, [{ id: 'live-3', customerId: 'acme', meter: 'ai_chat', quantity: 1 }])
    await expect.poll(() => usedOf(theirs)).toEqual({ ai_chat: 8 })
    await wait(3 * tick)
    expect(mine.events).toHaveLength(heard)
    expect(JSON.stringify(mine.events)).not.toContain('acme')
  })

  test('a stream ends with its token, and with its session', async () => {
    const session = await tokenOf('acme')
    const [first, second] = [await openFor('acme'), await open(session.token)]
    await endPortalSession(server.engine, { customerId: 'acme', sessionId: session.sessionId })
    await second.ended
    expect(second.events.at(-1)).toEqual({ name: 'end', data: { reason: 'signed_out' } })
    const now = server.clock.at
    server.clock.at = '2026-03-10T04:15:00.000000Z'
    await first.ended
    server.clock.at = now
    expect(first.events.at(-1)).toEqual({ name: 'end', data: { reason: 'expired' } })
  })

  test('too many streams of one customer are asked to wait, too many in total that the server is full', async () => {
    const [acme, globex] = [await tokenOf('acme'), await tokenOf('globex')]
    const most = await Promise.all(Array.from({ length: 30 }, () => open(acme.token)))
    expect(most.every(({ response }) => response.status === 200)).toBe(true)
    const { response: refused } = await open(acme.token)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      429,
      '30',
      { code: 'rate_limited' },
    ])
    await Promise.all(Array.from({ length: 10 }, () => open(globex.token)))
    const { response: full } = await open(globex.token)
    expect([full.status, full.headers.get('retry-after'), await full.json()]).toMatchObject([
      503,
      expect.any(String),
      { code: 'streams_full' },
    ])
    most[0]!.leave()
    await expect.poll(async () => (await open(globex.token)).response.status).toBe(200)
  })

  test('a HEAD request opens no stream and takes no slot', async () => {
    const { token } = await tokenOf('acme')
    for (let times = 0; times < 32; times += 1) {
      const answer = await fetch(`${address}/api/portal/usage/stream`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${token}` },
      })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ])
    }
    expect((await open(token)).response.status).toBe(200)
  })

  test('without a token, and with an unknown parameter, it is rejected before it begins', async () => {
    expect((await open('pt_wrong')).response.status).toBe(401)
    const answer = await server.app.inject({
      url: '/api/portal/usage/stream?since=1',
      headers: { authorization: `Bearer ${(await tokenOf('acme')).token}` },
    })
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ pointer: '?since' }],
    })
  })
})

describe('the server', () => {
  test('closes at once while streams are open, and notifies their clients', async () => {
    const server = await testServer(testDatabases[0]!.create, (app, { engine }) =>
      registerPortalApi(app, { engine, secure: true }),
    )
    await seedTwoCustomers(server)
    const address = await server.app.listen({ port: 0, host: '127.0.0.1' })
    const { token } = await createPortalSession(server.engine, { customerId: 'acme' })
    const response = await fetch(`${address}/api/portal/usage/stream`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const events: StreamEvent[] = []
    const ended = collect(response, events)
    await expect.poll(() => events.length).toBe(2)
    const begun = performance.now()
    await server.close()
    await ended
    expect(events.at(-1)).toEqual({ name: 'end', data: { reason: 'closing' } })
    // Otherwise it would take as long as the streams last, the hours of a token.
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})

async function collect(response: Response, events: StreamEvent[]): Promise<void> {
  let text = ''
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    const pieces = text.split('\n\n')
    text = pieces.pop()!
    for (const event of pieces) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? []
      if (name) events.push({ name, data: JSON.parse(data!) as StreamEvent['data'] })
    }
  }
}
