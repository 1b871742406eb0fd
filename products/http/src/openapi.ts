import swagger from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { Type, type TSchema } from 'typebox'
import type { App } from './fastify.ts'
import * as resources from './resources.ts'
import type { Scope } from './scope.ts'
import { isKeyScope } from './vendor-key.ts'

export interface ApiDescription {
  title: string
  description: string
  tags: { name: string; description: string }[]
  /** How a caller proves who they are, by name, and which scopes ask for it. */
  security: Record<string, { scheme: SecurityScheme; scopes: Scope[] }>
  /** Schemas of this API that get a name of their own in the document. */
  schemas?: Record<string, TSchema>
}
type SecurityScheme = { type: 'http'; scheme: 'bearer'; description: string } | { type: 'apiKey'; in: 'cookie'; name: string; description: string }

const IdempotencyHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'The same key with the same body is done once, and answered the same again for 24 hours' })),
})
/** Whatever the route, one of these may come: some by what it does, the others by how it is asked and how the server fares. */
const problemStatuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]

/** Describes the routes registered on `app` after this as OpenAPI 3.1, at `<prefix>/openapi.json`. */
export async function describeApi(app: App, api: ApiDescription): Promise<void> {
  const named = new Map(Object.entries({ ...sharedSchemas(), ...api.schemas }).map(([name, schema]) => [canonical(schema), name]))
  await app.register(swagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      info: { title: api.title, description: api.description, version: '1' },
      tags: api.tags,
      components: { securitySchemes: Object.fromEntries(Object.entries(api.security).map(([name, { scheme }]) => [name, scheme])) },
    },
    transform: ({ schema, url, route }) => {
      const scope = route.config?.scope
      const security = Object.entries(api.security).filter(([, { scopes }]) => scope && scopes.includes(scope)).map(([name, { scheme }]) => ({ [name]: scheme.type === 'http' && isKeyScope(scope) ? [scope] : [] }))
      const body = route.config?.documentedBody
      const headers = route.config?.idempotent ? IdempotencyHeaders : undefined
      return { url, schema: { ...schema, ...(body ? { body } : {}), ...(headers ? { headers } : {}), security, response: withProblems(schema.response) } as FastifySchema }
    },
    transformObject: (document) => nameSchemas('openapiObject' in document ? document.openapiObject : document.swaggerObject, named),
  })
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    void reply.header('cache-control', 'no-cache')
    return app.swagger()
  })
}

function sharedSchemas(): Record<string, TSchema> {
  const { Plan, Meter, Subscription, UsageSummary, UsageEvent, Invoice, InvoiceLine, InvoiceTitle, Seller, Preview, Problem, LocalizedText, Charge, Price } = resources
  return { Plan, Meter, Subscription, UsageSummary, UsageEvent, Invoice, InvoiceLine, InvoiceTitle, Seller, Preview, Problem, LocalizedText, Charge, Price }
}

function withProblems(response: unknown): Record<string, unknown> {
  const problem = { description: 'RFC 9457 problem', content: { 'application/problem+json': { schema: resources.Problem } } }
  return { ...(response as Record<string, unknown>), ...Object.fromEntries(problemStatuses.map((status) => [status, problem])) }
}

/** The document with each schema that has a name written once, under its name, and referred to elsewhere. */
function nameSchemas<T extends object>(document: T, named: Map<string, string>): T {
  const schemas: Record<string, unknown> = {}
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace)
    if (typeof value !== 'object' || value === null) return value
    const name = named.get(canonical(value))
    if (name === undefined) return replaceInside(value)
    schemas[name] ??= replaceInside(value)
    return { $ref: `#/components/schemas/${name}` }
  }
  const replaceInside = (value: object) => Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]))
  const replaced = replaceInside(document) as T & { components?: object }
  return { ...replaced, components: { ...replaced.components, schemas } }
}

/** The same text for the same schema, however its keys are ordered and its maps are written. */
function canonical(schema: object): string {
  return JSON.stringify(schema, (key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const { patternProperties, ...rest } = value as Record<string, unknown>
    const [values] = Object.values(patternProperties ?? {})
    const plain: Record<string, unknown> = values === undefined ? rest : { ...rest, additionalProperties: values }
    return Object.fromEntries(Object.keys(plain).sort().map((name) => [name, plain[name]]))
  })
}
