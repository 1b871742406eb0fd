import type { FastifyInstance } from 'fastify'
import { BillingError } from '@customer-portal/billing'

/** A thousand events with all the properties they may have are some eighty thousand values. */
const mostValues = 100_000

/** Makes every JSON body be counted before it is read, by one pass over its text. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const refusal = tooManyValues(body)
    if (refusal) done(refusal)
    else void parse(request, body, done)
  })
}

/**
 * What a JSON text of more than 100,000 values is refused with. A megabyte of nothing but brackets takes as long to read as fifty megabytes of text, and
 * everybody waits meanwhile.
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
      if (values > most) return new BillingError('payload_too_large', { message: `The body holds more than ${most} values.` })
    }
  }
  return undefined
}

const [quote, backslash, comma, bracket, brace] = ['"', '\\', ',', '[', '{'].map((sign) => sign.charCodeAt(0))
