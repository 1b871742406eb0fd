import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { putMeter, rebuildUsage } from '@customer-portal/billing'
import { instantFromMilliseconds } from '@customer-portal/billing/testing'
import { alone } from './alone.ts'
import type { Bench, Benchmark, Comparison, Figures, Run } from './benchmark.ts'
import { customerId, prepareOnPglite, prepareOnPostgres } from './customers.ts'
import { onEngineNow } from './engine.ts'
import { lazily } from './lazily.ts'
import { askSteadily, type Asking } from './load/others.ts'
import { portalToken } from './load/portal-token.ts'
import { openConnection, requestOf } from './load/connection.ts'
import { secretKey, startPortal, type Location, type Program } from './program.ts'
import { query } from './server.ts'
import { fillUsage } from './stored-usage.ts'

/** Customer 1 is busy or blocked; the measurement is how long all others wait. */
const customers = 20
/** A short form of the benchmark measures and blocks for less time. */
const lastingFor = (count: number) => Math.min(5_000, count / 4)
const stalledReaders = 20

const names = {
  pgliteQuiet: 'PGlite, quiet',
  wide: 'PGlite, JSON bodies of 800 kB in many shapes',
  files: 'PGlite, a file of events and 20 readers who stall',
  quiet: 'PostgreSQL, quiet',
  held: 'PostgreSQL, a customer held for 5 s',
  busy: 'PostgreSQL, a processor taken by a statement',
  rebuild: 'PostgreSQL, different values made anew',
  changes: 'PostgreSQL, unread changes',
}

/** Whether one customer's work, or a hostile request, delays the others. */
export const isolation: Benchmark = {
  name: 'isolation',
  count: 1_000_000,
  about: (count) =>
    `how long others wait while bodies of 800 kB are refused, ${fileOf(count).toLocaleString('en')} `
    + 'events are read as a file, a customer is held, '
    + `${count.toLocaleString('en')} different values are made anew, `
    + `and ${changesOf(count).toLocaleString('en')} changes are unread`,
  async prepare(bench) {
    const pglite = lazily(() => filledPglite(bench))
    const postgres = lazily(async () => (await prepareOnPostgres(bench, customers)).location as Server)
    const values = lazily(() => withValues(bench))
    const changes = lazily(() => withChanges(bench))
    const quiet = async () => pause(lastingFor(bench.count))
    const run = (name: string, where: () => Promise<Location>, disturb: Disturb): Run => ({
      name,
      measure: async () => disturbed(await where(), disturb, lastingFor(bench.count)),
    })
    return {
      runs: [
        run(names.pgliteQuiet, pglite, quiet),
        run(names.wide, pglite, sendWideBodies),
        run(names.files, pglite, readFiles),
        run(names.quiet, postgres, quiet),
        run(names.held, postgres, async (portal, location) =>
          holdCustomer(portal, location as Server, lastingFor(bench.count)),
        ),
        run(names.busy, postgres, async (_, location) =>
          takeProcessor(location as Server, lastingFor(bench.count)),
        ),
        run(names.rebuild, values, async (_, location) => rebuildAlone(location as Server)),
        run(names.changes, changes, readChanges),
      ],
      comparisons,
    }
  },
}

const fileOf = (count: number) => Math.ceil(count * 0.24)
const changesOf = (count: number) => count * 3

const comparisons: Comparison[] = [
  { figure: 'loop ms', of: names.wide, atMost: 100 },
  { figure: 'longest ms', of: names.files, atMost: 250 },
  { figure: 'p99 ms', of: names.held, to: names.quiet, atMost: 2 },
  { figure: 'p99 ms', of: names.rebuild, to: names.quiet, atMost: 2 },
  // How much of that is processor time, and how much is locks and writes.
  { figure: 'p99 ms', of: names.rebuild, to: names.busy },
  { figure: 'heap MB above rest', of: names.rebuild, atMost: 300 },
  { figure: 'longest call ms', of: names.changes, atMost: 1_000 },
  { figure: 'p99 ms', of: names.wide, to: names.pgliteQuiet },
  { figure: 'p99 ms', of: names.files, to: names.pgliteQuiet },
]

interface Server {
  databaseUrl: string
}
/** Puts load on a server and resolves when it is over. */
type Disturb = (portal: Program, location: Location) => Promise<Figures | void>

/** Starts a server and sends steady requests for everybody else while the load runs. */
async function disturbed(location: Location, disturb: Disturb, warmUpMs: number): Promise<Figures> {
  const portal = await startPortal(location)
  try {
    const asking: Asking = await askSteadily(portal.port, {
      key: secretKey,
      customers: Array.from({ length: customers - 1 }, (_, place) => customerId(place + 2)),
      warmUpMs,
    })
    const figures = await disturb(portal, location).catch((error: unknown) => {
      asking.stop()
      throw error
    })
    return { ...(await asking.end()), ...figures }
  } finally {
    await portal.stop()
  }
}

async function filledPglite(bench: Bench): Promise<Location> {
  const { location } = await prepareOnPglite(bench, customers)
  await alone(new URL('stored-usage.ts', import.meta.url).href, fillUsage.name, {
    location,
    rows: fileOf(bench.count),
    customers: 1,
  })
  return location
}

/**
 * Bodies at the size limit that cause as much work as possible. Unknown fields, without a credential, once
 * blocked the process for half a minute.
 */
async function sendWideBodies({ port }: Program): Promise<void> {
  const many = <T>(count: number, one: (place: number) => T) =>
    Array.from({ length: count }, (_, place) => one(place))
  const fields = Object.fromEntries(many(80_000, (place) => [place.toString(36), 1]))
  const event = { id: 'wide', customerId: customerId(1), meter: 'ai_chat' }
  const properties = Object.fromEntries(many(60, (place) => [`p${place}`, place]))
  const bodies: [path: string, body: unknown][] = [
    ['portal-sessions/exchange', fields],
    ['portal-sessions/exchange', fields],
    ['events', { ...event, properties: fields }],
    ['events', { ...event, quantity: many(180_000, () => [1]) }],
    ['events', { ...event, properties: { deep: many(180_000, () => [1]) } }],
    [
      'events',
      many(190, (sent) => ({
        ...event,
        id: `named-${sent}`,
        properties: Object.fromEntries(many(300, (place) => [`x${sent}y${place}`, 1])),
      })),
    ],
    ['events', many(1_000, (place) => ({ ...event, id: `wide-${place}`, customerId: 'nobody', properties }))],
  ]
  for (const [path, body] of bodies) {
    const authorization: Record<string, string> =
      path === 'events' ? { authorization: `Bearer ${secretKey}` } : {}
    await fetch(`http://127.0.0.1:${port}/api/billing/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    })
    await pause(200)
  }
}

/** One client reads the file to its end, twenty request it and read nothing. */
async function readFiles({ port }: Program): Promise<void> {
  const key = await portalToken(port, customerId(1))
  const ask = (): Socket => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    socket.write(requestOf('GET', '/api/portal/usage/export', { key }))
    return socket
  }
  const reader = ask()
  await once(reader, 'readable')
  const stalled = Array.from({ length: stalledReaders }, ask)
  let bytes = 0
  let end = ''
  for await (const part of reader) {
    bytes += (part as Buffer).length
    end = (end + (part as Buffer).toString('latin1')).slice(-5)
    if (end === '0\r\n\r\n') break
  }
  for (const socket of stalled) socket.destroy()
  if (bytes < 1_000) throw new Error('the file was not written')
}

/** Another process holds the customer's lock while four clients keep sending for that customer. */
async function holdCustomer({ port }: Program, { databaseUrl }: Server, milliseconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query('select from customers where customer_id = $1 for update', [customerId(1)])
  const own = Array.from({ length: 4 }, async (_, place) => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const event = {
      id: `held-${Date.now()}-${place}`,
      customerId: customerId(1),
      meter: 'tokens',
      quantity: 1,
    }
    return fetch(`http://127.0.0.1:${port}/api/billing/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
    }).then((answer) => answer.text())
  })
  await pause(milliseconds)
  await client.query('rollback')
  await client.end()
  await Promise.all(own)
}

/** A statement that reads no table and locks nothing keeps one processor busy. */
async function takeProcessor({ databaseUrl }: Server, milliseconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, statement_timeout: milliseconds })
  await client.connect()
  await client
    .query('select count(*) from generate_series(1, 1000000000) a cross join generate_series(1, 1000) b')
    .then(
      () => Promise.reject(new Error('the statement ended before its time')),
      (error: { code?: string }) => (error.code === '57014' ? undefined : Promise.reject(error)),
    )
  await client.end()
}

/** A database whose first customer has that many unique values, none in an aggregate yet. */
async function withValues(bench: Bench): Promise<Server> {
  const location = (await prepareOnPostgres(bench, customers, 'values')).location as Server
  await onEngineNow(location, async (engine) =>
    putMeter(engine, { key: 'users', name: 'Users', unit: 'user', aggregation: 'unique', uniqueBy: 'who' }),
  )
  bench.progress(`storing ${bench.count.toLocaleString('en')} different values`, 0, bench.count)
  await query(
    location.databaseUrl,
    `insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties)
      select '${customerId(1)}', 'u' || n, 'users', 1, time, (time at time zone 'Asia/Shanghai')::date, time,
        jsonb_build_object('who', 'user-' || n)
      from (
        select n,
          date_trunc('month', now()) + n * ((now() - date_trunc('month', now())) / ${bench.count}) as time
        from generate_series(1, ${bench.count}) n
      ) e`,
  )
  await query(location.databaseUrl, 'vacuum analyze')
  return location
}

async function rebuildAlone(location: Server): Promise<Figures> {
  // Each round starts like the first one.
  for (const table of ['usage_values', 'usage_daily'])
    await query(
      location.databaseUrl,
      `delete from ${table} where customer_id = '${customerId(1)}' and meter = 'users'`,
    )
  const { answer } = await alone<{ seconds: number; heapMb: number; rows: number }>(
    import.meta.url,
    rebuildWatched.name,
    location,
  )
  if (answer.rows === 0) throw new Error('nothing was made anew')
  return { 'rebuild s': answer.seconds, 'heap MB above rest': Math.max(answer.heapMb, 0.1) }
}

/** Rebuilds every aggregate as `npm run rebuild-usage` does, and tracks the memory of its objects. */
export async function rebuildWatched(
  location: Location,
): Promise<{ seconds: number; heapMb: number; rows: number }> {
  return onEngineNow(location, async (engine) => {
    const rest = process.memoryUsage().heapUsed
    let most = rest
    const look = setInterval(() => {
      most = Math.max(most, process.memoryUsage().heapUsed)
    }, 50)
    const began = performance.now()
    let rows = 0
    for await (const difference of rebuildUsage(engine)) rows += difference.was === null ? 1 : 0
    clearInterval(look)
    return { seconds: (performance.now() - began) / 1000, heapMb: (most - rest) / 1e6, rows }
  })
}

async function withChanges(bench: Bench): Promise<Server> {
  const location = (await prepareOnPostgres(bench, customers, 'changes')).location as Server
  bench.progress(`storing ${changesOf(bench.count).toLocaleString('en')} changes`, 0, changesOf(bench.count))
  await query(
    location.databaseUrl,
    `insert into activity (customer_id, type, subject_id, at)
      select 'customer_' || lpad((1 + n % ${customers})::text, 4, '0'), 'account.updated', 'customer',
        '${instantFromMilliseconds(Date.now())}'
      from generate_series(1, ${changesOf(bench.count)}) n`,
  )
  return location
}

const changePages = 50

/** A client that reads the feed for the first time after years. */
async function readChanges({ port }: Program): Promise<Figures> {
  const connection = await openConnection(port, () => undefined)
  let cursor: string | null = null
  let longest = 0
  for (let page = 0; page < changePages; page += 1) {
    const began = performance.now()
    const body: string = await new Promise((resolve, reject) => {
      connection.send(
        requestOf('GET', `/api/billing/activity?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`, {
          key: secretKey,
        }),
        (answer) => {
          if (answer.status === 200) resolve(answer.body)
          else reject(new Error(answer.body))
        },
      )
    })
    longest = Math.max(longest, performance.now() - began)
    const { data, nextCursor } = JSON.parse(body) as { data: unknown[]; nextCursor: string }
    if (data.length !== 100) throw new Error(`a page of ${data.length} changes`)
    cursor = nextCursor
  }
  connection.close()
  return { 'longest call ms': longest }
}
