import type { BillingTransaction } from '../../engine.ts'
import { money, type Money } from '../../values/money.ts'
import type { Credit } from '../../pricing/credit-note.ts'
import type { InvoiceDocument } from './document.ts'

/** What one document (not void) gave back of an invoice line, credit notes excluded. */
export interface GivenBackOfLine {
  lineId: string
  amount: Money
  invoiceId: string
  number: string
}

/** Returns what changes, endings and adjustments gave back of an invoice's lines, newest document first. */
export async function givenBackOf(
  tx: BillingTransaction,
  customerId: string,
  invoiceId: string,
): Promise<GivenBackOfLine[]> {
  return tx.query<GivenBackOfLine>(
    `select given->>'lineId' as "lineId", (given->>'amount')::bigint as amount, i.id as "invoiceId", i.number
     from invoices i
     cross join lateral jsonb_array_elements(i.document->'lines') line
     cross join lateral jsonb_array_elements(line->'givesBack') given
     where i.customer_id = $1 and i.voided_at is null and given->>'invoiceId' = $2
       and i.issued_at >= (select issued_at from invoices where customer_id = $1 and id = $2)
     order by i.issued_at desc, i.sequence desc`,
    [customerId, invoiceId],
  )
}

/** Maximum length of a chain of documents; a longer one is a bug. */
const maxDocuments = 1000

/**
 * Returns the numbers of the documents that gave back lines of an invoice, and lines of those, newest first:
 * the order in which they can be voided.
 */
export async function documentsToVoidFirst(
  tx: BillingTransaction,
  customerId: string,
  invoiceId: string,
): Promise<string[]> {
  const found = new Set<string>()
  const waiting = [invoiceId]
  for (let id = waiting.shift(); id !== undefined && found.size < maxDocuments; id = waiting.shift()) {
    for (const giver of await givenBackOf(tx, customerId, id)) {
      if (!found.has(giver.invoiceId)) waiting.push(giver.invoiceId)
      found.add(giver.invoiceId)
    }
  }
  if (found.size === 0) return []
  const rows = await tx.query<{ number: string }>(
    `select number
      from invoices
      where customer_id = $1 and id = any($2)
      order by issued_at desc, sequence desc`,
    [customerId, [...found]],
  )
  return rows.map((row) => row.number)
}

/** Returns the credit of a note: its document with the signs reversed. */
export function creditIn({
  lines,
  taxes,
  total,
}: Pick<InvoiceDocument, 'lines' | 'taxes' | 'total'>): Credit {
  return {
    lines: lines.map((line) => ({ ...line.credited!, net: money(-line.amount) })),
    taxes: taxes.map((tax) => ({ ...tax, base: money(-tax.base), amount: money(-tax.amount) })),
    total: money(-total),
  }
}
