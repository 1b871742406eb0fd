import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { bundleServer } from '../../scripts/server-bundle.mjs'

const limit = 1_000
const clients = 200
const long = process.env['LONG'] === '1'
const rounds = long ? 10 : 1
const turns = long ? 6 : 2
const patience = 300_000

const main = await bundleServer()
const serverUrl = process.env['TEST_DATABASE_URL']
const key = `sk_${randomBytes(16).toString('hex')}`
const children = new Set<ChildProcess>()

type Location = { dataDir: string } | { databaseUrl: string }

/** A database of its own, and the function that removes it. */
interface Place {
  location: Location
  remove(): Promise<void>
}

async function folder(): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'quota-clients-'))
  await createDataDir(join(home, 'data'), { billing: migrationsFolder })
  return { location: { dataDir: join(home, 'data') }, remove: async () => rmSync(home, { recursive: true }) }
}

async function database(): Promise<Place> {
  const name = `quota_clients_${process.pid}_${randomBytes(4).toString('hex')}`
  const onServer = async (sql: string) => {
    const client = new pg.Client({ connectionString: serverUrl })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await onServer(`create database ${name}`)
  const url = new URL(serverUrl!)
  url.pathname = `/${name}`
  return {
    location: { databaseUrl: url.href },
    remove: () => onServer(`drop database if exists ${name} with (force)`),
  }
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts a server as a process; resolves with its address. */
async function startServer(location: Location, cwd: string): Promise<{ child: ChildProcess; url: string }> {
  const where =
    'dataDir' in location ? { DATA_DIR: location.dataDir } : { DATABASE_URL: location.databaseUrl }
  const child = spawn(process.execPath, [main], {
    cwd,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', BILLING_API_KEY: key, ...where },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  let output = ''
  for await (const part of child.stdout) {
    output += String(part)
    const url = /API docs +(http:\S+)\/docs/.exec(output)?.[1]
    if (url) {
      child.stdout.on('data', () => undefined)
      return { child, url }
    }
  }
  throw new Error(`the server did not start: ${output}`)
}

interface Answer {
  status: number
  body: {
    granted: number
    remaining: number | null
    code?: string
    used: number
    reserved: number
    duplicate: boolean
  }
}

/**
 * Sends a request to one of the servers, and disconnects early on request. Undefined when no response
 * arrived.
 */
async function request(
  url: string,
  method: string,
  path: string,
  body?: object,
  hangUpAfter?: number,
): Promise<Answer | undefined> {
  try {
    const answer = await fetch(`${url}/api/billing${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(hangUpAfter === undefined ? {} : { signal: AbortSignal.timeout(hangUpAfter) }),
    })
    return { status: answer.status, body: (await answer.json()) as Answer['body'] }
  } catch {
    return undefined
  }
}

describe.each([
  { name: 'a PGlite folder', place: folder, servers: 1 },
  ...(serverUrl ? [{ name: 'PostgreSQL', place: database, servers: 2 }] : []),
])('$servers server(s) on $name', ({ place, servers }) => {
  test.each(Array.from({ length: rounds }, (_, round) => round + 1))(
    `${clients} clients on a limit of ${limit}, who disconnect, retry, and abandon reservations, are never granted more (round %i)`,
    { timeout: patience },
    async () => {
      const { location, remove } = await place()
      const cwd = mkdtempSync(join(tmpdir(), 'quota-servers-'))
      // One after the other, because the first one creates the tables.
      const running = [await startServer(location, cwd)]
      while (running.length < servers) running.push(await startServer(location, cwd))
      const urls = running.map((server) => server.url)
      const must = async (method: string, path: string, body?: object) => {
        const answer = await request(urls[0]!, method, path, body)
        expect(answer?.status, path).toBeLessThan(300)
        return answer!.body
      }
      await must('PUT', '/meters/tokens', { name: 'Tokens', unit: 'tokens' })
      await must('PUT', '/plans/limited', {
        name: 'Limited',
        fee: { amount: 0, per: 'subscription' },
        charges: [{ meter: 'tokens', included: limit / 2, overage: 'block' }],
      })
      await must('POST', '/customers', { id: 'acme', companyName: 'Acme' })
      await must('POST', '/customers/acme/subscription', { planId: 'limited' })
      // Half of the limit is the plan's, a quarter each of two grants.
      for (const category of ['paid', 'promotional'])
        await must('POST', '/customers/acme/grants', {
          meter: 'tokens',
          units: limit / 4,
          category,
          source: 'promotion',
        })

      /** The response to each id: a recorded one must have its event. */
      const answered = new Map<string, number>()
      /**
       * Ids with a request whose client disconnected: it may still be served after its repetition was
       * answered.
       */
      const hungUp = new Set<string>()
      const of = '/customers/acme/quota/tokens'
      const chance = (share: number) => Math.random() < share
      const upTo = (most: number) => 1 + Math.floor(Math.random() * most)

      /** Repeats a request until it is answered, often disconnecting first; always with the same content. */
      async function repeatUntilAnswered(id: string, path: string, body?: object): Promise<Answer['body']> {
        for (let tries = 0; tries < 100; tries += 1) {
          const url = urls[Math.floor(Math.random() * urls.length)]!
          const answer = await request(
            url,
            'POST',
            path,
            body,
            tries < 3 && chance(0.3) ? upTo(30) : undefined,
          )
          if (answer && answer.status < 300) return answer.body
          // Repeated after its second was over: the reservation has expired and its id is closed.
          if (
            answer?.status === 409
            && answer.body.code === 'reservation_closed'
            && path.endsWith('/reserve')
          )
            return { ...answer.body, granted: 0 }
          if (!answer) hungUp.add(id)
          if (answer && answer.status !== 429 && answer.status !== 503)
            throw new Error(`${path}: ${answer.status} ${answer.body.code}`)
          await new Promise((resolve) => setTimeout(resolve, upTo(20)))
        }
        throw new Error(`${path}: no answer`)
      }

      async function client(number: number): Promise<void> {
        for (let turn = 0; turn < turns; turn += 1) {
          const id = `${number}-${turn}`
          if (chance(0.5)) {
            answered.set(
              id,
              (await repeatUntilAnswered(id, `${of}/consume`, { id, quantity: upTo(12) })).granted,
            )
            continue
          }
          const { granted } = await repeatUntilAnswered(id, `${of}/reserve`, {
            id,
            quantity: upTo(20),
            ttlSeconds: chance(0.5) ? 1 : 600,
          })
          if (granted === 0) continue
          const end = Math.random()
          if (end < 0.6)
            answered.set(
              id,
              (await repeatUntilAnswered(id, `${of}/reservations/${id}/settle`, { quantity: upTo(25) - 1 }))
                .granted,
            )
          else if (end < 0.8) await repeatUntilAnswered(id, `${of}/reservations/${id}/release`)
          // The rest is abandoned.
        }
      }

      let most = 0
      let over = false
      const watch = (async () => {
        while (!over) {
          const quota = await request(urls[0]!, 'GET', of)
          if (quota?.status === 200) most = Math.max(most, quota.body.used + quota.body.reserved)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })()
      await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
      over = true
      await watch
      // The clients asked for more than twice the limit, so they met at it.
      expect(most).toBeGreaterThan(0.9 * limit)
      expect(most).toBeLessThanOrEqual(limit)

      // With several servers, one is killed; its grants stay valid.
      if (running.length > 1) running[1]!.child.kill('SIGKILL')
      urls.splice(1)
      // Reservations abandoned for a second expire, and the whole limit is available again: nothing leaks.
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      for (let number = 0; ; number += 1) {
        const { granted, remaining } = await must('POST', `${of}/consume`, {
          id: `rest-${number}`,
          quantity: 10,
        })
        if (granted > 0) answered.set(`rest-${number}`, granted)
        if (remaining === 0) break
      }
      const quota = await must('GET', of)
      expect(quota.used + quota.reserved).toBe(limit)
      running[0]!.child.kill('SIGTERM')
      await once(running[0]!.child, 'exit')

      const db = await openDatabase(location)
      const events = new Map(
        (
          await db.asOwner((tx) =>
            tx.query<{ id: string; quantity: number }>('select id, quantity from usage_events'),
          )
        ).map((event) => [event.id, event.quantity]),
      )
      const daily = await db.asOwner((tx) =>
        tx.query<{ quantity: number; events: number }>(
          'select sum(quantity)::bigint as quantity, sum(events)::bigint as events from usage_daily',
        ),
      )
      await db.close()
      const granted = [...answered].filter(([, quantity]) => quantity > 0)
      // Every client repeated until it was answered: what was granted is recorded, each id once. After an
      // answer that nothing is left the id stays free, so an earlier request whose client disconnected may
      // still use it.
      expect(granted.filter(([id, quantity]) => events.get(id) !== quantity)).toEqual([])
      expect([...events.keys()].filter((id) => !((answered.get(id) ?? 0) > 0) && !hungUp.has(id))).toEqual([])
      expect(daily).toEqual([{ quantity: quota.used, events: events.size }])
      await remove()
      rmSync(cwd, { recursive: true })
    },
  )
})
