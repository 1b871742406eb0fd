import { BillingError } from '../errors.ts'
import type { LocalDate } from '../values/date.ts'
import type { LocalizedText } from '../values/localized-text.ts'
import type { Money } from '../values/money.ts'

/** Maximum number of discounts per customer at a time, so that each document reads a bounded number. */
export const maxDiscounts = 50

/**
 * A discount of a customer from `from` to `until` (local dates, inclusive): a percentage of each line whose
 * period starts within, whenever it is billed ("20 % off in November" reduces November's fee, and November's
 * usage billed on 1 December), or a fixed amount (minor units) once per period that starts within: the
 * billing period for `fee`, the usage period for `usage` and `all`.
 */
export interface Discount {
  id: string
  name: LocalizedText
  kind: 'fixed' | 'percent'
  /** Minor units (a number), or a percentage as decimal text such as "12.5". */
  value: number | string
  appliesTo: 'all' | 'fee' | 'usage'
  from: LocalDate
  until: LocalDate | null
  /** Of a redeemed coupon: its code and its terms at that time. */
  coupon?: CouponTerms
}

/**
 * A redeemed coupon holds in the first `periods` periods that begin on `from` or later (null: in all of
 * them), for lines of its plans (null: of all). Its percentage takes at most `maxAmount` of a period.
 */
export interface CouponTerms {
  code: string
  periods: number | null
  maxAmount: Money | null
  plans: string[] | null
}

/** Returns the most a discount takes of a period; null for a percentage without a maximum. */
export function amountPerPeriod({ value, coupon }: Discount): Money | null {
  return typeof value === 'number' ? value : (coupon?.maxAmount ?? null)
}

export function tooManyDiscounts(): BillingError {
  return new BillingError('too_many_discounts', {
    most: maxDiscounts,
    message: `a customer has at most ${maxDiscounts} discounts: delete one that is over first`,
  })
}
