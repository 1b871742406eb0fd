import type { BillingTransaction } from '../billing.ts'
import { paidFrom } from '../direction.ts'
import { isSameGrid, type History, type Stretch } from '../history.ts'
import { later, type LocalDate } from '../rules/date.ts'
import { money, sum } from '../rules/money.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { feePeriodAt, usagePeriods } from '../timeline.ts'
import { billedUntil, creditsFrom, creditsOn, feesBilledSince, linesSince } from './billed.ts'
import type { InvoiceDocument } from './document.ts'
import { issue } from './issue.ts'
import { creditLine, feeLine, type BilledLine, type Line, type LineDraft } from './line.ts'
import { renewalLines } from './renewal.ts'

/**
 * Makes the replacement of a voided `start` or `change` document, or null where nothing of it is due any more. What a later change has billed or given back in
 * the meantime stays with it: the replacement covers the rest. The caller holds the lock.
 */
export async function reissue(tx: BillingTransaction, history: History, voided: InvoiceDocument): Promise<InvoiceDocument | null> {
  const { customerId } = history.customer
  const period = periodOf(history, voided)
  const { kind, stretchId, lines } = voided
  const index = history.stretches.findIndex((stretch) => stretch.id === (stretchId || lines.find((line) => line.kind === 'fee')!.stretchId))
  const stretch = history.stretches[index]
  if (!stretch) return reissueEnd(tx, history, { period, subscriptionId: stretchId, from: lines.map((line) => line.period.start).sort()[0]! })
  const isOwn = (one: Stretch) => one.subscriptionId === stretch.subscriptionId
  // The date on which a subscription was ended at once, where this one took it over.
  const taken = history.stretches.find((one) => !isOwn(one) && lines.some((line) => line.kind === 'credit' && line.stretchId === one.id))
  const lastDay = taken ? await creditsOn(tx, customerId, history.stretches.filter((one) => one.subscriptionId === taken.subscriptionId), stretch.from) : []
  if (taken) return issue(tx, history, { kind, period, stretchId, lines: lastDay.some((line) => line.amount !== 0) ? lastDay : [], termsDays: stretch.plan.paymentTermsDays })
  const before = history.stretches.slice(0, index).filter(isOwn).at(-1)
  const since = before && isSameGrid(before, stretch) ? paidFrom(before, stretch, { date: stretch.from, period }) : stretch.from
  const billed = await linesSince(tx, customerId, feesBilledSince(history.stretches.slice(0, index + 1), since))
  const draft = [
    ...creditsStillOwed(billed, history.stretches.slice(0, index).filter(isOwn), since), ...feeStillOwed(billed, history.stretches, stretch, since),
    ...(kind === 'change' ? await usageEndedBy(tx, history, stretch) : []),
  ]
  return issue(tx, history, { kind, period, stretchId, lines: draft, termsDays: stretch.plan.paymentTermsDays })
}

/** The usage period a document was issued for, as it is told now. */
export function periodOf(history: History, { period: { start, end, label } }: Pick<InvoiceDocument, 'period'>): LabelledPeriod {
  return usagePeriods(history.stretches, history.today).find((period) => period.from === start) ?? { from: start, to: end, whole: { from: start, to: end }, label }
}

/** The usage of the period that a change of interval ended, which its document billed too. */
async function usageEndedBy(tx: BillingTransaction, history: History, stretch: Stretch): Promise<LineDraft[]> {
  const ended = usagePeriods(history.stretches, stretch.from).findLast((one) => one.to === stretch.from)
  if (!ended || ended.to >= ended.whole.to) return []
  return (await renewalLines(tx, history, ended)).filter((line) => line.kind === 'usage' || line.kind === 'adjustment')
}

/** What ended a subscription at once gives back the same days again, of what is left of them: nothing can have followed. */
async function reissueEnd(tx: BillingTransaction, history: History, ended: { period: LabelledPeriod; subscriptionId: string; from: LocalDate }): Promise<InvoiceDocument | null> {
  const stretches = history.stretches.filter((stretch) => stretch.subscriptionId === ended.subscriptionId)
  const last = stretches.at(-1)!
  const credits = await creditsFrom(tx, history.customer.customerId, stretches, ended.from)
  const lines = credits.some((line) => line.amount !== 0) ? credits : []
  return issue(tx, history, { kind: 'change', period: ended.period, stretchId: ended.subscriptionId, lines, termsDays: last.plan.paymentTermsDays })
}

function feeStillOwed(billed: readonly Line[], stretches: readonly Stretch[], stretch: Stretch, since: LocalDate): LineDraft[] {
  const feePeriod = feePeriodAt(stretch, stretch.from)
  const dates = { from: since, to: billedUntil(billed, stretches, stretch, feePeriod) }
  if (dates.from >= dates.to) return []
  const line = feeLine(stretch, dates, feePeriod)
  return line.amount === 0 ? [] : [line]
}

/** Gives back the last subscription's fees from `since` on, also what a change before today left of them: they are paid for anew from that date. */
export async function creditsSince(tx: BillingTransaction, customerId: string, stretches: readonly Stretch[], since: LocalDate): Promise<LineDraft[]> {
  const own = stretches.filter((stretch) => stretch.subscriptionId === stretches.at(-1)!.subscriptionId)
  return creditsStillOwed(await linesSince(tx, customerId, feesBilledSince(stretches, since)), own, since)
}

/** The fees of earlier stretches from a date on, as far as no later change gave them back; never more than is left of them. */
function creditsStillOwed(billed: readonly BilledLine[], earlier: readonly Stretch[], since: LocalDate): LineDraft[] {
  return billed.filter((line) => line.kind === 'fee' && earlier.some((stretch) => stretch.id === line.stretchId)).flatMap((fee) => {
    const given = billed.filter((line) => line.kind === 'credit' && line.stretchId === fee.stretchId && line.period.end === fee.period.end)
    const dates = { from: later(since, fee.period.start), to: given.map((line) => line.period.start).sort()[0] ?? fee.period.end }
    if (dates.to <= dates.from) return []
    const { plan } = earlier.find((stretch) => stretch.id === fee.stretchId)!
    const credit = creditLine(fee, plan.name, dates, money(-sum(given.map((line) => line.amount))))
    return credit.amount === 0 && credit.discounts === undefined ? [] : [credit]
  })
}
