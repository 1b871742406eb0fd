import { feeOf } from '../catalogue/fee.ts'
import { monthsOf, type Plan } from '../catalogue/plan.ts'
import { later, type LocalDate } from '../values/date.ts'
import type { SubscriptionState } from './state.ts'
import { billingPeriodAt, usagePeriods } from './timeline.ts'
import type { Phase } from './phase.ts'
import type { Party } from './schedule.ts'

/** The direction of a change; with who asks it decides when the change happens (`effectiveDateOf`). */
export type Direction = 'up' | 'down' | 'level' | 'same'

/** Compares rank, then the fee for the seats over a year, then the seats. */
export function directionOf(
  from: { plan: Plan; seats: number },
  to: { plan: Plan; seats: number },
): Direction {
  if (from.plan.id === to.plan.id && from.plan.version === to.plan.version && from.seats === to.seats)
    return 'same'
  const perYear = ({ plan, seats }: { plan: Plan; seats: number }, other: { plan: Plan }) =>
    BigInt(feeOf(plan, seats)) * BigInt(monthsOf(other.plan))
  const difference =
    to.plan.rank - from.plan.rank || compare(perYear(to, from), perYear(from, to)) || to.seats - from.seats
  return difference > 0 ? 'up' : difference < 0 ? 'down' : 'level'
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Returns whether a change within an interval moves to a higher plan or version: then its charges may give
 * their whole allowance at once.
 */
export function isRaised(from: { plan: Plan; seats: number }, to: { plan: Plan; seats: number }): boolean {
  return (
    (from.plan.id !== to.plan.id || from.plan.version !== to.plan.version) && directionOf(from, to) === 'up'
  )
}

/**
 * Returns the date the lines of a change on `date` start from. Where the higher plan gives a whole allowance
 * in the running usage period, the customer pays from that period's first date.
 */
export function paidFrom(
  from: { plan: Plan; seats: number },
  to: { plan: Plan; seats: number },
  { date, period }: { date: LocalDate; period: { from: LocalDate } },
): LocalDate {
  return isRaised(from, to) && to.plan.charges.some(({ onUpgrade }) => onUpgrade === 'full')
    ? period.from
    : later(date, period.from)
}

/**
 * Returns when a change happens: up now, down at the end of the billing period; level at the end of the usage
 * period, so that no period is cut, or now where the vendor asks.
 */
export function effectiveDateOf(
  { phases, today }: SubscriptionState,
  from: Phase,
  direction: Direction,
  { by, when }: { by: Party; when?: 'now' | 'period_end' | undefined },
): { when: 'now' | 'period_end'; at: LocalDate } {
  const endOfFee = billingPeriodAt(from, today).to
  if (when === 'now' || direction === 'same') return { when: 'now', at: today }
  if (when === 'period_end') return { when: 'period_end', at: endOfFee }
  const waits = direction === 'down' || (direction === 'level' && by === 'customer')
  if (!waits) return { when: 'now', at: today }
  return { when: 'period_end', at: direction === 'down' ? endOfFee : usagePeriods(phases, today).at(-1)!.to }
}
