import pg from 'pg'
import { findPostgres, startPostgres } from '../scripts/postgres.mjs'
import { installSystemPackages } from '../scripts/system-packages.mjs'

/** A PostgreSQL server on which a benchmark may create and drop databases. */
export interface PostgresServer {
  version: string
  /** Creates an empty database, or a copy of one without connections. Returns its URL. */
  create(name: string, template?: string): Promise<string>
  drop(name: string): Promise<void>
  /** Drops all databases that were created and still exist. */
  clear(): Promise<void>
}

/**
 * Starts a PostgreSQL server that waits for the disk as any server does; undefined where none is found or can
 * be installed.
 */
export async function startServer(): Promise<{ url: string; stop: () => Promise<void> } | undefined> {
  let folder = await findPostgres()
  if (!folder && (await installSystemPackages(['postgresql']))) folder = await findPostgres()
  return folder ? startPostgres(folder, { durable: true }) : undefined
}

/** The server at a URL. `prefix` keeps the databases of two benchmarks apart. */
export async function openServer(url: string, prefix = 'bench'): Promise<PostgresServer> {
  const [row] = await query(url, 'show server_version')
  const made = new Set<string>()
  const drop = async (name: string) => {
    await query(url, `drop database if exists ${prefix}_${name} with (force)`)
    made.delete(name)
  }
  return {
    version: row!['server_version'] as string,
    async create(name, template) {
      made.add(name)
      await query(
        url,
        `create database ${prefix}_${name}${template === undefined ? '' : ` template ${prefix}_${template}`}`,
      )
      // Writes of the copy must not happen during the measurement.
      await query(url, 'checkpoint')
      return urlOf(url, `${prefix}_${name}`)
    },
    drop,
    async clear() {
      for (const name of made) await drop(name)
    },
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

function urlOf(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
