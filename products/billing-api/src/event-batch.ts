import { BillingError, limits, type storeRejected } from '@customer-portal/billing'
import {
  fieldErrors,
  preferredLanguage,
  unstorableIn,
  withinLimits,
  type SchemaError,
} from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import {
  CloudEvent,
  cloudEventBatchType,
  cloudEventInHeaders,
  cloudEventType,
  eventOf,
  isInHeaders,
} from './cloud-event.ts'
import { EventInput, type Recorded } from './contract.ts'
import { UnreadableLine } from './event-body.ts'

interface EventBatch {
  events: EventInput[]
  /** The position of each of `events` in the batch. */
  places: number[]
  rejected: Recorded['rejected']
  /** Those of `rejected` that name a customer and an id. */
  refused: Parameters<typeof storeRejected>[1][number][]
}

/** An event in the form it was sent in. Mistakes are reported in the terms of that form. */
interface Sent {
  value: unknown
  event: unknown
  schemas: readonly { schema: TSchema; of: 'value' | 'event' }[]
}

/**
 * Splits the events of a request, plain or CloudEvents, into valid and invalid ones, each validated by
 * itself. Throws unless it is one event or an array of 1 to 1,000.
 */
export function readEvents(request: FastifyRequest): EventBatch {
  const language = preferredLanguage(request.headers['accept-language'])
  const batch: EventBatch = { events: [], places: [], rejected: [], refused: [] }
  for (const [index, sent] of sentIn(request).entries()) {
    if (sent.value instanceof UnreadableLine) {
      batch.rejected.push({
        index,
        id: null,
        code: 'validation_failed',
        detail: 'the line is not valid JSON',
        retryable: false,
      })
      continue
    }
    const unstorable = unstorableIn(sent.value)
    const errors = unstorable === undefined ? mistakesIn(request, sent) : [unstorable]
    if (errors.length === 0) {
      batch.events.push(sent.event as EventInput)
      batch.places.push(index)
      continue
    }
    const detail = fieldErrors(errors, 'body', language)
      .map((error) => `${error.pointer || '/'} ${error.detail}`)
      .join('; ')
    const id = textIn(sent.event, 'id')?.slice(0, 256) ?? null
    batch.rejected.push({ index, id, code: 'validation_failed', detail, retryable: false })
    const customerId = textIn(sent.event, 'customerId')
    if (id !== null && customerId !== null) {
      const kept = unstorable === undefined ? sent.event : withinLimits(sent.event)
      batch.refused.push({ ...(kept as object), id, customerId, code: 'validation_failed', detail })
    }
  }
  return batch
}

const none: readonly SchemaError[] = []

function mistakesIn(request: FastifyRequest, sent: Sent): readonly SchemaError[] {
  for (const { schema, of } of sent.schemas) {
    const isValid = request.compileValidationSchema(schema) as ((value: unknown) => boolean) & {
      errors?: SchemaError[] | null
    }
    if (!isValid(sent[of])) return isValid.errors ?? []
  }
  return namesOne(sent.event as EventInput)
}

/** Whether an event names its target: a meter or a type. */
function namesOne({ meter, type }: EventInput): readonly SchemaError[] {
  const mistake = { instancePath: '', schemaPath: '' }
  if (meter === undefined && type === undefined)
    return [{ ...mistake, keyword: 'required', params: { missingProperty: 'meter' } }]
  if (meter !== undefined && type !== undefined)
    return [
      {
        ...mistake,
        instancePath: '/type',
        keyword: 'not',
        params: {},
        message: 'must be absent beside `meter`: an event names a meter or a type',
      },
    ]
  return none
}

function sentIn(request: FastifyRequest): Sent[] {
  const [type] = (request.headers['content-type'] ?? '').split(';', 1)
  switch (type!.trim().toLowerCase()) {
    case cloudEventType:
      return [cloudEvent(objectIn(request.body))]
    // CloudEvents allows an empty batch.
    case cloudEventBatchType:
      return isEmptyBatch(request.body) ? [] : arrayIn(request.body).map(cloudEvent)
    default:
      return isInHeaders(request)
        ? [cloudEvent(cloudEventInHeaders(request))]
        : eventsIn(request.body).map(plain)
  }
}

const plainSchemas: Sent['schemas'] = [{ schema: EventInput, of: 'value' }]
const cloudEventSchemas: Sent['schemas'] = [
  { schema: CloudEvent, of: 'value' },
  { schema: EventInput, of: 'event' },
]
const plain = (value: unknown): Sent => ({ value, event: value, schemas: plainSchemas })
// A valid CloudEvent may still hold an invalid usage event, such as a source and id that are too long
// together.
const cloudEvent = (value: unknown): Sent => ({ value, event: eventOf(value), schemas: cloudEventSchemas })

function eventsIn(body: unknown): unknown[] {
  return Array.isArray(body) ? arrayIn(body) : [objectIn(body)]
}

function objectIn(body: unknown): unknown {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw notEvents()
}

const isEmptyBatch = (body: unknown) => Array.isArray(body) && body.length === 0

function arrayIn(body: unknown): unknown[] {
  if (Array.isArray(body) && body.length > 0 && body.length <= limits.maxEvents) return body
  throw notEvents()
}

const notEvents = () =>
  new BillingError('validation_failed', {
    pointer: '',
    message: `Send one event or an array of 1 to ${limits.maxEvents}.`,
  })

function textIn(event: unknown, name: string): string | null {
  const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[name] : null
  return typeof value === 'string' && value.isWellFormed() ? value : null
}
