import { PGlite } from '@electric-sql/pglite'
import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate, readMigrations } from './migration.ts'
import { openDatabase } from './open.ts'
import { pgliteDatabase } from './pglite.ts'
import { ensureRoles } from './roles.ts'
import type { Database } from './types.ts'

/** Folders of migrations by the name of their service, applied in this order. */
export type MigrationFolders = Record<string, string | URL>

export interface TestDatabase {
  name: 'PGlite' | 'PostgreSQL'
  /** A fresh database that holds the migrations and nothing else. Closing it removes it. */
  create(folders: MigrationFolders): Promise<Database>
}

const serverUrl = process.env['TEST_DATABASE_URL']
if (!serverUrl && process.env['CI'] === 'true')
  throw new Error('TEST_DATABASE_URL must be set in CI: tests on PostgreSQL may not be skipped there')
if (!serverUrl && process.env['VITEST'])
  console.warn('PostgreSQL tests are skipped: TEST_DATABASE_URL is not set')

/**
 * For `describe.each(testDatabases)('on $name', ({ create }) => …)`: PGlite in memory, and PostgreSQL when
 * TEST_DATABASE_URL is set.
 */
export const testDatabases: TestDatabase[] = [
  { name: 'PGlite', create: createInMemory },
  ...(serverUrl
    ? [
        {
          name: 'PostgreSQL' as const,
          create: (folders: MigrationFolders) => createOnServer(serverUrl, folders),
        },
      ]
    : []),
]

async function createInMemory(folders: MigrationFolders): Promise<Database> {
  return openDatabase({ memory: true, snapshot: await snapshotOf(folders) })
}

/**
 * The embedded engine in memory with the roles and nothing else, restored from a snapshot: initialising a new
 * one takes five seconds.
 */
export async function createEngine(): Promise<PGlite> {
  return PGlite.create({ loadDataDir: await snapshotOf({}) })
}

/**
 * Creates `dataDir` as a folder of the embedded database that holds the migrations and nothing else, as its
 * first opener would leave it.
 */
export async function createDataDir(dataDir: string, folders: MigrationFolders): Promise<void> {
  const path = join(cacheFolder(), `${await fingerprint(folders)}.data`)
  if (!(await isKept(path))) await makeDataDir(path, folders)
  await cp(path, dataDir, { recursive: true })
}

/** Another worker may create the same folder at the same moment: the first one wins. */
async function makeDataDir(path: string, folders: MigrationFolders): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await mkdir(cacheFolder(), { recursive: true, mode: 0o700 })
  await forgetUnused()
  const database = await openDatabase({ dataDir: draft })
  await migrateAll(database, folders)
  await database.close()
  await rename(draft, path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    await rm(draft, { recursive: true })
  })
}

async function snapshotOf(folders: MigrationFolders): Promise<Blob> {
  const path = join(cacheFolder(), `${await fingerprint(folders)}.tar`)
  if (!(await isKept(path))) await makeSnapshot(path, folders)
  return new Blob([await readFile(path)])
}

function cacheFolder(): string {
  return join(tmpdir(), `customer-portal-test-${userInfo().uid}`)
}

const keptDays = 2

/** Whether the file exists. Checking it also marks it as used now. */
async function isKept(path: string): Promise<boolean> {
  const now = new Date()
  return utimes(path, now, now).then(
    () => true,
    () => false,
  )
}

/**
 * Each change of a migration adds another snapshot of 30 MB. Creating one therefore deletes those that were
 * not used for some days, and unfinished ones.
 */
async function forgetUnused(): Promise<void> {
  const paths = (await readdir(cacheFolder())).map((name) => join(cacheFolder(), name))
  for (const path of paths) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > keptDays * 86_400_000) await rm(path, { recursive: true, force: true })
  }
}

/**
 * Another worker may create the same snapshot at the same moment: each writes its own file, and the last
 * rename wins.
 */
async function makeSnapshot(path: string, folders: MigrationFolders): Promise<void> {
  const engine = await PGlite.create()
  const database = pgliteDatabase(engine, undefined, async () => undefined)
  await database.asOwner(ensureRoles)
  await migrateAll(database, folders)
  const snapshot = await engine.dumpDataDir('none')
  await database.close()
  await mkdir(cacheFolder(), { recursive: true, mode: 0o700 })
  await forgetUnused()
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, Buffer.from(await snapshot.arrayBuffer()))
  await rename(draft, path)
}

/** Changes with every byte of a migration and with the version of PGlite. */
async function fingerprint(folders: MigrationFolders): Promise<string> {
  const hash = createHash('sha256').update(await engineVersion())
  for (const [service, folder] of Object.entries(folders)) {
    for (const { name, sha256 } of await readMigrations(pathOf(folder)))
      hash.update(`${service} ${name} ${sha256}\n`)
  }
  return hash.digest('hex').slice(0, 32)
}

/** A snapshot only works with the version of the engine that made it. */
async function engineVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}

const pathOf = (folder: string | URL) => (typeof folder === 'string' ? folder : fileURLToPath(folder))

async function migrateAll(database: Database, folders: MigrationFolders): Promise<void> {
  for (const [name, folder] of Object.entries(folders)) await migrate(database, folder, { name })
}

async function createOnServer(url: string, folders: MigrationFolders): Promise<Database> {
  const template = `test_template_${await fingerprint(folders)}`
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  await onServer(url, async (server) => {
    await ensureTemplate(server, url, template, folders)
    await server.query(`create database ${name} template ${template}`)
  })
  const database = await openDatabase({ databaseUrl: urlOf(url, name) })
  return {
    ...database,
    async close() {
      await database.close()
      await onServer(url, (server) => server.query(`drop database if exists ${name} with (force)`))
    },
  }
}

/**
 * One worker migrates the template while the others wait for the advisory lock. It is renamed to its final
 * name when it is complete.
 */
async function ensureTemplate(
  server: pg.Client,
  url: string,
  template: string,
  folders: MigrationFolders,
): Promise<void> {
  await server.query('select pg_advisory_lock(hashtext($1))', [template])
  try {
    const { rowCount } = await server.query('select from pg_database where datname = $1', [template])
    if (rowCount === 1) return
    const draft = `${template}_draft`
    await server.query(`drop database if exists ${draft} with (force)`)
    await server.query(`create database ${draft}`)
    const database = await openDatabase({ databaseUrl: urlOf(url, draft) })
    try {
      await migrateAll(database, folders)
    } finally {
      await database.close()
    }
    await server.query(`alter database ${draft} rename to ${template}`)
  } finally {
    await server.query('select pg_advisory_unlock(hashtext($1))', [template])
  }
}

async function onServer<T>(url: string, work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: url })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}

function urlOf(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
