import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import type { Code } from './http-error.ts'
import type { FastifySchema, RouteOptions } from 'fastify'
import { Type, type TSchema } from 'typebox'
import type { App } from './fastify.ts'
import { failures } from './error-codes.ts'
import { nameSchemas } from './named-schemas.ts'
import { prepare, sendPrepared, type Prepared } from './prepared.ts'
import type { OpenApi, Operation } from './reference/document.ts'
import * as resources from './resources.ts'
import type { Scope } from './scope.ts'
import { isKeyScope } from './vendor-key.ts'

export interface ApiDescription {
  /** The segment in its URLs: `billing` of /api/billing. */
  name: string
  title: string
  description: string
  tags: { name: string; description: string }[]
  /** The authentication schemes by name, and the scopes that need each. */
  security: Record<string, { scheme: SecurityScheme; scopes: Scope[] }>
  /** Schemas of this API that get a name in the document. */
  schemas?: Record<string, TSchema>
  /** Notes for each operation by method and path: `GET /plans/{planId}`. */
  operations: Record<string, OperationNotes>
  /** Example values of parameters by name. */
  values: Record<string, string>
  /** Its texts in Chinese, keyed by the English. */
  chinese: Record<string, string>
  /** Whether packages/sdk has a method for each operation, with the operation's name. */
  hasSdk?: boolean
}
type SecurityScheme =
  | { type: 'http'; scheme: 'bearer'; description: string }
  | { type: 'apiKey'; in: 'cookie'; name: string; description: string }

export interface OperationNotes {
  /** A noun and a verb: `quota.consume` gives the operationId `quotaConsume`. It never changes. */
  name: string
  /** Its error codes, besides those that every operation of its kind has. */
  errors?: Code[]
  query?: Record<string, string | number>
  /** An example body that is accepted. */
  body?: unknown
}

/** An API as the server describes it. */
export interface DescribedApi extends Pick<ApiDescription, 'name' | 'title' | 'chinese'> {
  document(): OpenApi
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The error codes documented for the operation. */
    codes?: Code[]
  }
  interface FastifyInstance {
    describedApis: DescribedApi[]
    /** The server's public address without a trailing slash; undefined when not configured. */
    publicUrl: string | undefined
  }
}

const IdempotencyHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The same key with the same body is done once, and answered the same again for 48 hours',
    }),
  ),
})
/**
 * Statuses any route may answer with: some depend on the operation, the others on the request and the
 * server's state.
 */
const problemStatuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]

/**
 * Describes the routes registered on `app` after this call as OpenAPI 3.1 at `<prefix>/openapi.json`. The
 * document is made once, on the first request.
 */
export async function describeApi(app: App, api: ApiDescription): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.config && route.method !== 'HEAD' && !route.schema?.hide) {
      route.config.codes = codesOf(api, route.schema ?? {}, route)
    }
  })
  await app.register(swagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: api.title,
        description: api.description,
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
      },
      servers: [{ url: app.publicUrl ?? '/' }],
      tags: api.tags,
      components: {
        securitySchemes: Object.fromEntries(
          Object.entries(api.security).map(([name, { scheme }]) => [name, scheme]),
        ),
      },
    },
    transform: ({ schema, url, route }) => ({ url, schema: describedRoute(api, schema, route) }),
    transformObject: (given) => {
      const document = 'openapiObject' in given ? given.openapiObject : given.swaggerObject
      return nameSchemas(withExamples(document as unknown as OpenApi, api), {
        ...sharedSchemas(),
        ...api.schemas,
      }) as unknown as typeof document
    },
  })
  let prepared: Prepared | undefined
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (request, reply) =>
    sendPrepared(
      request,
      reply,
      (prepared ??= prepare(JSON.stringify(app.swagger()), 'application/json; charset=utf-8')),
    ),
  )
  app.describedApis.push({
    name: api.name,
    title: api.title,
    chinese: api.chinese,
    document: () => app.swagger() as unknown as OpenApi,
  })
}

function sharedSchemas(): Record<string, TSchema> {
  const {
    Plan,
    Meter,
    Subscription,
    UsageSummary,
    UsageEvent,
    Invoice,
    InvoiceLine,
    InvoiceTitle,
    Seller,
    Preview,
    Problem,
    LocalizedText,
    Charge,
    Price,
  } = resources
  return {
    Plan,
    Meter,
    Subscription,
    UsageSummary,
    UsageEvent,
    Invoice,
    InvoiceLine,
    InvoiceTitle,
    Seller,
    Preview,
    Problem,
    LocalizedText,
    Charge,
    Price,
  }
}

/**
 * A route's schema as the document shows it: with its name, the required credentials and the possible errors.
 */
function describedRoute(api: ApiDescription, schema: FastifySchema, route: RouteOptions): FastifySchema {
  const { scope, documentedBody, idempotent } = route.config ?? {}
  const notes = api.operations[nameOfRoute(api, route)]
  const security = Object.entries(api.security)
    .filter(([, { scopes }]) => scope && scopes.includes(scope))
    .map(([name, { scheme }]) => ({ [name]: scheme.type === 'http' && isKeyScope(scope) ? [scope] : [] }))
  return {
    ...schema,
    ...(notes
      ? { operationId: operationIdOf(notes.name), ...(api.hasSdk ? { 'x-sdk-method': notes.name } : {}) }
      : {}),
    ...(documentedBody ? { body: documentedBody } : {}),
    ...(idempotent ? { headers: IdempotencyHeaders } : {}),
    security,
    response: withProblems(schema.response, codesOf(api, schema, route)),
  } as FastifySchema
}

/** Every error code of an operation. */
function codesOf(api: ApiDescription, schema: FastifySchema, route: RouteOptions): Code[] {
  return [...usualErrors(schema, route), ...(api.operations[nameOfRoute(api, route)]?.errors ?? [])]
}

const nameOfRoute = ({ name }: ApiDescription, { method, url }: RouteOptions) =>
  `${String(method)} ${url.slice(`/api/${name}`.length).replaceAll(/:(\w+)/g, '{$1}')}`

/** `events.rejected.retry` → `eventsRejectedRetry`. */
const operationIdOf = (name: string) =>
  name.replaceAll(/\.(\w)/g, (_match, first: string) => first.toUpperCase())

/** The error codes that every operation of its kind may have. */
function usualErrors({ querystring }: FastifySchema, { method, config }: RouteOptions): Code[] {
  const writes = method !== 'GET'
  const pages = 'cursor' in ((querystring as { properties?: object } | undefined)?.properties ?? {})
  return [
    'validation_failed',
    ...(pages ? ['invalid_cursor' as const] : []),
    ...(config?.scope === 'public' ? [] : ['unauthorized' as const]),
    ...(isKeyScope(config?.scope) ? ['scope_missing' as const] : []),
    ...(writes ? (['payload_too_large', 'unsupported_media_type', 'database_full'] as const) : []),
    ...(config?.idempotent ? (['idempotency_in_progress', 'idempotency_key_reused'] as const) : []),
    'internal_error',
    'database_unavailable',
  ]
}

function withProblems(response: unknown, codes: Code[]): Record<string, unknown> {
  const problem = (status: number) => {
    const own = codes.filter((code) => failures[code].status === status)
    const description = own.length > 0 ? own.map((code) => `\`${code}\``).join(', ') : 'RFC 9457 problem'
    return { description, content: { 'application/problem+json': { schema: resources.Problem } } }
  }
  return {
    ...(response as Record<string, unknown>),
    ...Object.fromEntries(problemStatuses.map((status) => [status, problem(status)])),
  }
}

/** The document with example values that make each operation a real call. */
function withExamples(document: OpenApi, api: ApiDescription): OpenApi {
  const paths = Object.entries(document.paths).map(
    ([path, methods]) =>
      [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => {
            const notes = api.operations[`${method.toUpperCase()} ${path.slice(`/api/${api.name}`.length)}`]
            return [method, withExample(operation, notes, api.values)]
          }),
        ),
      ] as const,
  )
  return { ...document, paths: Object.fromEntries(paths) }
}

function withExample(
  operation: Operation,
  notes: OperationNotes | undefined,
  values: Record<string, string>,
): Operation {
  const parameters = operation.parameters?.map((parameter) => {
    const example =
      parameter.in === 'query'
        ? notes?.query?.[parameter.name]
        : parameter.in === 'path'
          ? values[parameter.name]
          : undefined
    return example === undefined ? parameter : { ...parameter, example }
  })
  const responses = Object.entries(operation.responses).map(
    ([status, response]) =>
      [
        status,
        response.description === 'Default Response'
          ? { ...response, description: STATUS_CODES[status] ?? '' }
          : response,
      ] as const,
  )
  return {
    ...operation,
    ...(parameters ? { parameters } : {}),
    ...(operation.requestBody && notes?.body !== undefined
      ? { requestBody: withBody(operation.requestBody, notes.body) }
      : {}),
    responses: Object.fromEntries(responses),
  }
}

function withBody(
  requestBody: NonNullable<Operation['requestBody']>,
  example: unknown,
): NonNullable<Operation['requestBody']> {
  const content = Object.entries(requestBody.content).map(
    ([type, media]) => [type, type === 'application/json' ? { ...media, example } : media] as const,
  )
  return { ...requestBody, content: Object.fromEntries(content) }
}
