import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createEngine,
  createCustomer,
  createSubscription,
  findMistakes,
  getInvoices,
  migrateBilling,
  putMeter,
  putPlan,
  putSeller,
  recordUsage,
  type Engine,
} from '@customer-portal/billing'
import { openDatabase, type Database } from '@customer-portal/database'
import { createAgent, createWorkbench, migrateWorkbench } from '@customer-portal/workbench'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPostgres } from '../../scripts/postgres.mjs'
import { realClock } from './clock.ts'
import { idMaker } from './ids.ts'

const serverUrl = process.env['TEST_DATABASE_URL']
const run = promisify(execFile)

/** The arguments of a command in the README after its name, with the placeholders filled in. */
function commandIn(file: string, name: string, places: Record<string, string>): string[] {
  const line = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name} `))
  if (!line) throw new Error(`${file} has no line that begins with ${name}`)
  return line
    .split(' ')
    .slice(1)
    .map((word) =>
      word.replace(
        /"?\$(\w+)"?|(backup\.dump)/g,
        (_, variable: string | undefined, dump: string | undefined) => places[variable ?? dump!]!,
      ),
    )
}

// Only a server has pg_dump; the folder of the embedded database is copied.
describe.each(serverUrl ? [serverUrl] : [])('a backup as described in the README', (url) => {
  const name = `backup_${process.pid}_${randomBytes(4).toString('hex')}`
  const folder = mkdtempSync(join(tmpdir(), 'backup-'))
  const at = (database: string) => {
    const place = new URL(url)
    Object.assign(place, { username: name, password: name, pathname: `/${database}` })
    return place.href
  }
  const on = async (database: string | undefined, ...statements: string[]) => {
    const place = new URL(url)
    if (database !== undefined) place.pathname = `/${database}`
    const server = new pg.Client({ connectionString: place.href })
    await server.connect()
    try {
      for (const sql of statements) await server.query(sql)
    } finally {
      await server.end()
    }
  }
  /** Beside the server, or where the system has its client programs. */
  let bin: string | undefined
  const tool = (command: string) =>
    bin !== undefined && existsSync(join(bin, command)) ? join(bin, command) : command
  beforeAll(async () => {
    bin = await findPostgres()
    // An owner without superuser rights who, as of PostgreSQL 16, does not inherit the rights of roles it may
    // switch to.
    await on(
      undefined,
      `create role ${name} login noinherit password '${name}'`,
      `grant portal, billing to ${name}`,
      `create database ${name} owner ${name}`,
      `create database ${name}_back owner ${name}`,
    )
    for (const database of [name, `${name}_back`])
      await on(database, `grant create, usage on schema public to ${name}`)
  })
  afterAll(async () => {
    await on(
      undefined,
      `drop database if exists ${name} with (force)`,
      `drop database if exists ${name}_back with (force)`,
      `drop role if exists ${name}`,
    )
    rmSync(folder, { recursive: true })
  })

  const engineOn = async <T>(
    database: string,
    work: (engine: Engine, db: Database) => Promise<T>,
  ): Promise<T> => {
    const db = await openDatabase({ databaseUrl: at(database) })
    try {
      await migrateBilling(db)
      await migrateWorkbench(db)
      const { now } = realClock()
      return await work(createEngine({ db, now, newId: idMaker(now) }), db)
    } finally {
      await db.close()
    }
  }

  /** Every row of every table as text, and the tables that force row level security. */
  const everything = (db: Database) =>
    db.asOwner(async (tx) => {
      const tables = await tx.query<{ name: string }>(
        `select c.relname as name
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind = 'r'
          order by 1`,
      )
      const rows: Record<string, string[]> = {}
      await tx.query('set local role billing')
      for (const { name: table } of tables)
        rows[table] = (await tx.query<{ row: string }>(`select t::text as row from ${table} t`))
          .map(({ row }) => row)
          .sort()
      await tx.query('set local role none')
      const forced = await tx.query('select relname from pg_class where relforcerowsecurity order by 1')
      return { rows, forced }
    })

  test('has every row of every table, and restored into an empty database it reconciles and the engine continues', async () => {
    const before = await engineOn(name, async (engine, db) => {
      await putSeller(engine, {
        name: '示例',
        taxId: '91330100799655058B',
        address: '杭州',
        phone: '1',
        bankName: '招行',
        bankAccount: '1',
        timezone: 'Asia/Shanghai',
      })
      await putMeter(engine, { key: 'calls', name: 'Calls', unit: 'calls' })
      await putPlan(engine, {
        id: 'plan',
        name: 'Plan',
        fee: { amount: 10_000, per: 'subscription' },
        charges: [{ meter: 'calls', included: 5, overage: 'block' }],
      })
      for (const id of ['acme', 'globex']) {
        await createCustomer(engine, { id, companyName: id })
        await createSubscription(engine, { customerId: id, planId: 'plan' })
        await recordUsage(engine, [{ id: 'e', customerId: id, meter: 'calls', quantity: 3 }])
      }
      await createAgent(createWorkbench(engine), {
        customerId: 'acme',
        email: 'a@example.com',
        name: 'A',
        role: 'owner',
        password: 'a long password',
      })
      return everything(db)
    })
    expect([
      before.rows['customers']!.length,
      before.rows['agents']!.length,
      before.rows['schema_migrations']!.length > 10,
      before.forced.length > 10,
    ]).toEqual([2, 1, true, true])

    const places = {
      DATABASE_URL: at(name),
      NEW_DATABASE_URL: at(`${name}_back`),
      'backup.dump': join(folder, 'backup.dump'),
    }
    for (const file of ['README.md', 'README.zh-CN.md']) {
      await run(tool('pg_dump'), commandIn(file, 'pg_dump', places))
      expect(commandIn(file, 'pg_restore', places)).toEqual(commandIn('README.md', 'pg_restore', places))
    }
    await run(tool('pg_restore'), commandIn('README.md', 'pg_restore', places))
    await engineOn(`${name}_back`, async (engine, db) => {
      expect(await everything(db)).toEqual(before)
      const mistakes: unknown[] = []
      for await (const mistake of findMistakes(engine)) mistakes.push(mistake)
      expect(mistakes).toEqual([])
      await createCustomer(engine, { id: 'initech', companyName: 'initech' })
      await createSubscription(engine, { customerId: 'initech', planId: 'plan' })
      const { data } = await getInvoices(engine, { customerId: 'initech' })
      expect(data.map(({ number }) => number?.slice(-6)).filter(Boolean)).toEqual(['000003'])
    })
  }, 120_000)
})
