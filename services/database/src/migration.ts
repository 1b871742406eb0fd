import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { isOutsideTransaction, stepsOf, takeStep } from './outside-transaction.ts'
import { isConnectionLoss, sqlState } from './sql-state.ts'
import type { Database, Statement, Transaction } from './types.ts'

interface Migration {
  name: string
  sql: string
  sha256: string
  /** Runs outside a transaction, statement by statement. */
  outside: boolean
}

/**
 * The migrations folder and the database do not match, or a migration failed. The message says which one and
 * what to do.
 */
export class MigrationRefused extends Error {
  override name = 'MigrationRefused'
}

/** Arbitrary, but every version of this program must use the same number. */
const lockKey = 7_305_810_226

/** How often a process polls while another one migrates, in ms. */
const pollInterval = 100

/**
 * Applies the files `NNNN_name.sql` of `folder` that the database has not seen, in order, each in its own
 * transaction or, where its head says `-- no transaction`, outside any. Safe to run from several processes at
 * once. Returns the names applied.
 */
export async function migrate(
  database: Database,
  folder: string | URL,
  { name: service }: { name: string },
): Promise<string[]> {
  const migrations = await readMigrations(typeof folder === 'string' ? folder : fileURLToPath(folder))
  await underLock(database, createTable)
  const done: string[] = []
  for (;;) {
    const { applied, outside } = await underLock(database, (owner) => applyNext(owner, service, migrations))
    if (applied !== undefined) done.push(applied)
    else if (outside) done.push(...(await applyOutside(database, service, migrations, outside)))
    else {
      if (await database.asOwner(isUnreadByBackups)) await underLock(database, letBackupsRead)
      return done
    }
  }
}

/**
 * The migrations of a folder in order. Throws MigrationRefused when their numbers are not 0001, 0002, …
 * without a gap.
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  names.forEach((name, index) => {
    const number = String(index + 1).padStart(4, '0')
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name) || !name.startsWith(`${number}_`)) {
      throw new MigrationRefused(
        `The migration ${name} in ${folder} should be number ${number}: files are named NNNN_name.sql, `
          + 'from 0001, without a gap.',
      )
    }
  })
  return Promise.all(
    names.map(async (name) => {
      // Git may check out other line ends on another machine; that does not count as a change.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
      const outside = isOutsideTransaction(sql)
      try {
        if (outside) stepsOf(sql)
      } catch (error) {
        throw new MigrationRefused(
          `The migration ${name} in ${folder} cannot be applied: ${(error as Error).message}`,
          { cause: error },
        )
      }
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex'), outside }
    }),
  )
}

async function createTable(owner: Transaction): Promise<void> {
  try {
    await owner.query(`create table if not exists schema_migrations (
      service    text not null,
      name       text not null,
      sha256     text not null,
      applied_at timestamptz not null default now(),
      primary key (service, name)
    )`)
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    throw new MigrationRefused(
      'The database user may not create tables. Let a DBA run: GRANT CREATE, '
        + 'USAGE ON SCHEMA public TO <user of DATABASE_URL>;',
      { cause: error },
    )
  }
}

/**
 * A backup runs as the role `billing`, because the owner sees no rows where row level security is forced.
 * That role must therefore also read what only the owner writes: the list of migrations and the values of
 * sequences.
 */
async function isUnreadByBackups(owner: Transaction): Promise<boolean> {
  const unread = await owner.query(
    `select from pg_class
     where relnamespace = 'public'::regnamespace and (relkind = 'S' or relname = 'schema_migrations')
       and pg_has_role(relowner, 'usage') and not has_table_privilege('billing', oid, 'select')
     limit 1`,
  )
  return unread.length > 0
}

async function letBackupsRead(owner: Transaction): Promise<void> {
  await owner.query(
    'grant select on schema_migrations to billing; grant select on all sequences in schema public to billing',
  )
}

/**
 * Runs `work` in a transaction while no other process migrates, and waits as long as one does. It polls
 * instead of blocking in a statement: creating an index concurrently waits for every statement that began
 * before it, so the two would deadlock. The lock is taken again in each transaction, because a pool may use
 * another connection, and the list of applied files is read again as well.
 */
async function underLock<T>(database: Database, work: (owner: Transaction) => Promise<T>): Promise<T> {
  for (;;) {
    const done = await database.asOwner(async (owner) => {
      const [row] = await owner.query<{ isFree: boolean }>(
        `set local statement_timeout = 0; select pg_try_advisory_xact_lock(${lockKey}) as "isFree"`,
      )
      return row!.isFree ? { result: await work(owner) } : undefined
    })
    if (done) return done.result
    await pause(pollInterval)
  }
}

/**
 * Applies the next file if it runs in a transaction, otherwise returns it. Returns undefined when no file is
 * left.
 */
async function applyNext(
  owner: Transaction,
  service: string,
  migrations: Migration[],
): Promise<{ applied?: string; outside?: Migration }> {
  const next = await nextOf(owner.query, service, migrations)
  if (!next) return {}
  if (next.outside) return { outside: next }
  try {
    await owner.query(next.sql)
  } catch (error) {
    throw new MigrationRefused(
      `The migration ${next.name} of ${service} failed and changed nothing: ${(error as Error).message}`,
      { cause: error },
    )
  }
  await recordApplied(owner.query, service, next)
  return { applied: next.name }
}

/**
 * Applies a file outside a transaction, unless another process has done so or is about to. The name is
 * recorded last, so an interrupted file is applied again.
 */
async function applyOutside(
  database: Database,
  service: string,
  migrations: Migration[],
  asked: Migration,
): Promise<string[]> {
  return database.outsideTransaction(async (run) => {
    const [row] = await run<{ isFree: boolean }>(`select pg_try_advisory_lock(${lockKey}) as "isFree"`)
    if (!row!.isFree) return []
    try {
      const next = await nextOf(run, service, migrations)
      if (next !== asked) return []
      for (const step of stepsOf(next.sql)) await takeStep(run, step)
      await recordApplied(run, service, next)
      return [next.name]
    } catch (error) {
      if (!sqlState(error) || isConnectionLoss(error)) throw error
      throw new MigrationRefused(
        `The migration ${asked.name} of ${service} failed: ${(error as Error).message}. `
          + 'It runs outside a transaction: what it made stays, and the next start begins it anew.',
        { cause: error },
      )
    } finally {
      await run(`select pg_advisory_unlock(${lockKey})`).catch(() => undefined)
    }
  })
}

async function nextOf(
  run: Statement,
  service: string,
  migrations: Migration[],
): Promise<Migration | undefined> {
  const applied = await run<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations where service = $1 order by name',
    [service],
  )
  assertFits(service, applied, migrations)
  return migrations[applied.length]
}

async function recordApplied(run: Statement, service: string, { name, sha256 }: Migration): Promise<void> {
  await run('insert into schema_migrations (service, name, sha256) values ($1, $2, $3)', [
    service,
    name,
    sha256,
  ])
}

/** Throws unless the applied files are a prefix of the folder's files, byte for byte. */
function assertFits(
  service: string,
  applied: { name: string; sha256: string }[],
  migrations: Migration[],
): void {
  const names = new Set(migrations.map((migration) => migration.name))
  const unknown = applied.find(({ name }) => !names.has(name))
  if (unknown) {
    throw new MigrationRefused(
      `The database holds the migration ${unknown.name} of ${service}, `
        + 'which this version does not know: it was used by a newer version. Start that version, '
        + 'or restore a backup made before it.',
    )
  }
  applied.forEach(({ name, sha256 }, index) => {
    const migration = migrations[index]
    if (migration?.name !== name)
      throw new MigrationRefused(
        `The migration ${migration?.name} of ${service} comes before ${name}, `
          + 'which the database holds already: give it the next free number.',
      )
    if (migration.sha256 !== sha256)
      throw new MigrationRefused(
        `The migration ${name} of ${service} was changed after the database applied it: `
          + 'restore the file and put the change into a new one.',
      )
  })
}
