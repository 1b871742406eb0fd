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
  /** One JSON line a request on stdout; none when absent. */
  logger?: { level: string }
  /** People reach it over https alone: browsers are told to keep to that for a year. */
  https?: boolean
  /**
   * Where people reach it, without a slash at the end, for the documents that describe it; they are relative
   * to it when absent.
   */
  publicUrl?: string
  /** Throw when an answer is not as its schema says, or its code not one that the document names (tests). */
  checkAnswers?: boolean
  /** The number of proxies whose X-Forwarded headers are believed; none unless told. */
  trustProxy?: number
  /** A request that is not whole after so many seconds is given up; 30 unless told. */
  bodySeconds?: number
  /**
   * A reader who takes nothing for so many seconds of what is being sent to them is let go; 30 unless told.
   */
  readerSeconds?: number
  /**
   * So is one who, after four times as long, has taken less than so many bytes a second; 4,096 unless told: a
   * quarter of what a poor phone does.
   */
  readerBytesPerSecond?: number
}

const usualPatience = 30
const usualBytesPerSecond = 4_096

/**
 * An HTTP server that refuses by default: every route has a scope, every unknown field is a mistake, every
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
  // Loaded for tests alone: it would cost each start half a second.
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
    // A known method too: the route itself found nothing, such as a file that is not there.
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

/** Node would refuse a request without a Host by a bare 400. */
function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw new BillingError('validation_failed', {
        pointer: 'header:Host',
        message: 'HTTP/1.1 asks for a Host header',
      })
  })
}

/** Nobody without a credential makes the server read a large body. */
function limitPublicBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === 'public') route.bodyLimit ??= mostInPublic
  })
}

/** A documented route that names no query parameters takes none: a misspelt one is told, not ignored. */
function closeQueries(app: FastifyInstance): void {
  app.addHook('onRoute', ({ schema }) => {
    if (schema && !schema.hide)
      schema.querystring ??= { type: 'object', properties: {}, additionalProperties: false }
  })
}

const largeBody = 65_536
/** What is open to everybody takes a code or a name and a password, no more. */
const mostInPublic = 16_384

/**
 * Query strings hold text alone: where the schema asks for a whole number, one written in digits is read as
 * it. Text a database cannot keep is refused.
 */
function refuseUnreadable(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    // Reading a body of a megabyte and looking through it are two turns: what waits comes in between.
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

const mostUnknownTold = 20

/** A documented route without a body takes none: a field sent to it is told, not ignored. */
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
    .slice(0, mostUnknownTold)
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
