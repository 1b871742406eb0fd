import {
  cancelScheduledChange,
  cancelSubscription,
  changeSubscription,
  changeTrial,
  createCustomer,
  createSubscription,
  getCustomer,
  getSubscription,
  listBalanceTransactions,
  listCustomers,
  previewChange,
  resumeSubscription,
  updateCustomer,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import {
  Account,
  Changed,
  BalanceTransaction,
  Page,
  Preview,
  Scheduled,
  Started,
  Subscription,
} from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import {
  CancelInput,
  ChangeInput,
  CustomerInput,
  CustomerUpdate,
  PreviewInput,
  ScheduledChangeQuery,
  SubscriptionInput,
  SubscriptionUpdate,
} from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })
const CustomersQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'The beginning of an id, an alias, an e-mail address, or a part of a company’s name',
      }),
    ),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
)

/** The fields of a customer that are printed on invoices. */
const printedOf = ({
  companyName,
  email,
  phone,
  address,
  invoiceTitle,
  purchaseOrderNumber,
}: {
  [field in 'companyName' | 'email' | 'phone' | 'address' | 'invoiceTitle' | 'purchaseOrderNumber']?: unknown
}) => ({
  companyName,
  email,
  phone,
  address,
  invoiceTitle,
  purchaseOrderNumber,
})

/** Customers and their subscriptions. */
export function customerRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.post(
    '/customers',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Create a customer',
        tags: ['customers'],
        description:
          'An `id` is made where none is given. The currency is CNY unless given, and stays; the time '
          + 'zone is Asia/Shanghai and the language Chinese unless given.',
        body: CustomerInput,
        response: { 201: Account },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 201, async (inside) =>
        withUnprintable(await createCustomer(inside, request.body), printedOf(request.body)),
      ),
  )

  app.get(
    '/customers',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'Customers, newest first',
        tags: ['customers'],
        description: 'Of all, or those that `q` finds.',
        querystring: CustomersQuery,
        response: { 200: Page(Account) },
      },
    },
    async (request) => listCustomers(engine, request.query),
  )

  app.get(
    '/customers/:customerId',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'One customer',
        tags: ['customers'],
        description: 'By their id or an alias.',
        params: CustomerPath,
        response: { 200: Account },
      },
    },
    async (request) => getCustomer(engine, request.params),
  )

  app.put(
    '/customers/:customerId',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Change a customer',
        tags: ['customers'],
        description:
          'What is left out stays. A new time zone holds from the date in `nextTimezone`; with `version`, '
          + 'a stale one is refused.',
        params: CustomerPath,
        body: CustomerUpdate,
        response: { 200: Account },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, async (inside) =>
        withUnprintable(
          await updateCustomer(inside, { customerId, ...request.body }),
          printedOf(request.body),
        ),
      )
    },
  )

  app.get(
    '/customers/:customerId/balance/transactions',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: "The transactions of a customer's balance, newest first",
        tags: ['customers'],
        description: 'Each with the balance after it.',
        params: CustomerPath,
        querystring: PageQuery,
        response: { 200: Page(BalanceTransaction) },
      },
    },
    async (request) => {
      const { customerId } = await getCustomer(engine, request.params)
      return listBalanceTransactions(engine, { customerId, ...request.query })
    },
  )

  app.post(
    '/customers/:customerId/subscription',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Subscribe a customer to a plan',
        tags: ['customers'],
        description:
          'The first invoice is issued at once, unless it begins with a trial or nothing is charged in '
          + 'advance.',
        params: CustomerPath,
        body: SubscriptionInput,
        response: { 201: Started },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, async (inside) => {
        const { subscription, ...made } = await createSubscription(inside, { customerId, ...request.body })
        return { ...subscription, ...made }
      })
    },
  )

  app.get(
    '/customers/:customerId/subscription',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: "A customer's subscription",
        tags: ['customers'],
        description: 'As of now; `status: none` where there never was one.',
        params: CustomerPath,
        response: { 200: Subscription },
      },
    },
    async (request) => getSubscription(engine, request.params),
  )

  app.post(
    '/customers/:customerId/subscription/preview',
    {
      config: { scope: 'customers:read', idempotent: true },
      schema: {
        summary: 'What a change, or a first subscription, would cost',
        tags: ['customers'],
        params: CustomerPath,
        body: PreviewInput,
        response: { 200: Preview },
        description: 'Confirming with `quoteId` is billed as shown, to the cent.',
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        previewChange(inside, { customerId, ...request.body }),
      )
    },
  )

  app.patch(
    '/customers/:customerId/subscription',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'End a trial earlier or later',
        tags: ['customers'],
        params: CustomerPath,
        body: SubscriptionUpdate,
        response: { 200: Changed },
        description: 'What waits for the end of the trial goes with it.',
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        changeTrial(inside, { customerId, ...request.body.trial }),
      )
    },
  )

  app.post(
    '/customers/:customerId/subscription/change',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Move a customer to a plan and seats',
        tags: ['customers'],
        params: CustomerPath,
        body: ChangeInput,
        response: { 200: Changed },
        description:
          'A higher or equal plan at once, with an invoice where it costs; '
          + 'a lower one at the end of the billing period; any at the time `when` says. '
          + 'Asking for what they have undoes what was scheduled here.',
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        changeSubscription(inside, { customerId, ...request.body }),
      )
    },
  )

  app.delete(
    '/customers/:customerId/subscription/scheduled-change',
    {
      config: { scope: 'customers:write' },
      schema: {
        summary: 'Undo a scheduled change',
        tags: ['customers'],
        params: CustomerPath,
        querystring: ScheduledChangeQuery,
        response: { 200: Scheduled },
        description:
          "The one scheduled here, or with `by=customer` the customer's. Without one nothing changes.",
      },
    },
    async (request) => cancelScheduledChange(engine, { ...request.params, ...request.query }),
  )

  app.post(
    '/customers/:customerId/subscription/cancel',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: "End a customer's subscription",
        tags: ['customers'],
        description: 'Now, with an invoice for the usage so far, or at the end of the billing period.',
        params: CustomerPath,
        body: CancelInput,
        response: { 200: Changed },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        cancelSubscription(inside, { customerId, ...request.body }),
      )
    },
  )

  app.post(
    '/customers/:customerId/subscription/resume',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Take a cancellation back',
        tags: ['customers'],
        description: 'Until the subscription has ended. Without a cancellation nothing changes.',
        params: CustomerPath,
        response: { 200: Scheduled },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        resumeSubscription(inside, { customerId }),
      )
    },
  )
}
