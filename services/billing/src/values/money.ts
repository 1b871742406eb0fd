import assert from 'node:assert/strict'

/** A whole number of minor units (分, cents). The currency is on the plan or invoice that holds it. */
export type Money = number

/**
 * An exact fraction with a positive denominator. Amounts stay fractions until an invoice line is rounded,
 * once.
 */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const zero: Fraction = { numerator: 0n, denominator: 1n }

export function fraction(numerator: bigint, denominator: bigint): Fraction {
  assert(denominator > 0n, 'a fraction has a positive denominator')
  return { numerator, denominator }
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator)
    return { numerator: a.numerator + b.numerator, denominator: a.denominator }
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  }
}

/** Multiplies two fractions exactly. */
export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator)
}

/** Rounds to a whole number, half away from zero. The engine rounds nowhere else. */
export function round(value: Fraction): Money {
  // Survives `value.numerator <= 0n`: minus zero is zero.
  const negative = value.numerator < 0n
  const magnitude =
    ((negative ? -value.numerator : value.numerator) * 2n + value.denominator) / (value.denominator * 2n)
  return money(Number(negative ? -magnitude : magnitude))
}

/** amount × numerator ÷ denominator. Exact until the last step, which rounds half away from zero. */
export function scale(amount: Money, numerator: number, denominator: number): Money {
  return round(fraction(BigInt(amount) * BigInt(numerator), BigInt(denominator)))
}

/** Asserts that a computed amount is a safe integer; turns minus zero into zero. */
export function money(amount: number): Money {
  assert(Number.isSafeInteger(amount), `an amount is a safe integer, not ${amount}`)
  return amount === 0 ? 0 : amount
}

export function sum(amounts: readonly Money[]): Money {
  return money(amounts.reduce((total, amount) => total + amount, 0))
}

/** Parses a decimal string such as "6" or "13.5" exactly. Throws on anything else. */
export function decimal(text: string): Fraction {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  assert(match, `not a decimal number: ${text}`)
  const digits = match[3] ?? ''
  const magnitude = BigInt(match[2]! + digits)
  return fraction(match[1] === '-' ? -magnitude : magnitude, 10n ** BigInt(digits.length))
}

/** Writes minor units as a decimal number of currency units: 1028 with two digits is "10.28". */
export function amountDecimal(amount: Money, digits: number): string {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Returns whether Intl knows a currency code. */
export function isCurrency(code: string): boolean {
  return knownCurrencies.has(code)
}

// Survives `""`: found by hand: the file no longer loads, and every test that needs it fails. Stryker 9.6
// with Vitest 4 sees no failed test in a file that does not load.
const knownCurrencies = new Set(Intl.supportedValuesOf('currency'))
