import assert from 'node:assert/strict'
import { add, fraction, money, round, zero, type Fraction, type Money } from './money.ts'

/** `amount` minor units for `per` units: ¥0.40 per 1,000 tokens is { amount: 40, per: 1000 }. */
export interface Rate {
  amount: Money
  per: number
}

/** Units up to and including `upTo` (null: all the rest) at `rate`; `flat` is due once the tier is entered. */
export interface Tier {
  upTo: number | null
  rate: Rate
  flat?: Money
}

export type Price = { model: 'per_unit'; rate: Rate } | { model: 'graduated'; tiers: Tier[] }

/** One tier's part of an amount. The parts add up to the amount, to the cent. Quantities are steps. */
export interface Explanation {
  upTo: number | null
  quantity: number
  rate: Rate | null
  flat: Money
  amount: Money
}

export interface Rated {
  amount: Money
  explain: Explanation[]
}

/**
 * What `quantity` steps above the allowance cost. Tier bounds are in units and count from the first of those.
 * Exact until the line's one rounding; each tier's amount is the growth of the rounded running total, so that the tiers
 * add up to the amount on screen.
 */
export function rate(price: Price, quantity: number, decimals: number): Rated {
  assert(Number.isSafeInteger(quantity) && quantity >= 0)
  const stepsPerUnit = 10n ** BigInt(decimals)
  const tiers: Tier[] = price.model === 'per_unit' ? [{ upTo: null, rate: price.rate }] : price.tiers
  const explain: Explanation[] = []
  let exact: Fraction = zero
  let rounded = 0
  let below = 0n
  for (const tier of tiers) {
    const bound = tier.upTo === null ? null : BigInt(tier.upTo) * stepsPerUnit
    const inTier = (bound === null || BigInt(quantity) < bound ? BigInt(quantity) : bound) - below
    if (inTier <= 0n) break
    const flat = tier.flat ?? 0
    exact = add(exact, fraction(inTier * BigInt(tier.rate.amount) + BigInt(flat) * BigInt(tier.rate.per) * stepsPerUnit, BigInt(tier.rate.per) * stepsPerUnit))
    const total = round(exact)
    explain.push({ upTo: tier.upTo, quantity: Number(inTier), rate: tier.rate, flat, amount: money(total - rounded) })
    rounded = total
    if (bound !== null) below = bound
  }
  return { amount: rounded, explain }
}

/** A bound on what `quantity` steps can cost, in whole minor units: the dearest rate for all of them, and every flat fee. */
export function mostItCanCost(price: Price, quantity: number, decimals: number): bigint {
  const tiers: Tier[] = price.model === 'per_unit' ? [{ upTo: null, rate: price.rate }] : price.tiers
  const stepsPerUnit = 10n ** BigInt(decimals)
  return tiers.reduce((most, { rate: { amount, per }, flat = 0 }) => {
    const alone = (BigInt(quantity) * BigInt(amount)) / (BigInt(per) * stepsPerUnit) + 1n
    return (alone > most ? alone : most) + BigInt(flat)
  }, 0n)
}

/** The first thing wrong with a price, as a JSON pointer below it and a sentence, or undefined. */
export function priceMistake(price: Price): { pointer: string; message: string } | undefined {
  if (price.model === 'per_unit') return undefined
  for (const [index, tier] of price.tiers.entries()) {
    const last = index === price.tiers.length - 1
    if (last && tier.upTo !== null) return { pointer: `/tiers/${index}/upTo`, message: 'the last tier must have upTo null, so that every quantity has a price' }
    if (!last && tier.upTo === null) return { pointer: `/tiers/${index}/upTo`, message: 'only the last tier may have upTo null' }
    const before = price.tiers[index - 1]?.upTo ?? 0
    if (tier.upTo !== null && tier.upTo <= before) return { pointer: `/tiers/${index}/upTo`, message: `tiers must rise: ${tier.upTo} is not above ${before}` }
  }
  return undefined
}
