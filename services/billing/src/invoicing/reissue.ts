import type { BillingTransaction } from '../engine.ts'
import { directionOf, paidFrom } from '../subscription/upgrade-downgrade.ts'
import type { BillingState, SubscriptionState } from '../subscription/state.ts'
import { addDays } from '../values/date.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { billingPeriodAt, usagePeriods } from '../subscription/timeline.ts'
import { linesSince } from './document/billed.ts'
import type { InvoiceDocument } from './document/document.ts'
import { withWaiting } from './document/charge-line.ts'
import { feesStillDue, setupFeeStillDue } from './document/fee-days.ts'
import type { InvoiceDraft } from './issue.ts'
import type { LineDraft } from './document/line.ts'
import { closingLines, renewalLines } from './document/renewal.ts'
import { endedSubscriptions, phaseOn, type Phase } from '../subscription/phase.ts'
import { isSameGrid } from '../subscription/schedule.ts'
import { creditsFrom, creditsOf, creditsOn, feesBilledSince } from './document/unused-time.ts'

/**
 * Returns what a void document bills when it is issued again, or null if nothing. Days that a later change or
 * ending has billed, credited or taken over stay with it; this covers the rest.
 */
export async function replacementDraft(
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
    (phase) =>
      phase.id === (cause?.id ?? voided.lines.find((line) => line.kind === 'fee' || line.setup)!.phaseId),
  )
  const last = begun ?? state.phases.filter((phase) => phase.subscriptionId === cause!.id).at(-1)!
  const lines = begun
    ? await linesOfBeginning(tx, state, voided, begun)
    : await linesOfEnding(tx, state, voided)
  return {
    kind,
    period,
    cause,
    lines: withWaiting(state, lines, last.plan),
    termsDays: last.plan.paymentTermsDays,
  }
}

/** Returns the payment terms of the plan a usage period ended on. */
export function termsAtEnd({ phases }: SubscriptionState, { to }: LabelledPeriod): number {
  return (phaseOn(phases, addDays(to, -1)) ?? phases.at(-1))?.plan.paymentTermsDays ?? 15
}

/** Returns the payment terms of the customer's latest plan. */
export function termsNow({ phases }: SubscriptionState): number {
  return phases.at(-1)?.plan.paymentTermsDays ?? 15
}

/** Returns the usage period a document was issued for, with its current label. */
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
 * Returns the lines of a document that starts a phase: a first fee, a plan change, or the start that took
 * over the last date of the previous subscription.
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
  // The subscription that ended on the first date of this one, which took that date over.
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
  const facts = { phases, today, closed, billed }
  // Between equals only a setup fee is due.
  if (before && isSameGrid(before, phase) && directionOf(before, phase) === 'level')
    return setupFeeStillDue(facts, phase)
  return [
    ...creditsOf(billed, earlier, { from: since, to: null }),
    ...feesStillDue(facts, phase, { from: since, to: billingPeriod.to }, billingPeriod),
    ...setupFeeStillDue(facts, phase),
    ...(voided.kind === 'change' ? await usageEndedBy(tx, state, phase) : []),
  ]
}

/** Returns the usage of the period that an interval change ended, which the same document billed. */
async function usageEndedBy(tx: BillingTransaction, state: BillingState, phase: Phase): Promise<LineDraft[]> {
  const ended = usagePeriods(state.phases, phase.from).findLast((period) => period.to === phase.from)
  if (!ended || ended.to >= ended.whole.to) return []
  return (await renewalLines(tx, state, ended)).filter(
    ({ kind }) => kind === 'usage' || kind === 'adjustment' || kind === 'minimum_spend',
  )
}

/** Credits the days of an immediate ending again, as far as they are left: nothing can have followed it. */
async function linesOfEnding(
  tx: BillingTransaction,
  state: SubscriptionState,
  { cause, lines }: InvoiceDocument,
): Promise<LineDraft[]> {
  const credited = lines.filter((line) => line.kind === 'unused_time')
  const from = credited.map((line) => line.period.start).sort()[0]!
  return unlessNothing(
    await creditsFrom(
      tx,
      state.customer.customerId,
      state.phases.filter((phase) => phase.subscriptionId === cause!.id),
      from,
    ),
  )
}

/** Where discounts took the whole fee, nothing is credited. */
const unlessNothing = (credits: LineDraft[]): LineDraft[] =>
  credits.some((line) => line.amount !== 0) ? credits : []
