import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  actingFor,
  addSeconds,
  cancelSubscription,
  createCustomer,
  createPortalSession,
  createSubscription,
  exportUsage,
  recordUsage,
} from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'

const long = process.env.LONG === '1'
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe.each(testDatabases)('the file of usage on $name', ({ name, create }) => {
  let server: TestServer
  let url: string
  /** The number of transactions started: one per page. */
  let transactions = 0
  const tokens: Record<string, string> = {}

  beforeAll(async () => {
    const counting: typeof create = async (folders) => {
      const database = await create(folders)
      const transaction: typeof database.transaction = (...given) => {
        transactions += 1
        return database.transaction(...given)
      }
      return { ...database, transaction }
    }
    server = await testServer(counting, (app, { engine }) => registerPortalApi(app, { engine, secure: true }))
    await seedTwoCustomers(server)
    for (const locale of ['zh-CN', 'en'] as const)
      tokens[locale] = (
        await createPortalSession(server.engine, { customerId: 'acme', role: 'viewer', locale })
      ).token
    tokens['globex'] = (
      await createPortalSession(server.engine, { customerId: 'globex', role: 'owner' })
    ).token
    await recordUsage(server.engine, [
      {
        id: '=cmd|calc',
        customerId: 'acme',
        meter: 'ai_chat',
        quantity: 3,
        time: '2026-03-05T01:02:03.456789Z',
        properties: { note: 'a "quoted", text\nand more', '=1+1': 'x;=2', size: -2.5 },
      },
      {
        id: 'plain \u0001 _x0041_ <&> \uffff',
        customerId: 'acme',
        meter: 'ai_chat',
        time: '2026-03-04T16:00:00Z',
        properties: { tags: ['a', 'b'], size: null },
      },
    ])
    url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => server.close())

  const request = (query: string, who = 'en', headers: Record<string, string> = {}) =>
    fetch(`${url}/api/portal/usage/export?${query}`, {
      headers: { authorization: `Bearer ${tokens[who]}`, ...headers },
    })

  test("opens as CSV in a spreadsheet: with BOM, headings in the session's language, and nothing computed", async () => {
    const answer = await request('start=2026-03-01&end=2026-03-10', 'zh-CN')
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.get('content-language'),
    ]).toEqual([200, 'text/csv; charset=utf-8', 'zh-CN'])
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="usage-acme-2026-03-01_2026-03-10.csv"; '
        + `filename*=UTF-8''${encodeURIComponent('用量-acme-2026-03-01_2026-03-10.csv')}`,
    )
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(parse(bytes, { bom: true })).toEqual([
      [
        '时间（Asia/Shanghai）',
        '计量项',
        '数量',
        '单位',
        '事件编号',
        '已撤销',
        '不计费',
        "'=1+1",
        'note',
        'size',
        'tags',
      ],
      [
        '2026-03-05 09:02:03.456789+08:00',
        'AI 回答',
        '3',
        '次',
        "'=cmd|calc",
        '',
        '',
        "x;'=2",
        'a "quoted", text\nand more',
        '-2.5',
        '',
      ],
      [
        '2026-03-05 00:00:00.000000+08:00',
        'AI 回答',
        '1',
        '次',
        'plain \u0001 _x0041_ <&> \uffff',
        '',
        '',
        '',
        '',
        '',
        '["a","b"]',
      ],
    ])
    const english = parse(
      Buffer.from(await (await request('start=2026-02-10&end=2026-02-10')).arrayBuffer()),
      { bom: true },
    ) as string[][]
    expect(english[0]).toEqual([
      'Time (Asia/Shanghai)',
      'Meter',
      'Quantity',
      'Unit',
      'Event id',
      'Voided',
      'Not billed',
      'agent',
    ])
    expect(english[1]!.at(-1)).toMatch(/^[012]$/)
    expect(english.length).toBe(131)
    const browser = await request('start=2026-03-01&end=2026-03-10', 'globex', { 'accept-language': 'zh-CN' })
    expect(parse(Buffer.from(await browser.arrayBuffer()), { bom: true })).toEqual([
      [expect.stringContaining('时间'), '计量项', '数量', '单位', '事件编号', '已撤销', '不计费'],
    ])
  })

  test('as XLSX has numbers, local time as a date, and each text unchanged', async () => {
    const answer = await request('start=2026-03-01&end=2026-03-10&format=xlsx')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ])
    const {
      sheets: [sheet],
    } = await readXlsx(new Uint8Array(await answer.arrayBuffer()))
    const [headings, first, second] = sheet!.rows
    expect([sheet!.name, headings]).toEqual([
      'usage',
      [
        'Time (Asia/Shanghai)',
        'Exact time',
        'Meter',
        'Quantity',
        'Unit',
        'Event id',
        'Voided',
        'Not billed',
        '=1+1',
        'note',
        'size',
        'tags',
      ],
    ])
    expect(first!.slice(1)).toEqual([
      '2026-03-05 09:02:03.456789+08:00',
      'AI answers',
      3,
      'answers',
      '=cmd|calc',
      null,
      null,
      'x;=2',
      'a "quoted", text\nand more',
      -2.5,
      null,
    ])
    expect(Math.abs((first![0] as Date).getTime() - Date.UTC(2026, 2, 5, 9, 2, 3, 456))).toBeLessThan(2)
    expect([second![5], second![11]]).toEqual(['plain \u0001 _x0041_ <&> \uffff', '["a","b"]'])
  })

  test('says why an event is not billed: history, or used after the subscription ended', async () => {
    const customerId = 'left'
    await createCustomer(server.engine, {
      id: customerId,
      companyName: customerId,
      timezone: 'Asia/Shanghai',
    })
    await createSubscription(server.engine, { customerId, planId: 'starter' })
    await recordUsage(server.engine, [
      { id: 'old', customerId, meter: 'ai_chat', time: '2025-12-05T01:00:00Z', historical: true },
      { id: 'used', customerId, meter: 'ai_chat' },
    ])
    await cancelSubscription(server.engine, { customerId, when: 'now' })
    await recordUsage(server.engine, [
      { id: 'after', customerId, meter: 'ai_chat', time: addSeconds(server.clock.at, 60) },
    ])
    tokens[customerId] = (
      await createPortalSession(server.engine, { customerId, role: 'owner', locale: 'zh-CN' })
    ).token
    const lines = parse(
      Buffer.from(await (await request('start=2025-12-01&end=2026-04-30', customerId)).arrayBuffer()),
      { bom: true },
    ) as string[][]
    const reasons = Object.fromEntries(lines.slice(1).map((line) => [line[4], line[6]]))
    expect(reasons).toEqual({ after: '订阅结束后', used: '', old: '历史用量' })
  })

  test('is rejected by field, and for too long a range', async () => {
    const refused = async (query: string) => {
      const answer = await request(query)
      return [answer.status, await answer.json()]
    }
    expect(await refused('format=pdf')).toMatchObject([
      400,
      { code: 'validation_failed', errors: [{ pointer: '?format' }] },
    ])
    expect(await refused('start=2020-01-01')).toMatchObject([
      400,
      { code: 'invalid_range', errors: [{ pointer: '?start', detail: expect.stringContaining('366 days') }] },
    ])
    expect(await refused('meter=none')).toMatchObject([404, { code: 'meter_not_found' }])
    expect((await fetch(`${url}/api/portal/usage/export`)).status).toBe(401)
  })

  describe('with many events', () => {
    // Many rows in the long form; otherwise enough bytes to fill every buffer on the way, in fewer and longer
    // rows.
    const rows = long ? 1_000_000 : 20_000
    const rowsPerPage = name === 'PGlite' ? 125 : 1000
    const textBytes = 32 * (long ? 9 : 21)
    const times = "('2026-03-01T00:00:00Z'::timestamptz + n * interval '0.5 s')"
    beforeAll(
      async () => {
        await server.database.asOwner((tx) => tx.query("select add_usage_month('2026-03-01')"))
        for (let from = 0; from < rows; from += 20_000) {
          await server.database.asOwner((tx) =>
            tx.query(
              `insert into usage_events (
                  customer_id, id, meter, quantity, time, local_date, stored_at, properties
                )
                select 'globex', 'many-' || n, 'ai_chat', 1, ${times},
                  (${times} at time zone 'Asia/Shanghai')::date, '2026-03-09T00:00:00Z',
                  jsonb_build_object(
                    'text',
                    (select string_agg(md5(n || '-' || k), '') from generate_series(1, $3::int / 32) k)
                  )
                from generate_series($1::int, $2::int) n`,
              [from, Math.min(from + 20_000, rows) - 1, textBytes],
            ),
          )
        }
      },
      long ? 600_000 : 120_000,
    )

    const open = async (format: string): Promise<IncomingMessage> => {
      const asked = get(`${url}/api/portal/usage/export?start=2026-03-01&end=2026-03-09&format=${format}`, {
        headers: { authorization: `Bearer ${tokens['globex']}` },
        agent: false,
      })
      asked.on('error', () => undefined)
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.on('error', () => undefined)
      return answer
    }

    test.each(['csv', 'xlsx'])(
      'takes no more memory for more rows, as %s',
      { timeout: long ? 1_200_000 : 180_000 },
      async (format) => {
        const heap = () => {
          collectGarbage()
          return process.memoryUsage().heapUsed
        }
        const before = heap()
        let [bytes, lines, most, next] = [0, 0, 0, 0]
        for await (const chunk of await open(format)) {
          const part = chunk as Buffer
          bytes += part.length
          if (format === 'csv') for (const byte of part) if (byte === 0x0a) lines += 1
          if (bytes < next) continue
          most = Math.max(most, heap() - before)
          next = bytes + (rows * (textBytes + 60)) / 20
        }
        console.info(
          `${name}, ${format}: ${rows} rows, ${(bytes / 2 ** 20).toFixed(1)} MiB, `
            + `heap +${(most / 2 ** 20).toFixed(1)} MiB at most`,
        )
        if (format === 'csv') expect(lines).toBe(rows + 1)
        expect(bytes).toBeGreaterThan(format === 'csv' ? rows * (textBytes + 62) : rows * 10)
        expect(most).toBeLessThan(12 * 2 ** 20)
      },
    )

    test('reads pages only as the client takes them, and none after it disconnects', async () => {
      const settled = async () => {
        for (let seen = -1; seen !== transactions;) {
          seen = transactions
          await new Promise((resolve) => setTimeout(resolve, 700))
        }
        return transactions
      }
      for (const format of ['csv', 'xlsx']) {
        const begun = await settled()
        const answer = await open(format)
        const untilFull = await settled()
        // Some rows are in the buffers of both ends.
        if (format === 'csv') expect(untilFull - begun).toBeLessThan(rows / rowsPerPage)
        answer.destroy()
        expect((await settled()) - untilFull).toBeLessThanOrEqual(2)
      }
    })

    test('waits while four files of the customer are being written, and starts when one has ended; other customers do not wait', async () => {
      const running = [await open('csv'), await open('csv'), await open('csv'), await open('csv')]
      const refused = await request('start=2026-03-01', 'globex')
      expect([refused.status, refused.headers.get('retry-after'), (await refused.json()).code]).toEqual([
        429,
        '10',
        'rate_limited',
      ])
      const others = await request('start=2026-02-01&end=2026-02-02')
      expect(others.status).toBe(200)
      await others.arrayBuffer()
      for (const answer of running) answer.destroy()
      let taken
      do {
        taken = await request('start=2026-02-01&end=2026-02-02', 'globex')
        await taken.arrayBuffer()
      } while (taken.status === 429)
      expect(taken.status).toBe(200)
    })

    test.each(['csv', 'xlsx'])('blocks nobody while it is written as %s', async (format) => {
      const began = performance.now()
      let isRunning = true
      const file = request(`start=2026-03-01&end=2026-03-09&format=${format}`, 'globex')
        .then((answer) => answer.arrayBuffer())
        .finally(() => {
          isRunning = false
        })
      const waits: number[] = []
      while (isRunning) {
        const asked = performance.now()
        expect(
          (await fetch(`${url}/api/portal/account`, { headers: { authorization: `Bearer ${tokens['en']}` } }))
            .status,
        ).toBe(200)
        waits.push(performance.now() - asked)
      }
      expect((await file).byteLength).toBeGreaterThan(rows * 10)
      // Before, the first of them waited until the whole file was written.
      expect(Math.max(...waits)).toBeLessThan((performance.now() - began) / 3)
      expect(waits.length).toBeGreaterThan(5)
    })

    test('on a HEAD request is not read and takes no slot', async () => {
      for (let times = 0; times < 6; times += 1) {
        const answer = await fetch(`${url}/api/portal/usage/export?start=2026-03-01&end=2026-03-09`, {
          method: 'HEAD',
          headers: { authorization: `Bearer ${tokens['globex']}` },
        })
        expect([
          answer.status,
          answer.headers.get('content-type'),
          answer.headers.get('content-length'),
        ]).toEqual([200, 'text/csv; charset=utf-8', null])
      }
    })

    test('that fails half-way does not look complete', async () => {
      const { pages } = await exportUsage(actingFor(server.engine, 'globex'), {
        customerId: 'globex',
        start: '2026-03-01',
      })
      await pages.return()
      expect(await pages.next()).toEqual({ done: true, value: undefined })
      const answer = await open('csv')
      await once(answer, 'readable')
      await server.database.asOwner((tx) => tx.query('alter table usage_events rename to hidden'))
      const broken = once(answer, 'aborted')
      answer.resume()
      await broken
      expect(answer.complete).toBe(false)
      await server.database.asOwner((tx) => tx.query('alter table hidden rename to usage_events'))
    })
  })
})
