import type { BillingTransaction } from '../../engine.ts'
import type { BillingState, SubscriptionState } from '../../subscription/state.ts'
import { addDays, earlier, later, type DateRange, type LocalDate } from '../../values/date.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { addSeconds } from '../../values/instant.ts'
import { readUsage } from '../../rating/deficit.ts'
import type { RatedUsage } from '../../rating/rated-usage.ts'
import { datesVoidedSince } from '../../usage/totals/void.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import { billedFor, creditsFrom, linesSince } from './billed.ts'
import { feesStillDue, type FeeFacts } from './fee-days.ts'
import { adjustmentLine, usageLine, type LineDraft } from './line.ts'
import { latestDays } from '../../usage/totals/taken-times.ts'
import { phaseOn, type Phase } from '../../subscription/phase.ts'
import { isSameGrid, phasesAhead } from '../../subscription/schedule.ts'

/**
 * How far back late usage is looked for. An event is at most 35 days late when it is stored, and the next
 * invoice after that is for a period that ends at most a month later.
 */
const lookBackDays = 70

/**
 * The lines of the invoice that closes a usage period: the next fee where a billing period starts, the usage,
 * and late usage of periods before.
 */
export async function renewalLines(
  tx: BillingTransaction,
  state: BillingState,
  period: LabelledPeriod,
): Promise<LineDraft[]> {
  const known = await knownOf(tx, state, period)
  // A minimum is due at zero usage too.
  const current = known
    .rated(period)
    .filter((one) => one.used > 0 || one.rated.amount > 0)
    .flatMap((one) => {
      const before = known.billed(one, period.from)
      // A change of interval has billed the period it ended already.
      if (before.until !== null && one.used === before.quantity && one.rated.amount === before.amount)
        return []
      return before.until === null
        ? usageLine(one, period, tx.at)
        : adjustmentLine(one, period, before, tx.at)
    })
  const phases = phasesAhead(state)
  const fees = [
    ...(await creditsWithin(tx, state, phases, period)),
    ...nextFee({ phases, today: state.today, closed: state.closed, billed: known.lines }, period),
  ]
  return [...fees, ...current, ...lateLines(tx, state, period, known)]
}

/**
 * What a scheduled change to another interval gives back of a fee that reaches beyond the usage period: one
 * of equal price does not wait for the end of the billing period.
 */
async function creditsWithin(
  tx: BillingTransaction,
  { customer }: SubscriptionState,
  phases: readonly Phase[],
  { to: date }: LabelledPeriod,
): Promise<LineDraft[]> {
  const index = phases.findIndex((phase) => phase.from === date && phase.scheduled)
  const [before, after] = [phases[index - 1], phases[index]]
  if (
    !before
    || !after
    || before.subscriptionId !== after.subscriptionId
    || before.trialEnds !== null
    || isSameGrid(before, after)
  )
    return []
  return billingPeriodAt(before, addDays(date, -1)).to > date
    ? creditsFrom(tx, customer.customerId, phases.slice(0, index), date)
    : []
}

/**
 * The lines of the invoice that bills late usage for the last time, once no event from before `endsOn` can
 * arrive any more.
 */
export async function closingLines(
  tx: BillingTransaction,
  state: BillingState,
  endsOn: LocalDate,
): Promise<LineDraft[]> {
  const [lines] = await closingsLines(tx, state, [endsOn])
  return lines!
}

/**
 * The same of several endings, in the order they come, each as if it were the first to be closed: what they
 * need is read once.
 */
export async function closingsLines(
  tx: BillingTransaction,
  state: BillingState,
  endings: readonly LocalDate[],
): Promise<LineDraft[][]> {
  if (endings.length === 0) return []
  const after = endings.map((endsOn) => ({ from: endsOn, to: addDays(endsOn, latestDays) }))
  const range = after.reduce((all, { from, to }) => ({
    from: earlier(all.from, from),
    to: later(all.to, to),
  }))
  const known = await knownOf(tx, state, range)
  return after.map((one) => lateLines(tx, state, one, known))
}

/** What was used and billed around a range of dates. */
async function knownOf(tx: BillingTransaction, state: SubscriptionState, range: DateRange) {
  const { customerId } = state.customer
  // Usage of long ago may be taken back: its period is looked at as well.
  const voidedOn = await datesVoidedSince(tx, customerId, addSeconds(tx.at, -lookBackDays * 86_400))
  const since = earlier(addDays(range.from, -lookBackDays - 31), addDays(voidedOn[0] ?? range.from, -31))
  const lines = await linesSince(tx, customerId, since)
  const usage = await readUsage(tx, state, { from: since, to: range.to })
  return {
    lines,
    voidedOn,
    rated: (period: LabelledPeriod) => usage.rated(period).filter((one) => !one.phase.trial),
    billed: (one: RatedUsage, from: LocalDate) => billedFor(lines, one.phase.id, one.meter, from),
  }
}

/**
 * One adjustment per meter, phase and period before `range` of which more (or less) is known now than was
 * billed.
 */
function lateLines(
  tx: BillingTransaction,
  state: BillingState,
  range: DateRange,
  { rated, billed, voidedOn }: Awaited<ReturnType<typeof knownOf>>,
): LineDraft[] {
  return periodsStillOpenToLateUsage(state, range, voidedOn).flatMap((earlier) =>
    rated(earlier)
      .map((one) => ({ one, before: billed(one, earlier.from) }))
      .filter(({ one, before }) => one.used !== before.quantity || one.rated.amount !== before.amount)
      .map(({ one, before }) => adjustmentLine(one, earlier, before, tx.at)),
  )
}

/**
 * The fee of the billing period that starts where this usage period ends, for the phase a scheduled change
 * begins there or else the one it ended on: a change asked for on that very day comes after the renewal and
 * gives its fee back.
 */
function nextFee(facts: FeeFacts, period: LabelledPeriod): LineDraft[] {
  const { phases } = facts
  const ending = phaseOn(phases, addDays(period.to, -1))
  const next = ending && goesOn(phases, ending, period.to)
  if (!next) return []
  const billingPeriod = billingPeriodAt(next, period.to)
  if (billingPeriod.from !== period.to) return []
  return feesStillDue(facts, next, billingPeriod, billingPeriod)
}

/** The phase a fee is due for at a boundary; undefined where the subscription ends there. */
function goesOn(phases: readonly Phase[], ending: Phase, date: LocalDate): Phase | undefined {
  if (ending.to === null || ending.to > date) return ending
  const following = phases.filter(
    (phase) => phase.subscriptionId === ending.subscriptionId && phase.from === date,
  )
  return following.find((phase) => phase.scheduled) ?? (following.length > 0 ? ending : undefined)
}

/**
 * Earlier periods that were closed and billed (or had nothing to bill). One whose invoice was voided waits to
 * be generated again.
 */
function periodsStillOpenToLateUsage(
  state: BillingState,
  range: DateRange,
  voidedOn: readonly LocalDate[],
): LabelledPeriod[] {
  return usagePeriods(state.phases, range.from).filter(
    (one) =>
      one.from < range.from
      && state.closed.get(one.from) === 'billed'
      && (one.to > addDays(range.to, -lookBackDays)
        || voidedOn.some((date) => one.from <= date && date < one.to)),
  )
}
