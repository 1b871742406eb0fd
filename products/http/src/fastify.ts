import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { TSchema } from 'typebox'

/** A Fastify instance whose handlers are typed by the TypeBox schemas of the route. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For the documentation: the route supports `Idempotency-Key`. */
    idempotent?: boolean
    /** The body's schema for the documentation only, where the handler validates each element itself. */
    documentedBody?: TSchema
  }
  interface FastifySchema {
    summary?: string
    description?: string
    tags?: readonly string[]
    produces?: readonly string[]
    consumes?: readonly string[]
    hide?: boolean
    operationId?: string
  }
}
