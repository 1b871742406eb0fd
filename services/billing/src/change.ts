import type { BillingTransaction } from './billing.ts'
import { creditBalance } from './credit.ts'
import { BillingError } from './failure.ts'
import { stretchOn, type History, type Stretch } from './history.ts'
import { creditsFrom } from './invoice/billed.ts'
import { feeLine, type LineDraft } from './invoice/line.ts'
import { feeOf, getPlan, monthsOf, type Plan } from './plan.ts'
import { totals, type Totals } from './rules/invoicing.ts'
import type { Period } from './rules/period.ts'
import { feePeriodAt } from './timeline.ts'

/** Which way a change goes decides when it happens: up now, down at the end of the fee period, level now and without money. */
export type Direction = 'up' | 'down' | 'level' | 'same'

/** A change of plan, computed but not made. `totals` is what the invoice would say. */
export interface PlannedChange {
  from: Stretch
  to: { plan: Plan; seats: number }
  direction: Direction
  feePeriod: Period
  lines: LineDraft[]
  totals: Totals
}

/** Computes a change from what is known now. Preview and execution share it, so they cannot disagree. */
export async function planChange(tx: BillingTransaction, history: History, asked: { planId: string; seats?: number }): Promise<PlannedChange> {
  const from = stretchOn(history.stretches, history.today)
  const { customerId, currency } = history.customer
  if (!from) throw new BillingError('no_active_subscription', { message: `customer '${customerId}' has no active subscription to change` })
  const plan = asked.planId === from.plan.id ? from.plan : await getPlan(tx, { planId: asked.planId })
  if (plan.archived && plan.id !== from.plan.id) throw new BillingError('plan_archived', { pointer: '/planId', planId: plan.id, message: `plan '${plan.id}' takes nobody new` })
  if (plan.currency !== currency) throw new BillingError('currency_mismatch', { pointer: '/planId', currency: plan.currency, message: `plan '${plan.id}' is in ${plan.currency}, the account is in ${currency}` })
  const seats = seatsFor(plan, asked.seats, from.seats)
  const direction = directionOf(from, { plan, seats })
  const feePeriod = feePeriodAt(from, history.today)
  const lines = direction === 'up' ? await changeLines(tx, history, from, { plan, seats }, feePeriod) : []
  return { from, to: { plan, seats }, direction, feePeriod, lines, totals: totals(lines, await creditBalance(tx, customerId, currency)) }
}

async function changeLines(tx: BillingTransaction, history: History, from: Stretch, to: { plan: Plan; seats: number }, feePeriod: Period): Promise<LineDraft[]> {
  if (monthsOf(to.plan) !== monthsOf(from.plan)) {
    throw new BillingError('interval_change_unsupported', { pointer: '/planId', message: `plan '${to.plan.id}' is billed every ${to.plan.intervalCount} ${to.plan.interval}, the current one every ${from.plan.intervalCount} ${from.plan.interval}: a change between them is not offered yet` })
  }
  const credits = await creditsFrom(tx, history.customer.customerId, history.stretches, history.today)
  const fee = feeLine({ id: '', ...to }, { from: history.today, to: feePeriod.to }, feePeriod)
  return fee.amount === 0 ? credits : [...credits, fee]
}

/** The seats of the new stretch: those asked for, or as many as now, brought up to the plan's minimum. */
export function seatsFor(plan: Plan, asked: number | undefined, current: number): number {
  const seats = asked ?? Math.max(current, plan.seats.min)
  const { min, max } = plan.seats
  if (seats < min || (max !== null && seats > max)) {
    throw new BillingError('seats_out_of_range', { pointer: '/seats', seats, min, max, message: `plan '${plan.id}' has ${min} to ${max ?? 'any number of'} seats, not ${seats}` })
  }
  return seats
}

/** Rank decides, then the fee for the seats over a year, then the seats. */
export function directionOf(from: { plan: Plan; seats: number }, to: { plan: Plan; seats: number }): Direction {
  if (from.plan.id === to.plan.id && from.plan.version === to.plan.version && from.seats === to.seats) return 'same'
  const perYear = ({ plan, seats }: { plan: Plan; seats: number }, other: { plan: Plan }) => BigInt(feeOf(plan, seats)) * BigInt(monthsOf(other.plan))
  const difference = to.plan.rank - from.plan.rank || compare(perYear(to, from), perYear(from, to)) || to.seats - from.seats
  return difference > 0 ? 'up' : difference < 0 ? 'down' : 'level'
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
