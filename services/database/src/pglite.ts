import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { keepByteOrderMarks } from './byte-order-mark.ts'
import { columnParsers } from './column.ts'
import { openTransaction, type Run } from './open-transaction.ts'
import { openingStatements } from './opening.ts'
import { parameterText } from './parameter.ts'
import { roomOf } from './room.ts'
import { isOutOfRoom } from './sql-state.ts'
import { serialQueue } from './serial-queue.ts'
import {
  DatabaseFull,
  DatabaseUnavailable,
  type Access,
  type Database,
  type Row,
  type Statement,
  type Transaction,
} from './types.ts'
import { upkeep } from './upkeep.ts'

/** What makes a commit durable. A database in memory has none. */
export interface Durability {
  /** Runs COMMIT; the log may stay in the operating system's cache until `flush`. */
  committing<T>(commit: () => Promise<T>): Promise<T>
  /** Resolves when everything committed before this call is on the disk. */
  flush(): Promise<void>
  /** The flush in progress for other commits, if any. */
  pending(): Promise<void> | undefined
  /** Whether there is room to write without using the reserve that the engine needs to keep running. */
  hasRoom(): boolean
}

/** Milliseconds of consecutive queries before the event loop gets a turn. */
const maxTurn = 10
const queueLimit = 10_000
const queuePatience = 30_000

/**
 * The embedded database as `Database`: one transaction at a time, each as a role bound by row level security.
 */
export function pgliteDatabase(
  engine: PGlite,
  durability: Durability | undefined,
  onClose: () => Promise<void>,
): Database {
  const queue = serialQueue({ limit: queueLimit, patience: queuePatience })
  let broken: unknown
  keepByteOrderMarks()
  let closing: Promise<void> | undefined
  // Parameters are sent as the text the database reads, and rows come back as node-postgres returns them.
  for (const type of Object.keys(engine.serializers)) engine.serializers[type] = (text: string) => text
  Object.assign(engine.parsers, columnParsers)

  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    assertIntact()
    try {
      return await call()
    } catch (error) {
      if (isCrash(error)) broken = error
      throw error
    }
  }

  let turnStartedAt = 0

  /**
   * The engine's queries finish without a turn of the event loop, so a caller that reads page after page
   * would block everything else, even timers.
   */
  async function yieldToEventLoop(): Promise<void> {
    if (performance.now() - turnStartedAt < maxTurn) return
    await nextTurn()
    turnStartedAt = performance.now()
  }

  const execute = (sql: string) => guarded(() => engine.exec(sql))

  const run: Run = async (sql, parameters = []) => {
    await yieldToEventLoop()
    if (parameters.length > 0)
      return (await guarded(() => engine.query<Row>(sql, parameters.map(parameterText)))).rows
    return ((await execute(sql)).at(-1)?.rows ?? []) as Row[]
  }

  const maintenance = upkeep(run)

  function assertIntact(): void {
    if (broken)
      throw new DatabaseUnavailable(
        `The embedded database stopped: ${(broken as Error).message}; restart the program`,
        { cause: broken },
      )
  }

  function assertUsable(): void {
    assertIntact()
    if (closing) throw new DatabaseUnavailable('The database is closed')
  }

  function assertRoom(): void {
    if (durability && !durability.hasRoom()) throw new DatabaseFull()
  }

  async function commit(): Promise<void> {
    const commitNow = () => execute('COMMIT')
    const [outcome] = await (durability ? durability.committing(commitNow) : commitNow())
    if ((outcome as { command?: string }).command === 'ROLLBACK') {
      throw new Error(
        'The transaction was rolled back: a statement in it had failed, and the error was caught',
      )
    }
  }

  async function attempt<T>(
    access: Access | 'owner',
    work: (tx: Transaction) => Promise<T>,
    readOnly: boolean,
  ): Promise<T> {
    assertUsable()
    // Migrations run before anything else and may try: otherwise a full database could not even be opened for
    // reading.
    if (!readOnly && access !== 'owner') assertRoom()
    const { transaction, end } = openTransaction(run, access)
    try {
      await run(openingStatements(access, readOnly))
      const result = await work(transaction)
      end()
      await commit()
      return result
    } catch (error) {
      end()
      assertIntact()
      await execute('ROLLBACK')
      if (!isOutOfRoom(error)) throw error
      room.ranOut()
      throw new DatabaseFull({ cause: error })
    }
  }

  async function durable(wrote: boolean): Promise<void> {
    // A reader may have seen rows that another transaction has just committed, so its result waits for that
    // sync too.
    await (wrote ? durability?.flush() : durability?.pending())?.catch((error: unknown) => {
      broken = error
      throw new DatabaseUnavailable('The disk did not take the write; restart the program', { cause: error })
    })
  }

  function performUpkeep(): void {
    queue
      .run(async () => {
        if (!closing) await maintenance.perform()
      })
      .catch((error: Error) =>
        process.emitWarning(`Upkeep of the embedded database failed: ${error.message}`),
      )
  }

  async function transact<T>(
    access: Access | 'owner',
    work: (tx: Transaction) => Promise<T>,
    readOnly: boolean,
  ): Promise<T> {
    assertUsable()
    const { result, flushed } = await queue.run(async () => {
      const result = await attempt(access, work, readOnly)
      return { result, flushed: durable(!readOnly) }
    })
    await flushed
    if (!readOnly && maintenance.due()) performUpkeep()
    return result
  }

  const room = roomOf((work) => transact('owner', work, false))

  return {
    kind: 'pglite',
    transaction: (access, work, options) => transact(access, work, options?.readOnly ?? false),
    asOwner: (work) => transact('owner', work, false),
    async outsideTransaction(work) {
      assertUsable()
      const { result, flushed } = await queue.run(async () => ({
        result: await work(run as Statement),
        flushed: durable(true),
      }))
      await flushed
      return result
    },
    async ping() {
      await transact('owner', (tx) => tx.query('select 1'), true)
      assertRoom()
      await room.check()
    },
    close() {
      closing ??= queue.run(async () => {
        await durability?.pending()?.catch(() => undefined)
        // After a crash the engine cannot shut down cleanly; the next start recovers from the log.
        if (!broken) await engine.close()
        await onClose()
      })
      return closing
    },
  }
}

/** The engine itself crashed (an abort in WebAssembly), so every later statement would fail. */
function isCrash(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError
    || /^(Aborted|PGlite is closed|Program terminated)/.test((error as Error)?.message ?? '')
  )
}
