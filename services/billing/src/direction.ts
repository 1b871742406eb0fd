import { feeOf, monthsOf, type Plan } from './plan.ts'

/** Which way a change goes decides when it happens: up now, down at the end of the fee period, level now and without money. */
export type Direction = 'up' | 'down' | 'level' | 'same'

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
