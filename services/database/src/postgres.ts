import { createHash } from 'node:crypto'
import pg from 'pg'
import { clientTypes } from './column.ts'
import { openTransaction, type Run } from './open-transaction.ts'
import { openingStatements } from './opening.ts'
import { parameterText } from './parameter.ts'
import { placesByCustomer } from './places.ts'
import { roomOf } from './room.ts'
import { isConnectionLoss, isOutOfRoom, isWorthRetrying, sqlState } from './sql-state.ts'
import {
  DatabaseFull,
  DatabaseUnavailable,
  StatementTooLong,
  type Access,
  type Database,
  type Row,
  type Statement,
  type Transaction,
  type TransactionOptions,
} from './types.ts'

export interface PostgresOptions {
  databaseUrl: string
  /** Maximum number of connections of this process; 10 when absent. */
  maxConnections?: number
  /** A statement that runs longer is cancelled, in ms; 10,000 when absent. */
  statementTimeout?: number
  /** The same for a transaction with `long`; an hour when absent, never less than `statementTimeout`. */
  longStatementTimeout?: number
  /** How long a transaction waits for a connection before DatabaseUnavailable, in ms; 5,000 when absent. */
  connectTimeout?: number
}

/** How much later than the server's own limit the client gives up, in ms. */
const grace = 5_000
/** The longest delay a timer supports, 24 days. */
const longestTimeout = 2 ** 31 - 1
const waitingPerConnection = 100
/**
 * The share of the connections that one customer's requests may hold: all of them may wait for the same lock.
 */
const shareOfCustomer = 0.4
const conflictRetries = 3
const lossRetries = 2

/**
 * The connection broke before COMMIT was sent: nothing was committed, and a retry on a fresh connection is
 * safe.
 */
class ConnectionBroken extends DatabaseUnavailable {}

/** PostgreSQL behind a pool as `Database`. Connects on first use. */
export function postgresDatabase(options: PostgresOptions): Database {
  const statementTimeout = options.statementTimeout ?? 10_000
  const longStatementTimeout = Math.max(statementTimeout, options.longStatementTimeout ?? 3_600_000)
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeout ?? 5_000,
    statement_timeout: statementTimeout,
    // The server may vanish silently, and then its own timeout never fires.
    query_timeout: statementTimeout + grace,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    types: clientTypes as unknown as pg.CustomTypesConfig,
    onConnect: (client) =>
      client.query(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET synchronous_commit = on",
      ) as unknown as void,
  })
  // The pool drops an idle connection that the server closed by itself; without a listener the process would
  // end.
  pool.on('error', () => undefined)

  function unreachable(error: unknown): string {
    const reason =
      error instanceof AggregateError ? (error.errors[0] as Error).message : (error as Error).message
    const { host, port, database } = new pg.Client({ connectionString: options.databaseUrl })
    return `The database ${database} at ${host}:${port} cannot be reached: ${reason}`
  }

  async function checkOut(): Promise<pg.PoolClient> {
    if (pool.ended) throw new DatabaseUnavailable('The database is closed')
    if (pool.waitingCount >= pool.options.max * waitingPerConnection) {
      throw new DatabaseUnavailable(`The database is busy: ${pool.waitingCount} transactions wait already`)
    }
    try {
      return await pool.connect()
    } catch (error) {
      throw isConnectionLoss(error) ? new DatabaseUnavailable(unreachable(error), { cause: error }) : error
    }
  }

  async function attempt<T>(
    access: Access | 'owner',
    work: (tx: Transaction) => Promise<T>,
    { readOnly = false, keepPlans = false, long = false }: TransactionOptions,
  ): Promise<T> {
    const client = await checkOut()
    // While checked out, a broken connection emits an error here as well as to the statement in progress.
    const ignore = () => undefined
    client.on('error', ignore)
    // Migrations have no time limit and set none on the server, so the client must not time out either.
    const ownPatience =
      access === 'owner'
        ? { query_timeout: longestTimeout }
        : long
          ? { query_timeout: Math.min(longestTimeout, longStatementTimeout + grace) }
          : {}
    const run: Run = async (sql, parameters = [], { keepPlan = keepPlans } = {}) => {
      if (parameters.length === 0) return rowsOf(await client.query({ text: sql, ...ownPatience }))
      return rowsOf(
        await client.query({
          text: sql,
          ...ownPatience,
          values: parameters.map(parameterText),
          ...(keepPlan ? { name: statementName(sql) } : {}),
        }),
      )
    }
    const { transaction, end } = openTransaction(run, access)
    let committing = false
    let unusable: Error | undefined
    let leaving: Promise<unknown> | undefined
    try {
      const limit = long ? `; SET LOCAL statement_timeout = ${longStatementTimeout}` : ''
      await run(openingStatements(access, readOnly) + limit)
      const result = await work(transaction)
      end()
      if (readOnly) {
        leaving = client.query('COMMIT').catch((failure: Error) => (unusable = failure))
        return result
      }
      committing = true
      const { command } = await client.query('COMMIT')
      if (command === 'ROLLBACK')
        throw new Error(
          'The transaction was rolled back: a statement in it had failed, and the error was caught',
        )
      return result
    } catch (error) {
      end()
      const lost = isConnectionLoss(error) && !(readOnly && sqlState(error) === '25006')
      if (lost) unusable = error as Error
      else await client.query('ROLLBACK').catch((failure: Error) => (unusable = failure))
      if (lost && committing)
        throw new DatabaseUnavailable(
          'The connection broke during a commit: it may or may not have taken place',
          { cause: error },
        )
      if (isOutOfRoom(error)) {
        room.ranOut()
        throw new DatabaseFull({ cause: error })
      }
      if (sqlState(error) === '57014')
        throw new StatementTooLong(long ? longStatementTimeout : statementTimeout, { cause: error })
      throw lost ? new ConnectionBroken(unreachable(error), { cause: error }) : error
    } finally {
      const release = () => {
        client.off('error', ignore)
        client.release(unusable)
      }
      if (leaving) void leaving.then(release)
      else release()
    }
  }

  async function transact<T>(
    access: Access | 'owner',
    work: (tx: Transaction) => Promise<T>,
    transactionOptions: TransactionOptions = {},
  ): Promise<T> {
    let conflicts = 0
    let losses = 0
    for (;;) {
      try {
        return await attempt(access, work, transactionOptions)
      } catch (error) {
        if (error instanceof ConnectionBroken && losses++ < lossRetries) continue
        if (isWorthRetrying(error) && conflicts++ < conflictRetries) {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * conflicts))
          continue
        }
        throw error
      }
    }
  }

  async function outsideTransaction<T>(work: (run: Statement) => Promise<T>): Promise<T> {
    const client = await checkOut()
    const ignore = () => undefined
    client.on('error', ignore)
    const run: Run = async (text, parameters = []) =>
      rowsOf(
        await client.query({
          text,
          query_timeout: longestTimeout,
          ...(parameters.length > 0 ? { values: parameters.map(parameterText) } : {}),
        } as pg.QueryConfig),
      )
    try {
      await run('set statement_timeout = 0')
      return await work(run as Statement)
    } catch (error) {
      throw isConnectionLoss(error) ? new DatabaseUnavailable(unreachable(error), { cause: error }) : error
    } finally {
      client.off('error', ignore)
      // Settings and locks of the connection end with it.
      client.release(true)
    }
  }

  const room = roomOf((work) => transact('owner', work))
  const inPlace = placesByCustomer(
    Math.max(1, Math.floor(pool.options.max * shareOfCustomer)),
    waitingPerConnection,
  )

  let closing: Promise<void> | undefined
  return {
    kind: 'postgres',
    transaction: (access, work, transactionOptions) =>
      access.role === 'portal'
        ? inPlace(access.customerId, () => transact(access, work, transactionOptions))
        : transact(access, work, transactionOptions),
    asOwner: (work) => transact('owner', work),
    outsideTransaction,
    async ping() {
      await transact('owner', (tx) => tx.query('select 1'), { readOnly: true })
      await room.check()
    },
    close: () => (closing ??= pool.end()),
  }
}

const statementNames = new Map<string, string>()

/**
 * One name per text: a connection prepares one statement under it. There are few of them, see `keepPlans`.
 */
function statementName(sql: string): string {
  const known = statementNames.get(sql)
  if (known !== undefined) return known
  const name = createHash('sha256').update(sql).digest('base64url')
  statementNames.set(sql, name)
  return name
}

/** The rows of the last statement: node-postgres returns an array of results when there were several. */
function rowsOf(result: pg.QueryResult | pg.QueryResult[]): Row[] {
  const last = Array.isArray(result) ? result.at(-1) : result
  return (last?.rows ?? []) as Row[]
}
