import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase, type Database } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import pg from 'pg'

/** A database for servers, and the function that removes it. */
export interface Place {
  /** The environment variables that point a server to it. */
  environment: Record<string, string>
  /** Opens it beside the servers; a folder only after they have ended. */
  open(): Promise<Database>
  remove(): Promise<void>
}

/** A folder of the embedded database that holds the migrations and nothing else. */
export async function folderPlace(): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'server-data-'))
  const dataDir = join(home, 'data')
  await createDataDir(dataDir, { billing: migrationsFolder })
  return {
    environment: { DATA_DIR: dataDir },
    open: () => openDatabase({ dataDir }),
    remove: async () => rmSync(home, { recursive: true }),
  }
}

/** An empty database on a PostgreSQL server. */
export async function databasePlace(serverUrl: string): Promise<Place> {
  const name = `server_${process.pid}_${randomBytes(4).toString('hex')}`
  const onServer = async (sql: string) => {
    const client = new pg.Client({ connectionString: serverUrl })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await onServer(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    environment: { DATABASE_URL: url.href },
    open: () => openDatabase({ databaseUrl: url.href }),
    remove: () => onServer(`drop database if exists ${name} with (force)`),
  }
}

const serverUrl = process.env['TEST_DATABASE_URL']

/** Both kinds, where a PostgreSQL server for tests is configured. */
export const places = [
  { name: 'a PGlite folder', kind: 'pglite' as const, create: folderPlace },
  ...(serverUrl
    ? [{ name: 'PostgreSQL', kind: 'postgres' as const, create: () => databasePlace(serverUrl) }]
    : []),
]
