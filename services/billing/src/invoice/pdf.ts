import assert from 'node:assert/strict'
import type { Billing } from '../billing.ts'
import { renderInvoicePdf } from '../invoice-pdf/index.ts'
import { sha256 } from '../rules/canonical.ts'
import { getInvoice, storedInvoice } from './invoice.ts'
import { payableOf } from './issue.ts'
import type { Invoice } from './view.ts'

export interface InvoicePdf {
  bytes: Uint8Array
  fileName: string
  sha256: string
}

/**
 * An invoice as PDF, in the state it was issued in: payments never change it. The hash of the first rendering is kept, and
 * every later one must equal it. A draft and a void copy are marked as such, and are other files.
 */
export async function generatePdf(billing: Billing, input: { invoiceId: string; customerId?: string }): Promise<InvoicePdf> {
  const invoice = await getInvoice(billing, input)
  const bytes = await renderInvoicePdf(asIssued(invoice))
  const hash = sha256(bytes)
  if (invoice.status !== 'draft' && invoice.status !== 'void') await keepHash(billing, invoice, hash)
  const suffix = invoice.status === 'void' ? '-VOID' : ''
  return { bytes, fileName: `${invoice.number ?? 'DRAFT'}${suffix}.pdf`, sha256: hash }
}

function asIssued(invoice: Invoice): Invoice {
  const issued = { ...invoice, overdue: false, amountPaid: 0, amountDue: payableOf(invoice), paidAt: null, pdfSha256: null }
  return invoice.status === 'draft' || invoice.status === 'void' ? issued : { ...issued, status: 'open' }
}

async function keepHash(billing: Billing, invoice: Invoice, hash: string): Promise<void> {
  const kept = await billing.transaction(async (tx) => {
    await tx.query('update invoices set pdf_sha256 = $3 where customer_id = $1 and id = $2 and pdf_sha256 is null', [invoice.customerId, invoice.id, hash])
    return (await storedInvoice(tx, invoice.id, invoice.customerId)).pdfSha256
  })
  assert.equal(hash, kept, `the PDF of invoice ${invoice.number} differs from its first rendering`)
}
