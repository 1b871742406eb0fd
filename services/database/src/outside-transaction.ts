import type { Statement } from './types.ts'

const create =
  /^create (unique )?index concurrently if not exists ([a-z_][a-z0-9_]*) on ([a-z_][a-z0-9_]*) (\S[^]*)$/i
const drop = /^drop index concurrently if exists ([a-z_][a-z0-9_]*)$/i

/** One statement of such a file. */
interface Step {
  index: string
  /** For an index to be created: its table, and its columns. */
  made?: { unique: string; table: string; columns: string }
}

/**
 * Whether the head of a migration, its comments before the first statement, marks it to run outside a
 * transaction.
 */
export function isOutsideTransaction(sql: string): boolean {
  const head = /^(?:\s*--.*(?:\n|$))*/.exec(sql)![0]
  return head.split('\n').some((line) => /^\s*-- no transaction\s*$/.test(line))
}

/**
 * The statements of a migration that runs outside a transaction. Two kinds are allowed, both of which can be
 * repeated after an interrupted run. Throws for any other.
 */
export function stepsOf(sql: string): Step[] {
  const statements = sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim().replaceAll(/\s+/g, ' '))
    .filter((statement) => statement !== '')
  return statements.map((statement) => {
    const made = create.exec(statement)
    if (made) return { index: made[2]!, made: { unique: made[1] ?? '', table: made[3]!, columns: made[4]! } }
    const gone = drop.exec(statement)
    if (gone) return { index: gone[1]! }
    throw new Error(
      'outside a transaction stand only "create index concurrently if not exists … on …" and "drop '
        + `index concurrently if exists …", not: ${statement.slice(0, 80)}`,
    )
  })
}

/**
 * Runs one step, wherever an earlier run was interrupted in it. The connection must not wait for a lock: a
 * waiting statement blocks an index that is created concurrently.
 */
export async function takeStep(run: Statement, { index, made }: Step): Promise<void> {
  if (!made) return dropIndex(run, index)
  const [table] = await run<{ partitioned: boolean }>(
    "select relkind = 'p' as partitioned from pg_class where oid = to_regclass($1)",
    [made.table],
  )
  if (table?.partitioned) return makeInParts(run, index, made)
  await makeIndex(run, index, made)
}

async function dropIndex(run: Statement, index: string): Promise<void> {
  // PostgreSQL cannot drop the index of a partitioned table concurrently.
  await run(`drop index ${(await isOverPartitions(run, index)) ? '' : 'concurrently '}if exists ${index}`)
}

/**
 * An interrupted run leaves an invalid index: it is not used by reads, it slows down writes, and it occupies
 * the name.
 */
async function makeIndex(
  run: Statement,
  index: string,
  { unique, table, columns }: NonNullable<Step['made']>,
): Promise<void> {
  const [left] = await run('select from pg_index where indexrelid = to_regclass($1) and not indisvalid', [
    index,
  ])
  if (left) await run(`drop index concurrently if exists ${index}`)
  await run(`create ${unique}index concurrently if not exists ${index} on ${table} ${columns}`)
}

/**
 * PostgreSQL cannot create an index of a partitioned table concurrently. So this creates the parent index
 * alone (new partitions then get theirs), then one partition after the other.
 */
async function makeInParts(
  run: Statement,
  index: string,
  { unique, table, columns }: NonNullable<Step['made']>,
): Promise<void> {
  await run(`create ${unique}index if not exists ${index} on only ${table} ${columns}`)
  const parts = await run<{ table: string; index: string }>(
    `select part.oid::regclass::text as table, left($1, 50) || '_' || part.oid as index
      from pg_inherits i
      join pg_class part on part.oid = i.inhrelid
      where i.inhparent = to_regclass($2)
        and not exists (
          select
          from pg_inherits a
          join pg_index x on x.indexrelid = a.inhrelid
          where a.inhparent = to_regclass($1) and x.indrelid = part.oid
        )
      order by part.relname`,
    [index, table],
  )
  for (const part of parts) {
    await makeIndex(run, part.index, { unique, table: part.table, columns })
    await run(`alter index ${index} attach partition ${part.index}`)
  }
}

async function isOverPartitions(run: Statement, index: string): Promise<boolean> {
  const rows = await run("select from pg_class where oid = to_regclass($1) and relkind = 'I'", [index])
  return rows.length > 0
}
