import type { BillingTransaction } from '../../engine.ts'
import type { BillingState, SubscriptionState } from '../../subscription/state.ts'
import { addDays, earlier, later, type DateRange, type LocalDate } from '../../values/date.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { addSeconds } from '../../values/instant.ts'
import { readUsage } from '../../rating/deficit.ts'
import type { RatedUsage } from '../../rating/rated-usage.ts'
import { datesVoidedSince } from '../../usage/totals/void.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import { billedFor, linesSince } from './billed.ts'
import { waitingLines, withWaiting } from './charge-line.ts'
import { feesStillDue, setupFeeStillDue, type FeeFacts } from './fee-days.ts'
import { minimumSpendLines } from './minimum-spend.ts'
import { adjustmentLine, usageLine, type LineDraft } from './line.ts'
import { maxLateDays } from '../../usage/totals/taken-times.ts'
import { phaseOn, type Phase } from '../../subscription/phase.ts'
import { isSameGrid, phasesAhead } from '../../subscription/schedule.ts'
import { creditsFrom } from './unused-time.ts'

/**
 * Number of days late usage is looked for. An event is stored at most 35 days late, and the next invoice is
 * for a period that ends at most a month after that.
 */
const lookBackDays = 70

/**
 * Returns the lines of the invoice that closes a usage period: the next fee where a billing period starts,
 * the usage, late usage of earlier periods, and the one-off charges that wait.
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
    .filter((usage) => usage.used > 0 || usage.rated.amount > 0)
    .flatMap((usage) => {
      const before = known.billed(usage, period.from)
      // An interval change has already billed the period it ended.
      if (before.until !== null && usage.used === before.quantity && usage.rated.amount === before.amount)
        return []
      return before.until === null
        ? usageLine(usage, period, tx.at)
        : adjustmentLine(usage, period, before, tx.at)
    })
  const phases = phasesAhead(state)
  const fees = [
    ...(await creditsWithin(tx, state, phases, period)),
    ...nextFee({ phases, today: state.today, closed: state.closed, billed: known.lines }, period),
  ]
  const minimum = minimumSpendLines(state.phases, period, known.rated(period), known.lines)
  const plan = (phaseOn(phases, period.to) ?? phases.at(-1))?.plan
  return [
    ...fees,
    ...current,
    ...minimum,
    ...lateLines(tx, state, period, known),
    ...waitingLines(state, plan),
  ]
}

/**
 * Credits the part of a fee beyond the usage period where a scheduled change goes to another interval at an
 * equal price, which does not wait for the end of the billing period.
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
 * Returns the lines of the final invoice, which bills late usage once no event from before `endsOn` can
 * arrive.
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
 * Like `closingLines` for several endings in order, each as if it were the first to close; reads what they
 * need once.
 */
export async function closingsLines(
  tx: BillingTransaction,
  state: BillingState,
  endings: readonly LocalDate[],
): Promise<LineDraft[][]> {
  if (endings.length === 0) return []
  const after = endings.map((endsOn) => ({ from: endsOn, to: addDays(endsOn, maxLateDays) }))
  const range = after.reduce((all, { from, to }) => ({
    from: earlier(all.from, from),
    to: later(all.to, to),
  }))
  const known = await knownOf(tx, state, range)
  return after.map((one) => withWaiting(state, lateLines(tx, state, one, known)))
}

/** Reads what was used and billed around a range of dates. */
async function knownOf(tx: BillingTransaction, state: SubscriptionState, range: DateRange) {
  const { customerId } = state.customer
  // Old usage may be voided: its period is included.
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
 * Returns one adjustment per meter, phase and period before `range` whose rating now differs from what was
 * billed.
 */
function lateLines(
  tx: BillingTransaction,
  state: BillingState,
  range: DateRange,
  { lines, rated, billed, voidedOn }: Awaited<ReturnType<typeof knownOf>>,
): LineDraft[] {
  return periodsStillOpenToLateUsage(state, range, voidedOn).flatMap((earlier) => [
    ...rated(earlier)
      .map((usage) => ({ usage, before: billed(usage, earlier.from) }))
      .filter(({ usage, before }) => usage.used !== before.quantity || usage.rated.amount !== before.amount)
      .map(({ usage, before }) => adjustmentLine(usage, earlier, before, tx.at)),
    ...minimumSpendLines(state.phases, earlier, rated(earlier), lines),
  ])
}

/**
 * Returns the fee of the billing period that starts where this usage period ends, for the phase that a
 * scheduled change starts there or else the last one, and the setup fee of a phase that starts there. A
 * change requested on that very day comes after the renewal and credits its fee.
 */
function nextFee(facts: FeeFacts, period: LabelledPeriod): LineDraft[] {
  const { phases } = facts
  const ending = phaseOn(phases, addDays(period.to, -1))
  const next = ending && goesOn(phases, ending, period.to)
  if (!next) return []
  const setup = next.from === period.to ? setupFeeStillDue(facts, next) : []
  const billingPeriod = billingPeriodAt(next, period.to)
  return billingPeriod.from === period.to
    ? [...feesStillDue(facts, next, billingPeriod, billingPeriod), ...setup]
    : setup
}

/** Returns the phase a fee is due for at a boundary; undefined where the subscription ends there. */
function goesOn(phases: readonly Phase[], ending: Phase, date: LocalDate): Phase | undefined {
  if (ending.to === null || ending.to > date) return ending
  const following = phases.filter(
    (phase) => phase.subscriptionId === ending.subscriptionId && phase.from === date,
  )
  return following.find((phase) => phase.scheduled) ?? (following.length > 0 ? ending : undefined)
}

/**
 * Returns the earlier periods that are closed and billed (or had nothing to bill). A period whose invoice was
 * voided is billed by its replacement instead.
 */
function periodsStillOpenToLateUsage(
  state: BillingState,
  range: DateRange,
  voidedOn: readonly LocalDate[],
): LabelledPeriod[] {
  return usagePeriods(state.phases, range.from).filter(
    (period) =>
      period.from < range.from
      && state.closed.get(period.from) === 'billed'
      && (period.to > addDays(range.to, -lookBackDays)
        || voidedOn.some((date) => period.from <= date && date < period.to)),
  )
}
