import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  amountDecimal,
  decimal,
  fraction,
  isCurrency,
  money,
  round,
  scale,
  sum,
  times,
} from './money.ts'

test.each([
  [1n, 2n, 1],
  [-1n, 2n, -1],
  [3n, 2n, 2],
  [-3n, 2n, -2],
  [49n, 100n, 0],
  [-49n, 100n, 0],
  [1n, 3n, 0],
  [2n, 3n, 1],
  [0n, 7n, 0],
  [9_007_199_254_740_991n * 10n + 4n, 10n, Number.MAX_SAFE_INTEGER],
])('%s ÷ %s rounds to %s: half away from zero', (numerator, denominator, expected) => {
  expect(Object.is(round(fraction(numerator, denominator)), expected)).toBe(true)
})

test('rounding is at most half a unit off, and a negative amount rounds like its positive', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(1n, 10n ** 6n), (numerator, denominator) => {
      const rounded = BigInt(round(fraction(numerator, denominator)))
      const off = 2n * (rounded * denominator - numerator)
      expect(off <= denominator && -off <= denominator).toBe(true)
      expect(round(fraction(-numerator, denominator))).toBe(rounded === 0n ? 0 : Number(-rounded))
    }),
  )
})

test('scaling is exact where floating-point numbers are not', () => {
  expect(scale(4_503_599_627_370_495, 3, 3)).toBe(4_503_599_627_370_495)
  expect(scale(-59_900, 15, 30)).toBe(-29_950)
  expect(scale(1, 1, 2)).toBe(1)
  expect(scale(-1, 1, 2)).toBe(-1)
})

test('an amount that is not a safe integer throws', () => {
  for (const amount of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    expect(() => money(amount)).toThrow(/safe integer/)
  expect(() => sum([Number.MAX_SAFE_INTEGER, 1])).toThrow(/safe integer/)
  expect(Object.is(money(-0), 0)).toBe(true)
})

test('fractions of different denominators add exactly', () => {
  expect(round(add(fraction(1n, 3n), fraction(1n, 6n)))).toBe(1)
  expect(round(add(fraction(1n, 3n), fraction(33n, 200n)))).toBe(0)
})

test('fractions with one denominator keep it, so long sums do not grow', () => {
  expect(add(fraction(1n, 6n), fraction(2n, 6n))).toEqual({ numerator: 3n, denominator: 6n })
  expect(add(fraction(1n, 2n), fraction(1n, 3n))).toEqual({ numerator: 5n, denominator: 6n })
})

test.each([0n, -2n])('a fraction of %s throws', (denominator) => {
  expect(() => fraction(1n, denominator)).toThrow('a fraction has a positive denominator')
})

test.each([
  ['6', 6n, 1n],
  ['13.5', 135n, 10n],
  ['0', 0n, 1n],
  ['-0.25', -25n, 100n],
  ['8.000', 8000n, 1000n],
])('the decimal %s is parsed exactly', (text, numerator, denominator) => {
  expect(decimal(text)).toEqual({ numerator, denominator })
})

test.each(['', '6%', '1e2', '.5', '5.', ' 6', '٦', '6,5', '--1', '+6'])(
  '%j is rejected as a decimal',
  (text) => {
    expect(() => decimal(text)).toThrow(/not a decimal/)
  },
)

test('currency codes are those of ISO 4217', () => {
  expect(['CNY', 'JPY', 'BHD', 'EUR'].every(isCurrency)).toBe(true)
  expect(['RMB', 'cny', '', 'BTC', 'US'].some(isCurrency)).toBe(false)
})

test('fractions are multiplied exactly', () => {
  expect(times(fraction(-2n, 3n), fraction(5n, 7n))).toEqual({ numerator: -10n, denominator: 21n })
})

test.each([
  [1, 0, '1'],
  [-1, 0, '-1'],
  [0, 0, '0'],
  [50, 3, '0.050'],
  [1200, 2, '12.00'],
  [-1, 2, '-0.01'],
  [0, 2, '0.00'],
  [-232, 0, '-232'],
  [-1_002_345, 4, '-100.2345'],
  [Number.MAX_SAFE_INTEGER, 2, '90071992547409.91'],
])('%s minor units with %s digits are written %s', (amount, digits, written) => {
  expect(amountDecimal(amount, digits)).toBe(written)
})

test('a written amount is parsed back unchanged', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (amount, digits) => {
      expect(round(times(decimal(amountDecimal(amount, digits)), fraction(10n ** BigInt(digits), 1n)))).toBe(
        amount === 0 ? 0 : amount,
      )
    }),
  )
})
