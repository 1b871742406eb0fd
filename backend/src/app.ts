import {
  createEngine,
  fillMeters,
  forgetOld,
  maintainUsage,
  migrateBilling,
  type Engine,
} from '@customer-portal/billing'
import { registerBillingApi } from '@customer-portal/billing-api'
import type { Database } from '@customer-portal/database'
import { createApp, serveDocs, type App } from '@customer-portal/http'
import { registerPortalApi } from '@customer-portal/portal-api'
import { createAssistant, createWorkbench, migrateWorkbench, readFaq } from '@customer-portal/workbench'
import { demoFaqPath, registerWorkbenchApi } from '@customer-portal/workbench-api'
import { whiteLabelOf, type WhiteLabel } from './brand/brand.ts'
import { brandedDesk, brandedPage, serveBrandFiles } from './brand/pages.ts'
import { engineClock, type Clock, type StandingClock } from './clock.ts'
import { dueWorkOf, repeatWork } from './due-work.ts'
import type { Settings } from './environment.ts'
import {
  allowFiles,
  portalBuild,
  portalPolicy,
  serveFrontEnd,
  workbenchBuild,
  workbenchPolicy,
} from './front-ends.ts'
import { healthRoutes } from './health.ts'
import { idMaker } from './ids.ts'
import { Refused } from './refusal.ts'

export interface ServerParts {
  database: Database
  /** Replaces the clock that the settings select. */
  clock?: Clock
  /** Tests: throw when an answer does not match its schema. */
  checkAnswers?: boolean
}

export interface Server {
  app: App
  engine: Engine
  /**
   * The server's public address without a trailing slash; unless PUBLIC_URL is set, known only once it
   * listens.
   */
  publicUrl(): string
  /** Listens, starts due work, and returns the address. */
  listen(): Promise<string>
  /**
   * Stops accepting, finishes requests in progress, stops due work. The database stays open: it belongs to
   * the caller.
   */
  close(): Promise<void>
}

/** Migrates the tables and assembles the products as the settings say. Does not listen yet. */
export async function buildServer(
  settings: Settings,
  { database, clock: given, checkAnswers = false }: ServerParts,
): Promise<Server> {
  await migrateBilling(database)
  const own = given ? undefined : await engineClock(database, settings.testClock)
  const standing = own?.standing
  const clock = given ?? own!
  const engine = createEngine({
    db: database,
    now: clock.now,
    newId: idMaker(clock.now),
    clock: own?.kind ?? 'given',
  })
  const app = await createApp({
    logger: { level: settings.logLevel },
    checkAnswers,
    trustProxy: settings.trustProxy,
    https: isSecure(settings),
    publicUrl: settings.publicUrl,
    bodySeconds: settings.bodyTimeoutSeconds,
    readerSeconds: settings.readerTimeoutSeconds,
  })
  const publicUrl = () => settings.publicUrl ?? addressOf(app, settings)
  await registerProducts(app, settings, { database, engine, publicUrl, standing })
  await app.ready()
  let stopWork = async () => {}
  return {
    app,
    engine,
    publicUrl,
    async listen() {
      await app.listen({ port: settings.port, host: settings.host })
      stopWork = startWork(app, engine, settings, { clockStands: standing !== undefined })
      return addressOf(app, settings)
    },
    async close() {
      await app.close()
      await stopWork()
      own?.stop()
    },
  }
}

/** Of the ten of a process; the others are for requests. */
const connectionsForDueWork = 4

/**
 * Starts the background work: filling meters from earlier events and, on a running clock, due work twice a
 * minute and maintenance of the usage tables every hour. On a test clock due work runs when the clock is
 * moved.
 */
function startWork(
  app: App,
  engine: Engine,
  { usageMonthsKept, sessionDaysKept, activityDaysKept }: Settings,
  { clockStands }: { clockStands: boolean },
): () => Promise<void> {
  const due = dueWorkOf(engine, {
    atOnce: connectionsForDueWork,
    onFailure: ({ customerId, error }) =>
      app.log.error({ err: error, customerId }, "a customer's due work failed"),
  })
  const upkeep = {
    async run() {
      await maintainUsage(engine, usageMonthsKept === undefined ? {} : { monthsKept: usageMonthsKept })
      await forgetOld(engine, {
        sessionDays: sessionDaysKept,
        ...(activityDaysKept === undefined ? {} : { activityDays: activityDaysKept }),
      })
    },
  }
  const fills = repeatWork(
    { run: () => fillMeters(engine) },
    { seconds: 10, onError: (error) => app.log.error({ err: error }, 'the filling of meters failed') },
  )
  const stops = clockStands
    ? [fills]
    : [
        fills,
        repeatWork(due, {
          seconds: 30,
          onError: (error) => app.log.error({ err: error }, 'due work failed'),
        }),
        repeatWork(upkeep, {
          seconds: 3600,
          onError: (error) => app.log.error({ err: error }, 'the upkeep of the tables failed'),
        }),
      ]
  return async () => {
    for (const stop of stops) await stop()
  }
}

interface Products {
  database: Database
  engine: Engine
  publicUrl: () => string
  standing: StandingClock | undefined
}

async function registerProducts(
  app: App,
  settings: Settings,
  { database, engine, publicUrl, standing }: Products,
): Promise<void> {
  const documented = ['billing']
  await allowFiles(app)
  healthRoutes(app, database)
  const testClock = standing && {
    now: standing.now,
    moveTo: (instant: string) => standing.moveTo(instant, dueWorkOf(engine)),
  }
  await registerBillingApi(app, { engine, publicUrl, testClock })
  const whiteLabel = whiteLabelOf(settings)
  if (settings.enableCustomerPortal || settings.enableAgentWorkbench) serveBrandFiles(app, whiteLabel)
  if (settings.enableCustomerPortal) {
    await registerPortalApi(app, { engine, secure: isSecure(settings), advice: settings.portalAdvice })
    servePortal(app, settings, whiteLabel)
    documented.unshift('portal')
  }
  if (settings.enableAgentWorkbench) {
    await registerWorkbench(app, settings, whiteLabel, { database, engine })
    documented.push('workbench')
  }
  if (settings.enableDocs) serveDocs(app, documented)
}

function servePortal(app: App, settings: Settings, whiteLabel: WhiteLabel): void {
  // Never from the request itself, whose Host header the sender chooses. The portal's own origin may always
  // embed it.
  const settingsFor = () => ({
    embedOrigins: [
      ...new Set([...(settings.publicUrl ? [settings.publicUrl] : []), ...settings.portalEmbedOrigins]),
    ],
    brand: whiteLabel.brand,
    advice: settings.portalAdvice,
  })
  app.get(
    '/portal/settings.json',
    { config: { scope: 'public' }, schema: { hide: true } },
    async (request, reply) => {
      // Readable by pages that may embed the portal, so that they can tell a missing permission from a server
      // that does not respond.
      void reply.header('vary', 'origin')
      const asking = request.headers.origin
      if (asking && settings.portalEmbedOrigins.includes(asking))
        void reply.header('access-control-allow-origin', asking)
      return settingsFor()
    },
  )
  const origins = [...(settings.publicUrl ? [settings.publicUrl] : []), ...settings.portalEmbedOrigins]
  serveFrontEnd(app, {
    base: '/portal',
    folder: portalBuild,
    policy: portalPolicy(origins),
    page: (html) => brandedPage(html, settingsFor(), whiteLabel),
  })
  app.get('/', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.redirect('/portal'),
  )
}

async function registerWorkbench(
  app: App,
  settings: Settings,
  whiteLabel: WhiteLabel,
  { database, engine }: Pick<Products, 'database' | 'engine'>,
): Promise<void> {
  await migrateWorkbench(database)
  const workbench = createWorkbench({ db: database, now: engine.now, newId: engine.newId })
  const faq = await readFaq(settings.workbenchFaq ?? demoFaqPath).catch((error: Error) => {
    throw new Refused(`WORKBENCH_FAQ names a file that cannot be used: ${error.message}.`, {
      cause: error,
    })
  })
  const assistant = createAssistant(faq)
  const portalUrl = `${settings.publicUrl ?? ''}/portal`
  await registerWorkbenchApi(app, { engine, workbench, assistant, portalUrl, secure: isSecure(settings) })
  serveFrontEnd(app, {
    base: '/workbench',
    folder: workbenchBuild,
    policy: workbenchPolicy(settings.publicUrl),
    page: (html) => brandedDesk(html, whiteLabel),
  })
}

const isSecure = (settings: Settings) => settings.publicUrl?.startsWith('https:') ?? false

/** The listening address as a URL that a browser on this machine can open. */
function addressOf(app: App, { host, port }: Settings): string {
  const address = app.server.address()
  const listening = typeof address === 'object' && address ? address.port : port
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${listening}`
}
