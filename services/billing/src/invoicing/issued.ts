import type { BillingTransaction } from '../engine.ts'
import type { InvoiceDocument } from './document/document.ts'

const issued = new WeakMap<BillingTransaction, InvoiceDocument[]>()

/**
 * The documents issued in a transaction so far, in order; a preview, which takes them back, shortens the list
 * again.
 */
export function issuedIn(tx: BillingTransaction): InvoiceDocument[] {
  const documents = issued.get(tx) ?? []
  issued.set(tx, documents)
  return documents
}
