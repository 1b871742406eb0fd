import { BillingError, type RefusedEvent } from '@customer-portal/billing'
import { fieldErrors, findUnstorable, preferredLanguage, type SchemaError } from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'
import { EventInput, type Recorded } from './contract.ts'

const mostEvents = 1000

interface EventBatch {
  events: EventInput[]
  /** Where each of `events` stood in the batch. */
  places: number[]
  rejected: Recorded['rejected']
  /** Of `rejected`, those that name a customer and an id. */
  refused: RefusedEvent[]
}

/** Parts the events of a request into those that can be read and those that cannot, each judged by itself. Throws when it is not one event or an array of 1 to 1,000. */
export function readEvents(request: FastifyRequest): EventBatch {
  const isValid = request.compileValidationSchema(EventInput) as ((event: unknown) => boolean) & { errors?: SchemaError[] | null }
  const language = preferredLanguage(request.headers['accept-language'])
  const batch: EventBatch = { events: [], places: [], rejected: [], refused: [] }
  for (const [index, event] of eventsIn(request.body).entries()) {
    const unstorable = findUnstorable(event)
    if (unstorable === undefined && isValid(event)) {
      batch.events.push(event as EventInput)
      batch.places.push(index)
      continue
    }
    const errors = unstorable === undefined ? isValid.errors ?? [] : [{ keyword: 'characters', instancePath: unstorable, schemaPath: '', params: {} }]
    const detail = fieldErrors(errors, 'body', language).map((error) => `${error.pointer || '/'} ${error.detail}`).join('; ')
    const id = idOf(event)
    batch.rejected.push({ index, id, code: 'validation_failed', detail })
    const customerId = textIn(event, 'customerId')
    if (id !== null && customerId !== null) batch.refused.push({ ...(event as object), id, customerId, code: 'validation_failed', detail })
  }
  return batch
}

function eventsIn(body: unknown): unknown[] {
  const events = Array.isArray(body) ? body : [body]
  const isObject = typeof body === 'object' && body !== null
  if (isObject && events.length > 0 && events.length <= mostEvents) return events
  throw new BillingError('validation_failed', { pointer: '', message: `Send one event or an array of 1 to ${mostEvents}.` })
}

const idOf = (event: unknown) => textIn(event, 'id')?.slice(0, 256) ?? null

function textIn(event: unknown, name: string): string | null {
  const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[name] : null
  return typeof value === 'string' && value.isWellFormed() ? value : null
}
