import { alone } from './alone.ts'
import type { Bench, Figures } from './benchmark.ts'
import { customerId, prepareOnPglite, prepareOnPostgres } from './customers.ts'
import { copyForPages, readPlainPages, type PageTimes } from './load/plain-pages.ts'
import { readOverHttp, readPages, type Reading } from './load/read.ts'
import type { Timing } from './load/requests.ts'
import { startPortal, type Location } from './program.ts'
import { query } from './server.ts'
import { fillUsage, largestShare } from './stored-usage.ts'
import { watched } from './watched.ts'

const reading = new URL('load/read.ts', import.meta.url).href
const plainReading = new URL('load/plain-pages.ts', import.meta.url).href
const filling = new URL('stored-usage.ts', import.meta.url).href

/** A database with that many stored events, on which runs measure one after the other. */
export interface Stored {
  location: Location
  rows: number
  customers: number
}

/** Fills a database with usage, then checkpoints and analyzes it, so that no background work is left. */
export async function storeOnPostgres(
  bench: Bench,
  rows: number,
  customers: number,
  name: string,
): Promise<Stored> {
  const { location } = await prepareOnPostgres(bench, customers, name)
  await fill(bench, { location, rows, customers })
  const { databaseUrl } = location as { databaseUrl: string }
  for (const statement of ['vacuum analyze', 'checkpoint']) await query(databaseUrl, statement)
  return { location, rows, customers }
}

export async function storeOnPglite(bench: Bench, rows: number, customers: number): Promise<Stored> {
  const { location } = await prepareOnPglite(bench, customers)
  await fill(bench, { location, rows, customers })
  return { location, rows, customers }
}

async function fill({ progress }: Bench, stored: Stored): Promise<void> {
  await alone(filling, fillUsage.name, stored, (done) =>
    progress(`storing ${stored.rows.toLocaleString('en')} events`, done, stored.rows),
  )
}

/** Starts a server on the data and reads `path` for random customers. */
export async function measureReading(
  { location, customers }: Stored,
  wanted: Omit<Reading, 'port' | 'customers'>,
): Promise<Figures> {
  const portal = await startPortal(location)
  try {
    const { answer, peakMemory } = await watched<Timing>(portal, reading, readOverHttp.name, {
      ...wanted,
      customers,
    })
    return readingFigures(wanted, answer, peakMemory)
  } finally {
    await portal.stop()
  }
}

export const readingFigures = (
  { requests }: Pick<Reading, 'requests'>,
  { seconds, p50, p99 }: Timing,
  peakMemory: number,
): Figures => ({ 'requests/s': requests / seconds, 'p50 ms': p50, 'p99 ms': p99, 'peak MB': peakMemory })

const farPage = 100
const pageTimes = 200
/** With fewer events the largest customer has no hundredth page. */
export const fewestRows = largestShare * farPage

/** The default page size; smaller when so few events are stored that there would be no hundredth page. */
const pageSize = ({ rows }: Stored) => Math.min(20, Math.max(1, Math.floor(rows / largestShare / farPage)))
const pagesOf = (stored: Stored) => ({
  customerId: customerId(1),
  limit: pageSize(stored),
  page: farPage,
  times: pageTimes,
})
const pageFigures = ({ first, far }: PageTimes): Figures => ({ 'first page ms': first, '100th page ms': far })

/** The first and the hundredth page of the largest customer's events, in the portal's API. */
export async function measurePages(stored: Stored): Promise<Figures> {
  const portal = await startPortal(stored.location)
  try {
    const { answer, peakMemory } = await watched<PageTimes>(portal, reading, readPages.name, pagesOf(stored))
    return { ...pageFigures(answer), 'peak MB': peakMemory }
  } finally {
    await portal.stop()
  }
}

/** The same events in a table made for pages alone. */
export async function storePlain({ progress }: Bench, { location, rows }: Stored): Promise<void> {
  progress('copying the events for the query by itself', 0, rows)
  await copyForPages({ url: (location as { databaseUrl: string }).databaseUrl })
}

/** The same pages by one query each from that table, on one otherwise idle connection. */
export async function measurePlainPages(stored: Stored): Promise<Figures> {
  const { databaseUrl } = stored.location as { databaseUrl: string }
  const { answer } = await alone<PageTimes>(plainReading, readPlainPages.name, {
    url: databaseUrl,
    ...pagesOf(stored),
  })
  return pageFigures(answer)
}
