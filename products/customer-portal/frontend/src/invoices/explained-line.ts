import type { InvoiceLine } from '@customer-portal/portal-api/contract'

/** What says how an amount came about: a line of an invoice, of a quote, or of the usage of a period. */
export type ExplainedLine = Omit<InvoiceLine, 'id'>
