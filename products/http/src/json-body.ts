import { isUtf8 } from 'node:buffer'
import { BillingError } from '@customer-portal/billing'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mostLongNumbers, withExactNumbers } from './exact-numbers.ts'

/** A thousand events with all the properties they may have are some eighty thousand values. */
const mostValues = 100_000

/** A body that cannot be read, as Fastify's own refusals are: 400, with a sentence. */
export function unreadableBody(message: string, statusCode = 400): Error {
  return Object.assign(new Error(message), { statusCode })
}

/**
 * The text of a JSON body, its numbers exact. Throws where it is not UTF-8, as JSON is: replacement
 * characters would make one id of two; and where it has too many values to be read while others wait.
 */
export function jsonText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw unreadableBody('Body is not UTF-8, as JSON is (RFC 8259)')
  const sent = bytes.toString('utf8')
  const refusal = tooManyValues(sent)
  if (refusal) throw refusal
  const text = withExactNumbers(sent)
  if (text === undefined)
    throw unreadableBody(`Body holds more than ${mostLongNumbers} numbers of 16 digits or more`)
  return text
}

/**
 * Reads JSON bodies: UTF-8 alone, numbers exact, and nothing where there is nothing, which is fine where a
 * route takes no body. `names`: whether those with a meaning in JavaScript, such as `__proto__`, are refused
 * or may be, as the names of a customer's properties are.
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

/** Reads one JSON body from its bytes; see `takeJson`. */
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
 * What a JSON text of more than 100,000 values is refused with. A megabyte of nothing but brackets takes as
 * long to read as fifty megabytes of text, and everybody waits meanwhile.
 */
export function tooManyValues(text: string, most = mostValues): BillingError | undefined {
  // Each value but the first has a comma or a bracket before it.
  if (text.length <= most) return undefined
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
      if (values > most)
        return new BillingError('payload_too_large', { message: `The body holds more than ${most} values.` })
    }
  }
  return undefined
}

const [quote, backslash, comma, bracket, brace] = ['"', '\\', ',', '[', '{'].map((sign) => sign.charCodeAt(0))
