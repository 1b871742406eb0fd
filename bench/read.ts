import type { Benchmark, Comparison, Figures, Run } from './benchmark.ts'
import { postToPlainRoute, shapes } from './ingest.ts'
import { lazily } from './lazily.ts'
import { readOverHttp } from './load/read.ts'
import type { Timing } from './load/requests.ts'
import { startPlain } from './program.ts'
import {
  measurePages,
  measureReading,
  readingFigures,
  storeOnPglite,
  storeOnPostgres,
  type Stored,
} from './stored.ts'
import { watched } from './watched.ts'

const manyCustomers = 1000
const connections = 100
const quotaPath = '/customers/:id/quota/ai_chat'

const names = {
  quota: 'a quota',
  summary: 'a usage summary',
  pages: 'a page of events',
  post: 'a Fastify route that validates a body',
  get: 'a Fastify route without a body',
  pgliteQuota: 'PGlite, a quota',
  pgliteSummary: 'PGlite, a usage summary',
  pglitePages: 'PGlite, a page of events',
}

/** Reading quotas, usage summaries, and the events themselves. */
export const read: Benchmark = {
  name: 'read',
  count: 100_000,
  about: (count) =>
    `reading over HTTP where ${count.toLocaleString('en')} events are stored: `
    + `quotas over ${connections} connections, summaries and pages over one`,
  async prepare(bench) {
    const customers = Math.min(manyCustomers, Math.ceil(bench.count / 100))
    const stored = await storeOnPostgres(bench, bench.count, customers, 'stored')
    const [postgres, pglite] = [
      async () => stored,
      lazily(() => storeOnPglite(bench, bench.count, customers)),
    ]
    const requests = Math.ceil(bench.count / 5)
    const quota = (name: string, on: Where): Run => ({
      name,
      measure: async () =>
        measureReading(await on(), { path: `/api/billing${quotaPath}`, requests, connections }),
    })
    const summary = (name: string, on: Where): Run => ({
      name,
      measure: async () =>
        measureReading(await on(), {
          path: '/api/billing/customers/:id/usage',
          requests: Math.ceil(requests / 20),
          connections: 1,
        }),
    })
    const pages = (name: string, on: Where): Run => ({ name, measure: async () => measurePages(await on()) })
    return {
      runs: [
        quota(names.quota, postgres),
        { name: names.post, measure: () => measurePlainPost(requests, customers) },
        { name: names.get, measure: () => measurePlainQuota(requests, customers) },
        summary(names.summary, postgres),
        pages(names.pages, postgres),
        quota(names.pgliteQuota, pglite),
        summary(names.pgliteSummary, pglite),
        pages(names.pglitePages, pglite),
      ],
      comparisons,
    }
  },
}

type Where = () => Promise<Stored>

const rate = (of: string, to: string, atLeast?: number): Comparison => ({
  figure: 'requests/s',
  of,
  to,
  ...(atLeast === undefined ? {} : { atLeast }),
})

const comparisons: Comparison[] = [
  rate(names.quota, names.post, 0.5),
  rate(names.quota, names.get),
  ...[names.quota, names.summary, names.pages].map((of): Comparison => ({
    figure: 'peak MB',
    of,
    atMost: 400,
  })),
  rate(names.pgliteQuota, names.post),
  { figure: 'p99 ms', of: names.pgliteSummary, to: names.summary },
]

async function measurePlainPost(requests: number, customers: number): Promise<Figures> {
  const { 'events/s': rate, ...figures } = await postToPlainRoute({
    ...shapes.singles,
    events: requests,
    customers,
    groupBy: 0,
    withProperties: false,
  })
  return { 'requests/s': rate!, ...figures }
}

async function measurePlainQuota(requests: number, customers: number): Promise<Figures> {
  const plain = await startPlain(new URL('plain-route.ts', import.meta.url).href)
  try {
    const { answer, peakMemory } = await watched<Timing>(
      plain,
      new URL('load/read.ts', import.meta.url).href,
      readOverHttp.name,
      { path: quotaPath, requests, connections, customers },
    )
    return readingFigures({ requests }, answer, peakMemory)
  } finally {
    await plain.stop()
  }
}
