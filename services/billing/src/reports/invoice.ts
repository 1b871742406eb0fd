import type { Engine, BillingTransaction } from '../engine.ts'
import type { Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { readBillingState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { eventsBehind, type UsageEvent } from './usage/detail.ts'
import { draftIdParts, draftOf } from '../invoicing/draft.ts'
import { paymentsOf, type Payment } from '../invoicing/state.ts'
import { notFound, storedInvoice, view, type Invoice } from '../invoicing/view.ts'

/** Returns one invoice or draft; with `customerId`, only that customer's. Throws invoice_not_found. */
export async function getInvoice(
  engine: Engine,
  input: { invoiceId: string; customerId?: string },
): Promise<Invoice> {
  return engine.transaction(
    async (tx) => {
      const draft = draftIdParts(input.invoiceId)
      if (!draft) return view(tx, await storedInvoice(tx, input.invoiceId, input.customerId))
      if (input.customerId !== undefined && draft.customerId !== input.customerId)
        throw notFound(input.invoiceId)
      const found = await draftOf(tx, await readBillingState(tx, draft.customerId))
      if (found?.id !== input.invoiceId) throw notFound(input.invoiceId)
      return found
    },
    { readOnly: true },
  )
}

/**
 * Returns the usage events of an invoice line, newest first: their quantities add up to the line's. A fee has
 * none.
 */
export async function getInvoiceLineEvents(
  engine: Engine,
  input: { customerId: string; invoiceId: string; lineId: string; cursor?: string; limit?: number },
): Promise<Page<UsageEvent>> {
  return engine.transaction(
    async (tx) => {
      const lines = await linesOf(tx, input)
      const line = lines.find((one) => one.id === input.lineId)
      if (!line)
        throw new BillingError('invoice_not_found', {
          message: `invoice '${input.invoiceId}' has no line '${input.lineId}'`,
        })
      if (line.meter === undefined) return { data: [], nextCursor: null }
      return eventsBehind(tx, {
        customerId: input.customerId,
        meter: line.meter,
        dates: { from: line.period.start, to: line.period.end },
        after: line.counted?.after ?? null,
        until: line.counted?.until ?? null,
        cursor: input.cursor,
        limit: input.limit,
      })
    },
    { readOnly: true },
  )
}

async function linesOf(
  tx: BillingTransaction,
  input: { customerId: string; invoiceId: string },
): Promise<
  {
    id: string
    meter?: string
    period: { start: string; end: string }
    counted?: { after: Instant | null; until: Instant }
  }[]
> {
  if (draftIdParts(input.invoiceId)) return (await getInvoice(tx, input)).lines
  return (await storedInvoice(tx, input.invoiceId, input.customerId)).document.lines
}

/** Lists the payments of an invoice, oldest first, at most 100. */
export async function listPayments(
  engine: Engine,
  input: { invoiceId: string },
): Promise<{ data: Payment[] }> {
  return engine.transaction(
    async (tx) => {
      const row = await storedInvoice(tx, input.invoiceId)
      return { data: await paymentsOf(tx, row.document.customerId, row.id) }
    },
    { readOnly: true },
  )
}
