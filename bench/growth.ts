import type { Bench, Benchmark, Comparison, Figures, Run } from './benchmark.ts'
import { prepareOnPglite, prepareOnPostgres, type Prepared } from './customers.ts'
import { recordOverHttp, shapes } from './ingest.ts'
import { lazily } from './lazily.ts'
import {
  fewestRows,
  measurePages,
  measurePlainPages,
  measureReading,
  storeOnPglite,
  storeOnPostgres,
  storePlain,
  type Stored,
} from './stored.ts'

const manyCustomers = 1000
/** The embedded database is for a small vendor, who has less. */
const pgliteShare = 10
const fewShare = 50
const recordedShare = 50
const maxSummaries = 2000

/** The cost of recording and reading with much stored data, against the same with little or none. */
export const growth: Benchmark = {
  name: 'growth',
  count: 5_000_000,
  about: (count) =>
    `the same work where ${count.toLocaleString('en')} events are stored (a tenth on PGlite) and where `
    + 'a fiftieth or nothing is',
  async prepare(bench) {
    const customers = Math.min(manyCustomers, Math.ceil(bench.count / 200))
    const rows = { few: Math.ceil(bench.count / fewShare), many: bench.count }
    const onPostgres: Stages = {
      empty: lazily(() => prepareOnPostgres(bench, customers, 'empty')),
      few: lazily(() => storeOnPostgres(bench, rows.few, customers, 'few')),
      many: lazily(() => storeOnPostgres(bench, rows.many, customers, 'many')),
    }
    const onPglite: Stages = {
      empty: lazily(() => prepareOnPglite(bench, customers)),
      few: lazily(() => storeOnPglite(bench, Math.ceil(rows.few / pgliteShare), customers)),
      many: lazily(() =>
        storeOnPglite(bench, Math.max(fewestRows, Math.ceil(rows.many / pgliteShare)), customers),
      ),
    }
    const plain = lazily(async () => {
      const stored = await onPostgres.many()
      await storePlain(bench, stored)
      return stored
    })
    const query: Run = { name: names.query, measure: async () => measurePlainPages(await plain()) }
    return {
      runs: [
        ...runsOn(onPostgres, names, { ...bench, customers }),
        query,
        ...runsOn(onPglite, pgliteNames, { ...bench, customers }),
      ],
      comparisons: [
        ...comparisonsOf(names, bounds),
        ...pageComparisons,
        ...memoryComparisons,
        ...comparisonsOf(pgliteNames),
      ],
    }
  },
}

interface Stages {
  empty(): Promise<Prepared>
  few(): Promise<Stored>
  many(): Promise<Stored>
}

const namesOn = (database: string) => ({
  empty: `${database}recording into empty tables`,
  recording: `${database}recording beside many`,
  few: `${database}a summary beside few`,
  many: `${database}a summary beside many`,
  pages: `${database}a page beside many`,
})
const names = { ...namesOn(''), query: "the page's query by itself" }
const pgliteNames = namesOn('PGlite, ')

function runsOn(
  { empty, few, many }: Stages,
  named: ReturnType<typeof namesOn>,
  { count, customers }: Bench & { customers: number },
): Run[] {
  const load = {
    ...shapes.thousands,
    customers,
    groupBy: 0,
    withProperties: false,
    events: Math.ceil(count / recordedShare),
  }
  const summaries = {
    path: '/api/billing/customers/:id/usage',
    connections: 1,
    requests: Math.min(maxSummaries, Math.ceil(count / 100)),
  }
  return [
    { name: named.empty, measure: async () => recordIntoCopy(await empty(), load) },
    // On the original instead of a copy: a run adds little to what is there, and copying would take longer
    // than everything else.
    {
      name: named.recording,
      measure: async () => (await recordOverHttp((await many()).location, load)).figures,
    },
    { name: named.few, measure: async () => measureReading(await few(), summaries) },
    { name: named.many, measure: async () => measureReading(await many(), summaries) },
    { name: named.pages, measure: async () => measurePages(await many()) },
  ]
}

async function recordIntoCopy(empty: Prepared, load: Parameters<typeof recordOverHttp>[1]): Promise<Figures> {
  const { location, remove } = await empty.copy()
  try {
    return (await recordOverHttp(location, load)).figures
  } finally {
    await remove()
  }
}

const bounds = { recording: { atLeast: 0.85 }, summary: { atMost: 1.3 } }

function comparisonsOf(
  named: ReturnType<typeof namesOn>,
  { recording, summary }: Partial<typeof bounds> = {},
): Comparison[] {
  return [
    { figure: 'events/s', of: named.recording, to: named.empty, ...recording },
    { figure: 'p99 ms', of: named.many, to: named.few, ...summary },
  ]
}

const pageComparisons = ['first page ms', '100th page ms'].map((figure): Comparison => ({
  figure,
  of: names.pages,
  to: names.query,
  by: 'difference',
  atMost: 3,
}))
const memoryComparisons = [names.empty, names.recording, names.few, names.many, names.pages].map(
  (of): Comparison => ({ figure: 'peak MB', of, atMost: 400 }),
)
