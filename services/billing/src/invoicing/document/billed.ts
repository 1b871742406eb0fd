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
 * The lines of the invoices (not void) of periods that start on `since` or later, oldest first, each with
 * what discounts and credit notes left of it, and of what was not issued because it came to nothing. Credit
 * notes are no part of what was billed.
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
  const given = new Map<string, Money>()
  for (const { invoiceId, lineId, amount } of documents
    .flatMap((document) => document.lines)
    .flatMap((line) => line.givesBack ?? [])) {
    given.set(`${invoiceId} ${lineId}`, money((given.get(`${invoiceId} ${lineId}`) ?? 0) + amount))
  }
  return documents.flatMap(({ id: invoiceId, lines }) =>
    lines.map((line) => {
      const key = `${invoiceId} ${line.id}`
      return {
        ...line,
        invoiceId,
        left: money(netOf(line) - (credited.get(key) ?? 0)),
        givenBack: given.get(key) ?? 0,
      }
    }),
  )
}

/** Adds what a credit note gave back of each line, without tax, by the invoice's id and the line's. */
function addCredited(credited: Map<string, Money>, invoiceId: string, lines: readonly Line[]): void {
  for (const line of lines) {
    const key = `${invoiceId} ${line.credited!.lineId}`
    credited.set(key, money((credited.get(key) ?? 0) - line.amount))
  }
}

/**
 * What was billed so far for one meter in one phase and usage period. A credit note changes none of it but
 * what is left.
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

/** What each discount took off some lines, less what those gave back of it. */
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

/** A line's quantity, units of either sign → steps. */
export function signedSteps(units: number, decimals: number): number {
  const steps = stepsFrom(Math.abs(units), decimals) as number
  return units < 0 ? -steps : steps
}

/**
 * From which date on documents can have billed what the last subscription paid for `date` or later: a fee is
 * billed in advance, by the document of the usage period before its own. Older documents are never read for a
 * change, however many there are.
 */
export function feesBilledSince(phases: readonly Phase[], date: LocalDate): LocalDate {
  const own = phases.filter((phase) => phase.subscriptionId === phases.at(-1)!.subscriptionId)
  const periods = own.flatMap((phase) => {
    // One that has ended may have been billed the billing period that began with its end: the change on that
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
 * Gives back, per phase of the last subscription, the share of what was billed for the days from `date` on:
 * issued and not void, less discounts and credit notes, paid or not. What was given back already stays given
 * back, and what an earlier subscription kept when it ended stays with it.
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
 * Gives back one date of the last subscription's fees, as far as nothing gave it back: of the date it was
 * ended on, which belongs to the one that starts on it.
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

/** Gives back some dates of the fees of some phases, as far as nothing gave them back before. */
export function creditsOf(
  lines: readonly BilledLine[],
  phases: readonly Phase[],
  { from, to }: { from: LocalDate; to: LocalDate | null },
): LineDraft[] {
  return lines
    .filter((line) => line.kind === 'fee')
    .flatMap((fee) => {
      const phase = phases.find((one) => one.id === fee.phaseId)
      const wanted = intersection({ from, to: to ?? fee.period.end }, rangeOf(fee))
      if (!phase || !wanted) return []
      const before = lines.filter(
        (line) =>
          line.kind === 'unused_time'
          && line.phaseId === fee.phaseId
          && intersection(rangeOf(line), rangeOf(fee)),
      )
      let given = money(-sum(before.map((line) => line.amount)))
      return withoutDates(wanted, before.map(rangeOf)).flatMap((dates) => {
        const credit = creditLine(fee, phase.plan.name, dates, given)
        given = money(given - credit.amount)
        return credit.amount === 0 && credit.discounts === undefined ? [] : [credit]
      })
    })
}

const rangeOf = ({ period }: Pick<Line, 'period'>): DateRange => ({ from: period.start, to: period.end })
