import { BillingError } from '../errors.ts'
import { chargeMistake } from './charge.ts'
import { isCurrency, type Money } from '../values/money.ts'
import { keepWithin, maxAmountOf, rate, type Price } from './price.ts'
import { stepsFrom, unitsFrom, wholeUnits } from '../values/quantity.ts'
import type { BreakdownStep } from './breakdown.ts'

const decimals = 6
const maxAmount = 1_000_000_000_000n

/**
 * Prices `quantity` units of a whole period with a breakdown, by the code that makes invoice lines.
 * Quantities are units with at most six decimals, amounts minor units. Throws invalid_plan, invalid_currency
 * and the errors of a quantity.
 */
export function previewPrice(input: {
  price: Price
  included?: number | null
  minimum?: Money
  maximum?: Money
  quantity: number
  events?: number
  currency: string
}): { amount: Money; currency: string; breakdown: BreakdownStep[] } {
  const { price, included = 0, minimum, maximum, quantity, events = quantity > 0 ? 1 : 0, currency } = input
  if (!isCurrency(currency))
    throw new BillingError('invalid_currency', {
      pointer: '/currency',
      currency,
      message: `'${currency}' is not an ISO 4217 currency`,
    })
  const mistake = chargeMistake({ included, overage: 'bill', price, minimum, maximum })
  if (mistake) throw new BillingError('invalid_plan', mistake)
  const used = stepsFrom(quantity, decimals)
  if (typeof used === 'string')
    throw new BillingError(used, {
      pointer: '/quantity',
      message: `the quantity ${quantity} cannot be counted exactly with ${decimals} decimals`,
    })
  const overage =
    included === null
      ? 0
      : Math.max(0, used - Math.min(wholeUnits(included, decimals), Number.MAX_SAFE_INTEGER))
  const rated =
    maxAmountOf(price, overage, decimals) > maxAmount
      ? refuse(quantity)
      : keepWithin(rate(price, overage, decimals, events), { minimum, maximum })
  return {
    amount: rated.amount,
    currency,
    breakdown: rated.breakdown.map((part) => ({ ...part, quantity: unitsFrom(part.quantity, decimals) })),
  }
}

function refuse(quantity: number): never {
  throw new BillingError('quantity_overflow', {
    pointer: '/quantity',
    message: `the quantity ${quantity} costs more than ${maxAmount} minor units`,
  })
}
