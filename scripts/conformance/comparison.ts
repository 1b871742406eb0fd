import { parseInstant } from '../../services/billing/src/values/instant.ts'
import { decimal } from '../../services/billing/src/values/money.ts'
import { Unsupported, type Json } from './case.ts'
import { decimalsOf, isDecimal } from './decimal.ts'

/** The first expected value that the answer differs from, as a sentence. Other values are not compared. */
export function difference(
  expected: Json,
  actual: Json | undefined,
  digits: number,
  at = '',
): string | undefined {
  if (actual === undefined) throw new Unsupported(`'${at}' is not answered`)
  const other = `${at} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return other
    return firstOf(expected.map((one, index) => difference(one, actual[index], digits, `${at}[${index}]`)))
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object' || Array.isArray(actual)) return other
    const below = (key: string) => (at ? `${at}.${key}` : key)
    return firstOf(
      Object.entries(expected).map(([key, one]) => difference(one, actual[key], digits, below(key))),
    )
  }
  return same(expected, actual, digits, at)
    ? undefined
    : `${at} is ${String(actual)}, expected ${String(expected)}`
}

function firstOf(found: (string | undefined)[]): string | undefined {
  return found.find((one) => one !== undefined)
}

/** Compares numbers exactly. A value expected with more decimals than the engine has is not compared. */
function same(expected: Json, actual: Json, digits: number, at: string): boolean {
  if (expected === null || actual === null || typeof expected === 'boolean') return expected === actual
  const [expectedText, actualText] = [String(expected), String(actual)]
  const instant = parseInstant(expectedText)
  if (instant !== undefined) return instant === parseInstant(actualText)
  if (!isDecimal(expectedText) || !isDecimal(actualText)) return expectedText === actualText
  if (decimalsOf(expectedText) > digits)
    throw new Unsupported(`${at}: expected finer than the ${digits} decimals of the answer`)
  const [a, b] = [decimal(expectedText), decimal(actualText)]
  return a.numerator * b.denominator === b.numerator * a.denominator
}
