import assert from 'node:assert/strict'
import { money, round, type Money } from '../values/money.ts'
import type { BreakdownStep, PricedSteps, Rate, Rated } from './breakdown.ts'
import { boundOf, costOf, graduated, stepsPerUnit, volume, type Tier } from './tiers.ts'

/**
 * `graduated`: each unit has the rate of the tier it falls in. `volume`: every unit has the rate of the tier
 * the last one falls in. `package`: `amount` per started `size` units. `percentage`: of a meter that counts
 * minor units, plus `perEvent` per event.
 */
export type Price =
  | { model: 'per_unit'; rate: Rate }
  | { model: 'graduated' | 'volume'; tiers: Tier[] }
  | { model: 'package'; size: number; amount: Money }
  | { model: 'percentage'; basisPoints: number; perEvent?: Money }

/**
 * Returns the amount of `quantity` steps above the allowance; `events` is their number of events, which only
 * `perEvent` needs. Tier bounds are in units and count from the first of those steps. Rounded once; zero
 * usage costs 0.
 */
export function rate(price: Price, quantity: number, decimals: number, events = 0): Rated {
  return rateSteps(price, { before: 0, upTo: quantity, all: quantity }, decimals, events)
}

/**
 * Returns the amount of some of a period's steps: the price of all up to their end less that of those before,
 * so that parts add up to the whole. With volume prices each step has the rate of the tier that the period's
 * total reaches.
 */
export function rateSteps(price: Price, steps: PricedSteps, decimals: number, events = 0): Rated {
  const { before, upTo, all } = steps
  assert(
    Number.isSafeInteger(before) && Number.isSafeInteger(all) && 0 <= before && before <= upTo && upTo <= all,
  )
  assert(coversQuantity(price, all, decimals), 'tiers that are used have no bound at the end')
  if (before === upTo && price.model !== 'percentage') return { amount: 0, breakdown: [] }
  switch (price.model) {
    case 'per_unit':
      return graduated([{ upTo: null, rate: price.rate }], steps, decimals)
    case 'graduated':
      return graduated(price.tiers, steps, decimals)
    case 'volume':
      return volume(price.tiers, steps, decimals)
    case 'package':
      return packages(price.size, price.amount, steps, decimals)
    case 'percentage':
      return percentage(price.basisPoints, price.perEvent ?? 0, steps, { decimals, events })
  }
}

function packages(size: number, amount: Money, { before, upTo }: PricedSteps, decimals: number): Rated {
  const started = (quantity: number) => ceilDivide(BigInt(quantity), BigInt(size) * stepsPerUnit(decimals))
  const total = money(Number((started(upTo) - started(before)) * BigInt(amount)))
  return {
    amount: total,
    breakdown: [
      {
        kind: 'package',
        upTo: null,
        quantity: upTo - before,
        rate: { amount, per: size },
        flat: 0,
        amount: total,
      },
    ],
  }
}

function percentage(
  basisPoints: number,
  perEvent: Money,
  { before, upTo }: PricedSteps,
  used: { decimals: number; events: number },
): Rated {
  const breakdown: BreakdownStep[] = []
  if (upTo > before) {
    const ofAmount: Rate = { amount: basisPoints, per: 10_000 }
    const cost = (quantity: number) =>
      round(costOf({ upTo: null, rate: ofAmount }, BigInt(quantity), used.decimals))
    const amount = money(cost(upTo) - cost(before))
    breakdown.push({
      kind: 'percentage',
      upTo: null,
      quantity: upTo - before,
      rate: ofAmount,
      flat: 0,
      amount,
    })
  }
  if (perEvent > 0 && used.events > 0) {
    breakdown.push({
      kind: 'per_event',
      upTo: null,
      quantity: 0,
      events: used.events,
      rate: { amount: perEvent, per: 1 },
      flat: 0,
      amount: money(perEvent * used.events),
    })
  }
  return { amount: money(breakdown.reduce((total, part) => total + part.amount, 0)), breakdown }
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}

/** Returns whether a price covers so many steps: tiers with a bounded last tier do not beyond it. */
export function coversQuantity(price: Price, quantity: number, decimals: number): boolean {
  if (price.model !== 'graduated' && price.model !== 'volume') return true
  const bound = boundOf(price.tiers.at(-1)!, decimals)
  return bound === null || BigInt(quantity) <= bound
}

/** The minimum and maximum amount, in minor units. */
export interface Bounds {
  minimum?: Money
  maximum?: Money
}

/**
 * Keeps an amount within its bounds and adds a breakdown step for what the minimum adds or the maximum takes
 * off.
 */
export function keepWithin(rated: Rated, { minimum, maximum }: Bounds): Rated {
  // Survives `true`, `true`: a comparison with undefined is false as well; the check is for the types.
  // Survives `rated.amount <= minimum`, `rated.amount >= maximum`: at the bound the difference is zero and
  // changes nothing.
  const difference =
    minimum !== undefined && rated.amount < minimum
      ? minimum - rated.amount
      : maximum !== undefined && rated.amount > maximum
        ? maximum - rated.amount
        : 0
  if (difference === 0) return rated
  // Survives `difference >= 0`: a difference of zero returned above.
  const part: BreakdownStep = {
    kind: difference > 0 ? 'minimum' : 'maximum',
    upTo: null,
    quantity: 0,
    rate: null,
    flat: 0,
    amount: money(difference),
  }
  return { amount: money(rated.amount + difference), breakdown: [...rated.breakdown, part] }
}

/**
 * Returns an upper bound for the amount of `quantity` steps, in whole minor units: the highest rate for all,
 * plus every flat fee.
 */
export function maxAmountOf(price: Price, quantity: number, decimals: number): bigint {
  if (price.model === 'package')
    return ceilDivide(BigInt(quantity), BigInt(price.size) * stepsPerUnit(decimals)) * BigInt(price.amount)
  return tiersOf(price).reduce((most, { rate: { amount, per }, flat = 0 }) => {
    const alone = (BigInt(quantity) * BigInt(amount)) / (BigInt(per) * stepsPerUnit(decimals)) + 1n
    // Survives `alone >= most`: where both are equal, either is right.
    return (alone > most ? alone : most) + BigInt(flat)
  }, 0n)
}

function tiersOf(price: Exclude<Price, { model: 'package' }>): readonly Tier[] {
  if (price.model === 'per_unit') return [{ upTo: null, rate: price.rate }]
  return price.model === 'percentage'
    ? [{ upTo: null, rate: { amount: price.basisPoints, per: 10_000 } }]
    : price.tiers
}

/** Returns the first fault of a price as a JSON pointer and a sentence, or undefined. */
export function priceMistake(price: Price): { pointer: string; message: string } | undefined {
  if (price.model !== 'graduated' && price.model !== 'volume') return undefined
  for (const [index, tier] of price.tiers.entries()) {
    const last = index === price.tiers.length - 1
    if (last && tier.upTo !== null)
      return {
        pointer: `/tiers/${index}/upTo`,
        message: 'the last tier must have upTo null, so that every quantity has a price',
      }
    if (!last && tier.upTo === null)
      return { pointer: `/tiers/${index}/upTo`, message: 'only the last tier may have upTo null' }
    const before = price.tiers[index - 1]?.upTo ?? 0
    if (tier.upTo !== null && tier.upTo <= before)
      return {
        pointer: `/tiers/${index}/upTo`,
        message: `tiers must rise: ${tier.upTo} is not above ${before}`,
      }
  }
  return undefined
}
