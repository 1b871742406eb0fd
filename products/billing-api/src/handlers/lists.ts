import {
  listAllPayments,
  limits,
  listedStatuses,
  listInvoices,
  listSubscriptions,
  summarizeInvoices,
  summarizePayments,
  summarizeSubscriptions,
  type Engine,
} from '@customer-portal/billing'
import { InvoiceQuery, PageQuery, type App } from '@customer-portal/http'
import {
  Amount,
  Currency,
  CustomerId,
  Id,
  Instant,
  Invoice,
  InvoiceKind,
  InvoiceSummary,
  LocalDate,
  Nullable,
  Page,
  Payment,
} from '@customer-portal/http/resources'
import { Type } from 'typebox'

const closed = { additionalProperties: false } as const
const Search = Type.Optional(
  Type.String({ minLength: 1, maxLength: limits.maxSearchCharacters, pattern: '\\S' }),
)
const whom = 'the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name'

export const Moment = Type.Union([LocalDate, Instant], {
  description: 'A date in the seller’s time zone (the end is inclusive) or an instant',
})
const between = { start: Type.Optional(Moment), end: Type.Optional(Moment) }

const invoicesFilter = {
  customerId: Type.Optional(CustomerId),
  status: Type.Optional(
    Type.Union([Type.Literal('open'), Type.Literal('paid'), Type.Literal('void'), Type.Literal('overdue')]),
  ),
  kind: Type.Optional(InvoiceKind),
  currency: Type.Optional(Currency),
  ...between,
  q: Type.Optional({ ...Search, description: `The beginning of a number such as INV-202603, or ${whom}` }),
}
const paymentsFilter = {
  customerId: Type.Optional(CustomerId),
  method: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  currency: Type.Optional(Currency),
  ...between,
  q: Type.Optional({ ...Search, description: `A whole reference or invoice number, or ${whom}` }),
}
const SubscriptionStatus = Type.Unsafe<(typeof listedStatuses)[number]>(
  Type.Union(listedStatuses.map((status) => Type.Literal(status))),
)
const subscriptionsFilter = {
  customerId: Type.Optional(CustomerId),
  status: Type.Optional(SubscriptionStatus),
  planId: Type.Optional(Id),
  planVersion: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
  q: Type.Optional({ ...Search, description: `Whose it is: ${whom}` }),
}

export const ListedPayment = Type.Object(
  {
    ...Payment.properties,
    customerId: CustomerId,
    invoiceId: Type.String(),
    invoiceNumber: Type.String(),
    currency: Currency,
  },
  closed,
)
const Count = Type.Integer({ minimum: 0 })
export const PaymentSummary = Type.Object(
  {
    asOf: Instant,
    currencies: Type.Array(Type.Object({ currency: Currency, count: Count, amount: Amount }, closed)),
  },
  { ...closed, description: 'Sums over all payments of the filter, by currency: not of a page' },
)
export const ListedSubscription = Type.Object(
  {
    id: Type.String(),
    customerId: CustomerId,
    companyName: Type.String(),
    status: SubscriptionStatus,
    planId: Id,
    planVersion: Type.Integer({ minimum: 1 }),
    seats: Nullable(Type.Integer()),
    startedAt: Instant,
    trialEndsOn: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description: 'The first date after the trial it is in',
    }),
    endsOn: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description: 'The first date after its end, which has come or is scheduled; null where it continues',
    }),
    createdAt: Instant,
  },
  { ...closed, description: 'On its last plan; dates are the customer’s' },
)
export const SubscriptionSummary = Type.Object(
  {
    asOf: Instant,
    plans: Type.Array(
      Type.Object({ planId: Id, status: SubscriptionStatus, count: Count, seats: Nullable(Count) }, closed),
    ),
  },
  {
    ...closed,
    description:
      'How many subscriptions of the filter there are, and seats, by plan and status; `seats: '
      + 'null` where the plan knows none',
  },
)

const bounded = 'Of at most 100,000 (400 `invalid_range`).'

/** Lists over all customers: documents, payments, subscriptions, each with its totals. */
export function listRoutes(app: App, engine: Engine): void {
  app.get(
    '/invoices',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'Invoices and credit notes of all customers, the last issued first',
        tags: ['invoices'],
        response: { 200: Page(Invoice) },
        description: 'Without drafts, which are listed with their customer.',
        querystring: Type.Object({ ...invoicesFilter, ...PageQuery.properties }, closed),
      },
    },
    async (request) => listInvoices(engine, request.query),
  )

  app.get(
    '/invoices/summary',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'What invoices come to',
        tags: ['invoices'],
        response: { 200: InvoiceSummary },
        description: bounded,
        querystring: Type.Object({ ...invoicesFilter, year: InvoiceQuery.properties.year }, closed),
      },
    },
    async (request) => summarizeInvoices(engine, request.query),
  )

  app.get(
    '/payments',
    {
      config: { scope: 'payments:read' },
      schema: {
        summary: 'Payments of all customers, the last recorded first',
        tags: ['invoices'],
        description: 'Those that were reversed are among them.',
        response: { 200: Page(ListedPayment) },
        querystring: Type.Object({ ...paymentsFilter, ...PageQuery.properties }, closed),
      },
    },
    async (request) => listAllPayments(engine, request.query),
  )

  app.get(
    '/payments/summary',
    {
      config: { scope: 'payments:read' },
      schema: {
        summary: 'What payments come to',
        tags: ['invoices'],
        response: { 200: PaymentSummary },
        description: bounded,
        querystring: Type.Object(paymentsFilter, closed),
      },
    },
    async (request) => summarizePayments(engine, request.query),
  )

  app.get(
    '/subscriptions',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'Subscriptions of all customers, the last made first',
        tags: ['customers'],
        description: 'Those that have ended are among them.',
        response: { 200: Page(ListedSubscription) },
        querystring: Type.Object({ ...subscriptionsFilter, ...PageQuery.properties }, closed),
      },
    },
    async (request) => listSubscriptions(engine, request.query),
  )

  app.get(
    '/subscriptions/summary',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'How many subscriptions there are',
        tags: ['customers'],
        response: { 200: SubscriptionSummary },
        description: bounded,
        querystring: Type.Object(subscriptionsFilter, closed),
      },
    },
    async (request) => summarizeSubscriptions(engine, request.query),
  )
}
