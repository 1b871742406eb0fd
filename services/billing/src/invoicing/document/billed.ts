import type { BillingTransaction } from '../../engine.ts'
import type { Meter } from '../../catalogue/meter.ts'
import {
  addDays,
  earlier,
  intersection,
  later,
  withoutDates,
  type DateRange,
  type LocalDate,
} from '../../values/date.ts'
import { netOf } from '../../pricing/totals.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { stepsFrom } from '../../values/quantity.ts'
import { billingPeriodAt } from '../../subscription/timeline.ts'
import type { InvoiceDocument } from './document.ts'
import {
  creditLine,
  type BilledLine,
  type BilledUsage,
  type DiscountOnLine,
  type Line,
  type LineDraft,
} from './line.ts'
import type { Phase } from '../../subscription/phase.ts'

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
  for (const { id, period, amount } of lines.flatMap((line) => line.discounts ?? [])) {
    const key = `${id} ${period ?? ''}`
    taken.set(key, {
      id,
      amount: money((taken.get(key)?.amount ?? 0) + amount),
      ...(period === undefined ? {} : { period }),
    })
  }
  return [...taken.values()]
}

/** Converts a line's quantity, units of either sign, to steps. */
export function signedSteps(units: number, decimals: number): number {
  const steps = stepsFrom(Math.abs(units), decimals) as number
  return units < 0 ? -steps : steps
}

/**
 * Returns the first date from which documents can have billed what the last subscription paid for `date` or
 * later: a fee is billed in advance, by the document of the usage period before its own. A change never reads
 * older documents, however many there are.
 */
export function feesBilledSince(phases: readonly Phase[], date: LocalDate): LocalDate {
  const own = phases.filter((phase) => phase.subscriptionId === phases.at(-1)!.subscriptionId)
  const periods = own.flatMap((phase) => {
    // The phase may have been billed for the billing period that starts with its end, if the change on that
    // date came after the renewal.
    const days = phase.to === null || phase.to > date ? [date] : [phase.to, addDays(phase.to, -1)]
    return days.map((day) => billingPeriodAt(phase, later(phase.from, day)))
  })
  return addDays(
    periods.filter((period) => period.to > date).reduce((first, { from }) => earlier(first, from), date),
    -32,
  )
}

/**
 * Credits, per phase of the last subscription, the share of what was billed for the days from `date` on:
 * issued and not void, less discounts and credit notes, paid or not. What was credited before, or kept when
 * an earlier subscription ended, stays as it is.
 */
export async function creditsFrom(
  tx: BillingTransaction,
  customerId: string,
  phases: readonly Phase[],
  date: LocalDate,
): Promise<LineDraft[]> {
  return creditsOf(await linesSince(tx, customerId, feesBilledSince(phases, date)), ofLast(phases), {
    from: date,
    to: null,
  })
}

/**
 * Credits one date of the last subscription's fees, unless it was credited before: the date of its end, which
 * belongs to the subscription that starts on it.
 */
export async function creditsOn(
  tx: BillingTransaction,
  customerId: string,
  phases: readonly Phase[],
  date: LocalDate,
): Promise<LineDraft[]> {
  return creditsOf(await linesSince(tx, customerId, feesBilledSince(phases, date)), ofLast(phases), {
    from: date,
    to: addDays(date, 1),
  })
}

const ofLast = (phases: readonly Phase[]) =>
  phases.filter((phase) => phase.subscriptionId === phases.at(-1)!.subscriptionId)

/** Credits some dates of the fees of some phases, unless they were credited before. */
export function creditsOf(
  lines: readonly BilledLine[],
  phases: readonly Phase[],
  { from, to }: { from: LocalDate; to: LocalDate | null },
): LineDraft[] {
  return lines
    .filter((line) => line.kind === 'fee')
    .flatMap((fee) => {
      const phase = phases.find((one) => one.id === fee.phaseId)
      const range = intersection({ from, to: to ?? fee.period.end }, rangeOf(fee))
      if (!phase || !range) return []
      const before = lines.filter(
        (line) =>
          line.kind === 'unused_time'
          && line.phaseId === fee.phaseId
          && intersection(rangeOf(line), rangeOf(fee)),
      )
      let givenBack = money(-sum(before.map((line) => line.amount)))
      return withoutDates(range, before.map(rangeOf)).flatMap((dates) => {
        const credit = creditLine(fee, phase.plan.name, dates, givenBack)
        givenBack = money(givenBack - credit.amount)
        return credit.amount === 0 && credit.discounts === undefined ? [] : [credit]
      })
    })
}

const rangeOf = ({ period }: Pick<Line, 'period'>): DateRange => ({ from: period.start, to: period.end })
