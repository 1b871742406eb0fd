import { alone } from './alone.ts'
import type { Benchmark, Comparison, Figures, Run } from './benchmark.ts'
import { prepareOnPglite, prepareOnPostgres, type Prepared } from './customers.ts'
import { lazily } from './lazily.ts'
import { quotaTable } from './load/conditional-update.ts'
import { consumeInside, consumeOverHttp, meter, updateInside, warmUpOf, type Demand } from './load/consume.ts'
import type { Timing } from './load/requests.ts'
import { startPlain, startPortal, type Location, type Program } from './program.ts'
import { query } from './server.ts'
import { watched } from './watched.ts'

const consuming = new URL('load/consume.ts', import.meta.url).href

const clients = 200
const manyCustomers = 1000
/** The baselines are that much slower, so fewer of their requests take as long. */
const fewer = 10

const names = {
  hot: 'consume, one customer',
  many: 'consume, 1,000 customers',
  hotUpdate: 'one UPDATE each, one customer',
  manyUpdate: 'one UPDATE each, 1,000 customers',
  hotHttp: 'consume over HTTP, one customer',
  manyHttp: 'consume over HTTP, 1,000 customers',
  hotPlain: 'Fastify and one UPDATE each, one customer',
  manyPlain: 'Fastify and one UPDATE each, 1,000 customers',
  hotPglite: 'consume on PGlite, one customer',
  manyPglite: 'consume on PGlite, 1,000 customers',
  hotPgliteHttp: 'consume on PGlite over HTTP, one customer',
}

/** Consuming quota, never more than there is, against the obvious conditional UPDATE. */
export const quota: Benchmark = {
  name: 'quota',
  count: 20_000,
  about: (count) =>
    `taking one unit of a quota ${count.toLocaleString('en')} times (a tenth as often by UPDATE), `
    + `${clients} clients`,
  async prepare(bench) {
    const customers = Math.min(manyCustomers, bench.count)
    const [postgres, pglite] = [
      await prepareOnPostgres(bench, customers),
      lazily(() => prepareOnPglite(bench, customers)),
    ]
    const hot: Demand = { requests: bench.count, clients, customers: 1 }
    const many: Demand = { ...hot, customers }
    const slow = (demand: Demand): Demand => ({ ...demand, requests: Math.ceil(demand.requests / fewer) })
    const run = (name: string, measure: () => Promise<Figures>): Run => ({ name, measure })
    return {
      runs: [
        run(names.hot, () => measureEngine(postgres, hot)),
        run(names.hotUpdate, () => measureUpdate(postgres, slow(hot))),
        run(names.many, () => measureEngine(postgres, many)),
        run(names.manyUpdate, () => measureUpdate(postgres, slow(many))),
        run(names.hotHttp, () => measurePortal(postgres, hot)),
        run(names.hotPlain, () => measurePlain(postgres, slow(hot))),
        run(names.manyHttp, () => measurePortal(postgres, many)),
        run(names.manyPlain, () => measurePlain(postgres, slow(many))),
        run(names.hotPglite, async () => measureEngine(await pglite(), hot)),
        run(names.manyPglite, async () => measureEngine(await pglite(), many)),
        run(names.hotPgliteHttp, async () => measurePortal(await pglite(), hot)),
      ],
      comparisons,
    }
  },
}

const rate = (of: string, to: string, atLeast?: number): Comparison => ({
  figure: 'requests/s',
  of,
  to,
  ...(atLeast === undefined ? {} : { atLeast }),
})
const slowest = (of: string, to: string, atMost?: number): Comparison => ({
  figure: 'p99 ms',
  of,
  to,
  ...(atMost === undefined ? {} : { atMost }),
})

const comparisons: Comparison[] = [
  rate(names.hot, names.hotUpdate, 20),
  slowest(names.hot, names.hotUpdate, 0.1),
  rate(names.many, names.manyUpdate, 3),
  rate(names.hotHttp, names.hotPlain),
  slowest(names.hotHttp, names.hotPlain),
  rate(names.manyHttp, names.manyPlain),
  slowest(names.manyHttp, names.manyPlain),
  ...[names.hotHttp, names.manyHttp].map((of): Comparison => ({ figure: 'peak MB', of, atMost: 400 })),
  rate(names.hotPglite, names.hotUpdate),
  rate(names.manyPglite, names.manyUpdate),
  rate(names.hotPgliteHttp, names.hotPlain),
]

const figuresOf = ({ requests }: Demand, { seconds, p50, p99 }: Timing): Figures => ({
  'requests/s': requests / seconds,
  'p50 ms': p50,
  'p99 ms': p99,
})

async function onCopy<T>(on: Prepared, work: (location: Location) => Promise<T>): Promise<T> {
  const { location, remove } = await on.copy()
  try {
    return await work(location)
  } finally {
    await remove()
  }
}

/** The engine's own function, called in a process of its own, as a vendor's server that embeds it would. */
function measureEngine(on: Prepared, demand: Demand): Promise<Figures> {
  return onCopy(on, async (location) => {
    const { answer } = await alone<Timing>(consuming, consumeInside.name, { location, ...demand })
    await assertCounted(location, demand, 'usage_daily', 'quantity')
    return figuresOf(demand, answer)
  })
}

function measureUpdate(on: Prepared, demand: Demand): Promise<Figures> {
  return onCopy(on, async (location) => {
    const { databaseUrl } = location as { databaseUrl: string }
    await query(databaseUrl, quotaTable)
    const { answer } = await alone<Timing>(consuming, updateInside.name, { url: databaseUrl, ...demand })
    await assertCounted(location, demand, 'plain_quotas', 'used')
    return figuresOf(demand, answer)
  })
}

function measurePortal(on: Prepared, demand: Demand): Promise<Figures> {
  return onCopy(on, async (location) => {
    const figures = await overHttp(await startPortal(location), '/api/billing', demand)
    await assertCounted(location, demand, 'usage_daily', 'quantity')
    return figures
  })
}

function measurePlain(on: Prepared, demand: Demand): Promise<Figures> {
  return onCopy(on, async (location) => {
    const { databaseUrl } = location as { databaseUrl: string }
    await query(databaseUrl, quotaTable)
    const figures = await overHttp(
      await startPlain(new URL('plain-quota.ts', import.meta.url).href, { DATABASE_URL: databaseUrl }),
      '',
      demand,
    )
    await assertCounted(location, demand, 'plain_quotas', 'used')
    return figures
  })
}

async function overHttp(server: Program, path: string, demand: Demand): Promise<Figures> {
  try {
    const { answer, peakMemory } = await watched<Timing>(server, consuming, consumeOverHttp.name, {
      path,
      ...demand,
    })
    return { ...figuresOf(demand, answer), 'peak MB': peakMemory }
  } finally {
    await server.stop()
  }
}

/** Asserts that exactly what was granted was counted. */
async function assertCounted(
  location: Location,
  demand: Demand,
  table: string,
  column: string,
): Promise<void> {
  if (!('databaseUrl' in location)) return
  const [found] = await query(
    location.databaseUrl,
    `select coalesce(sum(${column}), 0)::int as sum from ${table} where meter = '${meter}'`,
  )
  const granted = demand.requests + warmUpOf(demand)
  if (found!['sum'] !== granted)
    throw new Error(`${String(found!['sum'])} were counted where ${granted} were granted`)
}
