import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sum } from './money.ts'
import { priceMistake, rate, type Price, type Tier } from './pricing.ts'

const graduated: Price = {
  model: 'graduated',
  tiers: [{ upTo: 1000, rate: { amount: 4, per: 1 }, flat: 1000 }, { upTo: 5000, rate: { amount: 3, per: 1 } }, { upTo: null, rate: { amount: 250, per: 1000 }, flat: 7 }],
}

test.each([
  [0, 0], [1, 1004], [1000, 5000], [1001, 5003], [5000, 17_000],
  // The 5,001st unit enters the third tier: its flat of 7, and a quarter of a cent that rounds away.
  [5001, 17_007], [5002, 17_008], [7000, 17_507],
])('%s units under graduated prices cost %s', (quantity, amount) => {
  expect(rate(graduated, quantity, 0).amount).toBe(amount)
})

test('the flat of a tier is due when it is entered, so not at zero usage and not at the bound below it', () => {
  expect(rate(graduated, 0, 0).explain).toEqual([])
  expect(rate(graduated, 1000, 0).explain).toMatchObject([{ upTo: 1000, quantity: 1000, flat: 1000, amount: 5000 }])
  expect(rate(graduated, 1001, 0).explain).toMatchObject([{ amount: 5000 }, { upTo: 5000, quantity: 1, flat: 0, amount: 3 }])
})

test.each([
  // ¥0.40 per 1,000: 12 tokens are 0.48 分, 13 are 0.52.
  [{ amount: 40, per: 1000 }, 12, 0, 0], [{ amount: 40, per: 1000 }, 13, 0, 1], [{ amount: 40, per: 1000 }, 1_000_000, 0, 40_000],
  // 12 分 a GB at three decimals: 0.041 GB are 0.492 分, 0.042 are 0.504.
  [{ amount: 12, per: 1 }, 41, 3, 0], [{ amount: 12, per: 1 }, 42, 3, 1], [{ amount: 12, per: 1 }, 12_500, 3, 150],
  [{ amount: 0, per: 1 }, 1_000_000, 0, 0], [{ amount: 1, per: 2 }, 1, 0, 1], [{ amount: 1, per: 1_000_000_000 }, 9_007_199_254_740_991, 0, 9_007_199],
])('at %j, %s steps of %s decimals cost %s', (unitRate, quantity, decimals, amount) => {
  expect(rate({ model: 'per_unit', rate: unitRate }, quantity, decimals).amount).toBe(amount)
})

test('tier bounds are in units, whatever the decimals', () => {
  const price: Price = { model: 'graduated', tiers: [{ upTo: 10, rate: { amount: 100, per: 1 } }, { upTo: null, rate: { amount: 50, per: 1 } }] }
  expect(rate(price, 10_500, 3)).toMatchObject({ amount: 1025, explain: [{ quantity: 10_000, amount: 1000 }, { quantity: 500, amount: 25 }] })
})

const rates = fc.record({ amount: fc.nat(100_000), per: fc.constantFrom(1, 3, 7, 100, 1000, 1_000_000) })
const tiers = fc.tuple(fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 4 }), fc.array(fc.tuple(rates, fc.option(fc.nat(5000), { nil: undefined })), { minLength: 5, maxLength: 5 }))
  .map(([bounds, parts]): Tier[] => [...bounds.sort((a, b) => a - b), null].map((upTo, index) => {
    const [unitRate, flat] = parts[index]!
    return { upTo, rate: unitRate, ...(flat === undefined ? {} : { flat }) }
  }))
const prices = fc.oneof(rates.map((one): Price => ({ model: 'per_unit', rate: one })), tiers.map((some): Price => ({ model: 'graduated', tiers: some })))
const quantities = fc.nat(300_000_000)

test('more usage never costs less under graduated prices', () => {
  fc.assert(fc.property(prices, quantities, quantities, fc.integer({ min: 0, max: 3 }), (price, a, b, decimals) => {
    const [less, more] = a < b ? [a, b] : [b, a]
    expect(rate(price, more, decimals).amount).toBeGreaterThanOrEqual(rate(price, less, decimals).amount)
  }))
})

test('the explanation accounts for every step and every cent', () => {
  fc.assert(fc.property(prices, quantities, fc.integer({ min: 0, max: 3 }), (price, quantity, decimals) => {
    const { amount, explain } = rate(price, quantity, decimals)
    expect(priceMistake(price)).toBeUndefined()
    expect(sum(explain.map((tier) => tier.amount))).toBe(amount)
    expect(sum(explain.map((tier) => tier.quantity))).toBe(quantity)
    expect(explain.every((tier) => tier.amount >= 0 && tier.quantity > 0)).toBe(true)
  }))
})

test('the whole line is rounded once, not each tier', () => {
  // 0.5 + 0.5 分: rounding each tier would charge 2.
  const half = { amount: 1, per: 2 }
  expect(rate({ model: 'graduated', tiers: [{ upTo: 1, rate: half }, { upTo: null, rate: half }] }, 2, 0)).toMatchObject({ amount: 1, explain: [{ amount: 1 }, { amount: 0 }] })
})

const cheap = { amount: 1, per: 1 }
test.each([
  ['the last tier is bounded', [{ upTo: 10, rate: cheap }], '/tiers/0/upTo'],
  ['a tier before the last is not', [{ upTo: null, rate: cheap }, { upTo: null, rate: cheap }], '/tiers/0/upTo'],
  ['bounds repeat', [{ upTo: 10, rate: cheap }, { upTo: 10, rate: cheap }, { upTo: null, rate: cheap }], '/tiers/1/upTo'],
  ['bounds fall', [{ upTo: 10, rate: cheap }, { upTo: 5, rate: cheap }, { upTo: null, rate: cheap }], '/tiers/1/upTo'],
  ['the first bound is zero', [{ upTo: 0, rate: cheap }, { upTo: null, rate: cheap }], '/tiers/0/upTo'],
])('tiers are refused when %s', (_why, some, pointer) => {
  expect(priceMistake({ model: 'graduated', tiers: some })).toMatchObject({ pointer })
})
