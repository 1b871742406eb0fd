import { roleStatement } from './opening.ts'
import { Sql } from './sql.ts'
import type { Access, QueryOptions, Row, Transaction } from './types.ts'

/** Runs one statement, or several without parameters, and returns the rows of the last. */
export type Run = (sql: string, parameters?: readonly unknown[], options?: QueryOptions) => Promise<Row[]>

/**
 * A transaction over `run` that rejects queries after `end`, so that a forgotten `await` cannot reach into
 * another transaction.
 */
export function openTransaction(
  run: Run,
  access: Access | 'owner',
): { transaction: Transaction; end(): void } {
  let ended = false
  let savepoints = 0
  const query = async (
    statement: Sql | string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Row[]> => {
    if (ended) throw new Error('This transaction is over: a query came after its end (a missing await?)')
    if (!(statement instanceof Sql)) return run(statement, parameters, options)
    if (parameters && parameters.length > 0)
      throw new TypeError('a statement made by the tag `sql` brings its values itself')
    return run(statement.text, statement.values, options)
  }
  const savepoint = async <T>(work: () => Promise<T>): Promise<T> => {
    const name = `savepoint_${++savepoints}`
    await query(`SAVEPOINT ${name}`)
    try {
      const result = await work()
      await query(`RELEASE SAVEPOINT ${name}`)
      return result
    } catch (error) {
      await query(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`)
      throw error
    }
  }
  const asOwner = async <T>(work: () => Promise<T>): Promise<T> => {
    // When the work fails, rolling back to the savepoint also restores the role.
    const result = await savepoint(async () => {
      await query(roleStatement('owner'))
      return work()
    })
    await query(roleStatement(access))
    return result
  }
  return {
    transaction: { query: query as Transaction['query'], savepoint, asOwner },
    end: () => {
      ended = true
    },
  }
}
