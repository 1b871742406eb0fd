import type { Sql } from './sql.ts'

/**
 * Who a transaction acts for. `portal` sees one customer's rows, `billing` all of them; neither owns a table
 * (row level security).
 */
export type Access = { role: 'billing' } | { role: 'portal'; customerId: string }

/**
 * A row as the database gives it: int8 as a safe integer, date as YYYY-MM-DD, timestamptz as a UTC string
 * with six decimals, jsonb parsed.
 */
export type Row = Record<string, unknown>

/** Runs one statement and gives its rows. */
export type Statement = <R = Row>(sql: string, parameters?: readonly unknown[]) => Promise<R[]>

/** One open transaction. Everything it did is gone when the function it was given to throws. */
export interface Transaction {
  /**
   * Runs a statement, one made by the tag `sql` or a text with `$1`, `$2`, … and the list of its values, and
   * gives its rows.
   */
  query<R = Row>(
    statement: Sql | string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<R[]>
  /**
   * Runs `work` so that its writes alone can be taken back: when it throws, they are, and the error goes on.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /**
   * Runs `work`, inside this same transaction, as the owner of the tables: for what a role may not do, such
   * as making a partition. Row level security of tables that force it shows nothing meanwhile.
   */
  asOwner<T>(work: () => Promise<T>): Promise<T>
}

export interface QueryOptions {
  /**
   * PostgreSQL parses and plans the statement once a connection instead of once a call. For what is asked
   * again and again: not where a statement's best plan depends on its parameters, nor where its text changes
   * from call to call.
   */
  keepPlan?: boolean
}

export interface TransactionOptions {
  /**
   * It only reads, and all its statements see one moment. Of its end nothing depends, so PostgreSQL's answer
   * to that is not waited for.
   */
  readOnly?: boolean
  /** `keepPlan` for each of its statements. */
  keepPlans?: boolean
  /**
   * A proof, a rebuild, an export, what time does by itself: PostgreSQL ends its statements by the longer of the
   * two limits. Nobody waits for it with a finger on a button.
   */
  long?: boolean
}

/** A database that keeps what it acknowledged: PGlite in a folder (or in memory), or PostgreSQL. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  /**
   * BEGIN, SET LOCAL ROLE, `work`, COMMIT. Returns only after the commit is durable. A deadlock or
   * serialization failure is tried again, three times at most.
   */
  transaction<T>(
    access: Access,
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /** Runs as the owner of the tables: migrations and tests only. */
  asOwner<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs statements one by one as the owner, outside any transaction, on one connection that nobody has
   * before or after: for migrations that can't run inside one.
   */
  outsideTransaction<T>(work: (run: Statement) => Promise<T>): Promise<T>
  /**
   * Throws DatabaseUnavailable when the database does not answer, and DatabaseFull while there is no room to
   * write.
   */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * The database cannot be reached or went away before the answer: the caller answers 503 and pretends nothing.
 */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseUnavailable'
  }
}

/** PostgreSQL ended a statement that took longer than its limit: nothing took place. */
export class StatementTooLong extends DatabaseUnavailable {
  readonly limitMs: number
  constructor(limitMs: number, options?: ErrorOptions) {
    super(`The database took longer than ${limitMs} ms over a statement, which was ended`, options)
    this.name = 'StatementTooLong'
    this.limitMs = limitMs
  }
}

/** There is no room to write, on the disk or in memory: nothing took place, and reads go on. */
export class DatabaseFull extends DatabaseUnavailable {
  constructor(options?: ErrorOptions) {
    super('The database has no room to write', options)
    this.name = 'DatabaseFull'
  }
}
