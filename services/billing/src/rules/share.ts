import { daysBetween } from './date.ts'
import type { InstantRange } from './calendar.ts'
import { millisecondsOf, type Instant } from './instant.ts'
import { add, fraction, money, round, times, zero, type Fraction, type Money } from './money.ts'
import { dateIn } from './zone.ts'

/** The exact share of a period that a part of it is, by time or by the dates of a zone (then a part begins with its first date and ends before its last). */
export function shareOfPeriod(part: InstantRange, whole: InstantRange, by: { granularity: 'second' | 'day'; timezone: string }): Fraction {
  const between = (range: InstantRange) => (by.granularity === 'day' ? BigInt(localDays(range, by.timezone)) : microsecondsOf(range.end) - microsecondsOf(range.start))
  return fraction(between(part), between(whole))
}

/** How many local dates lie between two instants: calendar arithmetic, so a day of 23 or 25 hours is a day. */
export function localDays(range: InstantRange, timezone: string): number {
  return daysBetween(dateIn(timezone, range.start), dateIn(timezone, range.end))
}

function microsecondsOf(instant: Instant): bigint {
  return BigInt(millisecondsOf(instant)) * 1000n + BigInt(instant.slice(23, 26))
}

/** One share alone, rounded by itself, for what is not divided any further. Where parts must add up to the fee, `prorate` divides it. */
export function shareOf(amount: Fraction, share: Fraction): Money {
  return round(times(amount, share))
}

/**
 * Changing what is paid for while `left` of the period is left: the old amount's share comes back, the new one's is due (all of it where a new
 * period begins). Each is rounded once, and the net is their difference. Amounts are exact minor units.
 */
export function changeAmounts(change: { old: Fraction; new: Fraction; left: Fraction; restarts?: boolean }): { credit: Money; charge: Money; net: Money } {
  const credit = shareOf(change.old, change.left)
  const charge = change.restarts ? round(change.new) : shareOf(change.new, change.left)
  return { credit, charge, net: money(charge - credit) }
}

/** The sum of exact amounts. */
export function total(amounts: readonly Fraction[]): Fraction {
  return amounts.reduce(add, zero)
}
