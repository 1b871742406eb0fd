import { BillingError } from '@customer-portal/billing'
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import cookie from '@fastify/cookie'
import type { TSchema } from 'typebox'
import { answerWriter } from './answer.ts'
import { checkCodes } from './checked-codes.ts'
import { compressAnswers } from './compression.ts'
import type { App } from './fastify.ts'
import { takeJson } from './json-body.ts'
import { preferredLanguage } from './language.ts'
import { standardOutput } from './log-lines.ts'
import { loggedError } from './logged-error.ts'
import { rememberMethods } from './methods.ts'
import { answerError, sendProblem } from './problem.ts'
import { answerForNode, answerUnreadable } from './unreadable.ts'
import { buildLazyValidator, withOurFormats } from './validator.ts'
import { endStalledReaders, endStreamsOfHead } from './readers.ts'
import { requireScopes } from './scope.ts'
import { unstorableIn } from './text.ts'
import { usualHeaders } from './usual-headers.ts'

export interface AppOptions {
  /** One JSON line per request on stdout; no log when absent. */
  logger?: { level: string }
  /** The server is reached over https only: browsers are asked to enforce that for a year (HSTS). */
  https?: boolean
  /**
   * The server's public address without a trailing slash, for the API documents; they use relative addresses
   * when absent.
   */
  publicUrl?: string
  /**
   * Tests: throw when an answer does not match its schema or its code is not documented for the operation.
   */
  checkAnswers?: boolean
  /** The number of proxies whose X-Forwarded headers are trusted; default 0. */
  trustProxy?: number
  /** Seconds after which a request that is still incomplete is dropped; default 30. */
  bodySeconds?: number
  /** Seconds after which a client that reads nothing of what is being sent is disconnected; default 30. */
  readerSeconds?: number
  /**
   * The minimum rate, in bytes per second, measured after four times `readerSeconds`: a slower client is
   * disconnected. Default 4,096, a quarter of what a poor phone connection does.
   */
  readerBytesPerSecond?: number
}

const usualPatience = 30
const usualBytesPerSecond = 4_096

/**
 * An HTTP server that denies by default: every route has a scope, every unknown field is a mistake, every
 * error is problem+json.
 */
export async function createApp(options: AppOptions = {}): Promise<App> {
  const bodyMilliseconds = (options.bodySeconds ?? usualPatience) * 1000
  const app = Fastify({
    requestTimeout: bodyMilliseconds,
    http: {
      requireHostHeader: false,
      headersTimeout: bodyMilliseconds,
      connectionsCheckingInterval: Math.min(5_000, bodyMilliseconds / 4),
    },
    logger: options.logger
      ? {
          ...options.logger,
          serializers: { err: (error) => ({ ...loggedError(error) }) },
          stream: standardOutput,
        }
      : false,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: options.trustProxy ? (_address, hop) => hop < (options.trustProxy ?? 0) : false,
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 2048 },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply)
    },
    clientErrorHandler: answerUnreadable,
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false },
      plugins: [withOurFormats as never],
    },
    schemaController: { compilersFactory: { buildValidator: buildLazyValidator } },
  })
  // Loaded for tests only: it would add half a second to each start.
  const compile = options.checkAnswers ? (await import('typebox/compile')).Compile : undefined
  app.setSerializerCompiler(({ schema }) => answerWriter(schema as TSchema, compile))
  app.removeContentTypeParser('text/plain')
  takeJson(app)
  await app.register(cookie)
  app.decorate('describedApis', [])
  app.decorate('publicUrl', options.publicUrl)
  answerErrors(app)
  answerForNode(app.server)
  setHeaders(app, options.https ?? false)
  requireHost(app)
  endStalledReaders(app, {
    seconds: options.readerSeconds ?? usualPatience,
    bytesPerSecond: options.readerBytesPerSecond ?? usualBytesPerSecond,
  })
  endStreamsOfHead(app)
  if (options.checkAnswers) checkCodes(app)
  compressAnswers(app)
  requireScopes(app)
  limitPublicBodies(app)
  closeQueries(app)
  refuseUnreadable(app)
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  return app as unknown as App
}

function answerErrors(app: FastifyInstance): void {
  const methodsOf = rememberMethods(app)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => {
    const language = preferredLanguage(request.headers['accept-language'])
    const methods = methodsOf(request)
    // Also when the method is known: the route itself found nothing, such as a missing file.
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(request, reply, language, 'not_found')
    void reply.header('allow', methods.join(', '))
    return request.method === 'OPTIONS'
      ? reply.code(204).send()
      : sendProblem(request, reply, language, 'method_not_allowed')
  })
}

function setHeaders(app: FastifyInstance, https: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(usualHeaders(request.id))
    if (https) void reply.header('strict-transport-security', 'max-age=31536000')
  })
}

/** Answers a request without a Host as problem+json; Node would send a bare 400. */
function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw new BillingError('validation_failed', {
        pointer: 'header:Host',
        message: 'HTTP/1.1 asks for a Host header',
      })
  })
}

/** Limits bodies on public routes, so that nobody without a credential makes the server read a large one. */
function limitPublicBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === 'public') route.bodyLimit ??= maxPublicBody
  })
}

/**
 * Rejects query parameters on a documented route that names none: a misspelt one is reported, not ignored.
 */
function closeQueries(app: FastifyInstance): void {
  app.addHook('onRoute', ({ schema }) => {
    if (schema && !schema.hide)
      schema.querystring ??= { type: 'object', properties: {}, additionalProperties: false }
  })
}

const largeBody = 65_536
/** Maximum body on public routes, in bytes: they take a code, or a name and a password. */
const maxPublicBody = 16_384

/**
 * Parses query strings, which hold only text: where the schema has an integer, digits become a number.
 * Rejects text that a database cannot store.
 */
function refuseUnreadable(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    // Parsing a large body and checking it take two turns of the event loop, so that other requests run in
    // between.
    if (Number(request.headers['content-length'] ?? largeBody) >= largeBody && request.body !== undefined)
      await nextTurn()
    const { querystring } = (request.routeOptions.schema ?? {}) as {
      querystring?: { properties?: Record<string, { type?: string }> }
    }
    const query = request.query as Record<string, unknown>
    for (const [name, property] of Object.entries(querystring?.properties ?? {})) {
      const value = query[name]
      if (property.type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value))
        query[name] = Number(value)
    }
    refuseUnstorable(request, 'params', request.params)
    refuseUnstorable(request, 'querystring', query)
    if (!request.routeOptions.config.documentedBody) refuseUnstorable(request, 'body', request.body)
    refuseBodyOfNone(request)
  })
}

const maxUnknownReported = 20

/** Rejects a body on a documented route that takes none: a field sent to it is reported, not ignored. */
function refuseBodyOfNone({ routeOptions: { schema, config, url }, body }: FastifyRequest): void {
  if (
    !schema
    || schema.hide
    || schema.body
    || config.documentedBody
    || typeof body !== 'object'
    || body === null
  )
    return
  const validation = Object.keys(body)
    .slice(0, maxUnknownReported)
    .map((additionalProperty) => ({
      keyword: 'additionalProperties',
      instancePath: '',
      schemaPath: '',
      params: { additionalProperty },
    }))
  if (validation.length > 0)
    throw Object.assign(new Error(`${url} takes no body`), {
      validation,
      validationContext: 'body',
      statusCode: 400,
    })
}

function refuseUnstorable(request: FastifyRequest, validationContext: string, value: unknown): void {
  const unstorable = unstorableIn(value)
  if (unstorable === undefined) return
  throw Object.assign(
    new Error(`what cannot be stored is in the ${validationContext} of ${request.routeOptions.url}`),
    { validation: [unstorable], validationContext, statusCode: 400 },
  )
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
