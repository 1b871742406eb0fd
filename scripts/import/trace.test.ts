import { createSecretKey } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import type { Invoice, UsageSummary } from '@customer-portal/http/resources'
import { testDatabases } from '@customer-portal/database/testing'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildServer, type Server } from '../../backend/src/app.ts'
import { readSettings } from '../../backend/src/environment.ts'
import { root } from '../project.mjs'
import { parseOptions } from './options.ts'
import { importUsage } from './usage.ts'

/** Not part of this project; without them these tests do not exist. */
const traces = path.join(root, '..', 'shared', 'data')

interface Sums {
  requests: number
  input_tokens: number
  output_tokens: number
}
interface Truth {
  rows: number
  last_timestamp: string
  by_customer_month: Record<string, Sums>
  by_customer_day: Record<string, Sums>
}

const meters = ['requests', 'input_tokens', 'output_tokens'] as const
const seller = {
  name: '示例科技有限公司',
  taxId: '91110000802100433B',
  address: '北京市',
  phone: '010-12345678',
  bankName: '示例银行',
  bankAccount: '6222 0000',
  timezone: 'Asia/Shanghai',
}
/**
 * Requests at 0.1 分 beyond 1,000, input at 40 and then 25 分 per thousand beyond a million, output at 120 分
 * per thousand beyond 100,000; 6 % tax.
 */
const plan = {
  name: 'Trace',
  currency: 'CNY',
  fee: { amount: 9900, per: 'subscription' },
  taxRate: '6',
  charges: [
    {
      meter: 'requests',
      included: 1000,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 1, per: 10 } },
    },
    {
      meter: 'input_tokens',
      included: 1_000_000,
      overage: 'bill',
      price: {
        model: 'graduated',
        tiers: [
          { upTo: 1_000_000, rate: { amount: 40, per: 1000 } },
          { upTo: null, rate: { amount: 25, per: 1000 } },
        ],
      },
    },
    {
      meter: 'output_tokens',
      included: 100_000,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 120, per: 1000 } },
    },
  ],
}

/**
 * The amounts of cust-00, calculated by hand in 分. November 2023 (1,402 requests; 2,071,768 in; 216,335
 * out):
 *   402 ÷ 10 = 40.2 → 40; 1,000,000 × 0.040 + 71,768 × 0.025 = 40,000 + 1,794.2 → 41,794; 116,335 × 0.12 =
 *   13,960.2 → 13,960;
 *   with the next fee 65,694; tax 3,941.64 → 3,942. January 2025 (5,320,246 requests; 4,352,494,619 in;
 *   77,376,172 out):
 *   5,319,246 ÷ 10 = 531,924.6 → 531,925; 40,000 + 4,350,494,619 × 0.025 = 40,000 + 108,762,365.475 →
 *   108,802,365;
 *   77,276,172 × 0.12 = 9,273,140.64 → 9,273,141; with the next fee 118,617,331; tax 7,117,039.86 →
 *   7,117,040.
 */
const cases = [
  {
    trace: 'azure-llm-2023',
    month: '2023-11',
    issued: '2023-12-01T02:00:00Z',
    owed: { usage: [40, 41_794, 13_960], subtotal: 65_694, taxTotal: 3942, total: 69_636 },
  },
  {
    trace: 'servegen-week',
    month: '2025-01',
    issued: '2025-02-01T02:00:00Z',
    owed: {
      usage: [531_925, 108_802_365, 9_273_141],
      subtotal: 118_617_331,
      taxTotal: 7_117_040,
      total: 125_734_371,
    },
  },
]

test.each(cases)('the amounts for $trace add up', ({ owed }) => {
  expect(owed.usage.reduce((total, amount) => total + amount, plan.fee.amount)).toBe(owed.subtotal)
  expect(owed.subtotal + owed.taxTotal).toBe(owed.total)
})

if (existsSync(traces))
  describe.each(testDatabases)('imported into a server on $name', ({ create }) => {
    describe.each(cases)('the trace $trace', ({ trace, month, issued, owed }) => {
      let server: Server
      let close = async () => {}
      let url = ''
      let key = ''
      let folder = ''
      let expected: Truth

      beforeAll(async () => {
        expected = JSON.parse(readFileSync(path.join(traces, trace, 'truth.json'), 'utf8')) as Truth
        folder = mkdtempSync(path.join(os.tmpdir(), 'import-'))
        const database = await create({ billing: migrationsFolder })
        const read = readSettings({ PORT: '0', TEST_CLOCK: expected.last_timestamp, LOG_LEVEL: 'fatal' })
        if ('mistakes' in read) throw new Error(read.mistakes.join())
        server = await buildServer(read.settings, { database, checkAnswers: true })
        close = async () => {
          await server.close()
          await database.close()
          rmSync(folder, { recursive: true })
        }
        key = (await createSecretKey(server.engine, { name: 'import' })).key
        url = await server.listen()
      })
      afterAll(() => close())

      async function call<T>(method: string, place: string, body?: unknown): Promise<T> {
        const headers = {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        }
        const response = await fetch(`${url}/api/billing${place}`, {
          method,
          headers,
          body: body === undefined ? null : JSON.stringify(body),
        })
        if (!response.ok) throw new Error(`${method} ${place}: ${response.status} ${await response.text()}`)
        return (await response.json()) as T
      }
      const said: string[] = []
      const screen = {
        say: (text: string) => {
          said.push(text)
        },
        progress: () => undefined,
        rejection: (rejection: unknown) => {
          said.push(JSON.stringify(rejection))
        },
        end: () => undefined,
      }
      const runImport = () =>
        importUsage(
          parseOptions(
            [
              'usage',
              path.join(traces, trace, 'events.csv.gz'),
              '--url',
              url,
              '--key',
              key,
              ...meters.flatMap((meter) => ['--meter', meter]),
              '--property',
              'model',
              '--create-customers',
              '--plan',
              'trace',
              '--state',
              path.join(folder, 'progress'),
            ],
            {},
          ),
          screen,
        )

      test('is accepted completely, and a second time changes nothing', async () => {
        await call('PUT', '/seller', seller)
        for (const meter of meters) await call('PUT', `/meters/${meter}`, { name: meter, unit: meter })
        await call('PUT', '/plans/trace', plan)
        const events = expected.rows * meters.length
        expect(await runImport()).toEqual({
          lines: expected.rows,
          accepted: events,
          duplicates: 0,
          rejected: 0,
          repeated: 0,
        })
        expect(said).toEqual(['Created 20 customers.'])
        expect(await runImport()).toEqual({
          lines: expected.rows,
          accepted: 0,
          duplicates: events,
          rejected: 0,
          repeated: 0,
        })
      }, 600_000)

      test('gives each customer the usage calculated independently, by month and by day', async () => {
        const months: Record<string, Sums> = {}
        const days: Record<string, Sums> = {}
        for (const name of Object.keys(expected.by_customer_month)) {
          const [customer] = name.split('|')
          const summary = await call<UsageSummary>('GET', `/customers/${customer}/usage?period=${month}`)
          months[`${customer}|${summary.period.label}`] = sumsOf(summary.usage)
          for (const { date, usage } of summary.daily)
            if (Object.values(usage).some((used) => used > 0)) days[`${customer}|${date}`] = sumsOf(usage)
        }
        expect(months).toEqual(mapped(expected.by_customer_month))
        expect(days).toEqual(mapped(expected.by_customer_day))
      })

      test('is billed to the cent', async () => {
        await call('POST', '/test-clock', { now: issued })
        const { data } = await call<{ data: Invoice[] }>('GET', '/customers/cust-00/invoices')
        const [renewal] = data.filter(({ kind }) => kind === 'renewal')
        const usage = meters.map(
          (meter) => renewal?.lines.find((line) => line.kind === 'usage' && line.meter === meter)?.amount,
        )
        expect({
          usage,
          subtotal: renewal?.subtotal,
          taxTotal: renewal?.taxTotal,
          total: renewal?.total,
        }).toEqual(owed)
      })
    })
  })

function sumsOf(usage: Record<string, number>): Sums {
  return {
    requests: usage.requests ?? 0,
    input_tokens: usage.input_tokens ?? 0,
    output_tokens: usage.output_tokens ?? 0,
  }
}

function mapped(truths: Record<string, Sums>): Record<string, Sums> {
  return Object.fromEntries(
    Object.entries(truths).map(([name, { requests, input_tokens, output_tokens }]) => [
      name,
      { requests, input_tokens, output_tokens },
    ]),
  )
}
