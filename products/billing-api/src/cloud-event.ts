import { CustomerId, Instant, Nullable, Quantity } from '@customer-portal/http/resources'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'

export const cloudEventType = 'application/cloudevents+json'
export const cloudEventBatchType = 'application/cloudevents-batch+json'

const jsonType = '^[Aa]pplication/([\\w.-]+\\+)?[Jj][Ss][Oo][Nn] *(;.*)?$'

/**
 * A CloudEvent 1.0 that reports usage. Extension attributes are allowed and not stored, except `historical`:
 * a tracing id differs with each attempt, and an event sent again must be the same event.
 */
export const CloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1, maxLength: 256 }),
    source: Type.String({ minLength: 1, maxLength: 256 }),
    type: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'The type: every meter with this `eventType` counts it, and the one of this key',
    }),
    subject: Type.Unsafe<string>({ ...CustomerId, description: 'The customer: their id, or an alias' }),
    time: Type.Optional(Instant),
    datacontenttype: Type.Optional(Type.String({ pattern: jsonType, description: 'JSON' })),
    data: Type.Optional(
      Nullable(
        Type.Object(
          { quantity: Type.Optional(Quantity) },
          {
            additionalProperties: true,
            description:
              'The rest is kept as properties. Without a quantity none of it may be a number, '
              + 'except where the meter names it as a label',
          },
        ),
      ),
    ),
    historical: Type.Optional(
      Type.Union([Type.Boolean(), Type.Literal('true'), Type.Literal('false')], {
        description:
          'An extension attribute: of more than 35 days ago, it is shown, '
          + 'and counts for no quota and no invoice',
      }),
    ),
    // Data that is not JSON has no quantity; treated as an extension, it would count as 1.
    data_base64: Type.Optional(Type.Null()),
  },
  {
    additionalProperties: true,
    description: 'CloudEvents 1.0: the event id is JSON.stringify([source, id])',
  },
)

/**
 * The usage event of a CloudEvent, also of an invalid one; a value that is not an object is returned
 * unchanged.
 */
export function eventOf(cloudEvent: unknown): unknown {
  if (typeof cloudEvent !== 'object' || cloudEvent === null || Array.isArray(cloudEvent)) return cloudEvent
  const { source, id, subject, type, time, data, historical } = cloudEvent as Record<string, unknown>
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data)
  const { quantity, ...properties } = (isObject ? data : {}) as Record<string, unknown>
  const named = typeof source === 'string' && typeof id === 'string' ? JSON.stringify([source, id]) : id
  const given = Object.entries({ id: named, customerId: subject, type, quantity, time }).filter(
    ([, value]) => value !== undefined,
  )
  // In a header it is text.
  const isHistory = historical === true || historical === 'true'
  return {
    ...Object.fromEntries(given),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(isHistory ? { historical: true } : {}),
  }
}

/**
 * Whether the request is in binary mode: a CloudEvent's attributes in its headers and only the data in its
 * body.
 */
export function isInHeaders({ headers }: FastifyRequest): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined
}

/** The CloudEvent of a request in binary mode. */
export function cloudEventInHeaders({ headers, body }: FastifyRequest): unknown {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]) => [name.slice(3), decoded(String(value))])
  return {
    ...Object.fromEntries(attributes),
    ...(headers['content-type'] === undefined ? {} : { datacontenttype: headers['content-type'] }),
    ...(body === undefined ? {} : { data: body }),
  }
}

/**
 * The HTTP binding of CloudEvents percent-encodes header values; a value that is not validly encoded stays as
 * it is.
 */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
