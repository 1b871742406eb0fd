import {
  add,
  decimal,
  fraction,
  money,
  round,
  sum,
  times,
  zero,
  type Fraction,
  type Money,
} from '../values/money.ts'

/**
 * `appliesTo`: the lines it may reduce; null: all. `atMost`: the maximum it takes off a line, where that is
 * less than the line. `most`: the maximum a percentage takes in all.
 */
export type Discount = { appliesTo: readonly string[] | null; atMost?: ReadonlyMap<string, Money> } & (
  { kind: 'fixed'; amount: Money } | { kind: 'percent'; percent: string; most?: Money }
)

/** Turns whole amounts into exact weights. */
export function weightsOf(amounts: readonly Money[]): Fraction[] {
  return amounts.map((amount) => fraction(BigInt(amount), 1n))
}

/**
 * Divides an amount by weights with the largest remainder method, ties to the earlier: the parts add up to
 * it. Nothing is divided where the weights sum to 0.
 */
export function allocate(amount: Money, weights: readonly Fraction[]): Money[] {
  const all = weights.reduce(add, zero)
  if (all.numerator === 0n) return weights.map(() => 0)
  if (amount < 0) return allocate(-amount, weights).map((part) => money(-part))
  const exact = weights.map((weight) => {
    // Survives `all.numerator >= 0n`: weights that add up to zero returned above, so nothing is divided by
    // them.
    const share = times(
      times(fraction(BigInt(amount), 1n), weight),
      all.numerator > 0n
        ? fraction(all.denominator, all.numerator)
        : fraction(-all.denominator, -all.numerator),
    )
    const whole = floorDivide(share.numerator, share.denominator)
    return { whole, rest: fraction(share.numerator - whole * share.denominator, share.denominator) }
  })
  const parts = exact.map((one) => money(Number(one.whole)))
  // Survives `a.index + b.index`: sorting is stable: ties keep their order without being asked about.
  const byRest = exact
    .map((one, index) => ({ index, rest: one.rest }))
    .sort((a, b) => compare(b.rest, a.rest) || a.index - b.index)
  for (const { index } of byRest.slice(0, amount - sum(parts))) parts[index] = money(parts[index]! + 1)
  return parts
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  // Survives `a % b <= 0n`: a whole share counts as one less and a remainder of one, which comes first and
  // gets it back.
  // Survives `a * b`: the divisor is positive, so the product has the sign of the remainder; where there is
  // none, as for `<= 0n`.
  return a % b < 0n ? quotient - 1n : quotient
}

function compare(a: Fraction, b: Fraction): number {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator]
  // Survives `true`, `false`, `left >= right`, `left <= right`: V8's stable sort passes the later element
  // first and asks only whether it comes before: 1, 0 and a difference of places give one order.
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * Returns what each discount takes off each line, in the orders given. Each applies to what the ones before
 * left, spread over positive lines by largest remainder and capped at them. Lines that give money back are
 * not reduced.
 */
export function takenOff(
  lines: readonly { id: string; amount: Money }[],
  discounts: readonly Discount[],
): Money[][] {
  const left = lines.map((line) => line.amount)
  return discounts.map((discount) => {
    const reached = lines.map(({ id }, index) => {
      // Survives `left[index]! >= 0`: a line of zero has the weight zero either way.
      const applies = left[index]! > 0 && (discount.appliesTo === null || discount.appliesTo.includes(id))
      return applies ? left[index]! : 0
    })
    const weights = lines.map(({ id }, index) =>
      Math.max(0, Math.min(reached[index]!, discount.atMost?.get(id) ?? reached[index]!)),
    )
    const base = sum(weights)
    const full = discount.kind === 'fixed' ? discount.amount : shareOf(sum(reached), discount)
    const parts = allocate(Math.max(0, Math.min(full, base)), weightsOf(weights))
    parts.forEach((part, index) => {
      left[index] = money(left[index]! - part)
    })
    return parts
  })
}

/** Returns a percentage of an amount, at most its maximum. */
function shareOf(amount: Money, { percent, most }: { percent: string; most?: Money }): Money {
  const share = percentOf(amount, percent)
  return most === undefined ? share : Math.min(share, most)
}

/** Returns whether a text is a valid discount percentage: above 0, at most 100, at most four decimals. */
export function isDiscountPercent(text: string): boolean {
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(text)) return false
  const { numerator, denominator } = decimal(text)
  return numerator > 0n && numerator <= 100n * denominator
}

/** Returns a percentage of an amount, rounded half away from zero. */
export function percentOf(amount: Money, percent: string): Money {
  return round(times(fraction(BigInt(amount), 100n), decimal(percent)))
}
