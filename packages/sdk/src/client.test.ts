import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { testDatabases } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import {
  ApiError,
  ConnectionError,
  createClient,
  type Account,
  type Invoice,
  type Page,
  type Plan,
} from './index.ts'
import { listeningServer, type ListeningServer } from './testing/server.ts'
import type { Fetch } from './transport.ts'

const refusal = async (call: PromiseLike<unknown>): Promise<ApiError> => {
  try {
    await call
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('the call did not fail')
}

describe.each(testDatabases)('the client of a server on $name', ({ create }) => {
  let server: ListeningServer
  beforeAll(async () => {
    server = await listeningServer(create)
  })
  afterAll(() => server.close())

  test("every method returns the API's answer, typed", async () => {
    const client = server.client()
    expect(await client.meters.put('tokens', { name: 'Tokens', unit: 'tokens' })).toMatchObject({
      key: 'tokens',
      decimals: 0,
    })
    expect((await client.meters.list()).data.map(({ key }) => key)).toEqual(['ai_chat', 'tokens'])
    expect(await client.seller.put(await client.seller.get())).toEqual(await client.seller.get())
    const plan = await client.plans.put('max', {
      name: 'Max',
      rank: 9,
      fee: { amount: 99_900, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: null,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 1, per: 1 } },
        },
      ],
    })
    expectTypeOf(plan).toExtend<Plan>()
    expect(await client.plans.get('max', { version: 1 })).toEqual(plan)
    expect((await client.plans.list()).data).toContainEqual(plan)
    expect(
      await client.pricing.preview({
        price: { model: 'package', size: 10, amount: 250 },
        quantity: 21,
        currency: 'CNY',
      }),
    ).toMatchObject({ amount: 750 })

    const customer = await client.customers.create({
      id: 'initech',
      companyName: 'Initech',
      timezone: 'Asia/Shanghai',
    })
    expectTypeOf(customer).toEqualTypeOf<Account>()
    expect(
      await client.customers.update('initech', { contactName: 'Bill', version: customer.version }),
    ).toMatchObject({ contactName: 'Bill', version: 2 })
    expect(await client.customers.get('initech')).toMatchObject({ contactName: 'Bill' })
    expect(await client.subscriptions.create('initech', { planId: 'starter', seats: 1 })).toMatchObject({
      status: 'active',
      seats: 1,
    })
    expect(await client.subscriptions.change('initech', { planId: 'max' })).toMatchObject({
      subscription: { plan: { id: 'max' } },
      invoice: { kind: 'change' },
    })
    expect(await client.subscriptions.cancel('initech', { when: 'period_end' })).toMatchObject({
      subscription: { cancelAtPeriodEnd: true },
    })
    expect(await client.subscriptions.resume('initech')).toMatchObject({
      subscription: { cancelAtPeriodEnd: false },
    })
    expect(await client.subscriptions.get('initech')).toMatchObject({ status: 'active' })

    expect(
      await client.events.record([
        { id: 'e-1', customerId: 'initech', meter: 'ai_chat' },
        { id: 'e-2', customerId: 'nobody', meter: 'ai_chat' },
      ]),
    ).toMatchObject({ accepted: 1, rejected: [{ index: 1, id: 'e-2' }] })
    expect(await client.events.late.list('initech', { limit: 5 })).toEqual({ data: [], nextCursor: null })
    expect(await client.quota.check('initech', 'ai_chat')).toMatchObject({ allowed: true, used: 1 })
    expect(await client.quota.consume('initech', 'ai_chat', { id: 'c-1', quantity: 2 })).toMatchObject({
      granted: 2,
      duplicate: false,
    })
    expect(await client.usage.get('initech', { period: '2026-03' })).toMatchObject({ usage: { ai_chat: 3 } })
    expect(await client.usage.reconciliation('initech')).toMatchObject({
      meters: expect.arrayContaining([
        expect.objectContaining({ meter: 'ai_chat', accepted: 3, difference: 0 }),
      ]),
    })

    const invoice = await client.invoices.generate('acme', { period: '2026-02' })
    expectTypeOf(invoice).toEqualTypeOf<Invoice>()
    expect(await client.invoices.get(invoice.id)).toMatchObject({ number: invoice.number })
    expect(
      Buffer.from(await client.invoices.pdf(invoice.id))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    expect(
      await client.payments.record(invoice.id, {
        amount: invoice.amountDue,
        method: 'transfer',
        reference: 'T-1',
      }),
    ).toMatchObject({ status: 'paid' })
    expect((await client.payments.list(invoice.id)).data).toMatchObject([
      { reference: 'T-1', amount: invoice.total },
    ])
    const [open] = (await client.invoices.list('globex', { status: 'open' })).data
    expect(await client.invoices.void(open!.id, { reason: 'a mistake' })).toMatchObject({ status: 'void' })
    expect(
      await client.invoices.void(
        (await client.invoices.list('initech', { status: 'open', limit: 1 })).data[0]!.id,
      ),
    ).toMatchObject({ status: 'void' })

    expect((await client.balance.transactions('acme')).data).toEqual([])

    const session = await client.portalSessions.create({ customerId: 'acme', role: 'viewer', path: '/usage' })
    expect(session.url).toBe(`https://billing.example.com/portal/usage#code=${session.code}`)
    expect(await client.portalSessions.exchange({ code: session.code })).toMatchObject({
      token: expect.any(String),
    })
    expect(await client.testClock.get()).toEqual({ now: server.clock.at })
    expect(await client.testClock.move({ now: '2026-03-10T05:00:00Z' })).toEqual({
      now: '2026-03-10T05:00:00.000000Z',
    })
  })

  test('a list is one page when awaited, and all of it when iterated', async () => {
    const client = server.client()
    for (let n = 0; n < 7; n += 1) await client.customers.create({ id: `page-${n}`, companyName: `${n}` })
    const first = await client.customers.list({ limit: 3 })
    expectTypeOf(first).toEqualTypeOf<Page<Account>>()
    expect([first.data.length, typeof first.nextCursor]).toEqual([3, 'string'])
    const all: string[] = []
    for await (const { customerId } of client.customers.list({ limit: 3 })) all.push(customerId)
    expect(all.filter((id) => id.startsWith('page-')).length).toBe(7)
    expect(new Set(all).size).toBe(all.length)
    const rest: string[] = []
    for await (const { customerId } of client.customers.list({ limit: 3, cursor: first.nextCursor! }))
      rest.push(customerId)
    expect([...first.data.map(({ customerId }) => customerId), ...rest]).toEqual(all)
  })

  test('the activity feed ends at the newest entry, and continues from there', async () => {
    const client = server.client()
    const seen: string[] = []
    let cursor: string | null = null
    for await (const page of client.activity.list({ limit: 4 }).pages()) {
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen.length).toBeGreaterThan(8)
    expect((await client.activity.list({ cursor: cursor! })).data).toEqual([])
    await client.customers.create({ id: 'newest', companyName: 'Newest' })
    const later = []
    for await (const change of client.activity.list({ cursor: cursor! })) later.push(change)
    expect(later).toMatchObject([{ type: 'account.created', customerId: 'newest' }])
  })

  test('an error response is an error with its code, its fields and the request id', async () => {
    const client = server.client({ language: 'zh-CN' })
    const error = await refusal(client.customers.create({ companyName: 'x'.repeat(201), email: 'nobody' }))
    expect(error).toMatchObject({
      name: 'ApiError',
      status: 400,
      code: 'validation_failed',
      title: '请求有误',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    })
    expect(error.errors.map(({ pointer }) => pointer).sort()).toEqual(['/companyName', '/email'])
    expect(await refusal(client.customers.get('nobody'))).toMatchObject({
      status: 404,
      code: 'customer_not_found',
    })
    expect(await refusal(server.client({ key: 'sk_wrong' }).customers.list())).toMatchObject({
      status: 401,
      code: 'unauthorized',
    })
  })

  test('a name cannot lead to another path', async () => {
    const client = server.client()
    for (const name of ['', '.', '..']) await expect(client.customers.get(name)).rejects.toThrow(TypeError)
    expect(await refusal(client.customers.get('../plans?x#y'))).toMatchObject({ code: 'customer_not_found' })
  })

  test('a command runs once, however often its response is lost', async () => {
    const seen: (string | undefined)[] = []
    let lost = 2
    const losing: Fetch = async (url, init) => {
      const answer = await fetch(url, init)
      seen.push((init.headers as Record<string, string>)['idempotency-key'])
      await answer.arrayBuffer()
      if (lost-- > 0) throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
      return fetch(url, init)
    }
    const clock = server.handClock()
    const creating = server.client({ fetch: losing, clock }).customers.create({ companyName: 'Once' })
    for (let n = 0; n < 2; n += 1) clock.pass(await clock.waiting())
    const made = await creating
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).toMatch(/^[\da-f-]{36}$/)
    const client = server.client()
    const found = []
    for await (const customer of client.customers.list())
      if (customer.companyName === 'Once') found.push(customer)
    expect(found).toEqual([made])
    const twice = await Promise.all([1, 2].map(() => client.customers.create({ companyName: 'Twice' })))
    expect(twice[0]!.customerId).not.toBe(twice[1]!.customerId)
    const keyed = await client.customers.create({ companyName: 'Mine' }, { idempotencyKey: 'mine-1' })
    expect(await client.customers.create({ companyName: 'Mine' }, { idempotencyKey: 'mine-1' })).toEqual(
      keyed,
    )
    expect(
      await refusal(client.customers.create({ companyName: 'Other' }, { idempotencyKey: 'mine-1' })),
    ).toMatchObject({ code: 'idempotency_key_reused' })
  })
})

describe('a server that is unavailable', () => {
  const away = async (
    answer: (
      tries: number,
    ) => { status: number; headers?: Record<string, string>; body?: string } | undefined,
  ) => {
    let tries = 0
    const server = createServer((request, response) => {
      const said = answer((tries += 1))
      request.resume()
      if (said) response.writeHead(said.status, said.headers).end(said.body ?? '')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const waits: number[] = []
    const clock = {
      now: () => Date.UTC(2026, 2, 10),
      wait: async (milliseconds: number) => {
        waits.push(milliseconds)
      },
    }
    const client = createClient({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      key: 'sk',
      clock,
      random: () => 0.5,
      timeout: 500,
      usage: { atExit: false },
    })
    return {
      client,
      waits,
      tries: () => tries,
      close: () => {
        server.closeAllConnections()
        server.close()
      },
    }
  }

  test('is retried with growing delays, at least as long as the server asks for', async () => {
    const headers = [undefined, { 'retry-after': '0' }, { 'retry-after': 'Tue, 10 Mar 2026 00:00:00 GMT' }]
    const { client, waits, close } = await away((tries) =>
      tries <= 4 ? { status: 503, headers: headers[tries - 1] ?? {} } : { status: 200, body: '{"data":[]}' },
    )
    expect(await client.meters.list()).toEqual({ data: [], nextCursor: null })
    const rows: unknown[] = []
    for await (const row of client.meters.list()) rows.push(row)
    expect(rows).toEqual([])
    expect(waits).toEqual([100, 200, 400, 800])
    close()
  })

  test('that asks for a longer delay than the timeout fails at once', async () => {
    const { client, waits, tries, close } = await away(() => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      body: '{"code":"rate_limited","detail":"slowly","title":"x","status":429}',
    }))
    expect(await refusal(client.meters.list())).toMatchObject({
      status: 429,
      code: 'rate_limited',
      retryAfter: 3_600_000,
    })
    expect([waits, tries()]).toEqual([[], 1])
    close()
  })

  test('fails after the given number of retries', async () => {
    const { client, waits, tries, close } = await away(() => ({
      status: 502,
      body: '<html>Bad gateway</html>',
    }))
    expect(await refusal(client.meters.list())).toMatchObject({ status: 502, code: 'unexpected_answer' })
    expect([waits.length, tries()]).toEqual([4, 5])
    close()
  })

  test('is not retried for calls that are not repeatable, nor after an error response that stays', async () => {
    const { client, tries, close } = await away((n) => ({ status: n === 1 ? 503 : 422 }))
    await refusal(client.portalSessions.exchange({ code: 'x' }))
    expect(tries()).toBe(1)
    await refusal(client.meters.list())
    expect(tries()).toBe(2)
    close()
  })

  test('that never responds, or is not there, is a ConnectionError; an aborted call rejects with its own reason', async () => {
    const { client, tries, close } = await away(() => undefined)
    await expect(client.portalSessions.exchange({ code: 'x' })).rejects.toThrow('no answer within 500 ms')
    const reason = new Error('no time')
    await expect(client.meters.list({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(tries()).toBe(1)
    close()
    const refused = createClient({
      url: 'http://127.0.0.1:1',
      key: 'sk',
      retries: 0,
      usage: { atExit: false },
    }).meters.list()
    await expect(refused).rejects.toBeInstanceOf(ConnectionError)
    await expect(refused).rejects.toThrow(/^GET \/meters got no answer: .+/)
  })

  test('must have a valid URL', () => {
    expect(() => createClient({ url: 'billing.example.com', key: 'sk' })).toThrow(TypeError)
    expect(() => createClient({ url: 'https://billing.example.com', key: '' })).toThrow(TypeError)
  })
})
