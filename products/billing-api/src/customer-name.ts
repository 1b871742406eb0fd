import { customerIdOf, type Engine } from '@customer-portal/billing'
import type { FastifyInstance } from 'fastify'

/**
 * Resolves customer aliases in the path, the query and the body, so that handlers see the id and a command
 * under either name is the same for its Idempotency-Key. Events are resolved where they are recorded, a batch
 * at once.
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
