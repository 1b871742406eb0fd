import assert from 'node:assert/strict'
import { decimal, fraction, money, round, sum, times, type Fraction, type Money } from './money.ts'
import type { Rate } from './pricing.ts'

/** The most decimals any of these decimal numbers is written with. */
export function decimalsOf(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.split('.')[1]?.length ?? 0), 0)
}

/** A decimal number of whole currency units → minor units, rounded half away from zero: "10.275" at two digits is 1028. */
export function parseAmount(text: string, digits: number): Money {
  return round(inMinorUnits(decimal(text), digits))
}

/** Currency units → minor units, exactly. */
export function inMinorUnits(units: Fraction, digits: number): Fraction {
  return times(units, fraction(10n ** BigInt(digits), 1n))
}

/** A number as text with so many decimals, rounded half away from zero. */
export function decimalText(value: Fraction, digits: number): string {
  const scaled = inMinorUnits(value, digits)
  const negative = scaled.numerator < 0n
  const magnitude = ((negative ? -scaled.numerator : scaled.numerator) * 2n + scaled.denominator) / (scaled.denominator * 2n)
  const text = String(magnitude).padStart(digits + 1, '0')
  const sign = negative && magnitude > 0n ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** A quantity as a decimal number → steps of so many decimals. Throws where it has more. */
export function parseSteps(text: string, decimals: number): number {
  assert(decimalsOf([text]) <= decimals, `${text} has more than ${decimals} decimals`)
  return parseAmount(text, decimals)
}

/** A price of one unit as a decimal number of currency units → minor units (of `digits`) for steps (of `decimals`), exactly. */
export function parseRate(text: string, digits: number, decimals: number): Rate {
  const perStep = times(inMinorUnits(decimal(text), digits), fraction(1n, 10n ** BigInt(decimals)))
  return rateOf(perStep)
}

/** A percentage → its share of an amount: "2.9" is 29 for 1,000. */
export function parsePercent(text: string): Rate {
  return rateOf(times(decimal(text), fraction(1n, 100n)))
}

/** A percentage in whole basis points, or undefined where it is finer: "2.9" is 290. */
export function basisPointsOf(text: string): number | undefined {
  const points = times(decimal(text), fraction(100n, 1n))
  return points.numerator % points.denominator === 0n ? money(Number(points.numerator / points.denominator)) : undefined
}

function rateOf(value: Fraction): Rate {
  const divisor = commonDivisor(value.numerator < 0n ? -value.numerator : value.numerator, value.denominator)
  return { amount: money(Number(value.numerator / divisor)), per: sum([Number(value.denominator / divisor)]) }
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}
