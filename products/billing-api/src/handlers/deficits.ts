import { forgiveDeficit, listDeficits, type Engine } from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { List } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { Deficit, ForgiveInput } from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })
const DeficitPath = Type.Object({ customerId: Type.String(), meter: Type.String() })

/** Deficits, usage ahead of allowances, and forgiving them. */
export function deficitRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.get(
    '/customers/:customerId/deficits',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: "A customer's deficits",
        tags: ['usage'],
        description: 'Those that count in the current usage period, or will in the next.',
        params: CustomerPath,
        response: { 200: List(Deficit) },
      },
    },
    async (request) => listDeficits(engine, request.params),
  )

  app.post(
    '/customers/:customerId/deficits/:meter/forgive',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Forgive a deficit',
        tags: ['usage'],
        description:
          'All of it or some: it does not count as used any more. What it was, '
          + 'and why it was forgiven, stays recorded.',
        params: DeficitPath,
        body: ForgiveInput,
        response: { 200: Deficit },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        forgiveDeficit(inside, { ...request.params, ...request.body }),
      )
    },
  )
}
