import {
  deleteDiscount,
  listDiscounts,
  putDiscount,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { Discount, Id, List, WithNotices } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { DiscountInput } from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })
const DiscountPath = Type.Object({ customerId: Type.String(), discountId: Id })

/** A customer's discounts. */
export function discountRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.get(
    '/customers/:customerId/discounts',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: "A customer's discounts",
        tags: ['customers'],
        description: 'In the order they apply, at most 50.',
        params: CustomerPath,
        response: { 200: List(Discount) },
      },
    },
    async (request) => listDiscounts(engine, request.params),
  )

  app.put(
    '/customers/:customerId/discounts/:discountId',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Give a customer a discount, or change it',
        tags: ['customers'],
        description:
          'Counts for documents issued from now on: of their lines, those whose period starts in its '
          + 'dates. What is issued stays as it is.',
        params: DiscountPath,
        body: DiscountInput,
        response: { 200: WithNotices(Discount) },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, async (inside) =>
        withUnprintable(await putDiscount(inside, { ...request.params, ...request.body }), request.body.name),
      )
    },
  )

  app.delete(
    '/customers/:customerId/discounts/:discountId',
    {
      config: { scope: 'customers:write' },
      schema: {
        summary: 'Take a discount away',
        tags: ['customers'],
        description: 'What is issued stays as it is.',
        params: DiscountPath,
        response: { 204: Type.Null({ description: 'Taken away' }) },
      },
    },
    async (request, reply) => {
      await deleteDiscount(engine, request.params)
      return reply.code(204).send(null)
    },
  )
}
