import { customerIdOf, type Engine } from '@customer-portal/billing'
import type { FastifyInstance } from 'fastify'

/**
 * Lets calls name a customer by an alias, in the path, the query or the body: what handlers see is the id,
 * and one command called by either name is the same command for its Idempotency-Key. Events find theirs where
 * they are recorded, all of a batch at once.
 */
export function takeCustomersByAlias(app: FastifyInstance, engine: Engine): void {
  app.addHook('preHandler', async (request) => {
    const places = [
      request.params,
      request.query,
      request.routeOptions.config.documentedBody ? undefined : request.body,
    ]
    for (const place of places as (Record<string, unknown> | null | undefined)[]) {
      if (typeof place?.['customerId'] === 'string')
        place['customerId'] = await customerIdOf(engine, place['customerId'])
    }
  })
}
