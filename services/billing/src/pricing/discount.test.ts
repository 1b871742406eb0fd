import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDiscountPercent, percentOf, allocate, takenOff, weightsOf, type Discount } from './discount.ts'
import { sum } from '../values/money.ts'

test.each([
  [5, [1, 1, 1], [2, 2, 1]],
  [1, [100, 1], [1, 0]],
  [10_000, [1, 2, 3], [1667, 3333, 5000]],
  [750, [300, 1200], [150, 600]],
  [0, [1, 1], [0, 0]],
  [-5, [1, 1, 1], [-2, -2, -1]],
  [7, [0, 0], [0, 0]],
])('%s divided by %j is %j: largest remainder, ties to the earlier', (amount, weights, parts) => {
  expect(allocate(amount, weightsOf(weights))).toEqual(parts)
})

test('parts add up, and none is a whole unit off its exact share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 }),
      (amount, weights) => {
        const parts = allocate(amount, weightsOf(weights))
        const all = sum(weights)
        expect(sum(parts)).toBe(all === 0 ? 0 : amount)
        if (all > 0)
          parts.forEach((part, index) =>
            expect(Math.abs(part * all - amount * weights[index]!)).toBeLessThan(all),
          )
      },
    ),
  )
})

/** What all discounts take off each line. */
function takenOffEach(
  lines: readonly { id: string; amount: number }[],
  discounts: readonly Discount[],
): number[] {
  const taken = takenOff(lines, discounts)
  return lines.map((_, index) => sum(taken.map((parts) => parts[index]!)))
}

const lines = [
  { id: 'a', amount: 1000 },
  { id: 'b', amount: -500 },
  { id: 'c', amount: 3000 },
]
test.each([
  [[{ kind: 'fixed', amount: 100, appliesTo: null }], [25, 0, 75]],
  [[{ kind: 'fixed', amount: 9000, appliesTo: null }], [1000, 0, 3000]],
  [[{ kind: 'percent', percent: '10', appliesTo: ['c', 'b'] }], [0, 0, 300]],
  [[{ kind: 'percent', percent: '150', appliesTo: null }], [1000, 0, 3000]],
  // The second applies to what the first left.
  [
    [
      { kind: 'percent', percent: '50', appliesTo: null },
      { kind: 'percent', percent: '50', appliesTo: ['a'] },
    ],
    [750, 0, 1500],
  ],
  [
    [
      { kind: 'fixed', amount: 800, appliesTo: ['a'] },
      { kind: 'fixed', amount: 800, appliesTo: null },
    ],
    [850, 0, 750],
  ],
  [[], [0, 0, 0]],
] as [Discount[], number[]][])('%j take %j off the lines', (discounts, taken) => {
  expect(takenOffEach(lines, discounts)).toEqual(taken)
})

test('no discount takes more than a line, nor anything off a line that gives money back', () => {
  const discounts = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('fixed' as const),
        amount: fc.nat(100_000),
        appliesTo: fc.constantFrom(null, ['0', '2']),
      }),
      fc.record({
        kind: fc.constant('percent' as const),
        percent: fc.nat(120).map(String),
        appliesTo: fc.constantFrom(null, ['1']),
      }),
    ),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -10_000, max: 50_000 }), { maxLength: 6 }),
      discounts,
      (amounts, some) => {
        takenOffEach(
          amounts.map((amount, index) => ({ id: String(index), amount })),
          some,
        ).forEach((taken, index) => {
          expect(taken >= 0 && taken <= Math.max(0, amounts[index]!)).toBe(true)
        })
      },
    ),
  )
})

test('a percentage is rounded half away from zero', () => {
  expect([percentOf(1000, '15.5'), percentOf(1, '50'), percentOf(-1, '50'), percentOf(0, '9')]).toEqual([
    155, 1, -1, 0,
  ])
})

test('a negative weight gets a negative share: whole shares are rounded down', () => {
  // Shares of 5: 5, −1⅔ and 1⅔. Rounded down they sum to 4, and the third has the largest remainder.
  expect(allocate(5, weightsOf([3, -1, 1]))).toEqual([5, -2, 2])
  // The weights sum to less than zero: shares of 4 are −2 and 6.
  expect(allocate(4, weightsOf([1, -3]))).toEqual([-2, 6])
})

test('left-over units go to the largest remainders, ties to the earlier, for any number of weights', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 120 }),
      (amount, weights) => {
        const all = sum(weights)
        fc.pre(all > 0)
        const rests = allocate(amount, weightsOf(weights)).map((part, index) => ({
          up: part > Math.floor((amount * weights[index]!) / all),
          rest: (amount * weights[index]!) % all,
          index,
        }))
        const inOrder = rests.toSorted((a, b) => b.rest - a.rest || a.index - b.index).map((rest) => rest.up)
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => Number(b) - Number(a)))
      },
    ),
  )
})

test.each([
  ['0.0001', true],
  ['5', true],
  ['12', true],
  ['12.5', true],
  ['33.3333', true],
  ['99.9999', true],
  ['100', true],
  ['100.0000', true],
  ['0', false],
  ['0.0000', false],
  ['100.0001', false],
  ['101', false],
  ['1000', false],
  ['33.33333', false],
  ['', false],
  ['-5', false],
  ['+5', false],
  ['5.', false],
  ['.5', false],
  ['5 ', false],
  [' 5', false],
  ['5%', false],
  ['a', false],
  ['1.x', false],
  ['1e1', false],
  ['NaN', false],
])('%j as the percentage of a discount is valid: %s', (text, is) => {
  expect(isDiscountPercent(text)).toBe(is)
})
