// Runs one command on the database given on the command line and kills itself (SIGKILL) at the given point.
// Prints the answer.
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openDatabase, type Database, type Transaction } from '@customer-portal/database'
import {
  BillingError,
  createEngine,
  idempotently,
  runBilling,
  upgradeSubscription,
  type Engine,
} from '../src/index.ts'

/** The points at which a command dies. In a billing run the last one is also between two customers. */
export const points = [
  'before the first write',
  'between two due steps',
  'before COMMIT',
  'after COMMIT, before the answer',
] as const
export type Point = (typeof points)[number]
export type Command = 'due' | 'upgrade'
export type Location = { dataDir: string } | { databaseUrl: string }

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

/** Wraps a database so that this process ends at `point`. */
export function dyingAt(db: Database, point: Point | undefined): Database {
  const watched = (tx: Transaction): Transaction => ({
    savepoint: (work) => tx.savepoint(work),
    asOwner: (work) => tx.asOwner(work),
    async query(statement, parameters) {
      const text = typeof statement === 'string' ? statement : statement.text
      if (point === 'before the first write' && /^\s*(insert|update|delete)/i.test(text)) await die()
      const rows = await tx.query(statement, parameters)
      if (point === 'between two due steps' && text.includes('insert into closed_periods')) await die()
      return rows as never
    },
  })
  return {
    ...db,
    async transaction(access, work, options) {
      const writes = options?.readOnly !== true
      const answer = await db.transaction(
        access,
        async (tx) => {
          const result = await work(watched(tx))
          if (writes && point === 'before COMMIT') await die()
          return result
        },
        options,
      )
      if (writes && point === 'after COMMIT, before the answer') await die()
      return answer
    },
  }
}

export function engineAt(db: Database, now: string): Engine {
  return createEngine({
    db,
    now: () => now,
    newId: (prefix) => `${prefix}_${randomBytes(8).toString('hex')}`,
  })
}

/**
 * The client's request, the same each time: a billing run returns only its effect, an upgrade an answer
 * stored under its key.
 */
export async function run(engine: Engine, command: Command): Promise<{ replayed: boolean; body: unknown }> {
  if (command === 'due') return { replayed: false, body: await runBilling(engine) }
  const request = { customerId: 'acme', planId: 'business' }
  return idempotently(
    engine,
    {
      customerId: 'acme',
      credential: 'key:1',
      route: 'POST /subscription/upgrade',
      key: 'the same',
      body: request,
    },
    async (inside) => ({ status: 200, body: await upgradeSubscription(inside, request) }),
    () => 409,
  )
}

if (process.argv[1] === import.meta.filename) {
  const [location, command, now, point] = process.argv.slice(2) as [
    string,
    Command,
    string,
    Point | undefined,
  ]
  const db = await openDatabase(JSON.parse(location) as Location)
  writeSync(1, 'open\n')
  const answer = await run(engineAt(dyingAt(db, point), now), command).catch((error: unknown) => {
    if (error instanceof BillingError) return error.code
    throw error
  })
  await db.close()
  writeSync(1, `${JSON.stringify(answer)}\n`)
}
