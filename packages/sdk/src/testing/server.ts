import { createSecretKey } from '@customer-portal/billing'
import { registerBillingApi } from '@customer-portal/billing-api'
import {
  seedTwoCustomers,
  testServer,
  type testDatabases,
  type TestServer,
} from '@customer-portal/http/testing'
import { createClient, type ClientOptions } from '../client.ts'
import { machineClock, type Clock } from '../clock.ts'

type Create = (typeof testDatabases)[number]['create']
export type ListeningServer = Awaited<ReturnType<typeof listeningServer>>

/**
 * The vendor's API on a port of its own, with the customers `acme` and `globex`, and factories of clients for
 * it.
 */
export async function listeningServer(create: Create) {
  const server: TestServer = await testServer(create, (app, { engine, clock }) =>
    registerBillingApi(app, {
      engine,
      publicUrl: () => 'https://billing.example.com',
      testClock: {
        now: () => clock.at,
        moveTo: async (instant) => {
          clock.at = instant.replace(/(\.\d+)?Z$/, '.000000Z')
          return clock.at
        },
      },
    }),
  )
  await seedTwoCustomers(server)
  const { key } = await createSecretKey(server.engine, { name: 'sdk' })
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const now = () => Date.parse(server.clock.at)
  return {
    ...server,
    url,
    key,
    /** A client on the server's clock; its queue is closed with the test. */
    client: (options: Partial<ClientOptions> = {}) =>
      createClient({
        url,
        key,
        clock: { now, wait: machineClock.wait },
        ...options,
        usage: { atExit: false, ...options.usage },
      }),
    /** A clock that starts at the server's time and whose waits end when `pass` has advanced it enough. */
    handClock: () => handClock(now()),
    /** The number of stored copies of each event, by id. */
    async stored(prefix: string): Promise<Record<string, number>> {
      const rows = await server.database.asOwner((tx) =>
        tx.query<{ id: string; times: number }>(
          'select id, count(*)::int as times from usage_events where id like $1 group by id',
          [`${prefix}%`],
        ),
      )
      return Object.fromEntries(rows.map(({ id, times }) => [id, times]))
    },
  }
}

export interface HandClock extends Clock {
  /** Advances the time, which ends the waits that are over then. */
  pass(milliseconds: number): void
  /** Resolves when a caller waits, with the duration. */
  waiting(): Promise<number>
  /** The durations of all waits. */
  readonly waits: number[]
}

function handClock(start: number): HandClock {
  let now = start
  let open: { until: number; end(): void }[] = []
  const waits: number[] = []
  const listeners: ((milliseconds: number) => void)[] = []
  return {
    waits,
    now: () => now,
    wait: (milliseconds, { signal } = {}) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const wait = {
          until: now + milliseconds,
          end: () => {
            open = open.filter((other) => other !== wait)
            resolve()
          },
        }
        open.push(wait)
        waits.push(milliseconds)
        signal?.addEventListener('abort', wait.end)
        for (const listener of listeners.splice(0)) listener(milliseconds)
      }),
    pass(milliseconds) {
      now += milliseconds
      for (const wait of open.filter(({ until }) => until <= now)) wait.end()
    },
    waiting: () =>
      new Promise((resolve) => {
        const [first] = open
        if (first) resolve(first.until - now)
        else listeners.push(resolve)
      }),
  }
}
