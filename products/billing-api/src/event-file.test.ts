import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

// Enough bytes to fill every buffer on the way.
const rows = 5_000
const textBytes = 4_000

describe.each(testDatabases)("the vendor's file of events on $name", ({ create }) => {
  let server: TestServer
  let file: string
  const keys: string[] = []

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    for (const name of ['one', 'another']) keys.push((await createSecretKey(server.engine, { name })).key)
    await seedTwoCustomers(server)
    await server.database.asOwner(async (tx) => {
      await tx.query("select add_usage_month('2026-03-01')")
      await tx.query(
        `insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties)
          select 'globex', 'many-' || n, 'ai_chat', 1, '2026-03-02T00:00:00Z', '2026-03-02',
            '2026-03-09T00:00:00Z', jsonb_build_object('text', repeat(md5(n::text), $2::int / 32))
          from generate_series(1, $1::int) n`,
        [rows, textBytes],
      )
    })
    file = `${await server.app.listen({ port: 0, host: '127.0.0.1' })}/api/billing/events/export?customerId=globex`
  })
  afterAll(() => server.close())

  const headers = (who: number) => ({ authorization: `Bearer ${keys[who]}` })
  const open = async (who: number): Promise<IncomingMessage> => {
    const asked = get(file, { headers: headers(who), agent: false })
    asked.on('error', () => undefined)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return answer.on('error', () => undefined)
  }
  /** Retries until there is a free slot, and reads the whole file. */
  const whole = async (): Promise<number> => {
    for (;;) {
      const answer = await open(0)
      let lines = 0
      for await (const part of answer) for (const byte of part as Buffer) if (byte === 0x0a) lines += 1
      if (answer.statusCode !== 429) return lines
    }
  }

  test('a key may export four files at once, another key does not wait, and a client that disconnects frees its slot', async () => {
    const running = [await open(0), await open(0), await open(0), await open(0)]
    const refused = await fetch(file, { headers: headers(0) })
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      429,
      '10',
      {
        code: 'rate_limited',
        detail: '4 files are being written for this key already; try again in a moment.',
      },
    ])
    const other = await open(1)
    expect(other.statusCode).toBe(200)
    for (const answer of [...running, other]) answer.destroy()
    expect(await whole()).toBe(rows)
  })

  test('a HEAD request, a rejected one and one canceled before it begins take no slot', async () => {
    for (let times = 0; times < 5; times += 1) {
      const head = await fetch(file, { method: 'HEAD', headers: headers(0) })
      expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
      expect((await fetch(`${file}&meter=nothing`, { headers: headers(0) })).status).toBe(404)
      const left = get(file, { headers: headers(0), agent: false }).on('error', () => undefined)
      left.once('socket', (socket) => socket.once('connect', () => setTimeout(() => left.destroy(), times)))
      await new Promise((resolve) => left.once('close', resolve))
    }
    expect(await whole()).toBe(rows)
  })
})
