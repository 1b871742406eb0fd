import {
  checkQuota,
  consume,
  releaseReservation,
  reserve,
  settleReservation,
  type Engine,
} from '@customer-portal/billing'
import { takeJson, type App } from '@customer-portal/http'
import { Type } from 'typebox'
import {
  Consumed,
  ConsumeInput,
  Quota,
  Released,
  Reserved,
  ReserveInput,
  Settled,
  SettleInput,
} from '../contract.ts'

const MeterPath = Type.Object({ customerId: Type.String(), meter: Type.String() })
const QuotaQuery = Type.Object(
  {
    quantity: Type.Optional(
      Type.String({
        maxLength: 64,
        pattern: '^\\d+(\\.\\d+)?$',
        description: '`allowed` answers whether so many units would be granted; 1 when absent',
      }),
    ),
  },
  { additionalProperties: false },
)
const ReservationPath = Type.Object({ ...MeterPath.properties, reservationId: Type.String() })

/** A customer's remaining allowance, and consuming it. */
export function quotaRoutes(parent: App, engine: Engine): void {
  // Registered in its own scope for its own JSON parser: properties may have any name, such as __proto__.
  void parent.register(async (scoped) => {
    takeJson(scoped, { names: 'any' })
    routes(scoped as unknown as App, engine)
  })
}

function routes(app: App, engine: Engine): void {
  app.get(
    '/customers/:customerId/quota/:meter',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'What is left of an allowance',
        tags: ['usage'],
        description: 'In the current usage period. Asking holds nothing back: `consume` and `reserve` do.',
        params: MeterPath,
        querystring: QuotaQuery,
        response: { 200: Quota },
      },
    },
    async (request) => checkQuota(engine, { ...request.params, ...request.query }),
  )

  app.post(
    '/customers/:customerId/quota/:meter/consume',
    {
      config: { scope: 'events:write' },
      schema: {
        summary: 'Use some of an allowance, if it is left',
        tags: ['usage'],
        params: MeterPath,
        body: ConsumeInput,
        response: { 200: Consumed },
        description:
          'Never grants more than the plan allows, however many ask at once. '
          + 'The same id again answers the same.',
      },
    },
    async (request) => consume(engine, { ...request.params, ...request.body }),
  )

  app.post(
    '/customers/:customerId/quota/:meter/reserve',
    {
      config: { scope: 'events:write' },
      schema: {
        summary: 'Hold back some of an allowance',
        tags: ['usage'],
        params: MeterPath,
        body: ReserveInput,
        response: { 200: Reserved },
        description:
          'For work whose size is known only afterwards. Settle it with what was used, or release it; '
          + 'else it is given back when it expires. Events, consume and reserve share one space of ids.',
      },
    },
    async (request) => reserve(engine, { ...request.params, ...request.body }),
  )

  app.post(
    '/customers/:customerId/quota/:meter/reservations/:reservationId/settle',
    {
      config: { scope: 'events:write' },
      schema: {
        summary: 'Record what reserved work really used',
        tags: ['usage'],
        params: ReservationPath,
        body: SettleInput,
        response: { 200: Settled },
        description:
          'Counts when and where it was reserved. More than reserved: '
          + 'all of it where overage is billed; else what was reserved and what is left. '
          + 'Still possible after it has expired, for 35 days.',
      },
    },
    async (request) => settleReservation(engine, { ...request.params, ...request.body }),
  )

  app.post(
    '/customers/:customerId/quota/:meter/reservations/:reservationId/release',
    {
      config: { scope: 'events:write' },
      schema: {
        summary: 'Give back what is reserved',
        tags: ['usage'],
        description: 'All of it; nothing is recorded. Told again, it changes nothing.',
        params: ReservationPath,
        response: { 200: Released },
      },
    },
    async (request) => releaseReservation(engine, request.params),
  )
}
