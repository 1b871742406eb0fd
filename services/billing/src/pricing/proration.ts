import { daysBetween, type DateRange, type LocalDate } from '../values/date.ts'
import { fraction, money, round, scale, type Money } from '../values/money.ts'
import { daysIn } from '../values/period.ts'

/**
 * The share of `fee` owed for the dates `part` of `whole`. Parts that tile the whole add up to the fee, to
 * the cent.
 */
export function prorate(fee: Money, part: DateRange, whole: DateRange): Money {
  const owedUntil = (date: LocalDate) => scale(fee, daysBetween(whole.from, date), daysIn(whole))
  return money(owedUntil(part.to) - owedUntil(part.from))
}

/**
 * Returns `amount` × `part` ÷ `whole`, rounded once: the net of a gross amount, or the tax of a net one, as
 * on an earlier document.
 */
export function prorated(amount: Money, part: Money, whole: Money): Money {
  // Survives `BigInt(amount) * BigInt(part) / BigInt(Math.sign(whole))`: the sign is 1 or −1: dividing by
  // it is multiplying with it.
  return whole === 0
    ? 0
    : round(fraction(BigInt(amount) * BigInt(part) * BigInt(Math.sign(whole)), BigInt(Math.abs(whole))))
}

/** Limits a credit to what was paid less what was credited before, never below 0. */
export function creditWithin(amount: Money, paid: Money, credited: Money): Money {
  return money(Math.max(0, Math.min(amount, paid - credited)))
}
