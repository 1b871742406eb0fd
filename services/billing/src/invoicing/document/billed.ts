import type { BillingTransaction } from '../../engine.ts'
import type { Meter } from '../../catalogue/meter.ts'
import type { DateRange, LocalDate } from '../../values/date.ts'
import { netOf } from '../../pricing/totals.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { stepsFrom } from '../../values/quantity.ts'
import type { InvoiceDocument } from './document.ts'
import type { BilledLine, BilledUsage, DiscountOnLine, Line } from './line.ts'

/**
 * Returns the lines of invoices (not void) of periods that start on `since` or later, oldest first, each with
 * what discounts and credit notes left of it, and the lines of documents that came to 0 and were not issued.
 * Credit notes themselves are not billed lines.
 */
export async function linesSince(
  tx: BillingTransaction,
  customerId: string,
  since: LocalDate,
): Promise<BilledLine[]> {
  const rows = await tx.query<{ document: Pick<InvoiceDocument, 'id' | 'lines'>; creditsId: string | null }>(
    `select document, credits_id as "creditsId", issued_at as at, number
      from invoices
      where customer_id = $1 and period_start >= $2 and (voided_at is null or credits_id is not null)
      union all
      select document, null, closed_at, ''
      from documents_of_nothing
      where customer_id = $1 and period_start >= $2
      order by at, number`,
    [customerId, since],
  )
  const credited = new Map<string, Money>()
  for (const { document, creditsId } of rows)
    if (creditsId !== null) addCredited(credited, creditsId, document.lines)
  const documents = rows.filter((row) => row.creditsId === null).map((row) => row.document)
  const givenBack = new Map<string, Money>()
  for (const { invoiceId, lineId, amount } of documents
    .flatMap((document) => document.lines)
    .flatMap((line) => line.givesBack ?? [])) {
    givenBack.set(`${invoiceId} ${lineId}`, money((givenBack.get(`${invoiceId} ${lineId}`) ?? 0) + amount))
  }
  return documents.flatMap(({ id: invoiceId, lines }) =>
    lines.map((line) => {
      const key = `${invoiceId} ${line.id}`
      return {
        ...line,
        invoiceId,
        left: money(netOf(line) - (credited.get(key) ?? 0)),
        givenBack: givenBack.get(key) ?? 0,
      }
    }),
  )
}

/** Adds the amount a credit note credited on each line, without tax, by invoice id and line id. */
function addCredited(credited: Map<string, Money>, invoiceId: string, lines: readonly Line[]): void {
  for (const line of lines) {
    const key = `${invoiceId} ${line.credited!.lineId}`
    credited.set(key, money((credited.get(key) ?? 0) - line.amount))
  }
}

/**
 * Returns what was billed so far for one meter in one phase and usage period. Credit notes reduce only
 * `left`.
 */
export function billedFor(
  lines: readonly BilledLine[],
  phaseId: string,
  meter: Meter,
  period: LocalDate,
): BilledUsage {
  const billed = lines.filter(
    (line) => line.phaseId === phaseId && line.meter === meter.key && line.usagePeriod === period,
  )
  return {
    amount: sum(billed.map((line) => line.rated ?? line.amount)),
    net: sum(billed.map(netOf)),
    left: sum(billed.map((line) => line.left)),
    discounts: discountsOn(billed),
    from: billed
      .filter((line) => line.left > line.givenBack)
      .map((line) => ({
        invoiceId: line.invoiceId,
        lineId: line.id,
        amount: money(line.left - line.givenBack),
      }))
      .reverse(),
    quantity: sum(billed.map((line) => signedSteps(line.quantity, meter.decimals))),
    until: billed.at(-1)?.counted?.until ?? null,
  }
}

/** Returns what each discount took off some lines, less what credits gave back of it. */
function discountsOn(lines: readonly Line[]): DiscountOnLine[] {
  const taken = new Map<string, DiscountOnLine>()
  for (const { id, period, percent, amount } of lines.flatMap((line) => line.discounts ?? [])) {
    const key = `${id} ${period ?? ''}`
    taken.set(key, {
      id,
      amount: money((taken.get(key)?.amount ?? 0) + amount),
      ...(period === undefined ? {} : { period }),
      ...(percent === undefined ? {} : { percent }),
    })
  }
  return [...taken.values()]
}

/** Converts a line's quantity, units of either sign, to steps. */
export function signedSteps(units: number, decimals: number): number {
  const steps = stepsFrom(Math.abs(units), decimals) as number
  return units < 0 ? -steps : steps
}

/** Returns the dates a line is for. */
export const rangeOf = ({ period }: Pick<Line, 'period'>): DateRange => ({
  from: period.start,
  to: period.end,
})
