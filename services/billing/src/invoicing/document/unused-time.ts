import type { BillingTransaction } from '../../engine.ts'
import { addDays, earlier, intersection, later, withoutDates, type LocalDate } from '../../values/date.ts'
import { money, sum } from '../../values/money.ts'
import { billingPeriodAt } from '../../subscription/timeline.ts'
import { creditLine, type BilledLine, type LineDraft } from './line.ts'
import type { Phase } from '../../subscription/phase.ts'
import { linesSince, rangeOf } from './billed.ts'

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
