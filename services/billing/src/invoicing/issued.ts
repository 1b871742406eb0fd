import type { BillingTransaction } from '../engine.ts'
import type { InvoiceDocument } from './document/document.ts'

const issued = new WeakMap<BillingTransaction, InvoiceDocument[]>()

/**
 * Returns the documents issued in a transaction so far, in order. A preview rolls back and truncates the
 * list.
 */
export function issuedIn(tx: BillingTransaction): InvoiceDocument[] {
  const documents = issued.get(tx) ?? []
  issued.set(tx, documents)
  return documents
}
