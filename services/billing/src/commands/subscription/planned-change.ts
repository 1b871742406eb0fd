import type { BillingTransaction } from '../../engine.ts'
import {
  directionOf,
  effectiveDateOf,
  paidFrom,
  type Direction,
} from '../../subscription/upgrade-downgrade.ts'
import { BillingError } from '../../errors.ts'
import type { BillingState, SubscriptionState } from '../../subscription/state.ts'
import { feeLine, setupLine, type LineDraft } from '../../invoicing/document/line.ts'
import { withWaiting } from '../../invoicing/document/charge-line.ts'
import { priced } from '../../invoicing/document/discounted.ts'
import { getPlan, seatsOf, type Plan } from '../../catalogue/plan.ts'
import type { Totals } from '../../pricing/totals.ts'
import { renewalLines } from '../../invoicing/document/renewal.ts'
import type { LocalDate } from '../../values/date.ts'
import type { LabelledPeriod, Period } from '../../values/period.ts'
import { unitsFrom, wholeUnits } from '../../values/quantity.ts'
import { inChinese, type LocalizedText, type Notice } from '../../values/localized-text.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import { dailyUsage, usedOn } from '../../rating/rated-usage.ts'
import { currentPhase, type Phase } from '../../subscription/phase.ts'
import { partyOf } from './party.ts'
import { isSameGrid, nextPhase, type Party } from '../../subscription/schedule.ts'
import { tooManySeats } from '../../subscription/offered-plans.ts'
import { creditsFrom } from '../../invoicing/document/unused-time.ts'
import { setupFeeOf } from '../../subscription/setup-fee.ts'

export { directionOf, type Direction } from '../../subscription/upgrade-downgrade.ts'

/** The input of a change. Only the vendor may set `when`. */
export interface ChangeRequest {
  planId: string
  planVersion?: number
  seats?: number
  when?: 'now' | 'period_end'
}

/**
 * A plan change that is computed but not carried out. `totals` is what the invoice would show. In a trial it
 * costs nothing.
 */
export interface PlannedChange {
  from: Phase
  to: { plan: Plan; seats: number }
  seatsAsked: boolean
  direction: Direction
  when: 'now' | 'period_end'
  /** The date it happens on. */
  at: LocalDate
  billingPeriod: Period
  lines: LineDraft[]
  totals: Totals
}

/** Computes a change from the current state. Preview and execution share it, so they cannot disagree. */
export async function planChange(
  tx: BillingTransaction,
  state: BillingState,
  requested: ChangeRequest,
): Promise<PlannedChange> {
  const from = currentPhase(state)
  const { customerId, currency } = state.customer
  if (!from)
    throw new BillingError('no_active_subscription', {
      message: `customer '${customerId}' has no active subscription to change`,
    })
  const plan = await planAskedFor(tx, from.plan, requested)
  if (plan.currency !== currency)
    throw new BillingError('currency_mismatch', {
      pointer: '/planId',
      currency: plan.currency,
      message: `plan '${plan.id}' is in ${plan.currency}, the account is in ${currency}`,
    })
  refuseSeatsWithout(plan, requested.seats)
  const kept = Math.max(from.seats, seatsOf(plan).min)
  // Seats beyond the lower plan's maximum are reported, not rejected: the customer may choose fewer.
  const tooMany =
    requested.seats === undefined
    && kept > (seatsOf(plan).max ?? kept)
    && directionOf(from, { plan, seats: kept }) === 'down'
  const seats = tooMany ? kept : seatsFor(plan, requested.seats, from.seats)
  const to = { plan, seats }
  const direction = directionOf(from, to)
  const { when, at } = effectiveDateOf(state, from, direction, {
    by: partyOf(tx),
    when: requested.when,
  })
  if (when === 'now') checkRoomLater(state, from, to)
  const money = await moneyOf(tx, state, from, to, when === 'now' ? direction : 'same')
  return {
    from,
    to,
    seatsAsked: requested.seats !== undefined,
    direction,
    when,
    at,
    billingPeriod: money.billingPeriod,
    ...(await priced(tx, state, withWaiting(state, money.lines, plan), state.balance, plan)),
  }
}

/** A vendor's scheduled change to the same plan keeps the new seats, so they must fit in it. */
function checkRoomLater(
  { waiting }: SubscriptionState,
  from: Phase,
  { plan, seats }: { plan: Plan; seats: number },
): void {
  const later = waiting.find((request) => request.by === 'vendor')?.change
  if (later && later.seats === null && plan.id === from.plan.id && seats > from.seats)
    seatsFor(later.plan, seats, seats)
}

/**
 * Returns what an immediate change costs: nothing in a trial, and only a setup fee for a level change that keeps
 * the periods.
 */
async function moneyOf(
  tx: BillingTransaction,
  state: BillingState,
  from: Phase,
  to: { plan: Plan; seats: number },
  direction: Direction,
): Promise<Pick<PlannedChange, 'billingPeriod' | 'lines'>> {
  const billingPeriod = billingPeriodAt(from, state.today)
  if (direction === 'same') return { billingPeriod, lines: [] }
  const next = nextPhase(from, { id: '', ...to, from: state.today, scheduled: false })
  if (beginsGrid(from, next)) return gridChange(tx, state, next)
  const setup = setupLine(next, setupFeeOf(state.phases, next), state.today)
  return {
    billingPeriod,
    lines:
      direction === 'level' || from.trialEnds !== null
        ? setup
        : [...(await changeLines(tx, state, from, to, billingPeriod)), ...setup],
  }
}

/** Returns whether a phase starts periods of its own: with another interval, and after a trial. */
export function beginsGrid(from: Phase, next: Phase): boolean {
  return !isSameGrid(from, next)
}

/**
 * Returns the plan asked for: the subscriber's own version of their plan, the newest of any other. Throws
 * plan_archived for an archived plan.
 */
async function planAskedFor(
  tx: BillingTransaction,
  current: Plan,
  { planId, planVersion }: ChangeRequest,
): Promise<Plan> {
  if (planVersion === undefined && planId === current.id) return current
  const plan = await getPlan(tx, { planId, ...(planVersion === undefined ? {} : { version: planVersion }) })
  if (planId !== current.id) await refuseArchived(tx, plan, { isNewest: planVersion === undefined })
  return plan
}

/** The newest version decides whether a plan is archived, whichever is asked for. Throws plan_archived. */
export async function refuseArchived(
  tx: BillingTransaction,
  plan: Plan,
  { isNewest }: { isNewest: boolean },
): Promise<void> {
  const { archived } = isNewest ? plan : await getPlan(tx, { planId: plan.id })
  if (archived)
    throw new BillingError('plan_archived', {
      pointer: '/planId',
      planId: plan.id,
      message: `plan '${plan.id}' takes nobody new`,
    })
}

/**
 * Another interval starts a billing period, billed in full, and ends the usage period: its usage is billed
 * with it, as a renewal would.
 */
async function gridChange(
  tx: BillingTransaction,
  state: BillingState,
  next: Phase,
): Promise<Pick<PlannedChange, 'billingPeriod' | 'lines'>> {
  const { today } = state
  const billingPeriod = billingPeriodAt(next, today)
  const fee = feeLine(next, billingPeriod, billingPeriod)
  const credits = await creditsFrom(tx, state.customer.customerId, state.phases, today)
  const after = {
    ...state,
    ahead: [],
    phases: [...state.phases.map((phase) => (phase.to === null ? { ...phase, to: today } : phase)), next],
  }
  const ended = endedPeriod(after.phases, today)
  return {
    billingPeriod,
    lines: [
      ...credits,
      ...(fee.amount === 0 ? [] : [fee]),
      ...setupLine(next, setupFeeOf(state.phases, next), today),
      ...(ended ? await renewalLines(tx, after, ended) : []),
    ],
  }
}

/**
 * Returns the usage period that an interval change on `date` cut short, unless a period starts there anyway.
 */
export function endedPeriod(phases: readonly Phase[], date: LocalDate): LabelledPeriod | undefined {
  const period = usagePeriods(phases, date).findLast((one) => one.to === date)
  return period && period.to < period.whole.to ? period : undefined
}

async function changeLines(
  tx: BillingTransaction,
  state: SubscriptionState,
  from: Phase,
  to: { plan: Plan; seats: number },
  billingPeriod: Period,
): Promise<LineDraft[]> {
  const {
    customer: { customerId },
    phases,
    today,
  } = state
  const since = paidFrom(from, to, { date: today, period: usagePeriods(phases, today).at(-1)! })
  const credits = await creditsFrom(tx, customerId, phases, since)
  const fee = feeLine({ id: '', ...to }, { from: since, to: billingPeriod.to }, billingPeriod)
  return fee.amount === 0 ? credits : [...credits, fee]
}

/**
 * Returns what blocks a change: too many seats for a lower plan and, for a customer's scheduled change, the
 * end of the subscription.
 */
export function blockersOf(
  { waiting }: SubscriptionState,
  { direction, when, to: { plan, seats } }: PlannedChange,
  party: Party,
): Notice[] {
  const blockers = direction === 'down' ? tooManySeats(plan, seats) : []
  const end = waiting.find((request) => request.change === null)
  if (end && when === 'period_end' && party === 'customer') {
    blockers.push({
      code: 'canceling',
      detail: {
        'zh-CN': `订阅将于 ${end.at} 结束，请先恢复订阅。`,
        en: `The subscription ends on ${end.at}. Resume it first.`,
      },
    })
  }
  return blockers
}

/**
 * Returns a warning for each allowance of a downgrade that is below the usage of this usage period. Warnings
 * do not block.
 */
export async function warningsOf(
  tx: BillingTransaction,
  state: SubscriptionState,
  { direction, from, to: { plan } }: PlannedChange,
): Promise<Notice[]> {
  if (direction === 'up' || direction === 'same') return []
  const period = usagePeriods(state.phases, state.today).at(-1)!
  const usage = await dailyUsage(tx, state.customer.customerId, period)
  return from.plan.charges.flatMap(({ meter: key }): Notice[] => {
    const meter = state.meters.get(key)!
    const used = usedOn(usage, meter, period)
    const charge = plan.charges.find((one) => one.meter === key)
    if (used === 0 || charge?.included === null) return []
    const included = charge?.included ?? 0
    if (used <= wholeUnits(included, meter.decimals)) return []
    const [zh, en] = [
      (units: number) => `${units.toLocaleString('en')} ${meter.unit['zh-CN']}`,
      (units: number) => `${units.toLocaleString('en')} ${meter.unit.en}`,
    ]
    const units = unitsFrom(used, meter.decimals)
    const after: LocalizedText =
      charge?.overage === 'bill'
        ? { 'zh-CN': '超出部分将按量计费', en: 'the rest will be billed' }
        : { 'zh-CN': '用完即止', en: 'it will stop there' }
    return [
      {
        code: 'usage',
        detail: {
          'zh-CN':
            `${meter.name['zh-CN']}：本周期已用 ${zh(units)}，${inChinese(plan.name, `每月包含 ${zh(included)}`)}，`
            + `${after['zh-CN']}。`,
          en:
            `${meter.name.en}: ${en(units)} used this period; ${plan.name.en} includes ${en(included)} a `
            + `month, ${after.en}.`,
        },
      },
    ]
  })
}

/** Seats requested on a plan without seats are rejected, since they would be silently ignored. */
export function refuseSeatsWithout(plan: Plan, requested: number | undefined): void {
  if (requested === undefined || plan.seats !== null) return
  throw new BillingError('seats_out_of_range', {
    pointer: '/seats',
    seats: requested,
    message: `plan '${plan.id}' knows no seats: leave seats out`,
  })
}

/** Returns the seats of the new phase: those requested or the current number, at least the plan's minimum. */
export function seatsFor(plan: Plan, requested: number | undefined, current: number): number {
  const seats = requested ?? Math.max(current, seatsOf(plan).min)
  const { min, max } = seatsOf(plan)
  if (seats < min || (max !== null && seats > max)) {
    throw new BillingError('seats_out_of_range', {
      pointer: '/seats',
      seats,
      min,
      max,
      message: `plan '${plan.id}' has ${min} to ${max ?? 'any number of'} seats, not ${seats}`,
    })
  }
  return seats
}
