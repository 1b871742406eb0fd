import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { createBilling, migrateBilling, type Billing } from '@customer-portal/billing'
import { DatabaseUnavailable, DataDirHeld, MigrationRefused, openDatabase, RolesMissing } from '@customer-portal/database'
import { realClock } from './clock.ts'
import { readSettings } from './environment.ts'
import { idMaker } from './ids.ts'

/** The settings are wrong, or a word of the command is: printed as it is. */
class Refused extends Error {}

const sentences = [Refused, DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing]

/** Runs a command that works on the books, and ends the process with the exit code that `work` returns. `words` are those it understands; any other prints `usage`. */
export async function runOnBooks(command: { usage: string; words?: readonly string[]; work(billing: Billing, words: readonly string[]): Promise<number> }): Promise<void> {
  const words = process.argv.slice(2)
  try {
    if (words.every((word) => command.words?.includes(word))) process.exitCode = await onBooks((billing) => command.work(billing, words))
    else {
      process.stdout.write(command.usage)
      process.exitCode = words.every((word) => word === '--help' || word === '-h') ? 0 : 1
    }
  } catch (error) {
    process.stderr.write(`${sentences.some((kind) => error instanceof kind) ? (error as Error).message : (error as Error).stack}\n`)
    process.exitCode = 1
  }
}

async function onBooks(work: (billing: Billing) => Promise<number>): Promise<number> {
  const file = resolve('.env')
  const read = readSettings({ ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env })
  if ('mistakes' in read) throw new Refused(read.mistakes.join('\n'))
  const { databaseUrl, dataDir } = read.settings
  if (!databaseUrl && !existsSync(resolve(dataDir))) throw new Refused(`There is no data directory ${resolve(dataDir)}: set DATA_DIR or DATABASE_URL.`)
  const db = await openDatabase(databaseUrl ? { databaseUrl } : { dataDir: resolve(dataDir) })
  try {
    await migrateBilling(db)
    const { now } = realClock()
    return await work(createBilling({ db, now, newId: idMaker(now) }))
  } finally {
    await db.close()
  }
}
