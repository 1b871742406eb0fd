import assert from 'node:assert/strict'
import type { Engine } from '../engine.ts'
import { renderInvoicePdf, templateVersion } from '../invoicing/pdf/index.ts'
import { sha256 } from '../values/canonical-json.ts'
import type { Instant } from '../values/instant.ts'
import { addedToBalance, payableOf } from '../invoicing/document/document.ts'
import type { Invoice } from '../invoicing/view.ts'
import { getInvoice } from './invoice.ts'

export interface InvoicePdf {
  bytes: Uint8Array
  fileName: string
  sha256: string
}

/**
 * Renders an invoice as PDF in the state it was issued in, whatever was paid since. The hash of the first
 * rendering is stored, and every later one with the same template must equal it. A draft and a void copy are
 * marked and are different files.
 */
export async function generatePdf(
  engine: Engine,
  input: { invoiceId: string; customerId?: string },
): Promise<InvoicePdf> {
  const invoice = await getInvoice(engine, input)
  const bytes = await renderInvoicePdf(asIssued(invoice, await firstDueAt(engine, invoice)), {
    customerId: invoice.customerId,
  })
  const hash = sha256(bytes)
  if (invoice.status !== 'draft' && invoice.status !== 'void') await keepHash(engine, invoice, hash)
  const suffix = invoice.status === 'void' ? '-VOID' : ''
  return { bytes, fileName: `${invoice.number ?? 'DRAFT'}${suffix}.pdf`, sha256: hash }
}

/** A draft and a void copy are different files: they are printed as they are. */
function asIssued(invoice: Invoice, dueAt: Instant | null): Invoice {
  if (invoice.status === 'draft' || invoice.status === 'void') return invoice
  const amountDue = payableOf(invoice)
  return {
    ...invoice,
    status: 'open',
    overdue: false,
    dueAt: amountDue > 0 ? dueAt : null,
    amountPaid: 0,
    addedToBalance: addedToBalance(invoice),
    amountDue,
    paidAt: null,
    pdfSha256: null,
  }
}

/** Returns the due date at issue: an invoice that was paid and is due again has another one today. */
async function firstDueAt(engine: Engine, { customerId, id }: Invoice): Promise<Instant | null> {
  return engine.transaction(
    async (tx) => {
      const [row] = await tx.query<{ dueAt: Instant }>(
        'select due_at as "dueAt" from invoices where customer_id = $1 and id = $2',
        [customerId, id],
      )
      return row?.dueAt ?? null
    },
    { readOnly: true },
  )
}

async function keepHash(engine: Engine, invoice: Invoice, hash: string): Promise<void> {
  const kept = await engine.transaction(async (tx) => {
    await tx.query(
      `update invoices
        set pdf_sha256 = $3
        where customer_id = $1 and id = $2 and template = $4 and pdf_sha256 is null`,
      [invoice.customerId, invoice.id, hash, templateVersion],
    )
    const [row] = await tx.query<{ hash: string }>(
      'select pdf_sha256 as hash from invoices where customer_id = $1 and id = $2 and template = $3',
      [invoice.customerId, invoice.id, templateVersion],
    )
    return row?.hash
  })
  // A document issued with an older template renders differently now: the stored hash is for that template
  // only.
  if (kept !== undefined)
    assert.equal(hash, kept, `the PDF of invoice ${invoice.number} differs from its first rendering`)
}
