import type { BillingTransaction } from '../billing.ts'
import { paidFrom } from '../direction.ts'
import type { BillingState, History } from '../history.ts'
import { addDays } from '../rules/date.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { feePeriodAt, usagePeriods } from '../timeline.ts'
import { creditsFrom, creditsOf, creditsOn, feesBilledSince, linesSince } from './billed.ts'
import type { InvoiceDocument } from './document.ts'
import { feesStillDue } from './fee-days.ts'
import type { InvoiceDraft } from './issue.ts'
import type { LineDraft } from './line.ts'
import { closingLines, renewalLines } from './renewal.ts'
import { endedSubscriptions, stretchOn, type Stretch } from '../phases.ts'
import { isSameGrid } from '../schedule.ts'

/**
 * What a void document bills now that it is made again, or null where there is nothing that it could. What a later change or ending has billed or given back in the
 * meantime, or taken over, stays with it: this covers the rest.
 */
export async function draftAgain(tx: BillingTransaction, history: BillingState, voided: InvoiceDocument): Promise<InvoiceDraft | null> {
  const { kind, stretchId } = voided
  const period = periodOf(history, voided)
  if (kind === 'closing') {
    const ended = endedSubscriptions(history).find(({ endsOn }) => endsOn >= period.to)
    return ended ? { kind, period, stretchId, lines: await closingLines(tx, history, ended.endsOn), termsDays: ended.last.plan.paymentTermsDays } : null
  }
  if (kind === 'renewal') return { kind, period, stretchId, lines: await renewalLines(tx, history, period), termsDays: termsAtEnd(history, period) }
  const begun = history.stretches.find((one) => one.id === (stretchId || voided.lines.find((line) => line.kind === 'fee')!.stretchId))
  const last = begun ?? history.stretches.filter((one) => one.subscriptionId === stretchId).at(-1)!
  const lines = begun ? await linesOfBeginning(tx, history, voided, begun) : await linesOfEnding(tx, history, voided)
  return { kind, period, stretchId, lines, termsDays: last.plan.paymentTermsDays }
}

/** The terms of the plan a usage period ended on. */
export function termsAtEnd({ stretches }: History, { to }: LabelledPeriod): number {
  return (stretchOn(stretches, addDays(to, -1)) ?? stretches.at(-1))?.plan.paymentTermsDays ?? 15
}

/** The usage period a document was issued for, as it is told now. */
export function periodOf(history: History, { period: { start, end, label } }: Pick<InvoiceDocument, 'period'>): LabelledPeriod {
  return usagePeriods(history.stretches, history.today).find((period) => period.from === start) ?? { from: start, to: end, whole: { from: start, to: end }, label }
}

/** The lines of a document that begins a stretch: of a first fee, a change, or one that takes over the last date of the subscription before it. */
async function linesOfBeginning(tx: BillingTransaction, history: BillingState, voided: InvoiceDocument, stretch: Stretch): Promise<LineDraft[]> {
  const { customer: { customerId }, stretches, today, closed } = history
  const isOwn = (one: Stretch) => one.subscriptionId === stretch.subscriptionId
  // The subscription that was ended on this one's first date, where this one took it over.
  const taken = stretches.find((one) => !isOwn(one) && voided.lines.some((line) => line.kind === 'credit' && line.stretchId === one.id))
  if (taken) return unlessNothing(await creditsOn(tx, customerId, stretches.filter((one) => one.subscriptionId === taken.subscriptionId), stretch.from))
  const earlier = stretches.slice(0, stretches.indexOf(stretch)).filter(isOwn)
  const before = earlier.at(-1)
  const since = before && isSameGrid(before, stretch) ? paidFrom(before, stretch, { date: stretch.from, period: periodOf(history, voided) }) : stretch.from
  const billed = await linesSince(tx, customerId, feesBilledSince(stretches.slice(0, stretches.indexOf(stretch) + 1), since))
  const feePeriod = feePeriodAt(stretch, stretch.from)
  return [
    ...creditsOf(billed, earlier, { from: since, to: null }),
    ...feesStillDue({ stretches, today, closed, billed }, stretch, { from: since, to: feePeriod.to }, feePeriod),
    ...(voided.kind === 'change' ? await usageEndedBy(tx, history, stretch) : []),
  ]
}

/** The usage of the period that a change of interval ended, which its document billed too. */
async function usageEndedBy(tx: BillingTransaction, history: BillingState, stretch: Stretch): Promise<LineDraft[]> {
  const ended = usagePeriods(history.stretches, stretch.from).findLast((one) => one.to === stretch.from)
  if (!ended || ended.to >= ended.whole.to) return []
  return (await renewalLines(tx, history, ended)).filter((line) => line.kind === 'usage' || line.kind === 'adjustment')
}

/** What ended a subscription at once gives back the same days again, of what is left of them: nothing can have followed. */
async function linesOfEnding(tx: BillingTransaction, history: History, { stretchId: subscriptionId, lines }: InvoiceDocument): Promise<LineDraft[]> {
  const from = lines.map((line) => line.period.start).sort()[0]!
  return unlessNothing(await creditsFrom(tx, history.customer.customerId, history.stretches.filter((one) => one.subscriptionId === subscriptionId), from))
}

/** Where discounts took all of a fee, nothing is given back. */
const unlessNothing = (credits: LineDraft[]): LineDraft[] => (credits.some((line) => line.amount !== 0) ? credits : [])
