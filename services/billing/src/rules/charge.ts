import { daysBetween, type DateRange } from './date.ts'
import type { Money } from './money.ts'
import type { Period } from './period.ts'
import { keepWithin, priceMistake, rate, type Bounds, type Price, type Rated } from './pricing.ts'
import { prorate } from './proration.ts'

/** How usage above what is included is priced: `price` for the units, `minimum` and `maximum` for what a whole period comes to. */
export interface ChargePrice extends Bounds {
  included: number | null
  overage: 'bill' | 'block'
  price?: Price
}

/** What the charge of some dates of a period comes to. Minimum and maximum are the shares of those dates; the minimum is due at zero usage too. */
export function priceOverage(charge: ChargePrice, used: { overage: number; decimals: number; events: number }, dates: DateRange, period: Period): Rated {
  if (charge.overage !== 'bill' || !charge.price || daysBetween(dates.from, dates.to) <= 0) return { amount: 0, explain: [] }
  const share = (bound: Money | undefined) => (bound === undefined ? undefined : prorate(bound, dates, period.whole))
  return keepWithin(rate(charge.price, used.overage, used.decimals, used.events), { minimum: share(charge.minimum), maximum: share(charge.maximum) })
}

/** The first thing wrong with a charge, as a JSON pointer below it and a sentence, or undefined. */
export function chargeMistake(charge: ChargePrice): { pointer: string; message: string } | undefined {
  const { price, minimum, maximum } = charge
  const bound = minimum === undefined ? 'maximum' : 'minimum'
  if (charge.overage === 'bill' && charge.included !== null && !price) return { pointer: '/price', message: "overage 'bill' needs a price for the units above the included ones" }
  if (charge.overage === 'block' && price) return { pointer: '/price', message: "overage 'block' never bills, so it has no price" }
  if (!price) return minimum === undefined && maximum === undefined ? undefined : { pointer: `/${bound}`, message: `a ${bound} needs a price` }
  if (minimum !== undefined && maximum !== undefined && maximum < minimum) return { pointer: '/maximum', message: `the maximum ${maximum} is below the minimum ${minimum}` }
  if (price.model === 'percentage' && price.perEvent !== undefined && charge.included !== 0) {
    return { pointer: '/included', message: 'perEvent needs included 0: an included amount does not say which events it covers' }
  }
  const mistake = priceMistake(price)
  return mistake && { pointer: `/price${mistake.pointer}`, message: mistake.message }
}

/** What was used above what is included (null: everything is). */
export function aboveIncluded(used: number, included: number | null): number {
  return included === null ? 0 : Math.max(0, used - included)
}
