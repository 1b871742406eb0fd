import type { Sql } from './sql.ts'

/**
 * Who a transaction acts for. `portal` sees the rows of one customer, `billing` all of them; neither owns a
 * table, so row level security binds both.
 */
export type Access = { role: 'billing' } | { role: 'portal'; customerId: string }

/**
 * A row as the database returns it: int8 as a safe integer, date as YYYY-MM-DD, timestamptz as a UTC string
 * with six decimals, jsonb parsed.
 */
export type Row = Record<string, unknown>

/** Runs one statement and returns its rows. */
export type Statement = <R = Row>(sql: string, parameters?: readonly unknown[]) => Promise<R[]>

/** An open transaction. It is rolled back when the function that received it throws. */
export interface Transaction {
  /**
   * Runs a statement, made by the tag `sql` or a text with `$1`, `$2`, … and the list of its values, and
   * returns its rows.
   */
  query<R = Row>(
    statement: Sql | string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<R[]>
  /**
   * Runs `work` inside a savepoint: when it throws, only its own writes are rolled back, and the error is
   * rethrown.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /**
   * Runs `work`, inside the same transaction, as the owner of the tables, for what a role may not do, such as
   * creating a partition. Tables that force row level security return no rows meanwhile.
   */
  asOwner<T>(work: () => Promise<T>): Promise<T>
}

export interface QueryOptions {
  /**
   * PostgreSQL parses and plans the statement once per connection instead of once per call. For statements
   * that run again and again; not where the best plan depends on the parameters or the text changes from call
   * to call.
   */
  keepPlan?: boolean
}

export interface TransactionOptions {
  /**
   * The transaction only reads, and all its statements see one snapshot. Nothing depends on its commit, so
   * PostgreSQL's response to that is not awaited.
   */
  readOnly?: boolean
  /** `keepPlan` for each of its statements. */
  keepPlans?: boolean
  /**
   * For checks, rebuilds, exports and due work, which nobody waits for at a screen: PostgreSQL cancels its
   * statements at the longer of the two limits.
   */
  long?: boolean
}

/** A durable database: PGlite in a folder (or in memory), or PostgreSQL. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  /**
   * BEGIN, SET LOCAL ROLE, `work`, COMMIT. Returns only after the commit is durable. A deadlock or
   * serialization failure is retried, up to three times.
   */
  transaction<T>(
    access: Access,
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /** Runs as the owner of the tables; for migrations and tests only. */
  asOwner<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs statements one by one as the owner, outside any transaction, on a connection that is used for
   * nothing else: for migrations that cannot run inside a transaction.
   */
  outsideTransaction<T>(work: (run: Statement) => Promise<T>): Promise<T>
  /**
   * Throws DatabaseUnavailable when the database does not respond, and DatabaseFull while there is no room to
   * write.
   */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * The database cannot be reached, or the connection broke before the response. The API returns 503; the
 * outcome may be unknown.
 */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseUnavailable'
  }
}

/** PostgreSQL cancelled a statement at its time limit: nothing was written. */
export class StatementTooLong extends DatabaseUnavailable {
  readonly limitMs: number
  constructor(limitMs: number, options?: ErrorOptions) {
    super(`The database took longer than ${limitMs} ms over a statement, which was ended`, options)
    this.name = 'StatementTooLong'
    this.limitMs = limitMs
  }
}

/** There is no room to write, on the disk or in memory: nothing was written, and reads still work. */
export class DatabaseFull extends DatabaseUnavailable {
  constructor(options?: ErrorOptions) {
    super('The database has no room to write', options)
    this.name = 'DatabaseFull'
  }
}
