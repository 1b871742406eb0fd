import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { BillingError, createBilling, getCustomer, migrateBilling } from '@customer-portal/billing'
import { DatabaseUnavailable, DataDirHeld, MigrationRefused, openDatabase, RolesMissing } from '@customer-portal/database'
import { createAgent, createWorkbench, migrateWorkbench, newPassword, type AgentRole } from '@customer-portal/workbench'
import { realClock } from './clock.ts'
import { readSettings, type Environment, type Settings } from './environment.ts'
import { idMaker } from './ids.ts'
import { askServer, Refused } from './running-server.ts'

const usage = `Makes an agent who can log in to the workbench.

  npm run workbench -- add-user --email <e-mail> --customer <customer id> --role owner|billing|viewer
                                [--name <name>] [--password <password>] [--locale zh-CN|en] [--url <server> --key <secret key>]

The role is what the agent may do in the portal. Without --password one is made and printed once.
While a server runs on the data directory, the agent is made through it: --url is its address (http://HOST:PORT of the settings
when absent) and --key a secret key of the vendor's API (BILLING_API_KEY when absent).
`

const roles: readonly string[] = ['owner', 'billing', 'viewer'] satisfies AgentRole[]

interface NewUser {
  email: string
  customerId: string
  role: AgentRole
  name: string
  password: string
  locale: 'zh-CN' | 'en'
}

/** Reads the command, makes the agent and says so. Returns what is to be printed; throws Refused with a sentence that says what to do. */
async function addUser(argv: string[], environment: Environment): Promise<string> {
  const { values, positionals } = parse(argv)
  if (values.help || positionals.length === 0) return usage
  if (positionals.length !== 1 || positionals[0] !== 'add-user') throw new Refused(`There is no command "${positionals.join(' ')}".\n\n${usage}`)
  const user = userFrom(values)
  const settings = settingsFrom(environment)
  const server = { url: values.url ?? `http://${settings.host}:${settings.port}`, key: values.key ?? settings.billingApiKey }
  if (values.url !== undefined) await addThroughServer(user, server)
  else await addToDatabase(user, settings).catch((error: unknown) => {
    if (!(error instanceof DataDirHeld)) throw error
    return addThroughServer(user, server, error.message)
  })
  const own = values.password === undefined
  return `${user.email} can log in to the workbench of ${user.customerId} as ${user.role}.${own ? `\nPassword: ${user.password}  (shown only now)` : ''}\n`
}

function parse(argv: string[]) {
  const text = { type: 'string' as const }
  try {
    return parseArgs({
      args: argv, allowPositionals: true,
      options: { email: text, customer: text, role: text, name: text, password: text, locale: text, url: text, key: text, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new Refused(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function userFrom(values: ReturnType<typeof parse>['values']): NewUser {
  const { email, customer, role, locale = 'zh-CN' } = values
  if (!email || !customer || !role) throw new Refused(`--email, --customer and --role are needed.\n\n${usage}`)
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254) throw new Refused(`--email must be an e-mail address: "${email}" is none.`)
  if (!roles.includes(role)) throw new Refused(`--role must be owner, billing or viewer: it is "${role}".`)
  if (locale !== 'zh-CN' && locale !== 'en') throw new Refused(`--locale must be zh-CN or en: it is "${locale}".`)
  const password = values.password ?? newPassword()
  if (password.length < 10 || password.length > 200) throw new Refused('--password must have 10 to 200 characters. Leave it out and one is made.')
  return { email: email.trim().toLowerCase(), customerId: customer, role: role as AgentRole, name: values.name?.trim() || email.slice(0, email.indexOf('@')), password, locale }
}

function settingsFrom(environment: Environment): Settings {
  const result = readSettings(environment)
  if ('mistakes' in result) throw new Refused(result.mistakes.join('\n'))
  return result.settings
}

async function addToDatabase(user: NewUser, settings: Settings): Promise<void> {
  const db = await openDatabase(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : { dataDir: resolve(settings.dataDir) })
  try {
    await migrateBilling(db)
    await migrateWorkbench(db)
    const { now } = realClock()
    const newId = idMaker(now)
    await getCustomer(createBilling({ db, now, newId }), { customerId: user.customerId })
    if (!(await createAgent(createWorkbench({ db, now, newId }), user))) throw new Refused(`An agent with the e-mail ${user.email} exists already.`)
  } catch (error) {
    if (error instanceof BillingError && error.code === 'customer_not_found') throw new Refused(`There is no customer "${user.customerId}".`, { cause: error })
    throw error
  } finally {
    await db.close()
  }
}

async function addThroughServer(user: NewUser, { url, key }: { url: string; key: string | undefined }, why?: string): Promise<void> {
  const { email, customerId, role, name, password, locale } = user
  await askServer({ url, key }, { method: 'POST', path: '/api/workbench/agents', body: { email, customerId, role, name, password, locale } }, why)
}

function ownEnvironment(): Environment {
  const file = resolve('.env')
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env }
}

const sentences = [Refused, DatabaseUnavailable, MigrationRefused, RolesMissing]
try {
  process.stdout.write(await addUser(process.argv.slice(2), ownEnvironment()))
} catch (error) {
  process.stderr.write(`${sentences.some((kind) => error instanceof kind) ? (error as Error).message : (error as Error).stack}\n`)
  process.exitCode = 1
}
