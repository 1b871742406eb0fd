import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepsFrom, unitsFrom, wholeUnits } from './quantity.ts'

test.each([
  [12.5, 1, 125],
  [12.5, 6, 12_500_000],
  [0, 0, 0],
  [-0, 3, 0],
  [1e-6, 6, 1],
  [0.3, 1, 3],
  [1.1, 1, 11],
  [100, 2, 10_000],
  [9_007_199_254_740_991, 0, 9_007_199_254_740_991],
])('%s units with %s decimals are %s steps', (units, decimals, steps) => {
  expect(Object.is(stepsFrom(units, decimals), steps)).toBe(true)
})

test.each([
  [12.5, 0],
  [1e-7, 6],
  [0.1 + 0.2, 6],
  [5e-324, 6],
  [1.0000001, 6],
  [0.001, 2],
])('%s units with %s decimals are rejected, never rounded', (units, decimals) => {
  expect(stepsFrom(units, decimals)).toBe('quantity_too_precise')
})

test.each([
  [1e21, 0],
  [1e300, 6],
  [2 ** 53, 0],
  [9_007_199_254_740_991, 1],
  [1e16, 0],
  [Number.MAX_VALUE, 0],
  [Number.POSITIVE_INFINITY, 0],
  [Number.NaN, 0],
])('%s units with %s decimals exceed what can be counted exactly', (units, decimals) => {
  expect(stepsFrom(units, decimals)).toBe('quantity_overflow')
})

test.each([-1, -0.5, -1e21, Number.NEGATIVE_INFINITY])('%s is rejected as negative', (units) => {
  expect(stepsFrom(units, 6)).toBe('quantity_negative')
})

test('any number of steps converts to units and back unchanged', () => {
  // A decimal of up to 15 digits survives a JSON number unchanged.
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999_999_999_999_999 }),
      fc.integer({ min: 0, max: 6 }),
      (steps, decimals) => {
        expect(stepsFrom(unitsFrom(steps, decimals), decimals)).toBe(steps)
      },
    ),
  )
})

test('units are written as the shortest number', () => {
  expect(unitsFrom(125, 1)).toBe(12.5)
  expect(unitsFrom(3, 1)).toBe(0.3)
  expect(unitsFrom(-125, 1)).toBe(-12.5)
  expect(wholeUnits(10, 3)).toBe(10_000)
})
