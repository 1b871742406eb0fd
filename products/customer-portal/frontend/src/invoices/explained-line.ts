import type { InvoiceLine } from '@customer-portal/portal-api/contract'

/** A line with a breakdown: of an invoice, of a quote, or of the usage of a period. */
export type ExplainedLine = Omit<InvoiceLine, 'id'>
