import {
  amountDecimal,
  decimal,
  fraction,
  money,
  times,
  type Fraction,
  type Money,
} from '../../services/billing/src/values/money.ts'
import { currencyDigits } from '../../services/billing/src/values/currency.ts'
import { textOr, Unsupported, type Input } from './case.ts'
import type { Rate } from '../../services/billing/src/pricing/breakdown.ts'

const maxDecimals = 6
const decimalNumber = /^-?\d{1,30}(\.\d{1,30})?$/

/** Reads and writes the amounts of a case. */
export interface Currency {
  code: string
  digits: number
  /** Whole currency units → minor units. Throws Unsupported when the result is not a whole number. */
  amount(text: string): Money
  written(amount: Money): string
}

/** Amounts by name, formatted as the case writes them. */
export function writtenBy({ written }: Currency, amounts: Record<string, Money>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([key, amount]) => [key, written(amount)]))
}

/** The currency of a case, US dollars by default. */
export function currencyOf(input: Input): Currency {
  const code = textOr(input, 'currency', 'USD')
  const digits = currencyDigits(code)
  const amount = (text: string) =>
    wholeOf(minorUnits(text, digits), `${text} ${code} is finer than a minor unit`)
  return { code, digits, amount, written: (one) => amountDecimal(one, digits) }
}

/** Whether a text is a decimal number of this format. */
export function isDecimal(text: string): boolean {
  return decimalNumber.test(text)
}

/** Parses a decimal number exactly. Throws Unsupported for anything else. */
export function exact(text: string): Fraction {
  if (!isDecimal(text)) throw new Unsupported(`'${text}' is not a decimal number`)
  return decimal(text)
}

/** Whole currency units → minor units, exactly. */
export function minorUnits(text: string, digits: number): Fraction {
  return times(exact(text), fraction(10n ** BigInt(digits), 1n))
}

/** Parses a whole number, which the engine requires for units, seats, bounds and sizes. */
export function whole(text: string, what: string): number {
  return wholeOf(exact(text), `${what} is a whole number, not ${text}`)
}

/** The price of one unit → minor units for units. */
export function rateOf(text: string, digits: number): Rate {
  return asRate(minorUnits(text, digits))
}

/** A percentage of a meter that counts minor units → its rate. */
export function percentRate(percent: string): Rate {
  return asRate(times(exact(percent), fraction(1n, 100n)))
}

/** A percentage in basis points. */
export function basisPoints(percent: string): number {
  return wholeOf(times(exact(percent), fraction(100n, 1n)), `${percent} % is finer than a basis point`)
}

/** The decimals a meter needs for these quantities. */
export function meterDecimals(quantities: readonly string[]): number {
  const decimals = Math.max(0, ...quantities.map(decimalsOf))
  if (decimals > maxDecimals)
    throw new Unsupported(`a meter has at most ${maxDecimals} decimals, not ${decimals}`)
  return decimals
}

/** The number of decimals a number is written with, without trailing zeros. */
export function decimalsOf(text: string): number {
  return (text.split('.')[1] ?? '').replace(/0+$/, '').length
}

function wholeOf({ numerator, denominator }: Fraction, otherwise: string): number {
  if (numerator % denominator !== 0n) throw new Unsupported(otherwise)
  return safe(numerator / denominator)
}

function asRate({ numerator, denominator }: Fraction): Rate {
  const divisor = commonDivisor(numerator < 0n ? -numerator : numerator, denominator)
  return { amount: safe(numerator / divisor), per: safe(denominator / divisor) }
}

function safe(value: bigint): number {
  if (!Number.isSafeInteger(Number(value)))
    throw new Unsupported(`${value} is more than can be counted exactly`)
  return money(Number(value))
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}
