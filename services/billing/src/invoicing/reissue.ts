import type { BillingTransaction } from '../engine.ts'
import { paidFrom } from '../subscription/direction.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import { addDays } from '../values/date.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { billingPeriodAt, usagePeriods } from '../subscription/timeline.ts'
import { creditsFrom, creditsOf, creditsOn, feesBilledSince, linesSince } from './document/billed.ts'
import type { InvoiceDocument } from './document/document.ts'
import { feesStillDue } from './document/fee-days.ts'
import type { InvoiceDraft } from './issue.ts'
import type { LineDraft } from './document/line.ts'
import { closingLines, renewalLines } from './document/renewal.ts'
import { endedSubscriptions, phaseOn, type Phase } from '../subscription/phase.ts'
import { isSameGrid } from '../subscription/schedule.ts'

/**
 * What a void document bills now that it is made again, or null where there is nothing that it could. What a
 * later change or ending has billed or given back in the meantime, or taken over, stays with it: this covers
 * the rest.
 */
export async function draftAgain(
  tx: BillingTransaction,
  state: BillingState,
  voided: InvoiceDocument,
): Promise<InvoiceDraft | null> {
  const { kind, cause } = voided
  const period = periodOf(state, voided)
  if (kind === 'final') {
    const ended = endedSubscriptions(state).find(({ endsOn }) => endsOn >= period.to)
    return ended
      ? {
          kind,
          period,
          cause,
          lines: await closingLines(tx, state, ended.endsOn),
          termsDays: ended.last.plan.paymentTermsDays,
        }
      : null
  }
  if (kind === 'renewal')
    return {
      kind,
      period,
      cause,
      lines: await renewalLines(tx, state, period),
      termsDays: termsAtEnd(state, period),
    }
  const begun = state.phases.find(
    (one) => one.id === (cause?.id ?? voided.lines.find((line) => line.kind === 'fee')!.phaseId),
  )
  const last = begun ?? state.phases.filter((one) => one.subscriptionId === cause!.id).at(-1)!
  const lines = begun
    ? await linesOfBeginning(tx, state, voided, begun)
    : await linesOfEnding(tx, state, voided)
  return { kind, period, cause, lines, termsDays: last.plan.paymentTermsDays }
}

/** The terms of the plan a usage period ended on. */
export function termsAtEnd({ phases }: SubscriptionState, { to }: LabelledPeriod): number {
  return (phaseOn(phases, addDays(to, -1)) ?? phases.at(-1))?.plan.paymentTermsDays ?? 15
}

/** The usage period a document was issued for, as it is told now. */
export function periodOf(
  state: SubscriptionState,
  { period: { start, end, label } }: Pick<InvoiceDocument, 'period'>,
): LabelledPeriod {
  return (
    usagePeriods(state.phases, state.today).find((period) => period.from === start) ?? {
      from: start,
      to: end,
      whole: { from: start, to: end },
      label,
    }
  )
}

/**
 * The lines of a document that begins a phase: of a first fee, a change, or one that takes over the last date
 * of the subscription before it.
 */
async function linesOfBeginning(
  tx: BillingTransaction,
  state: BillingState,
  voided: InvoiceDocument,
  phase: Phase,
): Promise<LineDraft[]> {
  const {
    customer: { customerId },
    phases,
    today,
    closed,
  } = state
  const isOwn = (one: Phase) => one.subscriptionId === phase.subscriptionId
  // The subscription that was ended on this one's first date, where this one took it over.
  const taken = phases.find(
    (one) =>
      !isOwn(one) && voided.lines.some((line) => line.kind === 'unused_time' && line.phaseId === one.id),
  )
  if (taken)
    return unlessNothing(
      await creditsOn(
        tx,
        customerId,
        phases.filter((one) => one.subscriptionId === taken.subscriptionId),
        phase.from,
      ),
    )
  const earlier = phases.slice(0, phases.indexOf(phase)).filter(isOwn)
  const before = earlier.at(-1)
  const since =
    before && isSameGrid(before, phase)
      ? paidFrom(before, phase, { date: phase.from, period: periodOf(state, voided) })
      : phase.from
  const billed = await linesSince(
    tx,
    customerId,
    feesBilledSince(phases.slice(0, phases.indexOf(phase) + 1), since),
  )
  const billingPeriod = billingPeriodAt(phase, phase.from)
  return [
    ...creditsOf(billed, earlier, { from: since, to: null }),
    ...feesStillDue(
      { phases, today, closed, billed },
      phase,
      { from: since, to: billingPeriod.to },
      billingPeriod,
    ),
    ...(voided.kind === 'change' ? await usageEndedBy(tx, state, phase) : []),
  ]
}

/** The usage of the period that a change of interval ended, which its document billed too. */
async function usageEndedBy(tx: BillingTransaction, state: BillingState, phase: Phase): Promise<LineDraft[]> {
  const ended = usagePeriods(state.phases, phase.from).findLast((one) => one.to === phase.from)
  if (!ended || ended.to >= ended.whole.to) return []
  return (await renewalLines(tx, state, ended)).filter(
    (line) => line.kind === 'usage' || line.kind === 'adjustment',
  )
}

/**
 * What ended a subscription at once gives back the same days again, of what is left of them: nothing can have
 * followed.
 */
async function linesOfEnding(
  tx: BillingTransaction,
  state: SubscriptionState,
  { cause, lines }: InvoiceDocument,
): Promise<LineDraft[]> {
  const from = lines.map((line) => line.period.start).sort()[0]!
  return unlessNothing(
    await creditsFrom(
      tx,
      state.customer.customerId,
      state.phases.filter((one) => one.subscriptionId === cause!.id),
      from,
    ),
  )
}

/** Where discounts took all of a fee, nothing is given back. */
const unlessNothing = (credits: LineDraft[]): LineDraft[] =>
  credits.some((line) => line.amount !== 0) ? credits : []
