import { decimal, decimalText, parseInstant } from '@customer-portal/billing'
import { Unsupported, type Json } from './case.ts'

/** The first expected value the answer differs from, as a sentence, or undefined. Only what is expected is compared. */
export function difference(expected: Json, actual: Json | undefined, digits: number, at = ''): string | undefined {
  if (actual === undefined) throw new Unsupported(`'${at}' is not answered`)
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return `${at} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
    return firstOf(expected.map((one, index) => difference(one, actual[index], digits, `${at}[${index}]`)))
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object' || Array.isArray(actual)) return `${at} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
    return firstOf(Object.entries(expected).map(([key, one]) => difference(one, actual[key], digits, at ? `${at}.${key}` : key)))
  }
  return same(expected, actual, digits) ? undefined : `${at} is ${String(actual)}, expected ${String(expected)}`
}

function firstOf(found: (string | undefined)[]): string | undefined {
  return found.find((one) => one !== undefined)
}

function same(expected: Json, actual: Json, digits: number): boolean {
  if (expected === null || actual === null || typeof expected === 'boolean') return expected === actual
  const [wanted, given] = [String(expected), String(actual)]
  const instant = parseInstant(wanted)
  if (instant !== undefined) return instant === parseInstant(given)
  if (!isNumber(wanted) || !isNumber(given)) return wanted === given
  return decimalText(decimal(wanted), digits) === decimalText(decimal(given), digits)
}

function isNumber(value: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(value)
}
