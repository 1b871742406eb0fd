import {
  adjustBalance,
  listRefunds,
  recordRefund,
  reversePayment,
  type Engine,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import { Invoice, Page } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { AdjustmentInput, BalanceAdjustment, Refund, RefundInput, ReversalInput } from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })

/** Corrections of money: reversed payments, recorded refunds, balance adjustments. */
export function balanceRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.post(
    '/payments/:paymentId/reverse',
    {
      config: { scope: 'payments:write', idempotent: true },
      schema: {
        summary: 'Reverse a payment',
        tags: ['invoices'],
        description:
          'What it paid is due again, by the terms counted from now. Balance it made is taken back, '
          + 'from the invoices that used it since, the newest first; what was refunded meanwhile becomes '
          + 'a charge. Answers the invoice; told again, it changes nothing.',
        params: Type.Object({ paymentId: Type.String() }),
        body: ReversalInput,
        response: { 200: Invoice },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 200, (inside) =>
        reversePayment(inside, { ...request.params, ...request.body }),
      ),
  )

  app.post(
    '/customers/:customerId/refunds',
    {
      config: { scope: 'payments:write', idempotent: true },
      schema: {
        summary: 'Record a refund that was paid out',
        tags: ['customers'],
        description:
          'Of a credit note, at most what it still gives; else of the balance. '
          + 'The same reference told again counts once.',
        params: CustomerPath,
        body: RefundInput,
        response: { 201: Refund },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, (inside) =>
        recordRefund(inside, { customerId, ...request.body }),
      )
    },
  )

  app.get(
    '/customers/:customerId/refunds',
    {
      config: { scope: 'payments:read' },
      schema: {
        summary: "A customer's refunds, newest first",
        tags: ['customers'],
        description: 'Of credit notes and of the balance.',
        params: CustomerPath,
        querystring: PageQuery,
        response: { 200: Page(Refund) },
      },
    },
    async (request) => listRefunds(engine, { ...request.params, ...request.query }),
  )

  app.post(
    '/customers/:customerId/balance/adjustments',
    {
      config: { scope: 'payments:write', idempotent: true },
      schema: {
        summary: "Put a customer's balance right",
        tags: ['customers'],
        description: 'What it adds first pays open invoices, the oldest first.',
        params: CustomerPath,
        body: AdjustmentInput,
        response: { 201: BalanceAdjustment },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, (inside) =>
        adjustBalance(inside, { customerId, ...request.body }),
      )
    },
  )
}
