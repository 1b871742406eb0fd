import { isUtf8 } from 'node:buffer'
import { BillingError } from '@customer-portal/billing'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { maxLongNumbers, withExactNumbers } from './exact-numbers.ts'

/** A thousand events with the maximum number of properties have some eighty thousand values. */
const maxValues = 100_000

/** The error of a body that cannot be read, in the form of Fastify's own: 400, with a sentence. */
export function unreadableBody(message: string, statusCode = 400): Error {
  return Object.assign(new Error(message), { statusCode })
}

/**
 * The text of a JSON body with its numbers exact. Throws when it is not UTF-8, since replacement characters
 * would make two ids equal, and when it has so many values that parsing would block other requests.
 */
export function jsonText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw unreadableBody('Body is not UTF-8, as JSON is (RFC 8259)')
  const sent = bytes.toString('utf8')
  const refusal = tooManyValues(sent)
  if (refusal) throw refusal
  const text = withExactNumbers(sent)
  if (text === undefined)
    throw unreadableBody(`Body holds more than ${maxLongNumbers} numbers of 16 digits or more`)
  return text
}

/**
 * Parses JSON bodies: UTF-8 only, numbers exact; an empty body is undefined, for routes that take none.
 * `names`: whether names with a meaning in JavaScript, such as `__proto__`, are rejected or, as property
 * names of a customer's events, allowed.
 */
export function takeJson(
  app: FastifyInstance,
  { names = 'refused', types = ['application/json'] }: { names?: 'refused' | 'any'; types?: string[] } = {},
): void {
  const parse = jsonParser(app, names)
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>(types, { parseAs: 'buffer' }, (request, bytes, done) => {
    parse(request, bytes, done)
  })
}

type Done = (error: Error | null, body?: unknown) => void

/** Parses one JSON body from its bytes; see `takeJson`. */
export function jsonParser(
  app: FastifyInstance,
  names: 'refused' | 'any',
): (request: FastifyRequest, bytes: Buffer, done: Done) => void {
  const action = names === 'any' ? 'ignore' : 'error'
  const parse = app.getDefaultJsonParser(action, action)
  return (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    let text: string
    try {
      text = jsonText(bytes)
    } catch (error) {
      return done(error as Error)
    }
    void parse(request, text, done)
  }
}

/**
 * The error for a JSON text of more than 100,000 values, else undefined. A megabyte of nothing but brackets
 * takes as long to parse as fifty megabytes of text, and every other request waits.
 */
export function tooManyValues(text: string, max = maxValues): BillingError | undefined {
  // Each value but the first follows a comma or a bracket.
  if (text.length <= max) return undefined
  let values = 0
  let inText = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index)
    if (inText) {
      if (character === backslash) index += 1
      else if (character === quote) inText = false
    } else if (character === quote) inText = true
    else if (character === comma || character === bracket || character === brace) {
      values += 1
      if (values > max)
        return new BillingError('payload_too_large', { message: `The body holds more than ${max} values.` })
    }
  }
  return undefined
}

const [quote, backslash, comma, bracket, brace] = ['"', '\\', ',', '[', '{'].map((sign) => sign.charCodeAt(0))
