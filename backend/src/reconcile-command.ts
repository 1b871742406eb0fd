import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { createBilling, findMistakes, migrateBilling } from '@customer-portal/billing'
import { DatabaseUnavailable, DataDirHeld, MigrationRefused, openDatabase, RolesMissing } from '@customer-portal/database'
import { realClock } from './clock.ts'
import { readSettings, type Environment } from './environment.ts'
import { idMaker } from './ids.ts'

const usage = `Proves the books from the rows: usage, rollups, invoices and their hashes, account credit, numbers, stretches.

  npm run reconcile

Works on DATABASE_URL, or on the folder DATA_DIR while no server runs on it. Prints each row that breaks a rule; then the exit
code is 1. Changes nothing.
`

/** The settings are wrong, or a word of the command is: printed as it is. */
class Refused extends Error {}

/** Prints every row that breaks a rule and how much was looked at. Returns the exit code. */
async function reconcile(words: string[], environment: Environment): Promise<number> {
  if (words.length > 0) {
    process.stdout.write(usage)
    return words.every((word) => word === '--help' || word === '-h') ? 0 : 1
  }
  const read = readSettings(environment)
  if ('mistakes' in read) throw new Refused(read.mistakes.join('\n'))
  const { databaseUrl, dataDir } = read.settings
  if (!databaseUrl && !existsSync(resolve(dataDir))) throw new Refused(`There is no data directory ${resolve(dataDir)}: set DATA_DIR or DATABASE_URL.`)
  const db = await openDatabase(databaseUrl ? { databaseUrl } : { dataDir: resolve(dataDir) })
  try {
    await migrateBilling(db)
    const { now } = realClock()
    let customers = 0
    let broken = 0
    for await (const { customerId, what, row } of findMistakes(createBilling({ db, now, newId: idMaker(now) }), { onCustomer: () => { customers += 1 } })) {
      broken += 1
      process.stdout.write(`${customerId === null ? 'all customers' : `customer ${customerId}`}: ${what}: ${row}\n`)
    }
    process.stdout.write(`${customers} ${customers === 1 ? 'customer' : 'customers'} reconciled: ${broken === 0 ? 'everything adds up' : `${broken} ${broken === 1 ? 'row breaks' : 'rows break'} a rule`}.\n`)
    return broken === 0 ? 0 : 1
  } finally {
    await db.close()
  }
}

function ownEnvironment(): Environment {
  const file = resolve('.env')
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env }
}

const sentences = [Refused, DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing]
try {
  process.exitCode = await reconcile(process.argv.slice(2), ownEnvironment())
} catch (error) {
  process.stderr.write(`${sentences.some((kind) => error instanceof kind) ? (error as Error).message : (error as Error).stack}\n`)
  process.exitCode = 1
}
