import {
  createGrant,
  getGrant,
  listGrants,
  moveGrantExpiry,
  voidGrant,
  type Engine,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import { Grant, GrantStatus, GrantWithDraws, Id, Page } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { ExpireInput, ExtendInput, GrantInput, VoidGrantInput } from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })
const GrantPath = Type.Object({ customerId: Type.String(), grantId: Type.String() })
const GrantsQuery = Type.Object(
  {
    meter: Type.Optional(Id),
    status: Type.Optional(GrantStatus),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
)

/** Units given to a customer beside what a plan includes. */
export function grantRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.post(
    '/customers/:customerId/grants',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Give a customer units',
        tags: ['usage'],
        description:
          'They cover what is used above the plan’s allowance on the dates on which they are valid, before '
          + 'overage or a block, and without a plan for the meter too. Drawn first: the lower priority, then '
          + 'the earlier last date, then promotional before paid, then the earlier first date, then the one '
          + 'made first. At most 100 that are not over.',
        params: CustomerPath,
        body: GrantInput,
        response: { 201: Grant },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, (inside) =>
        createGrant(inside, { customerId, ...request.body }),
      )
    },
  )

  app.get(
    '/customers/:customerId/grants',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: "A customer's grants, the newest first",
        tags: ['usage'],
        description: 'Also those that are used up, expired or void.',
        params: CustomerPath,
        querystring: GrantsQuery,
        response: { 200: Page(Grant) },
      },
    },
    async (request) => listGrants(engine, { ...request.params, ...request.query }),
  )

  app.get(
    '/customers/:customerId/grants/:grantId',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'A grant, with the dates that drew on it',
        tags: ['usage'],
        params: GrantPath,
        response: { 200: GrantWithDraws },
      },
    },
    async (request) => getGrant(engine, request.params),
  )

  app.post(
    '/customers/:customerId/grants/:grantId/void',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Void a grant',
        tags: ['usage'],
        description: 'What was drawn and what open reservations hold stays; the rest can be drawn no more.',
        params: GrantPath,
        body: VoidGrantInput,
        response: { 200: Grant },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        voidGrant(inside, { ...request.params, ...request.body }),
      )
    },
  )

  app.post(
    '/customers/:customerId/grants/:grantId/expire',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Let a grant expire earlier',
        tags: ['usage'],
        description: 'With the end of today, or of another date before its last.',
        params: GrantPath,
        body: ExpireInput,
        response: { 200: Grant },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        moveGrantExpiry(inside, { ...request.params, ...request.body, to: 'earlier' }),
      )
    },
  )

  app.post(
    '/customers/:customerId/grants/:grantId/extend',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Let a grant last longer',
        tags: ['usage'],
        description: 'As long as it has not expired; one that has is followed by another grant.',
        params: GrantPath,
        body: ExtendInput,
        response: { 200: Grant },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        moveGrantExpiry(inside, { ...request.params, ...request.body, to: 'later' }),
      )
    },
  )
}
