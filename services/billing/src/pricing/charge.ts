import { daysBetween, type DateRange } from '../values/date.ts'
import { money, type Money } from '../values/money.ts'
import type { Period } from '../values/period.ts'
import { keepWithin, priceMistake, rateSteps, type Bounds, type Price } from './price.ts'
import { prorate } from './proration.ts'
import type { BreakdownStep, Rated } from './breakdown.ts'

/**
 * How usage above the allowance is priced: `price` for the units, `minimum` and `maximum` for the amount of a
 * whole period.
 */
export interface ChargePrice extends Bounds {
  included: number | null
  overage: 'bill' | 'block'
  price?: Price
}

/**
 * The steps a charge prices: those above the allowance out of all in the period, and their number of events
 * for `perEvent`.
 */
export interface Overage {
  overage: number
  decimals: number
  events: number
  /** Steps above the allowance in the period before and after these. */
  before?: number
  after?: number
  flatDue?: boolean
}

/**
 * Returns the amount of a charge for some dates of a period: tiers continue from the steps before. Minimum
 * and maximum are prorated to the dates; the minimum is due at zero usage too.
 */
export function priceOverage(charge: ChargePrice, used: Overage, dates: DateRange, period: Period): Rated {
  const share = (bound: Money | undefined) =>
    bound === undefined ? undefined : prorate(bound, dates, period.whole)
  if (daysBetween(dates.from, dates.to) <= 0) return zero
  return priced(charge, used, { minimum: share(charge.minimum), maximum: share(charge.maximum) })
}

/**
 * Returns the amount of a level (largest or latest quantity, or number of unique values) for some dates: the
 * price of the whole month, minimum and maximum included, prorated to the dates.
 */
export function priceLevel(charge: ChargePrice, used: Overage, dates: DateRange, period: Period): Rated {
  if (daysBetween(dates.from, dates.to) <= 0) return zero
  const month = priced(charge, used, charge)
  const amount = prorate(month.amount, dates, period.whole)
  if (amount === month.amount) return month
  const part: BreakdownStep = {
    kind: 'prorated',
    upTo: null,
    quantity: 0,
    rate: null,
    flat: 0,
    amount: money(amount - month.amount),
  }
  return { amount, breakdown: [...month.breakdown, part] }
}

const zero: Rated = { amount: 0, breakdown: [] }

function priced(
  charge: ChargePrice,
  { overage, decimals, events, before = 0, after = 0, flatDue }: Overage,
  bounds: Bounds,
): Rated {
  if (charge.overage !== 'bill' || !charge.price) return zero
  const steps = {
    before,
    upTo: before + overage,
    all: before + overage + after,
    ...(flatDue === undefined ? {} : { flatDue }),
  }
  return keepWithin(rateSteps(charge.price, steps, decimals, events), bounds)
}

/** Returns the first fault of a charge as a JSON pointer and a sentence, or undefined. */
export function chargeMistake(charge: ChargePrice): { pointer: string; message: string } | undefined {
  const { price, minimum, maximum } = charge
  const bound = minimum === undefined ? 'maximum' : 'minimum'
  if (charge.overage === 'bill' && charge.included !== null && !price)
    return {
      pointer: '/price',
      message: "overage 'bill' needs a price for the units above the included ones",
    }
  if (charge.overage === 'block' && price)
    return { pointer: '/price', message: "overage 'block' never bills, so it has no price" }
  if (!price)
    return minimum === undefined && maximum === undefined
      ? undefined
      : { pointer: `/${bound}`, message: `a ${bound} needs a price` }
  // Survives `true`, `minimum !== undefined || maximum !== undefined`, `true`, `true`: a comparison with
  // undefined is false as well; the check is for the types.
  if (minimum !== undefined && maximum !== undefined && maximum < minimum)
    return { pointer: '/maximum', message: `the maximum ${maximum} is below the minimum ${minimum}` }
  // Survives `true`: no other model has `perEvent`; the check is for the types.
  if (price.model === 'percentage' && price.perEvent !== undefined && charge.included !== 0) {
    return {
      pointer: '/included',
      message: 'perEvent needs included 0: an included amount does not say which events it covers',
    }
  }
  const mistake = priceMistake(price)
  return mistake && { pointer: `/price${mistake.pointer}`, message: mistake.message }
}

/** Returns the usage above the allowance (null: unlimited). */
export function aboveIncluded(used: number, included: number | null): number {
  return included === null ? 0 : Math.max(0, used - included)
}
