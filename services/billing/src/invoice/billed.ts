import type { BillingTransaction } from '../billing.ts'
import type { Stretch } from '../history.ts'
import type { Meter } from '../meter.ts'
import { addDays, type LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import { sum, type Money } from '../rules/money.ts'
import { stepsFrom } from '../rules/quantity.ts'
import type { InvoiceDocument } from './document.ts'
import { creditLine, reachesPast, type LineDraft } from './line.ts'

/** The documents (not void) of periods that start on `since` or later, oldest first. */
export async function documentsSince(tx: BillingTransaction, customerId: string, since: LocalDate): Promise<InvoiceDocument[]> {
  const rows = await tx.query<{ document: InvoiceDocument }>(
    'select document from invoices where customer_id = $1 and period_start >= $2 and voided_at is null order by issued_at, number', [customerId, since],
  )
  return rows.map((row) => row.document)
}

/** What was billed so far for one meter in one stretch and usage period. `quantity` is steps; `until`: events stored later were not counted. */
export function billedFor(documents: readonly InvoiceDocument[], usageId: string, meter: Meter, period: LocalDate): { amount: Money; quantity: number; until: Instant | null } {
  const lines = documents.flatMap((document) => document.lines).filter((line) => line.stretchId === usageId && line.meter === meter.key && line.usagePeriod === period)
  return { amount: sum(lines.map((line) => line.amount)), quantity: sum(lines.map((line) => signedSteps(line.quantity, meter.decimals))), until: lines.at(-1)?.counted?.until ?? null }
}

function signedSteps(units: number, decimals: number): number {
  const steps = stepsFrom(Math.abs(units), decimals) as number
  return units < 0 ? -steps : steps
}

/** Gives back, per stretch left, the share of what was billed for the days from `date` on: issued and not void, paid or not. */
export async function creditsFrom(tx: BillingTransaction, customerId: string, left: Stretch, date: LocalDate): Promise<LineDraft[]> {
  // A fee is billed in advance by the document of the period before, at most one fee period (three years of months) and a month back.
  const documents = await documentsSince(tx, customerId, addDays(date, -1200))
  return documents
    .flatMap((document) => document.lines)
    .filter((line) => line.kind === 'fee' && line.stretchId === left.id && reachesPast(line, date))
    .map((line) => creditLine(line, left.plan.name, date))
    .filter((line) => line.amount !== 0)
}
