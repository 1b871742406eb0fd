import { alone } from './alone.ts'
import type { Bench, Benchmark, Comparison, Figures, Run } from './benchmark.ts'
import { prepareOnPglite, prepareOnPostgres, type Prepared } from './customers.ts'
import { lazily } from './lazily.ts'
import { copyRows } from './load/copy.ts'
import { sendEvents, type Load } from './load/send-events.ts'
import { startPlain, startPortal, type Location } from './program.ts'
import { query } from './server.ts'
import { watched } from './watched.ts'

const copying = new URL('load/copy.ts', import.meta.url).href
const sending = new URL('load/send-events.ts', import.meta.url).href

/**
 * The more customers and meters a batch mixes, the more daily rows it updates: this is the worst mix a
 * vendor's queue plausibly has.
 */
const manyCustomers = 1000
const fewCustomers = 20
const plainMix = { customers: manyCustomers, groupBy: 0, withProperties: false }
/** COPY is so fast that fewer rows would be done before the measurement begins. */
const copiedTimes = 4

/** The load of one vendor's servers: few that batch, many that do not. */
export const shapes = {
  thousands: { batch: 1000, connections: 8 },
  hundreds: { batch: 100, connections: 32 },
  singles: { batch: 1, connections: 100 },
}

const names = {
  thousands: 'HTTP, batches of 1,000',
  hundreds: 'HTTP, batches of 100',
  singles: 'HTTP, single events',
  few: `HTTP, batches of 1,000, ${fewCustomers} customers`,
  copy: 'COPY into a table without index',
  plain: 'a Fastify route that keeps nothing',
  pgliteThousands: 'PGlite, batches of 1,000',
  pgliteHundreds: 'PGlite, batches of 100',
  pgliteSingles: 'PGlite, single events',
}

/** Recording usage over HTTP, against the minimum work of the database and of the web server. */
export const ingest: Benchmark = {
  name: 'ingest',
  count: 100_000,
  about: (count) =>
    `recording ${count.toLocaleString('en')} events (a fifth as many where single) of `
    + `${manyCustomers.toLocaleString('en')} customers and 3 meters at random, by one server`,
  async prepare(bench) {
    const customers = customersFor(bench.count)
    const [postgres, pglite] = [
      await prepareOnPostgres(bench, customers),
      lazily(() => prepareOnPglite(bench, customers)),
    ]
    const load = (shape: keyof typeof shapes, changes: Partial<Load> = {}) => ({
      ...plainMix,
      customers,
      ...shapes[shape],
      events: shape === 'singles' ? Math.ceil(bench.count / 5) : bench.count,
      ...changes,
    })
    const run = (name: string, wanted: ReturnType<typeof load>): Run => ({
      name,
      measure: () => measureIngest(postgres, wanted),
    })
    const embedded = (name: string, wanted: ReturnType<typeof load>): Run => ({
      name,
      measure: async () => measureIngest(await pglite(), wanted),
    })
    return {
      runs: [
        run(names.thousands, load('thousands')),
        run(names.hundreds, load('hundreds')),
        { name: names.copy, measure: () => measureCopy(postgres, bench) },
        run(names.few, load('thousands', { customers: fewCustomers })),
        run(names.singles, load('singles')),
        { name: names.plain, measure: () => postToPlainRoute(load('singles')) },
        embedded(names.pgliteThousands, load('thousands', { events: Math.ceil(bench.count / 2) })),
        embedded(names.pgliteHundreds, load('hundreds', { events: Math.ceil(bench.count / 2) })),
        embedded(names.pgliteSingles, load('singles')),
      ],
      comparisons,
    }
  },
}

const against = (to: string, of: string, bounds: Pick<Comparison, 'atLeast'> = {}): Comparison => ({
  figure: 'events/s',
  of,
  to,
  ...bounds,
})

const comparisons: Comparison[] = [
  against(names.copy, names.thousands, { atLeast: 0.15 }),
  against(names.copy, names.hundreds, { atLeast: 0.13 }),
  against(names.copy, names.few),
  against(names.plain, names.singles, { atLeast: 0.5 }),
  ...[names.thousands, names.hundreds, names.few, names.singles].map((of): Comparison => ({
    figure: 'peak MB',
    of,
    atMost: 400,
  })),
  against(names.copy, names.pgliteThousands),
  against(names.copy, names.pgliteHundreds),
  against(names.plain, names.pgliteSingles),
]

/** The cost of grouping a meter by one property and by two, with events that carry both in any case. */
export const dimensions: Benchmark = {
  name: 'dimensions',
  count: 100_000,
  about: (count) =>
    `recording ${count.toLocaleString('en')} events in batches of 1,000 whose meters are broken down `
    + 'by 5 models and 8 channels',
  async prepare(bench) {
    const customers = customersFor(bench.count)
    const postgres = await prepareOnPostgres(bench, customers)
    const run = (name: string, groupBy: number): Run => ({
      name,
      measure: () =>
        measureIngest(postgres, {
          ...shapes.thousands,
          customers,
          groupBy,
          withProperties: true,
          events: bench.count,
        }),
    })
    const [none, one, two] = ['not broken down', 'by one property', 'by two properties'] as const
    return {
      runs: [run(none, 0), run(one, 1), run(two, 2)],
      comparisons: [
        against(none, one),
        against(none, two),
        ...[none, one, two].map((of): Comparison => ({ figure: 'peak MB', of, atMost: 400 })),
      ],
    }
  },
}

/** A short run needs no more customers than it has events for. */
const customersFor = (count: number) => Math.min(manyCustomers, Math.max(fewCustomers, Math.ceil(count / 10)))

async function measureIngest(on: Prepared, load: EventLoad): Promise<Figures> {
  const { location, remove } = await on.copy()
  try {
    const { figures, recorded } = await recordOverHttp(location, load)
    if ('databaseUrl' in location) await assertRecorded(location, recorded)
    return figures
  } finally {
    await remove()
  }
}

export type EventLoad = Omit<Load, 'port' | 'path'>

/**
 * Starts a server on the data and records events through it, from a process of its own. Also returns the
 * number recorded including the warm-up.
 */
export async function recordOverHttp(
  location: Location,
  load: EventLoad,
): Promise<{ figures: Figures; recorded: number }> {
  const portal = await startPortal(location)
  try {
    const { answer, peakMemory } = await watched<Sent>(portal, sending, sendEvents.name, {
      ...load,
      path: '/api/billing/events',
    })
    return {
      figures: { 'events/s': load.events / answer.seconds, 'p99 ms': answer.p99, 'peak MB': peakMemory },
      recorded: load.events + answer.warmUp,
    }
  } finally {
    await portal.stop()
  }
}

type Sent = Awaited<ReturnType<typeof sendEvents>>

/** Asserts that every acknowledged event is stored once, and that the daily totals match. */
async function assertRecorded(
  { databaseUrl }: Extract<Location, { databaseUrl: string }>,
  events: number,
): Promise<void> {
  const [found] = await query(
    databaseUrl,
    `select (select count(*) from usage_events)::int as events,
        (select count(*) from usage_keys)::int as ids, (select sum(events) from usage_daily)::int as counted,
        (select sum(quantity) from usage_daily)::bigint - (
          select sum(quantity) from usage_events
        )::bigint + ${events} as quantity`,
  )
  for (const [what, count] of Object.entries(found!))
    if (Number(count) !== events) throw new Error(`${what}: ${String(count)} where ${events} were recorded`)
}

async function measureCopy(on: Prepared, { count }: Bench): Promise<Figures> {
  const { location, remove } = await on.copy()
  try {
    const events = copiedTimes * count
    const { answer } = await alone<{ seconds: number }>(copying, copyRows.name, {
      url: (location as { databaseUrl: string }).databaseUrl,
      events,
      ...plainMix,
    })
    return { 'events/s': events / answer.seconds }
  } finally {
    await remove()
  }
}

/** Sends the same events to a route that validates them and responds. */
export async function postToPlainRoute(load: EventLoad): Promise<Figures> {
  const plain = await startPlain(new URL('plain-route.ts', import.meta.url).href)
  try {
    const { answer, peakMemory } = await watched<Sent>(plain, sending, sendEvents.name, {
      ...load,
      path: '/events',
    })
    return { 'events/s': load.events / answer.seconds, 'p99 ms': answer.p99, 'peak MB': peakMemory }
  } finally {
    await plain.stop()
  }
}
