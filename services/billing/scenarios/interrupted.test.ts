import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/server-bundle.mjs'
import {
  createSubscription,
  findMistakes,
  listActivity,
  migrateBilling,
  recordUsage,
  type Engine,
} from '../src/index.ts'
import type { Changed } from '../src/commands/subscription/subscribe.ts'
import { migrationsFolder, seedCatalogue, seedCustomer } from '../src/testing.ts'
import { engineAt, points, run, type Command, type Location, type Point } from './interrupted-command.ts'

const program = await bundleProgram('services/billing/scenarios/interrupted-command.ts')
const serverUrl = process.env['TEST_DATABASE_URL']
const long = process.env['LONG'] === '1'
const rounds = long ? 20 : 1
const customers = ['acme', 'beta', 'gamma']
/** Three periods of each customer have ended by then, and a fourth runs. */
const moment = '2027-01-10T00:00:00.000000Z'

/** A database with customers whose renewals are three months overdue, and copies of it on demand. */
interface Place {
  seed(): Promise<void>
  copy(): Promise<Location>
  remove(): Promise<void>
}

function folderPlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'interrupted-'))
  let copies = 0
  return {
    async seed() {
      await createDataDir(join(home, 'seed'), { billing: migrationsFolder })
      await seed({ dataDir: join(home, 'seed') })
    },
    async copy() {
      const dataDir = join(home, `copy-${(copies += 1)}`)
      cpSync(join(home, 'seed'), dataDir, { recursive: true })
      return { dataDir }
    },
    remove: async () => rmSync(home, { recursive: true, force: true }),
  }
}

function serverPlace(url: string): Place {
  const name = `interrupted_${process.pid}_${randomBytes(4).toString('hex')}`
  const made: string[] = []
  const onServer = async (sql: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  const make = async (database: string, sql: string): Promise<Location> => {
    await onServer(sql)
    made.push(database)
    const location = new URL(url)
    location.pathname = `/${database}`
    return { databaseUrl: location.href }
  }
  return {
    seed: async () => seed(await make(name, `create database ${name}`)),
    copy: () => make(`${name}_${made.length}`, `create database ${name}_${made.length} template ${name}`),
    async remove() {
      for (const database of made) await onServer(`drop database if exists ${database} with (force)`)
    },
  }
}

async function seed(location: Location): Promise<void> {
  const db = await openDatabase(location)
  await migrateBilling(db)
  const engine = engineAt(db, '2026-09-30T16:00:00.000000Z')
  await seedCatalogue(engine)
  for (const customerId of customers) {
    await seedCustomer(engine, customerId)
    await createSubscription(engine, { customerId, planId: 'team' })
    await recordUsage(engine, [{ id: 'e', customerId, meter: 'ai_chat', quantity: 1_234 }])
  }
  await db.close()
}

/** Starts a process that runs the command and dies at `point` or when it is killed. */
function start(location: Location, command: Command, point?: Point) {
  const child = spawn(
    process.execPath,
    [program, JSON.stringify(location), command, moment, ...(point ? [point] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit').then(([, signal]) => signal as string | null)
  return { child, ended, opened: once(child.stdout, 'data') }
}

async function resumed<T>(location: Location, work: (engine: Engine) => Promise<T>): Promise<T> {
  const db = await openDatabase(location)
  try {
    return await work(engineAt(db, moment))
  } finally {
    await db.close()
  }
}

interface Issued {
  customer: string
  number: string
  kind: string
  period: string
}

/** Completes the work, checks for faults, and returns the documents and their activity. */
async function booksOf(engine: Engine): Promise<Issued[]> {
  await run(engine, 'due')
  const mistakes = []
  for await (const mistake of findMistakes(engine)) mistakes.push(mistake)
  expect(mistakes).toEqual([])
  const issued = await engine.db.asOwner((tx) =>
    tx.query<Issued & { id: string }>(
      `select customer_id as customer, id, number, kind, period_start as period
        from invoices
        order by number`,
    ),
  )
  expect(issued.map((invoice) => invoice.number.slice(-6))).toEqual(
    [...issued.keys()].map((index) =>
      String(index < customers.length ? index + 1 : index + 1 - customers.length).padStart(6, '0'),
    ),
  )
  const activity = (await listActivity(engine, { limit: 100 })).data
    .filter((change) => change.type === 'invoice.issued')
    .map((change) => change.subjectId)
  expect(activity.sort()).toEqual(issued.map((invoice) => invoice.id).sort())
  return issued
}

/** The number of documents that the next process finds. */
const documentsIn = (location: Location) =>
  resumed(location, (engine) => engine.db.asOwner((tx) => tx.query('select number from invoices'))).then(
    (rows) => rows.length,
  )

const renewals = ['2026-10-01', '2026-11-01', '2026-12-01']
const periodsOf = (issued: readonly Issued[], customer: string, kind: string) =>
  issued.filter((one) => one.customer === customer && one.kind === kind).map((one) => one.period)

/** A process dies at each point in turn on one database; in the long form also at each of them alone. */
const deaths: Point[][] = [[...points], ...(long ? points.map((point) => [point]) : [])]
const patience = 300_000

const places = [
  { name: 'a PGlite folder', place: folderPlace },
  ...(serverUrl ? [{ name: 'PostgreSQL', place: () => serverPlace(serverUrl) }] : []),
]

describe.each(places)('a process killed on $name', ({ name, place: placeOf }) => {
  const place = placeOf()
  beforeAll(() => place.seed(), patience)
  afterAll(() => place.remove(), patience)

  /**
   * A process that dies before its commit leaves no trace: checking starts the engine on a folder, so there
   * only in the long form.
   */
  const dies = async (location: Location, command: Command, point: Point, documents: number) => {
    expect(await start(location, command, point).ended).toBe('SIGKILL')
    if (long || name === 'PostgreSQL')
      expect(await documentsIn(location)).toBe(
        point === 'after COMMIT, before the answer' ? documents : customers.length,
      )
  }

  test.each(deaths)(
    'killed while issuing, %s …, it leaves nothing half done, and the next one issues each period once',
    async (...died) => {
      const location = await place.copy()
      // The first customer's three renewals are one transaction.
      for (const point of died) await dies(location, 'due', point, customers.length + 3)
      const issued = await resumed(location, booksOf)
      for (const customer of customers)
        expect([periodsOf(issued, customer, 'start'), periodsOf(issued, customer, 'renewal')]).toEqual([
          ['2026-10-01'],
          renewals,
        ])
    },
    patience,
  )

  test.each(deaths)(
    'killed while upgrading, %s …, it upgrades once, and a retry with the key gets the same answer',
    async (...died) => {
      const location = await place.copy()
      for (const point of died) await dies(location, 'upgrade', point, customers.length + 3 + 1)
      await resumed(location, async (engine) => {
        const first = await run(engine, 'upgrade')
        expect(first.replayed).toBe(died.at(-1) === 'after COMMIT, before the answer')
        const again = await run(engine, 'upgrade')
        expect(again).toEqual({
          ...first,
          body: JSON.parse(JSON.stringify(first.body)) as unknown,
          replayed: true,
        })
        const issued = await booksOf(engine)
        expect([periodsOf(issued, 'acme', 'renewal'), periodsOf(issued, 'acme', 'change')]).toEqual([
          renewals,
          ['2027-01-01'],
        ])
        expect(issued.find((one) => one.kind === 'change')!.number).toBe(
          (again.body as Changed).invoice!.number,
        )
        const phases = await engine.db.asOwner((tx) =>
          tx.query(
            `select plan_id, ends_on is null as open
              from phases
              where customer_id = 'acme'
              order by sequence`,
          ),
        )
        expect(phases).toEqual([
          { plan_id: 'team', open: false },
          { plan_id: 'business', open: true },
        ])
      })
    },
    patience,
  )

  test(
    `killed at any moment of issuing (${rounds}), it leaves what the next one completes`,
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        const location = await place.copy()
        const { child, ended, opened } = start(location, 'due')
        await opened
        setTimeout(() => child.kill('SIGKILL'), Math.random() * 300)
        await ended
        const issued = await resumed(location, booksOf)
        for (const customer of customers) expect(periodsOf(issued, customer, 'renewal')).toEqual(renewals)
      }
    },
    patience * rounds,
  )

  test(
    'two concurrent issuers, and a repeated request: one invoice, no gap, one answer',
    async () => {
      const location = await place.copy()
      await resumed(location, async (engine) => {
        const asked = await Promise.allSettled(
          (['upgrade', 'due', 'upgrade', 'due'] as const).map((command) => run(engine, command)),
        )
        // A request while the first is running gets an error and is retried.
        for (const outcome of asked)
          if (outcome.status === 'rejected')
            expect(outcome.reason).toMatchObject({ name: 'BillingError', code: 'idempotency_in_progress' })
        const answers = [asked[0]!, asked[2]!].flatMap((outcome) =>
          outcome.status === 'fulfilled' ? [outcome.value] : [],
        )
        expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
        const again = await run(engine, 'upgrade')
        for (const answer of answers)
          expect(again).toEqual({
            ...answer,
            body: JSON.parse(JSON.stringify(answer.body)) as unknown,
            replayed: true,
          })
        const issued = await booksOf(engine)
        for (const customer of customers) expect(periodsOf(issued, customer, 'renewal')).toEqual(renewals)
        expect(periodsOf(issued, 'acme', 'change')).toEqual(['2027-01-01'])
      })
    },
    patience,
  )

  // A folder belongs to one process; a server may have several, and one that dies blocks nobody.
  if (name === 'PostgreSQL') {
    test(
      'killed beside other issuers, it leaves them to issue each period once',
      async () => {
        const location = await place.copy()
        const processes = [
          start(location, 'due'),
          start(location, 'due', 'between two due steps'),
          start(location, 'upgrade', 'before COMMIT'),
          start(location, 'upgrade'),
        ]
        await Promise.all(processes.map((process) => process.ended))
        const issued = await resumed(location, async (engine) => {
          // The client that was told its first request is running retries.
          await run(engine, 'upgrade')
          return booksOf(engine)
        })
        for (const customer of customers) expect(periodsOf(issued, customer, 'renewal')).toEqual(renewals)
        expect(periodsOf(issued, 'acme', 'change')).toEqual(['2027-01-01'])
      },
      patience,
    )
  }
})
