import type { BillingTransaction } from '../engine.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { netOf } from '../pricing/totals.ts'
import { findSeller } from '../catalogue/seller.ts'
import type { InvoiceDocument, InvoiceKind } from './document/document.ts'
import type { Line, LineDraft } from './document/line.ts'

/** The content of a document that came to 0 and was not issued: its usage counts as billed. */
export interface ZeroDocument {
  id: string
  kind: InvoiceKind
  period: InvoiceDocument['period']
  issuedAt: Instant
  lines: Line[]
}

/**
 * Returns whether a document with these lines is issued: not where all are 0, unless the seller wants those
 * too.
 */
export async function isIssued(tx: BillingTransaction, lines: readonly LineDraft[]): Promise<boolean> {
  if (lines.length === 0) return false
  return (
    lines.some((line) => line.amount !== 0 || netOf(line) !== 0)
    || ((await findSeller(tx))?.zeroInvoices ?? false)
  )
}

/** Stores the content of a document that came to 0. */
export async function storeZeroDocument(
  tx: BillingTransaction,
  customerId: string,
  { id, kind, period, issuedAt, lines }: ZeroDocument,
): Promise<void> {
  await tx.query(
    `insert into documents_of_nothing (customer_id, id, kind, period_start, closed_at, document)
      values ($1, $2, $3, $4, $5, $6)`,
    [customerId, id, kind, period.start, issuedAt, JSON.stringify({ id, kind, period, issuedAt, lines })],
  )
}

/** Returns those of periods that start on `since` or later (null: all), oldest first. */
export async function listZeroDocuments(
  tx: BillingTransaction,
  customerId: string,
  since: LocalDate | null,
): Promise<ZeroDocument[]> {
  const rows = await tx.query<{ document: ZeroDocument }>(
    `select document from documents_of_nothing
     where customer_id = $1 and ($2::date is null or period_start >= $2) order by closed_at, id`,
    [customerId, since],
  )
  return rows.map((row) => row.document)
}
