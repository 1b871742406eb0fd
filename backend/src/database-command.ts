import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { createEngine, migrateBilling, type Engine } from '@customer-portal/billing'
import {
  DatabaseUnavailable,
  DataDirHeld,
  MigrationRefused,
  openDatabase,
  RolesMissing,
} from '@customer-portal/database'
import { engineClock } from './clock.ts'
import { readSettings, type Settings } from './environment.ts'
import { idMaker } from './ids.ts'
import { Refused, type RunningServer } from './running-server.ts'

/** What makes a command end with its sentence alone. */
export const sentences = [Refused, DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing]

export interface BooksCommand {
  usage: string
  /** The words it understands; any other prints `usage`. */
  words?: readonly string[]
  /** Works on the database itself and returns the exit code. */
  work(engine: Engine, words: readonly string[]): Promise<number>
  /**
   * Does the same through the server that holds the data directory; without it the command is refused while
   * one does.
   */
  ask?(server: RunningServer, why: string): Promise<number>
}

/** Runs a command that works on the books, and ends the process with its exit code. */
export async function runOnBooks(command: BooksCommand): Promise<void> {
  const words = process.argv.slice(2)
  try {
    if (words.every((word) => command.words?.includes(word))) process.exitCode = await onBooks(command, words)
    else {
      process.stdout.write(command.usage)
      process.exitCode = words.every((word) => word === '--help' || word === '-h') ? 0 : 1
    }
  } catch (error) {
    process.stderr.write(
      `${sentences.some((kind) => error instanceof kind) ? (error as Error).message : (error as Error).stack}\n`,
    )
    process.exitCode = 1
  }
}

async function onBooks({ work, ask }: BooksCommand, words: readonly string[]): Promise<number> {
  const settings = ownSettings()
  if (!settings.databaseUrl && !existsSync(resolve(settings.dataDir)))
    throw new Refused(
      `There is no data directory ${resolve(settings.dataDir)}: set DATA_DIR or DATABASE_URL.`,
    )
  try {
    return await openBooks(settings, (engine) => work(engine, words))
  } catch (error) {
    if (!ask || !(error instanceof DataDirHeld)) throw error
    return ask(
      { url: `http://${settings.host}:${settings.port}`, key: settings.billingApiKey },
      error.message,
    )
  }
}

/** The settings of .env and of the environment, which wins. Throws Refused. */
export function ownSettings(): Settings {
  const file = resolve('.env')
  const read = readSettings({
    ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}),
    ...process.env,
  })
  if ('mistakes' in read) throw new Refused(read.mistakes.join('\n'))
  return read.settings
}

/**
 * Opens the database that the settings name, lets `work` use the engine on it, and closes it. Throws
 * DataDirHeld while a server has the folder.
 */
export async function openBooks<T>(
  { databaseUrl, dataDir, testClock }: Settings,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const db = await openDatabase(databaseUrl ? { databaseUrl } : { dataDir: resolve(dataDir) })
  try {
    await migrateBilling(db)
    const clock = await engineClock(db, testClock)
    try {
      return await work(createEngine({ db, now: clock.now, newId: idMaker(clock.now), clock: clock.kind }))
    } finally {
      clock.stop()
    }
  } finally {
    await db.close()
  }
}
