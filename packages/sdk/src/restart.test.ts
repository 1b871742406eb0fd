import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { bundleServer } from '../../../scripts/server-bundle.mjs'
import { createClient, type Client } from './index.ts'

const long = process.env.LONG === '1'
const rounds = long ? 20 : 2
const postgres = process.env['TEST_DATABASE_URL']
const main = await bundleServer()
const key = 'sk_test_of_the_sdk_that_survives'

test.each([{ kind: 'PGlite' }, ...(postgres ? [{ kind: 'PostgreSQL' }] : [])])(
  'while a server on $kind is killed and restarted, every event arrives once',
  { timeout: long ? 1_800_000 : 400_000 },
  async ({ kind }) => {
    const place = kind === 'PGlite' ? await newFolder() : await newDatabase(postgres!)
    const server = await serverThatIsKilled(place.environment)
    const client = createClient({
      url: server.url,
      key,
      usage: { atExit: false, batch: { events: 50, milliseconds: 20 }, limit: { events: 1_000_000 } },
    })
    try {
      await server.start()
      await client.meters.put('ai_chat', { name: 'Answers', unit: 'answers' })
      await client.customers.create({ id: 'acme', companyName: 'Acme' })
      const stop = new AbortController()
      const recording = record(client, stop.signal)
      for (let round = 0; round < rounds; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 300 + 97 * (round % 7)))
        await server.kill()
        await new Promise((resolve) => setTimeout(resolve, 200))
        await server.start()
      }
      stop.abort()
      const recorded = await recording
      expect(await client.usage.flush()).toBe(0)
      await server.kill()
      const stored = await place.stored()
      expect(recorded.length).toBeGreaterThan(rounds * 100)
      expect([stored.length, new Set(stored).size]).toEqual([recorded.length, recorded.length])
      expect(recorded.filter((id) => !stored.includes(id)).slice(0, 5)).toEqual([])
    } finally {
      await client.close({ milliseconds: 0 })
      await server.kill()
      await place.remove()
    }
  },
)

/** Records events every few milliseconds until it is stopped; returns their ids. */
async function record(client: Client, stop: AbortSignal): Promise<string[]> {
  const recorded: string[] = []
  while (!stop.aborted) {
    recorded.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, () => client.usage.record({ customerId: 'acme', meter: 'ai_chat' })),
      )),
    )
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return recorded
}

async function serverThatIsKilled(environment: Record<string, string>) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  return {
    url,
    async start() {
      child = spawn(process.execPath, [main], {
        cwd: tmpdir(),
        env: {
          PATH: process.env.PATH,
          PORT: String(port),
          BILLING_API_KEY: key,
          LOG_LEVEL: 'silent',
          ...environment,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let error = ''
      child.stderr!.on('data', (data) => {
        error += data
      })
      while (
        !(await fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ))
      ) {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${error}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async kill() {
      if (!child || child.signalCode !== null || child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)

async function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  await createDataDir(folder, { billing: migrationsFolder })
  return {
    environment: { DATA_DIR: folder },
    async stored() {
      const database = await openDatabase({ dataDir: folder })
      const rows = await database.asOwner((tx) => tx.query<{ id: string }>('select id from usage_events'))
      await database.close()
      return idsOf(rows)
    },
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

async function newDatabase(server: string) {
  const name = `test_sdk_${process.pid}`
  const run = async <R extends pg.QueryResultRow>(url: string, sql: string) => {
    const connection = new pg.Client({ connectionString: url })
    await connection.connect()
    return connection.query<R>(sql).finally(() => connection.end())
  }
  await run(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    environment: { DATABASE_URL: url.href },
    stored: async () => idsOf((await run<{ id: string }>(url.href, 'select id from usage_events')).rows),
    remove: async () => {
      await run(server, `drop database ${name} with (force)`)
    },
  }
}
