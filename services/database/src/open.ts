import { PGlite } from '@electric-sql/pglite'
import { openDataDir } from './data-dir.ts'
import { pgliteDatabase } from './pglite.ts'
import { postgresDatabase, type PostgresOptions } from './postgres.ts'
import { ensureRoles } from './roles.ts'
import { DatabaseUnavailable, type Database, type Transaction } from './types.ts'

/**
 * Where the data is: a folder on this machine, a PostgreSQL server, or memory (from a snapshot when one is
 * given).
 */
export type DatabaseLocation = { dataDir: string } | PostgresOptions | { memory: true; snapshot?: Blob }

const oldestServer = 150_000
/**
 * The files are in memory already, so buffers on top only cost time: filling the default 128 MB takes half a
 * second per start.
 */
const inMemory = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

/**
 * Opens the database and ensures that the roles `portal` and `billing` exist. Throws DatabaseUnavailable,
 * DataDirHeld or RolesMissing, each with the remedy.
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const database = await openAt(location)
  try {
    await database.asOwner(async (owner) => {
      await assertVersion(owner)
      await ensureRoles(owner)
    })
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openAt(location: DatabaseLocation): Promise<Database> {
  if ('dataDir' in location) return openDataDir(location.dataDir)
  if ('databaseUrl' in location) return postgresDatabase(location)
  const engine = await PGlite.create({ loadDataDir: location.snapshot, startParams: inMemory })
  return pgliteDatabase(engine, undefined, async () => undefined)
}

async function assertVersion(owner: Transaction): Promise<void> {
  const [server] = await owner.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number,
        current_setting('server_version') as version`,
  )
  if (server!.number < oldestServer)
    throw new DatabaseUnavailable(
      `DATABASE_URL leads to PostgreSQL ${server!.version}; 15 or newer is needed.`,
    )
}
