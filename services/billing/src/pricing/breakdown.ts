import type { Money } from '../values/money.ts'

/** `amount` minor units for `per` units: ¥0.40 per 1,000 tokens is { amount: 40, per: 1000 }. */
export interface Rate {
  amount: Money
  per: number
}

/**
 * The kind of a breakdown step that is no graduated tier. `minimum` and `maximum` are the amounts they add
 * and take off; `prorated` takes off the days of a level that are not the line's; `gross` is what is given
 * back of a price, and `taken_off` what discounts and credit notes had taken off it. `base` and `seats` are
 * the parts of a fee that has both.
 */
export type BreakdownKind =
  | 'volume'
  | 'package'
  | 'percentage'
  | 'per_event'
  | 'minimum'
  | 'maximum'
  | 'prorated'
  | 'gross'
  | 'taken_off'
  | 'base'
  | 'seats'
  | 'minimum_spend'
  | 'spent'
  | 'billed_before'

/**
 * One part of an amount. The parts add up to the amount, to the cent, and their quantities (steps) to the
 * rated quantity. The rate of a package is its amount for its size; that of a percentage is its basis points
 * per 10,000 minor units.
 */
export interface BreakdownStep {
  kind?: BreakdownKind
  upTo: number | null
  quantity: number
  /** For `per_event`: the number of events. */
  events?: number
  rate: Rate | null
  flat: Money
  amount: Money
}

export interface Rated {
  amount: Money
  breakdown: BreakdownStep[]
}

/**
 * The range of a period's steps above the allowance to price: from `before` up to `upTo`, of `all` in the
 * period.
 */
export interface PricedSteps {
  before: number
  upTo: number
  all: number
  /** Whether a volume tier's flat is already due; it is due once per period. */
  flatDue?: boolean
}
