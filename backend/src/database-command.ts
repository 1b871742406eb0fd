import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createEngine, migrateBilling, type Engine } from '@customer-portal/billing'
import { DataDirHeld, openDatabase } from '@customer-portal/database'
import { engineClock } from './clock.ts'
import { databaseOf, serverAddress, type Settings } from './environment.ts'
import { idMaker } from './ids.ts'
import { Refused } from './refusal.ts'
import type { RunningServer } from './running-server.ts'

/** A command's work, in its two forms. */
export interface BooksWork<T> {
  /** On the database itself. */
  work(engine: Engine): Promise<T>
  /**
   * Through a server: the one given, or the one that holds the data directory, as `why` says. Without it the
   * command fails while a server holds the directory.
   */
  ask?: ((server: RunningServer, why: string | undefined) => Promise<T>) | undefined
}

/**
 * Does the work on the configured database; through the server at `url`, if given, or through the one that
 * holds the data directory. `key` is a secret key of that server.
 */
export async function onBooks<T>(
  settings: Settings,
  { work, ask }: BooksWork<T>,
  { url, key = settings.billingApiKey }: { url?: string | undefined; key?: string | undefined } = {},
): Promise<T> {
  const server = { url: url ?? serverAddress(settings), key }
  if (ask && url !== undefined) return ask(server, undefined)
  try {
    return await openBooks(settings, work)
  } catch (error) {
    if (!ask || !(error instanceof DataDirHeld)) throw error
    return ask(server, error.message)
  }
}

/** Throws Refused when the configured data directory does not exist, because opening it would create one. */
export function assertBooks({ databaseUrl, dataDir }: Settings): void {
  if (!databaseUrl && !existsSync(resolve(dataDir)))
    throw new Refused(`There is no data directory ${resolve(dataDir)}: set DATA_DIR or DATABASE_URL.`)
}

/** Throws DataDirHeld while a server has the folder open. */
async function openBooks<T>(settings: Settings, work: (engine: Engine) => Promise<T>): Promise<T> {
  const db = await openDatabase(databaseOf(settings))
  try {
    await migrateBilling(db)
    const clock = await engineClock(db, settings.testClock)
    try {
      return await work(createEngine({ db, now: clock.now, newId: idMaker(clock.now), clock: clock.kind }))
    } finally {
      clock.stop()
    }
  } finally {
    await db.close()
  }
}
