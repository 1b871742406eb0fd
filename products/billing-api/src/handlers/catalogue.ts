import {
  assertDrawable,
  getAllPlans,
  getPlan,
  getSeller,
  listMeters,
  putMeter,
  putPlan,
  putSeller,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { Id, List, Meter, Plan, WithNotices } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { MeterInput, PlanInput, SellerSettings } from '../contract.ts'

const MeterPath = Type.Object({ key: Id })
const PlanPath = Type.Object({ planId: Id })

/** The vendor's catalogue: meters, plans, and the seller printed on invoices. */
export function catalogueRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.put(
    '/meters/:key',
    {
      config: { scope: 'catalogue:write', idempotent: true },
      schema: {
        summary: 'Create or rename a meter',
        tags: ['catalogue'],
        description:
          'How it counts is fixed when it is made (409 `meter_in_use`); its name, its unit and further '
          + 'properties of `groupBy` may follow.',
        params: MeterPath,
        body: MeterInput,
        response: { 200: WithNotices(Meter) },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 200, async (inside) => {
        const { name, unit } = request.body
        return withUnprintable(await putMeter(inside, { key: request.params.key, ...request.body }), {
          name,
          unit,
        })
      }),
  )

  app.get(
    '/meters',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'All meters',
        tags: ['catalogue'],
        description: 'In the order of their keys.',
        response: { 200: List(Meter) },
      },
    },
    async () => ({ data: await listMeters(engine) }),
  )

  app.put(
    '/seller',
    {
      config: { scope: 'catalogue:write', idempotent: true },
      schema: {
        summary: 'Set the seller printed on invoices',
        tags: ['catalogue'],
        description:
          'No invoice is issued without one. Invoices that are issued keep the seller of their day.',
        body: SellerSettings,
        response: { 200: WithNotices(SellerSettings) },
      },
    },
    async (request, reply) => {
      // Before the transaction of the idempotency key begins: rendering takes a moment, during which no lock
      // should be held.
      if (request.body.logo !== undefined) await assertDrawable(request.body.logo)
      return once(request, reply, askerOf(request), 200, async (inside) => {
        const { logo: _logo, ...printed } = request.body
        return withUnprintable(await putSeller(inside, request.body), printed)
      })
    },
  )

  app.get(
    '/seller',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'The seller',
        tags: ['catalogue'],
        description: '404 `not_found` until one is set.',
        response: { 200: SellerSettings },
      },
    },
    async () => getSeller(engine),
  )

  app.put(
    '/plans/:planId',
    {
      config: { scope: 'catalogue:write', idempotent: true },
      schema: {
        summary: 'Create a plan or a new version of it',
        tags: ['catalogue'],
        description: 'Subscribers stay on the version they have.',
        params: PlanPath,
        body: PlanInput,
        response: { 200: WithNotices(Plan) },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 200, async (inside) =>
        withUnprintable(
          await putPlan(inside, { id: request.params.planId, ...request.body }),
          request.body.name,
        ),
      ),
  )

  app.get(
    '/plans',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'All plans, newest versions',
        tags: ['catalogue'],
        description: 'Those that are no longer sold only with `includeArchived=true`.',
        response: { 200: List(Plan) },
        querystring: Type.Object(
          { includeArchived: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => ({
      data: await getAllPlans(engine, { includeArchived: request.query.includeArchived === 'true' }),
    }),
  )

  app.get(
    '/plans/:planId',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'One plan',
        tags: ['catalogue'],
        description: 'The newest version, or the one that `version` names.',
        params: PlanPath,
        response: { 200: Plan },
        querystring: Type.Object(
          { version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => getPlan(engine, { planId: request.params.planId, version: request.query.version }),
  )
}
