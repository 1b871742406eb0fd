import type { BillingTransaction } from '../billing.ts'
import type { Stretch } from '../history.ts'
import type { Meter } from '../meter.ts'
import { addDays, type DateRange, type LocalDate } from '../rules/date.ts'
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

/** A line's quantity, units of either sign → steps. */
export function signedSteps(units: number, decimals: number): number {
  const steps = stepsFrom(Math.abs(units), decimals) as number
  return units < 0 ? -steps : steps
}

/**
 * Gives back, per stretch left, the share of what was billed for the days from `date` on: issued and not void, paid or not.
 * After a change without money that is the fee of a stretch before the last; what a change gave back already stays given back.
 */
export async function creditsFrom(tx: BillingTransaction, customerId: string, stretches: readonly Stretch[], date: LocalDate): Promise<LineDraft[]> {
  // A fee is billed in advance by the document of the period before, at most one fee period (36 years) and a month back.
  const lines = (await documentsSince(tx, customerId, addDays(date, -37 * 366))).flatMap((document) => document.lines)
  const credited = new Set(lines.filter((line) => line.kind === 'credit').map(feeNamedBy))
  return lines
    .filter((line) => line.kind === 'fee' && reachesPast(line, date) && !credited.has(feeNamedBy(line)))
    .map((line) => creditLine(line, stretches.find((stretch) => stretch.id === line.stretchId)!.plan.name, date))
    .filter((line) => line.amount !== 0)
}

/** A stretch is billed one fee per fee period, and a credit reaches to the end of the fee it gives back. */
const feeNamedBy = (line: Pick<LineDraft, 'stretchId' | 'period'>) => `${line.stretchId} ${line.period.end}`

/**
 * Until when the fee of a fee period is billed: to its end, or, where a later change has billed the rest without giving any of
 * this fee back (it was void at the time), to that change.
 */
export function billedUntil(documents: readonly InvoiceDocument[], stretches: readonly Stretch[], stretch: Stretch, feePeriod: DateRange): LocalDate {
  const lines = documents.flatMap((document) => document.lines).filter((line) => line.period.start >= feePeriod.from && line.period.start < feePeriod.to)
  if (lines.some((line) => line.kind === 'credit' && line.stretchId === stretch.id)) return feePeriod.to
  const after = new Set(stretches.slice(stretches.findIndex((one) => one.id === stretch.id) + 1).map((one) => one.id))
  return lines.filter((line) => line.kind === 'fee' && after.has(line.stretchId)).map((line) => line.period.start).sort()[0] ?? feePeriod.to
}
