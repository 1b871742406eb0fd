import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aboveIncluded, chargeMistake, priceLevel, priceOverage, type ChargePrice } from './charge.ts'
import { addDays } from '../values/date.ts'
import { sum } from '../values/money.ts'

const june = { from: '2026-06-01', to: '2026-07-01' }
const period = { ...june, whole: june }
const perUnit: ChargePrice = {
  included: 0,
  overage: 'bill',
  price: { model: 'per_unit', rate: { amount: 10, per: 1 } },
}
const used = (overage: number) => ({ overage, decimals: 0, events: 1 })

test('a minimum is due at zero usage too, and part of a period owes its share', () => {
  const charge = { ...perUnit, minimum: 3000, maximum: 6000 }
  expect(priceOverage(charge, used(0), june, period)).toMatchObject({
    amount: 3000,
    breakdown: [{ kind: 'minimum', amount: 3000 }],
  })
  expect(priceOverage(charge, used(0), { from: '2026-06-11', to: '2026-07-01' }, period)).toMatchObject({
    amount: 2000,
  })
  expect(priceOverage(charge, used(1000), { from: '2026-06-01', to: '2026-06-11' }, period)).toMatchObject({
    amount: 2000,
    breakdown: [{ amount: 10_000 }, { kind: 'maximum', amount: -8000 }],
  })
  expect(priceOverage(charge, used(450), june, period)).toMatchObject({
    amount: 4500,
    breakdown: [{ amount: 4500 }],
  })
})

test('usage above a blocking limit, or without a price, costs nothing', () => {
  expect(priceOverage({ included: 5, overage: 'block' }, used(9), june, period).amount).toBe(0)
  expect(priceOverage({ ...perUnit, overage: 'block' }, used(9), june, period)).toEqual({
    amount: 0,
    breakdown: [],
  })
  expect(priceOverage({ included: null, overage: 'bill' }, used(9), june, period).amount).toBe(0)
})

test('a charge for no dates is 0', () => {
  const first = { from: '2026-06-01', to: '2026-06-01' }
  expect(priceOverage({ ...perUnit, minimum: 3000 }, used(9), first, period)).toEqual({
    amount: 0,
    breakdown: [],
  })
})

test('phases without usage that fill a period owe the minimum together, to the cent', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 4 }),
      (minimum, cuts) => {
        const dates = [0, ...cuts.sort((a, b) => a - b), 30].map((day) => addDays(june.from, day))
        const parts = dates
          .slice(1)
          .map(
            (to, index) =>
              priceOverage({ ...perUnit, minimum }, used(0), { from: dates[index]!, to }, period).amount,
          )
        expect(sum(parts)).toBe(minimum)
      },
    ),
  )
})

test.each([
  [{ ...perUnit, minimum: 2, maximum: 1 }, '/maximum', 'the maximum 1 is below the minimum 2'],
  [{ included: null, overage: 'bill', minimum: 2 }, '/minimum', 'a minimum needs a price'],
  [{ included: 1, overage: 'block', maximum: 2 }, '/maximum', 'a maximum needs a price'],
  [{ included: 1, overage: 'bill' }, '/price', 'needs a price for the units above the included ones'],
  [{ ...perUnit, overage: 'block' }, '/price', 'never bills, so it has no price'],
  [
    { included: 5, overage: 'bill', price: { model: 'percentage', basisPoints: 1, perEvent: 1 } },
    '/included',
    'perEvent needs included 0',
  ],
  [
    {
      included: 5,
      overage: 'bill',
      price: { model: 'volume', tiers: [{ upTo: 5, rate: { amount: 1, per: 1 } }] },
    },
    '/price/tiers/0/upTo',
    'the last tier must have upTo null',
  ],
] as [ChargePrice, string, string][])('%j is rejected at %s: %s', (charge, pointer, message) => {
  expect(chargeMistake(charge)).toEqual({ pointer, message: expect.stringContaining(message) })
})

test('a charge of each model is accepted', () => {
  expect(chargeMistake({ ...perUnit, minimum: 1, maximum: 1 })).toBeUndefined()
  expect(
    chargeMistake({
      included: 0,
      overage: 'bill',
      price: { model: 'percentage', basisPoints: 1, perEvent: 1 },
    }),
  ).toBeUndefined()
  expect(
    chargeMistake({ included: 10, overage: 'bill', price: { model: 'package', size: 10, amount: 5 } }),
  ).toBeUndefined()
})

test('a percentage without a fee per event may include an amount', () => {
  expect(
    chargeMistake({ included: 5, overage: 'bill', price: { model: 'percentage', basisPoints: 1 } }),
  ).toBeUndefined()
  expect(chargeMistake({ included: 1, overage: 'block' })).toBeUndefined()
  expect(chargeMistake({ included: null, overage: 'bill' })).toBeUndefined()
})

test('only units above the allowance are charged, and none where everything is included', () => {
  expect([
    aboveIncluded(12, 10),
    aboveIncluded(10, 10),
    aboveIncluded(3, 10),
    aboveIncluded(3, 0),
    aboveIncluded(3, null),
  ]).toEqual([2, 0, 0, 3, 0])
})

test('a level costs the share of its dates of the price for the month, minimum and maximum included', () => {
  const half = { from: '2026-06-01', to: '2026-06-16' }
  expect(priceLevel(perUnit, used(100), june, period)).toMatchObject({
    amount: 1000,
    breakdown: [{ amount: 1000 }],
  })
  expect(priceLevel(perUnit, used(100), half, period)).toMatchObject({
    amount: 500,
    breakdown: [{ amount: 1000 }, { kind: 'prorated', amount: -500 }],
  })
  expect(priceLevel({ ...perUnit, minimum: 3000 }, used(100), half, period)).toMatchObject({
    amount: 1500,
    breakdown: [{ amount: 1000 }, { kind: 'minimum', amount: 2000 }, { amount: -1500 }],
  })
  expect(priceLevel({ ...perUnit, maximum: 600 }, used(100), half, period).amount).toBe(300)
})

test('a level held through any plan changes with one charge costs once, to the cent', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 4 }),
      (overage, cuts) => {
        const dates = [0, ...cuts.sort((a, b) => a - b), 30].map((one) => addDays(june.from, one))
        const parts = dates
          .slice(1)
          .map((to, index) => priceLevel(perUnit, used(overage), { from: dates[index]!, to }, period).amount)
        expect(sum(parts)).toBe(overage * 10)
      },
    ),
  )
})
