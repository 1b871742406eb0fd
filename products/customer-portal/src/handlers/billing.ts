import {
  generatePdf,
  getInvoice,
  getInvoiceLineEvents,
  getInvoices,
  listCharges,
  summarizeInvoices,
} from '@customer-portal/billing'
import {
  InvoiceQuery,
  InvoiceSummaryQuery,
  PageQuery,
  PdfAnswer,
  sendPdf,
  type App,
} from '@customer-portal/http'
import { Invoice, InvoiceSummary, OneOffCharge, Page, UsageEvent } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { languageFor, type ActFor } from '../caller.ts'
import { invoiceFile, InvoiceFileAnswer, sendInvoiceFile } from '../invoice-file.ts'

const InvoiceFileQuery = Type.Object(
  { status: InvoiceQuery.properties.status, year: InvoiceQuery.properties.year },
  { additionalProperties: false },
)
const ChargeQuery = Type.Object(
  { status: Type.Optional(OneOffCharge.properties.status), ...PageQuery.properties },
  { additionalProperties: false },
)
const InvoicePath = Type.Object({ invoiceId: Type.String() })
const LinePath = Type.Object({ invoiceId: Type.String(), lineId: Type.String() })

/** The customer's invoices. Another customer's invoice is not found, as if it did not exist. */
export function billingRoutes(app: App, actFor: ActFor): void {
  app.get(
    '/invoices',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Invoices, newest first',
        tags: ['billing'],
        description: 'A draft that waits for its hour comes before them.',
        querystring: InvoiceQuery,
        response: { 200: Page(Invoice) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getInvoices(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/charges',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'One-off charges, newest first',
        tags: ['billing'],
        description:
          'What waits for the next invoice, what is on an invoice, and what was withdrawn. '
          + '`nextInvoice.charges` of the subscription has those that wait, with their tax.',
        querystring: ChargeQuery,
        response: { 200: Page(OneOffCharge) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return listCharges(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/invoices/summary',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'What the invoices come to',
        tags: ['billing'],
        querystring: InvoiceSummaryQuery,
        response: { 200: InvoiceSummary },
        description:
          'How many there are, and what is due and overdue of them, by currency: of all, '
          + 'or of those of the filter. At most 100,000 (400 `invalid_range`).',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return summarizeInvoices(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/invoices/export',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Invoices as a file, newest first',
        tags: ['billing'],
        querystring: InvoiceFileQuery,
        response: InvoiceFileAnswer,
        description:
          'CSV (UTF-8 with BOM; text that a spreadsheet would compute begins with an apostrophe), '
          + 'headed in the language of the session, amounts in whole currency units, '
          + 'dates of the customer’s calendar. At most 2,000 invoices (400 `invalid_range`).',
      },
    },
    async (request, reply) => {
      const { engine, customerId } = actFor(request)
      const language = languageFor(request)
      return sendInvoiceFile(
        reply,
        await invoiceFile(engine, { customerId, ...request.query, language }),
        language,
      )
    },
  )

  app.get(
    '/invoices/:invoiceId',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'One invoice',
        tags: ['billing'],
        description: 'A draft too, with the usage so far.',
        params: InvoicePath,
        response: { 200: Invoice },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getInvoice(engine, { customerId, invoiceId: request.params.invoiceId })
    },
  )

  app.get(
    '/invoices/:invoiceId/pdf',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The invoice as PDF',
        tags: ['billing'],
        description: 'Drafts and void documents are marked as such.',
        params: InvoicePath,
        response: PdfAnswer,
      },
    },
    async (request, reply) => {
      const { engine, customerId } = actFor(request)
      return sendPdf(reply, await generatePdf(engine, { customerId, invoiceId: request.params.invoiceId }))
    },
  )

  app.get(
    '/invoices/:invoiceId/lines/:lineId/events',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The usage events behind a line',
        tags: ['billing'],
        description: 'Of a meter that adds up or counts, their quantities come to that of the line.',
        params: LinePath,
        querystring: PageQuery,
        response: { 200: Page(UsageEvent) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getInvoiceLineEvents(engine, { customerId, ...request.params, ...request.query })
    },
  )
}
