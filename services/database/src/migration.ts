import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqlState } from './sql-state.ts'
import type { Database, Transaction } from './types.ts'

interface Migration {
  name: string
  sql: string
  sha256: string
}

/** The folder of migrations and the database do not fit together, or one could not be applied. The message says which and what to do. */
export class MigrationRefused extends Error {
  override name = 'MigrationRefused'
}

/** Any number will do, as long as every version of this program uses the same one. */
const lockKey = 7_305_810_226

/** Applies the files `NNNN_name.sql` of `folder` that the database has not seen, in order, each in its own transaction. Safe to run from several processes at once. Returns the names applied. */
export async function migrate(database: Database, folder: string | URL, { name: service }: { name: string }): Promise<string[]> {
  const migrations = await readMigrations(typeof folder === 'string' ? folder : fileURLToPath(folder))
  await database.asOwner(createTable)
  const done: string[] = []
  for (;;) {
    const applied = await database.asOwner((owner) => applyNext(owner, service, migrations))
    if (applied === undefined) {
      await database.asOwner(letBackupsRead)
      return done
    }
    done.push(applied)
  }
}

/** The migrations of a folder in their order. Throws MigrationRefused when their numbers are not 0001, 0002, … without a gap. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  names.forEach((name, index) => {
    const number = String(index + 1).padStart(4, '0')
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name) || !name.startsWith(`${number}_`)) {
      throw new MigrationRefused(`The migration ${name} in ${folder} should be number ${number}: files are named NNNN_name.sql, from 0001, without a gap.`)
    }
  })
  return Promise.all(names.map(async (name) => {
    // Git may check out other line ends on another machine; that is no change.
    const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
  }))
}

async function createTable(owner: Transaction): Promise<void> {
  try {
    await lock(owner)
    await owner.query(`create table if not exists schema_migrations (
      service    text not null,
      name       text not null,
      sha256     text not null,
      applied_at timestamptz not null default now(),
      primary key (service, name)
    )`)
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    throw new MigrationRefused('The database user may not create tables. Let a DBA run: GRANT CREATE, USAGE ON SCHEMA public TO <user of DATABASE_URL>;', { cause: error })
  }
}

/**
 * A backup is taken as the role `billing`: the owner sees no rows where row level security is forced. So that role may read what only the owner writes, too: the
 * list of migrations and where sequences stand.
 */
async function letBackupsRead(owner: Transaction): Promise<void> {
  const [unread] = await owner.query(
    `select from pg_class
     where relnamespace = 'public'::regnamespace and (relkind = 'S' or relname = 'schema_migrations')
       and pg_has_role(relowner, 'usage') and not has_table_privilege('billing', oid, 'select')
     limit 1`,
  )
  if (!unread) return
  await lock(owner)
  await owner.query('grant select on schema_migrations to billing; grant select on all sequences in schema public to billing')
}

/** Taken anew in each transaction, since a pool may give each another connection; what is applied is therefore read anew as well. */
async function lock(owner: Transaction): Promise<void> {
  await owner.query(`set local statement_timeout = 0; select pg_advisory_xact_lock(${lockKey})`)
}

async function applyNext(owner: Transaction, service: string, migrations: Migration[]): Promise<string | undefined> {
  await lock(owner)
  const applied = await owner.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations where service = $1 order by name', [service],
  )
  assertFits(service, applied, migrations)
  const next = migrations[applied.length]
  if (!next) return undefined
  try {
    await owner.query(next.sql)
  } catch (error) {
    throw new MigrationRefused(`The migration ${next.name} of ${service} failed and changed nothing: ${(error as Error).message}`, { cause: error })
  }
  await owner.query('insert into schema_migrations (service, name, sha256) values ($1, $2, $3)', [service, next.name, next.sha256])
  return next.name
}

/** What was applied must be the beginning of what the folder holds, letter for letter. */
function assertFits(service: string, applied: { name: string; sha256: string }[], migrations: Migration[]): void {
  const names = new Set(migrations.map((migration) => migration.name))
  const unknown = applied.find(({ name }) => !names.has(name))
  if (unknown) {
    throw new MigrationRefused(`The database holds the migration ${unknown.name} of ${service}, which this version does not know: it was used by a newer version. Start that version, or restore a backup made before it.`)
  }
  applied.forEach(({ name, sha256 }, index) => {
    const migration = migrations[index]
    if (migration?.name !== name) throw new MigrationRefused(`The migration ${migration?.name} of ${service} comes before ${name}, which the database holds already: give it the next free number.`)
    if (migration.sha256 !== sha256) throw new MigrationRefused(`The migration ${name} of ${service} was changed after the database applied it: restore the file and put the change into a new one.`)
  })
}
