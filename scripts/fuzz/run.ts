import { randomUUID } from 'node:crypto'
import { createPortalSession, createSecretKey } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import {
  createAgent,
  createWorkbench,
  listConversations,
  logIn,
  type Workbench,
} from '@customer-portal/workbench'
import fc from 'fast-check'
import { buildServer, type Server } from '../../backend/src/app.ts'
import { seedDemo } from '../../backend/src/demo/index.ts'
import { readSettings } from '../../backend/src/environment.ts'
import { parameterTexts, valuesOf, type Known, type Schema } from './value.ts'

export const apis = ['billing', 'portal', 'workbench'] as const
export type Api = (typeof apis)[number]

interface Operation {
  method: string
  path: string
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[]
  body: Schema | undefined
}
interface Asked {
  operation: Operation
  path: Record<string, string>
  query: Record<string, string>
  body: unknown
  language: string
}
interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
}

/** A server filled with the demo, and credentials to call it. */
export interface FuzzedServer {
  server: Server
  /**
   * Sends requests generated from an API's document, as many as given or two per operation, and returns the
   * count of each status. Throws when an answer is wrong, with one example of each kind.
   */
  fuzz(api: Api, options: { runs: number | 'each'; seed?: number | undefined }): Promise<Map<number, number>>
}

const clock = { at: '2026-03-10T04:00:00.000000Z' }
/** Streams that stay open until one side closes them. */
const endless = new Set(['/api/portal/usage/stream'])
/** Reading the feed assigns positions to its entries. */
const writingReads = new Set(['/api/billing/activity'])
/**
 * Tables a rejected request may still write: the rejection, the last use of a key, stored idempotent answers.
 */
const mayChange = [
  'idempotency_keys',
  'rejected_events',
  'secret_keys',
  'portal_sessions',
  'workbench_sessions',
  'sessions',
]

export async function fuzzedServer(database: Database): Promise<FuzzedServer> {
  const read = readSettings({
    PORT: '0',
    LOG_LEVEL: process.env['FUZZ_LOG'] ?? 'silent',
    ENABLE_CUSTOMER_PORTAL: 'true',
    ENABLE_AGENT_WORKBENCH: 'true',
    DEMO: 'true',
  })
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  const server = await buildServer(read.settings, {
    database,
    clock: { now: () => clock.at },
    checkAnswers: true,
  })
  await seedDemo(server.engine, { database, settings: read.settings, isEmpty: true })
  const credentials = credentialsFor(server, database)
  const known = await knownOn(server, database, await credentials('billing'))
  return {
    server,
    async fuzz(api, { runs, seed }) {
      const document = (await server.app.inject(`/api/${api}/openapi.json`)).json() as {
        paths: Record<string, Record<string, unknown>>
        components: { schemas: Record<string, Schema> }
      }
      const operations = operationsOf(document)
      const statuses = new Map<number, number>()
      /** The first of each kind, so that one mistake does not hide the others. */
      const mistakes = new Map<string, string>()
      /** The stored data, while nothing can have changed since it was read. */
      let contents: Map<string, string> | undefined
      let held: Record<string, string> | undefined
      const ask = async (asked: Asked) => {
        const heldBefore = held
        held = await credentials(api)
        if (held !== heldBefore) contents = undefined
        const before =
          asked.operation.method === 'GET' ? undefined : (contents ??= await contentsOf(database))
        const answer = await send(server, asked, held)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        if (before) contents = answer.status >= 400 ? await contentsOf(database) : undefined
        else if (writingReads.has(asked.operation.path)) contents = undefined
        const changed = before && contents ? differing(before, contents) : []
        const mistake =
          mistakeIn(answer)
          ?? (changed.length > 0 ? `a refusal that changed ${changed.join(', ')}` : undefined)
        const kind = `${mistake} ${asked.operation.method} ${asked.operation.path}`
        if (mistake && !mistakes.has(kind))
          mistakes.set(kind, `${mistake}: ${titleOf(asked)}\n  ${answer.status} ${answer.text.slice(0, 600)}`)
      }
      const to = (operation: Operation) => requestsTo(operation, document.components.schemas, known)
      const seeded = seed === undefined ? {} : { seed }
      if (runs === 'each') {
        for (const [place, operation] of operations.entries()) {
          for (const asked of fc.sample(to(operation), {
            numRuns: 2,
            ...(seed === undefined ? {} : { seed: seed + place }),
          }))
            await ask(asked)
        }
      } else
        await fc.assert(fc.asyncProperty(fc.constantFrom(...operations).chain(to), ask), {
          numRuns: runs,
          ...seeded,
          endOnFailure: true,
        })
      if (mistakes.size > 0) throw new Error([...mistakes.values()].join('\n'))
      return statuses
    },
  }
}

type Credentials = (api: Api) => Promise<Record<string, string>>

/** The generated requests end sessions and revoke keys, so a rejected credential is replaced by a new one. */
function credentialsFor({ engine, app }: Server, database: Database): Credentials {
  const made = new Map<Api, Record<string, string>>()
  const workbench = workbenchOn(database)
  const make = async (api: Api): Promise<Record<string, string>> => {
    if (api === 'billing')
      return { authorization: `Bearer ${(await createSecretKey(engine, { name: 'fuzz' })).key}` }
    if (api === 'portal')
      return {
        authorization: `Bearer ${(await createPortalSession(engine, { customerId: 'test_customer', role: 'owner' })).token}`,
      }
    // Another agent each time: requests disable agents and change their passwords, and repeated failures
    // block an e-mail for a while.
    const login = { email: `fuzz-${randomUUID()}@example.com`, password: 'a long password' }
    await createAgent(workbench, { customerId: 'test_customer', name: 'Fuzz', role: 'owner', ...login })
    return {
      ...(await credentials('billing')),
      cookie: `workbench_session=${(await logIn(workbench, login))!.secret}`,
    }
  }
  const credentials = async (api: Api): Promise<Record<string, string>> => {
    if (!made.has(api) || !(await holds(api, made.get(api)!))) {
      made.set(api, await make(api))
      if (!(await holds(api, made.get(api)!))) throw new Error(`nobody is let in to the ${api} API any more`)
    }
    return made.get(api)!
  }
  const holds = async (api: Api, headers: Record<string, string>) => {
    const url = {
      billing: '/api/billing/meters',
      portal: '/api/portal/session',
      workbench: '/api/workbench/me',
    }[api]
    return (await app.inject({ url, headers })).statusCode === 200
  }
  return credentials
}

/** Password hashes are cheap here: they are not under test. */
function workbenchOn(database: Database): Workbench {
  return createWorkbench({
    db: database,
    now: () => clock.at,
    newId: (prefix) => `${prefix}_${randomUUID()}`,
    passwordCost: { N: 2 ** 10, r: 8, p: 1 },
  })
}

async function knownOn({ app }: Server, database: Database, headers: Record<string, string>): Promise<Known> {
  const idsOf = async (path: string, field = 'id') =>
    (
      (await app.inject({ url: `/api/billing${path}`, headers })).json() as { data: Record<string, string>[] }
    ).data.map((one) => one[field]!)
  const customers = await idsOf('/customers')
  const invoices = await idsOf('/customers/test_customer/invoices')
  const agents = (
    (await app.inject({ url: '/api/workbench/agents', headers })).json() as { data: { id: string }[] }
  ).data.map(({ id }) => id)
  const conversations = (
    await listConversations(workbenchOn(database), { customerId: 'test_customer' })
  ).data.map(({ id }) => id)
  const [plans, meters] = [await idsOf('/plans'), await idsOf('/meters', 'key')]
  return {
    customerId: customers,
    planId: plans,
    id: [...plans, 'a', 'b', 'c'],
    key: meters,
    meter: meters,
    invoiceId: invoices,
    period: ['2026-02', '2026-01', '2026-03'],
    role: ['owner', 'viewer'],
    currency: ['CNY'],
    timezone: ['Asia/Shanghai', 'America/New_York'],
    agentId: agents,
    conversationId: conversations,
    locale: ['zh-CN', 'en'],
    groupBy: ['channel'],
    path: ['/usage'],
  }
}

function operationsOf({ paths }: { paths: Record<string, Record<string, unknown>> }): Operation[] {
  return Object.entries(paths)
    .filter(([path]) => !endless.has(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, of]) => {
        const { parameters = [], requestBody } = of as {
          parameters?: Operation['parameters']
          requestBody?: { content: Record<string, { schema: Schema }> }
        }
        return {
          method: method.toUpperCase(),
          path,
          parameters,
          body: requestBody && Object.values(requestBody.content)[0]!.schema,
        }
      }),
    )
}

function requestsTo(
  operation: Operation,
  documents: Record<string, Schema>,
  known: Known,
): fc.Arbitrary<Asked> {
  const of = (place: string) => operation.parameters.filter((parameter) => parameter.in === place)
  const texts = (place: string, requiredKeys: string[]) =>
    fc.record(
      Object.fromEntries(
        of(place).map(({ name, schema }) => [name, parameterTexts(schema, documents, known, name)]),
      ),
      { requiredKeys },
    )
  return fc.record({
    operation: fc.constant(operation),
    path: texts(
      'path',
      of('path').map(({ name }) => name),
    ),
    query: texts('query', []),
    body: operation.body ? valuesOf(operation.body, documents, known) : fc.constant(undefined),
    language: fc.constantFrom('en', 'zh-CN'),
  }) as fc.Arbitrary<Asked>
}

async function send(
  { app }: Server,
  { operation: { method, path: template }, path, query, body, language }: Asked,
  credentials: Record<string, string>,
): Promise<Answer> {
  const filled = template.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => encodeURIComponent((path[name] ?? 'x').toWellFormed()) || '%20',
  )
  const search = new URLSearchParams(query).toString()
  const answer = await app.inject({
    method: method as 'POST',
    url: `${filled}${search && `?${search}`}`,
    headers: {
      ...credentials,
      'accept-language': language,
      ...(method === 'GET' && body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { payload: JSON.stringify(body ?? {}) }),
  })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: String(answer.headers['content-type'] ?? '').includes('json') ? answer.body : '',
  }
}

const allowedUnavailable = ['pdf_unavailable']

function mistakeIn({ status, headers, text }: Answer): string | undefined {
  if (status < 400) return undefined
  const problem =
    text === ''
      ? undefined
      : (JSON.parse(text) as {
          status: number
          code: string
          title: string
          detail: string
          errors?: { pointer: string; code: string; detail: string }[]
        })
  if (!String(headers['content-type']).startsWith('application/problem+json') || !problem)
    return 'a refusal that is no problem+json'
  if (status >= 500 && !allowedUnavailable.includes(problem.code)) return 'a mistake of ours'
  if (problem.status !== status || !problem.title || !problem.detail) return 'a problem without its parts'
  const isNamed =
    problem.errors?.length
    && problem.errors.every(({ pointer, detail }) => typeof pointer === 'string' && detail)
  return status === 400 && !isNamed ? 'a refusal that names no field' : undefined
}

function titleOf({ operation, path, query, body }: Asked): string {
  return `${operation.method} ${operation.path} ${JSON.stringify({ path, query, body })}`.slice(0, 2_000)
}

/**
 * A fingerprint of each table that changes with any row; for events, of which there are many, only their
 * number.
 */
async function contentsOf(database: Database): Promise<Map<string, string>> {
  return database.asOwner(async (tx) => {
    const tables = await tx.query<{ name: string }>(
      `select c.relname as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r'
        order by 1`,
    )
    const counted = tables
      .filter(({ name }) => !mayChange.includes(name))
      .map(({ name }) =>
        /^usage_(events|keys)/.test(name)
          ? `select '${name}' as name, count(*)::text as content from "${name}"`
          : `select '${name}', count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)
            from "${name}" t`,
      )
    const rows = await tx.query<{ name: string; content: string }>(counted.join(' union all '))
    return new Map(rows.map(({ name, content }) => [name, content]))
  })
}

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].filter(([name, content]) => before.get(name) !== content).map(([name]) => name)
}
