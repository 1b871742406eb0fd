import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { BillingError } from '@customer-portal/billing'
import { DatabaseFull, DatabaseUnavailable, StatementTooLong } from '@customer-portal/database'
import { isFailure, type Code } from './http-error.ts'
import { failures } from './error-codes.ts'
import { fieldErrors, pointerAt, type FieldError, type Place, type SchemaError } from './field-errors.ts'
import { preferredLanguage, type Language } from './language.ts'
import type { Problem } from './resources.ts'
import { usualHeaders } from './usual-headers.ts'

const retrySeconds = 5

/**
 * Answers any error as RFC 9457 problem+json in the reader's language. An unexpected error is logged in full,
 * and the answer shows none of it.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = preferredLanguage(request.headers['accept-language'])
  const { code, ...more } = mistakeOf(error, request, language)
  const { status } = failures[code]
  if (status >= 500) request.log.error({ err: error }, code)
  if (status === 503) void reply.header('retry-after', retrySeconds)
  if (isFailure(error) && typeof error.detail.retryAfterSeconds === 'number')
    void reply.header('retry-after', error.detail.retryAfterSeconds)
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  return sendProblem(request, reply, language, code, more)
}

/** Sends one problem; without a detail it uses the text of the code. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  language: Language,
  code: Code,
  more: Omit<Mistake, 'code'> = {},
): FastifyReply {
  const { status, [language]: text } = failures[code]
  const problem: Problem = {
    type: 'about:blank',
    title: text.title,
    status,
    detail: more.detail ?? text.detail,
    code,
    instance: request.url.split('?', 1)[0] ?? '/',
    requestId: request.id,
    ...(more.errors?.length ? { errors: more.errors } : {}),
    ...more.extensions,
  }
  return reply
    .code(status)
    .headers(usualHeaders(request.id))
    .headers({ 'content-language': language, vary: 'accept-language' })
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem)
}

interface Mistake {
  code: Code
  detail?: string
  errors?: FieldError[]
  extensions?: Pick<Problem, 'differs' | 'first'>
}

function mistakeOf(error: unknown, request: FastifyRequest, language: Language): Mistake {
  if (isFailure(error)) return failureMistake(error, request, language)
  if (error instanceof DatabaseFull) return { code: 'database_full' }
  if (error instanceof StatementTooLong)
    return { code: 'database_unavailable', detail: tookTooLong(error.limitMs / 1000)[language] }
  if (error instanceof DatabaseUnavailable) return { code: 'database_unavailable' }
  const { validation, validationContext, statusCode = 500 } = error as FastifyError
  if (validation) {
    return {
      code: 'validation_failed',
      errors: fieldErrors(validation as SchemaError[], (validationContext ?? 'body') as Place, language),
    }
  }
  if (statusCode >= 500) return { code: 'internal_error' }
  return frameworkMistake(error as FastifyError, statusCode)
}

/** The database is there, and the same again may take as long: the answer says what helps. */
const tookTooLong = (seconds: number): Record<Language, string> => ({
  'zh-CN': `这次请求在数据库中用时超过 ${seconds} 秒，已被中止，没有产生任何改动。请缩小时间范围或筛选条件，或稍后重试。`,
  en:
    `The database took longer than ${seconds} s over this request. It was stopped and changed nothing: `
    + 'ask for a shorter range or fewer rows, or try again later.',
})

function failureMistake(
  { code, detail }: { code: Code; detail: BillingError['detail'] },
  request: FastifyRequest,
  language: Language,
): Mistake {
  const message = language === 'en' && typeof detail.message === 'string' ? detail.message : undefined
  if (typeof detail.pointer !== 'string') return { code, detail: message }
  const pointer = detail.pointer.startsWith('header:')
    ? detail.pointer
    : pointerAt(detail.pointer, placeOf(detail.pointer, request))
  return {
    code,
    detail: message,
    errors: [{ pointer, code, detail: message ?? failures[code][language].detail }],
    ...(detail.differs ? { extensions: conflictIn(detail) } : {}),
  }
}

/** For a conflicting id: what differs, and what the id was first used for. */
function conflictIn({ differs, first }: BillingError['detail']): NonNullable<Mistake['extensions']> {
  return { differs: differs as Problem['differs'], ...(first ? { first: first as Problem['first'] } : {}) }
}

/**
 * The engine knows a field by its name only, so this finds out whether it came in the body, the query or the
 * path.
 */
function placeOf(pointer: string, request: FastifyRequest): Place {
  const [field = ''] = pointer.slice(1).split('/')
  if (pointer.startsWith('?') || Object.hasOwn(request.query as object, field)) return 'querystring'
  return Object.hasOwn(request.params as object, field) ? 'params' : 'body'
}

/** Maps Fastify's own rejections of requests that cannot be read. */
function frameworkMistake(error: FastifyError, statusCode: number): Mistake {
  // Our own rejections have no Fastify code, and their message says what was wrong.
  const detailIfOurs = error.code === undefined ? { detail: error.message } : {}
  if (statusCode === 413) return { code: 'payload_too_large', ...detailIfOurs }
  if (statusCode === 415) return { code: 'unsupported_media_type', ...detailIfOurs }
  if (statusCode === 404) return { code: 'not_found' }
  if (statusCode === 405) return { code: 'method_not_allowed' }
  const detail = error.message
  return { code: 'validation_failed', detail, errors: [{ pointer: '', code: 'unreadable', detail }] }
}
