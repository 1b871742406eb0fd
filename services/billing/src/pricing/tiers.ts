import { add, fraction, money, round, zero, type Fraction, type Money } from '../values/money.ts'
import type { BreakdownStep, PricedSteps, Rate, Rated } from './breakdown.ts'

/**
 * Units up to and including `upTo` (null: all the rest) cost `rate`; `flat` is due once the tier is entered.
 */
export interface Tier {
  upTo: number | null
  rate: Rate
  flat?: Money
}

/**
 * Each tier's amount is the growth of the rounded running total, so that the tiers shown add up to the
 * amount.
 */
export function graduated(tiers: readonly Tier[], { before, upTo }: PricedSteps, decimals: number): Rated {
  const breakdown: BreakdownStep[] = []
  let exact: Fraction = zero
  let [rounded, amount] = [0, 0]
  let below = 0n
  for (const tier of tiers) {
    const bound = boundOf(tier, decimals)
    // Survives `BigInt(quantity) <= bound`: where both are equal, either is right.
    const reached = (quantity: number) =>
      (bound === null || BigInt(quantity) < bound ? BigInt(quantity) : bound) - below
    const inTier = reached(upTo)
    if (inTier <= 0n) break
    const earlier = reached(before)
    // Steps up to `before` are already paid; a tier they entered owes no flat again.
    if (earlier > 0n) rounded = round(add(exact, costOf(tier, earlier, decimals)))
    exact = add(exact, costOf(tier, inTier, decimals))
    const steps = inTier - (earlier > 0n ? earlier : 0n)
    const total = round(exact)
    if (steps > 0n) {
      const flat = earlier > 0n ? 0 : (tier.flat ?? 0)
      breakdown.push({
        upTo: tier.upTo,
        quantity: Number(steps),
        rate: tier.rate,
        flat,
        amount: money(total - rounded),
      })
      amount += total - rounded
    }
    rounded = total
    // Survives `true`: only the last tier has no bound, and nothing comes after it; the check is for the
    // types.
    if (bound !== null) below = bound
  }
  return { amount: money(amount), breakdown }
}

/** Every step has the rate of the tier that the period's total reaches. */
export function volume(
  tiers: readonly Tier[],
  { before, upTo, all, flatDue = true }: PricedSteps,
  decimals: number,
): Rated {
  const reached = tiers.find((tier) => tier.upTo === null || BigInt(all) <= boundOf(tier, decimals)!)!
  const flat = flatDue ? (reached.flat ?? 0) : 0
  const amount = round(costOf({ ...reached, flat }, BigInt(upTo - before), decimals))
  return {
    amount,
    breakdown: [
      { kind: 'volume', upTo: reached.upTo, quantity: upTo - before, rate: reached.rate, flat, amount },
    ],
  }
}

export function boundOf(tier: Tier, decimals: number): bigint | null {
  return tier.upTo === null ? null : BigInt(tier.upTo) * stepsPerUnit(decimals)
}

export function costOf({ rate: { amount, per }, flat = 0 }: Tier, steps: bigint, decimals: number): Fraction {
  const whole = BigInt(per) * stepsPerUnit(decimals)
  return fraction(steps * BigInt(amount) + BigInt(flat) * whole, whole)
}

export function stepsPerUnit(decimals: number): bigint {
  return 10n ** BigInt(decimals)
}
