import { keyScopes, type Engine } from '@customer-portal/billing'
import { callerOf, type Asker } from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'

/** The scope of an idempotency key for a command about one customer ('' for a command about none). */
export type AskerOf = (request: FastifyRequest, customerId?: string) => Asker

export function askerIn(engine: Engine): AskerOf {
  return (request, customerId = '') => ({
    engine,
    customerId,
    credential: `key:${callerOf(request, ...keyScopes).id}`,
  })
}
