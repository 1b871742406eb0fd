import { deleteAlias, listAliases, putAlias, type Engine } from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { CustomerId, Instant, List } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'

export const Alias = Type.Object({ alias: CustomerId, createdAt: Instant }, { additionalProperties: false })

const CustomerPath = Type.Object({ customerId: Type.String() })
const AliasPath = Type.Object({ customerId: Type.String(), alias: CustomerId })

/** Aliases of customers: further ids that resolve to them. */
export function aliasRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.get(
    '/customers/:customerId/aliases',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: "A customer's further ids, oldest first",
        tags: ['customers'],
        description: 'At most 100.',
        params: CustomerPath,
        response: { 200: List(Alias) },
      },
    },
    async (request) => listAliases(engine, request.params),
  )

  app.put(
    '/customers/:customerId/aliases/:alias',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Give a customer a further id',
        tags: ['customers'],
        params: AliasPath,
        response: { 200: Alias },
        description:
          'Events and calls that name it are of this customer. No two customers share an id or an '
          + 'alias; a customer has at most 100.',
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request, request.params.customerId), 200, (inside) =>
        putAlias(inside, request.params),
      ),
  )

  app.delete(
    '/customers/:customerId/aliases/:alias',
    {
      config: { scope: 'customers:write' },
      schema: {
        summary: 'Take a further id back',
        tags: ['customers'],
        description: 'What was recorded by it stays.',
        params: AliasPath,
        response: { 204: Type.Null({ description: 'Taken back' }) },
      },
    },
    async (request, reply) => {
      await deleteAlias(engine, request.params)
      return reply.code(204).send(null)
    },
  )
}
