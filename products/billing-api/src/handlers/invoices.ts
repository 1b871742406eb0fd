import {
  generateInvoice,
  generatePdf,
  getInvoice,
  getInvoices,
  issueCreditNote,
  listPayments,
  recordPayment,
  voidInvoice,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { InvoiceQuery, once, PdfAnswer, sendPdf, type App } from '@customer-portal/http'
import { Invoice, List, Page, Payment, WithNotices } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { CreditNoteInput, InvoiceRequest, PaymentInput, VoidRequest } from '../contract.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })
const InvoicePath = Type.Object({ invoiceId: Type.String() })

/** Invoices, their payments and their credit notes. */
export function invoiceRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.get(
    '/customers/:customerId/invoices',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: "A customer's invoices, newest first",
        tags: ['invoices'],
        description: 'A draft that waits for its hour comes before them.',
        params: CustomerPath,
        querystring: InvoiceQuery,
        response: { 200: Page(Invoice) },
      },
    },
    async (request) => getInvoices(engine, { ...request.params, ...request.query }),
  )

  app.post(
    '/customers/:customerId/invoices',
    {
      config: { scope: 'invoices:write', idempotent: true },
      schema: {
        summary: "Issue a past period's invoice",
        tags: ['invoices'],
        description: 'Answers the one there is when it was issued already.',
        params: CustomerPath,
        body: InvoiceRequest,
        response: { 200: Invoice },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 200, (inside) =>
        generateInvoice(inside, { customerId, ...request.body }),
      )
    },
  )

  app.get(
    '/invoices/:invoiceId',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'One invoice',
        tags: ['invoices'],
        description: 'A draft too, with the usage so far.',
        params: InvoicePath,
        response: { 200: Invoice },
      },
    },
    async (request) => getInvoice(engine, request.params),
  )

  app.get(
    '/invoices/:invoiceId/pdf',
    {
      config: { scope: 'invoices:read' },
      schema: {
        summary: 'The invoice as PDF',
        tags: ['invoices'],
        description: 'Drafts and void documents are marked as such.',
        params: InvoicePath,
        response: PdfAnswer,
      },
    },
    async (request, reply) => sendPdf(reply, await generatePdf(engine, request.params)),
  )

  app.post(
    '/invoices/:invoiceId/void',
    {
      config: { scope: 'invoices:write', idempotent: true },
      schema: {
        summary: 'Void an invoice',
        tags: ['invoices'],
        description:
          'Its number stays taken. One that has payments that were not reversed, or credit notes, '
          + 'or of which later invoices gave something back, cannot be voided.',
        params: InvoicePath,
        body: VoidRequest,
        response: { 200: Invoice },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 200, (inside) =>
        voidInvoice(inside, { ...request.params, ...request.body }),
      ),
  )

  app.post(
    '/invoices/:invoiceId/credit-notes',
    {
      config: { scope: 'invoices:write', idempotent: true },
      schema: {
        summary: 'Give an invoice back, in part or whole',
        tags: ['invoices'],
        description:
          'Issues a credit note, a document with a number of its own. '
          + 'It lowers what is due of the invoice first; the rest becomes balance, '
          + 'which pays other open invoices, or with `refund` waits to be paid back. '
          + 'All notes of an invoice give back at most what changes and adjustments left of it.',
        params: InvoicePath,
        body: CreditNoteInput,
        response: { 201: WithNotices(Invoice) },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 201, async (inside) =>
        withUnprintable(
          await issueCreditNote(inside, { ...request.params, ...request.body }),
          request.body.reason,
        ),
      ),
  )

  app.post(
    '/invoices/:invoiceId/payments',
    {
      config: { scope: 'payments:write', idempotent: true },
      schema: {
        summary: 'Record a payment',
        tags: ['invoices'],
        description:
          'What is above the amount due becomes balance, which pays other open invoices, the oldest first.',
        params: InvoicePath,
        body: PaymentInput,
        response: { 201: Invoice },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 201, (inside) =>
        recordPayment(inside, { ...request.params, ...request.body }),
      ),
  )

  app.get(
    '/invoices/:invoiceId/payments',
    {
      config: { scope: 'payments:read' },
      schema: {
        summary: 'The payments on an invoice',
        tags: ['invoices'],
        description: 'Those that were reversed are among them.',
        params: InvoicePath,
        response: { 200: List(Payment) },
      },
    },
    async (request) => listPayments(engine, request.params),
  )
}
