import { addMonths, firstOfMonth, type LocalDate } from '../../values/date.ts'
import { money, scale, type Money } from '../../values/money.ts'
import { daysIn } from '../../values/period.ts'
import { amountPerPeriod, type Discount } from '../../customer/discount.ts'
import type { BilledLine, LineDraft } from './line.ts'

/**
 * The period a discount applies to, by its first date, and its amount there (0 where it has none); a short or
 * cut usage period gets the share of its days.
 */
export interface DiscountPeriod {
  start: LocalDate
  amount: Money
}

/**
 * What documents took of discounts with an amount per period less what they gave back, by discount id and first date of the
 * period.
 */
export type Remembered = ReadonlyMap<string, Money>

/**
 * Sums what the lines of earlier documents, and of the current one, took of them. What a credited
 * fee gives back can be taken again.
 */
export function takenBefore(billed: readonly BilledLine[], making: readonly LineDraft[]): Remembered {
  const remembered = new Map<string, Money>()
  for (const { id, period, amount } of [...billed, ...making.filter((line) => line.amount <= 0)].flatMap(
    (line) => line.discounts ?? [],
  )) {
    if (period !== undefined)
      remembered.set(`${id} ${period}`, money((remembered.get(`${id} ${period}`) ?? 0) + amount))
  }
  return remembered
}

/**
 * Returns the period of a discount that a line counts to: the billing period for `fee`, else the usage
 * period. A fee counts to the usage period its billing period starts in.
 */
export function discountPeriod(discount: Discount, line: LineDraft): DiscountPeriod {
  const { appliesTo } = discount
  const whole = amountPerPeriod(discount) ?? 0
  if (appliesTo === 'fee') return { start: line.billingPeriod ?? line.period.start, amount: whole }
  if (line.usageDays)
    return { start: line.usagePeriod!, amount: scale(whole, line.usageDays.billed, line.usageDays.of) }
  const start = line.billingPeriod ?? line.period.start
  // Only the first period of a calendar-aligned plan is short; every other month is whole when its fee is
  // billed.
  if (line.whole === undefined || start === line.whole.start) return { start, amount: whole }
  const month = { from: firstOfMonth(start), to: addMonths(firstOfMonth(start), 1) }
  return { start, amount: scale(whole, daysIn({ from: start, to: month.to }), daysIn(month)) }
}
