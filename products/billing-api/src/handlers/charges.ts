import {
  createCharge,
  getCharge,
  limits,
  listAllCharges,
  listCharges,
  summarizeCharges,
  withdrawCharge,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import {
  Amount,
  Currency,
  CustomerId,
  Id,
  Instant,
  Invoice,
  Nullable,
  OneOffCharge,
  Page,
  WithNotices,
} from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { ChargeInput } from '../contract.ts'
import { Moment } from './lists.ts'

const closed = { additionalProperties: false } as const
const CustomerPath = Type.Object({ customerId: Type.String() })
const ChargePath = Type.Object({ customerId: Type.String(), chargeId: Id })
const status = Type.Optional(OneOffCharge.properties.status)
const filter = {
  customerId: Type.Optional(CustomerId),
  status,
  currency: Type.Optional(Currency),
  start: Type.Optional(Moment),
  end: Type.Optional(Moment),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.maxSearchCharacters,
      pattern: '\\S',
      description:
        'A whole id or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, '
        + 'or a part of a company’s name',
    }),
  ),
}

/** A charge that was made, with its invoice. */
export const Charged = Type.Object({ charge: OneOffCharge, invoice: Nullable(Invoice) }, closed)

const Count = Type.Integer({ minimum: 0 })
/** Sums of one-off charges. */
export const ChargeSummary = Type.Object(
  {
    asOf: Instant,
    currencies: Type.Array(
      Type.Object(
        {
          currency: Currency,
          count: Count,
          waiting: Count,
          billed: Count,
          withdrawn: Count,
          amountWaiting: Amount,
          amountBilled: Amount,
        },
        closed,
      ),
    ),
  },
  {
    ...closed,
    description: 'Over all charges of the filter, by currency, before tax is added: not of a page',
  },
)

/** One-off charges of a customer, and of all. */
export function chargeRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.post(
    '/customers/:customerId/charges',
    {
      config: { scope: 'invoices:write', idempotent: true },
      schema: {
        summary: 'Charge a customer once',
        tags: ['invoices'],
        description:
          'It is never prorated, and discounts do not apply to it. `invoice` is the invoice it is on. Voiding '
          + 'an invoice of charges alone withdraws them; voiding any other makes its charges due again.',
        params: CustomerPath,
        body: ChargeInput,
        response: { 201: WithNotices(Charged) },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, async (inside) =>
        withUnprintable(await createCharge(inside, { customerId, ...request.body }), request.body.name),
      )
    },
  )

  app.get(
    '/customers/:customerId/charges',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: "A customer's one-off charges, newest first",
        tags: ['invoices'],
        description: 'Those that wait, those that are billed, and those that were withdrawn.',
        params: CustomerPath,
        querystring: Type.Object({ status, ...PageQuery.properties }, closed),
        response: { 200: Page(OneOffCharge) },
      },
    },
    async (request) => listCharges(engine, { ...request.params, ...request.query }),
  )

  app.get(
    '/customers/:customerId/charges/:chargeId',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'A one-off charge',
        tags: ['invoices'],
        description: 'With its state now.',
        params: ChargePath,
        response: { 200: OneOffCharge },
      },
    },
    async (request) => getCharge(engine, request.params),
  )

  app.delete(
    '/customers/:customerId/charges/:chargeId',
    {
      config: { scope: 'invoices:write' },
      schema: {
        summary: 'Withdraw a one-off charge that waits',
        tags: ['invoices'],
        description: 'It is never billed. One that is billed is credited instead (409 `charge_billed`).',
        params: ChargePath,
        response: { 200: OneOffCharge },
      },
    },
    async (request) => withdrawCharge(engine, request.params),
  )

  app.get(
    '/charges',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'One-off charges of all customers, newest first',
        tags: ['invoices'],
        description: '`start` and `end` are of when they were made.',
        querystring: Type.Object({ ...filter, ...PageQuery.properties }, closed),
        response: { 200: Page(OneOffCharge) },
      },
    },
    async (request) => listAllCharges(engine, request.query),
  )

  app.get(
    '/charges/summary',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'What one-off charges come to',
        tags: ['invoices'],
        description: 'Of at most 100,000 (400 `invalid_range`).',
        querystring: Type.Object(filter, closed),
        response: { 200: ChargeSummary },
      },
    },
    async (request) => summarizeCharges(engine, request.query),
  )
}
