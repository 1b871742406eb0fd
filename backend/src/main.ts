import { once } from 'node:events'
import { createServer } from 'node:net'
import { DatabaseUnavailable, openDatabase, type Database } from '@customer-portal/database'
import { endDemoLogins } from '@customer-portal/workbench-api'
import { buildServer, type Server } from './app.ts'
import { databaseOf, loadSettings, type Settings } from './environment.ts'
import { fillDemo } from './first-demo.ts'
import { Refused, sentenceOf } from './refusal.ts'
import { ensureSecretKey } from './secret-key.ts'
import { drainOnSignal } from './shutdown.ts'
import { welcome } from './welcome.ts'

/** Ends the start with a sentence that says what to do; an unforeseen error is printed in full. */
function refuseToStart(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function ownSettings(): Settings {
  try {
    return loadSettings()
  } catch (error) {
    if (error instanceof Refused) refuseToStart(error.message)
    throw error
  }
}

/** Checked before the database is opened, which takes a while. */
async function assertPortFree({ port, host }: Settings): Promise<void> {
  const probe = createServer().listen(port, host)
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}

async function start(settings: Settings, database: Database): Promise<Server> {
  const server = await buildServer(settings, { database })
  const keys = await ensureSecretKey(server.engine, settings.billingApiKey)
  const login = settings.demo ? await fillDemo(server, settings, database) : undefined
  const endedDemoLogins =
    !settings.demo && settings.enableAgentWorkbench
      ? await endDemoLogins({ database, engine: server.engine })
      : []
  await server.listen()
  process.stdout.write(await welcome(server, settings, { ...keys, login, endedDemoLogins }))
  return server
}

function remedyFor(error: unknown, settings: Settings): string | undefined {
  if (error instanceof DatabaseUnavailable && settings.databaseUrl)
    return `${error.message.replace(/\.$/, '')}. Start that server, or correct DATABASE_URL.`
  const sentence = sentenceOf(error)
  if (sentence !== undefined) return sentence
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return (
      `Port ${settings.port} on ${settings.host} is taken by another program: stop it, `
      + 'or set PORT to another number.'
    )
  if (code === 'EACCES' && settings.port < 1024)
    return `Port ${settings.port} needs special rights: set PORT to 1024 or above.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address ${settings.host}: set HOST to 127.0.0.1 or 0.0.0.0.`
  return undefined
}

const settings = ownSettings()
let database: Database | undefined
try {
  await assertPortFree(settings)
  database = await openDatabase(databaseOf(settings))
  const server = await start(settings, database)
  drainOnSignal(server, database)
} catch (error) {
  await database?.close().catch(() => undefined)
  refuseToStart(
    remedyFor(error, settings)
      ?? `The server could not start: ${error instanceof Error ? error.stack : String(error)}`,
  )
}
