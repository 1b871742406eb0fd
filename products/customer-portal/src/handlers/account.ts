import {
  getCustomer,
  listBalanceTransactions,
  updateCustomer,
  withUnprintable,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import { BalanceTransaction, Page } from '@customer-portal/http/resources'
import type { ActFor } from '../caller.ts'
import { Account, AccountUpdate } from '../contract.ts'

/** The customer's own details. */
export function accountRoutes(app: App, actFor: ActFor): void {
  app.get(
    '/account',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The account',
        tags: ['account'],
        description: 'With the balance, and the `version` that a change must name.',
        response: { 200: Account },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getCustomer(engine, { customerId })
    },
  )

  app.get(
    '/account/balance/transactions',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The transactions of the balance, newest first',
        tags: ['account'],
        description: 'Each with the balance after it.',
        querystring: PageQuery,
        response: { 200: Page(BalanceTransaction) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return listBalanceTransactions(engine, { customerId, ...request.query })
    },
  )

  app.put(
    '/account',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Change the account',
        tags: ['account'],
        description: '`version` is the one you read; a stale one is refused.',
        body: AccountUpdate,
        response: { 200: Account },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return once(request, reply, caller, 200, async (engine) => {
        const account = await updateCustomer(engine, { customerId: caller.customerId, ...request.body })
        const { companyName, email, phone, address, invoiceTitle } = request.body
        return withUnprintable(account, { companyName, email, phone, address, invoiceTitle })
      })
    },
  )
}
