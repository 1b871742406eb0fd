import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sum } from '../values/money.ts'
import {
  coversQuantity,
  keepWithin,
  maxAmountOf,
  priceMistake,
  rate,
  rateSteps,
  type Price,
} from './price.ts'
import type { Tier } from './tiers.ts'

const graduated: Price = {
  model: 'graduated',
  tiers: [
    { upTo: 1000, rate: { amount: 4, per: 1 }, flat: 1000 },
    { upTo: 5000, rate: { amount: 3, per: 1 } },
    { upTo: null, rate: { amount: 250, per: 1000 }, flat: 7 },
  ],
}

test.each([
  [0, 0],
  [1, 1004],
  [1000, 5000],
  [1001, 5003],
  [5000, 17_000],
  // Unit 5,001 enters the third tier: its flat of 7, and a quarter of a cent that rounds away.
  [5001, 17_007],
  [5002, 17_008],
  [7000, 17_507],
])('%s units with graduated prices cost %s', (quantity, amount) => {
  expect(rate(graduated, quantity, 0).amount).toBe(amount)
})

test('a tier’s flat is due when the tier is entered, not at the bound below it', () => {
  expect(rate(graduated, 0, 0).breakdown).toEqual([])
  expect(rate(graduated, 1000, 0).breakdown).toMatchObject([
    { upTo: 1000, quantity: 1000, flat: 1000, amount: 5000 },
  ])
  expect(rate(graduated, 1001, 0).breakdown).toMatchObject([
    { amount: 5000 },
    { upTo: 5000, quantity: 1, flat: 0, amount: 3 },
  ])
})

test.each([
  // ¥0.40 per 1,000: 12 tokens are 0.48 分, 13 are 0.52.
  [{ amount: 40, per: 1000 }, 12, 0, 0],
  [{ amount: 40, per: 1000 }, 13, 0, 1],
  [{ amount: 40, per: 1000 }, 1_000_000, 0, 40_000],
  // 12 分 per GB with three decimals: 0.041 GB are 0.492 分, 0.042 are 0.504.
  [{ amount: 12, per: 1 }, 41, 3, 0],
  [{ amount: 12, per: 1 }, 42, 3, 1],
  [{ amount: 12, per: 1 }, 12_500, 3, 150],
  [{ amount: 0, per: 1 }, 1_000_000, 0, 0],
  [{ amount: 1, per: 2 }, 1, 0, 1],
  [{ amount: 1, per: 1_000_000_000 }, 9_007_199_254_740_991, 0, 9_007_199],
])('at %j, %s steps with %s decimals cost %s', (unitRate, quantity, decimals, amount) => {
  expect(rate({ model: 'per_unit', rate: unitRate }, quantity, decimals).amount).toBe(amount)
})

test('tier bounds are in units, whatever the decimals', () => {
  const price: Price = {
    model: 'graduated',
    tiers: [
      { upTo: 10, rate: { amount: 100, per: 1 } },
      { upTo: null, rate: { amount: 50, per: 1 } },
    ],
  }
  expect(rate(price, 10_500, 3)).toMatchObject({
    amount: 1025,
    breakdown: [
      { quantity: 10_000, amount: 1000 },
      { quantity: 500, amount: 25 },
    ],
  })
})

const rates = fc.record({ amount: fc.nat(100_000), per: fc.constantFrom(1, 3, 7, 100, 1000, 1_000_000) })
const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 4 }),
    fc.array(fc.tuple(rates, fc.option(fc.nat(5000), { nil: undefined })), { minLength: 5, maxLength: 5 }),
  )
  .map(([bounds, parts]): Tier[] =>
    [...bounds.sort((a, b) => a - b), null].map((upTo, index) => {
      const [unitRate, flat] = parts[index]!
      return { upTo, rate: unitRate, ...(flat === undefined ? {} : { flat }) }
    }),
  )
const rising = fc.oneof(
  rates.map((one): Price => ({ model: 'per_unit', rate: one })),
  tiers.map((some): Price => ({ model: 'graduated', tiers: some })),
  fc
    .record({ size: fc.integer({ min: 1, max: 5000 }), amount: fc.nat(100_000) })
    .map((one): Price => ({ model: 'package', ...one })),
  fc
    .record({ basisPoints: fc.nat(10_000), perEvent: fc.option(fc.nat(500), { nil: undefined }) })
    .map((one): Price => ({ model: 'percentage', ...one })),
)
const prices = fc.oneof(
  rising,
  tiers.map((some): Price => ({ model: 'volume', tiers: some })),
)
const quantities = fc.nat(300_000_000)

test('more usage never costs less, except where a volume price lowers the rate of every unit', () => {
  fc.assert(
    fc.property(rising, quantities, quantities, fc.integer({ min: 0, max: 3 }), (price, a, b, decimals) => {
      const [less, more] = a < b ? [a, b] : [b, a]
      expect(rate(price, more, decimals).amount).toBeGreaterThanOrEqual(rate(price, less, decimals).amount)
    }),
  )
})

test('the breakdown accounts for every step and every cent', () => {
  fc.assert(
    fc.property(
      prices,
      quantities,
      fc.integer({ min: 0, max: 3 }),
      fc.nat(1000),
      (price, quantity, decimals, events) => {
        const { amount, breakdown } = rate(price, quantity, decimals, events)
        expect(priceMistake(price)).toBeUndefined()
        expect(sum(breakdown.map((tier) => tier.amount))).toBe(amount)
        expect(sum(breakdown.map((tier) => tier.quantity))).toBe(quantity)
        expect(
          breakdown.every((part) => part.amount >= 0 && (part.quantity > 0 || part.kind === 'per_event')),
        ).toBe(true)
      },
    ),
  )
})

test('a line is rounded once, not per tier', () => {
  // 0.5 + 0.5 分: rounding each tier would charge 2.
  const half = { amount: 1, per: 2 }
  expect(
    rate(
      {
        model: 'graduated',
        tiers: [
          { upTo: 1, rate: half },
          { upTo: null, rate: half },
        ],
      },
      2,
      0,
    ),
  ).toMatchObject({ amount: 1, breakdown: [{ amount: 1 }, { amount: 0 }] })
})

const cheap = { amount: 1, per: 1 }
test.each([
  [
    'the last tier is bounded',
    [{ upTo: 10, rate: cheap }],
    '/tiers/0/upTo',
    'the last tier must have upTo null',
  ],
  [
    'a tier before the last is not',
    [
      { upTo: null, rate: cheap },
      { upTo: null, rate: cheap },
    ],
    '/tiers/0/upTo',
    'only the last tier may have upTo null',
  ],
  [
    'bounds repeat',
    [
      { upTo: 10, rate: cheap },
      { upTo: 10, rate: cheap },
      { upTo: null, rate: cheap },
    ],
    '/tiers/1/upTo',
    'tiers must rise: 10 is not above 10',
  ],
  [
    'bounds fall',
    [
      { upTo: 10, rate: cheap },
      { upTo: 5, rate: cheap },
      { upTo: null, rate: cheap },
    ],
    '/tiers/1/upTo',
    'tiers must rise: 5 is not above 10',
  ],
  [
    'the first bound is zero',
    [
      { upTo: 0, rate: cheap },
      { upTo: null, rate: cheap },
    ],
    '/tiers/0/upTo',
    'tiers must rise: 0 is not above 0',
  ],
])('tiers are rejected when %s', (_why, some, pointer, message) => {
  expect(priceMistake({ model: 'graduated', tiers: some })).toEqual({
    pointer,
    message: expect.stringContaining(message),
  })
})

const volume: Price = {
  model: 'volume',
  tiers: [
    { upTo: 100, rate: { amount: 10, per: 1 }, flat: 5 },
    { upTo: 500, rate: { amount: 5, per: 1 } },
    { upTo: null, rate: { amount: 2, per: 1 }, flat: 30 },
  ],
}
test.each([
  [0, 0],
  [1, 15],
  [100, 1005],
  [101, 505],
  [500, 2500],
  [501, 1032],
])('%s units with volume prices cost %s: all at the rate of the last', (quantity, amount) => {
  expect(rate(volume, quantity, 0).amount).toBe(amount)
})

test('a step above a bound is in the next volume tier, and one breakdown line covers all units', () => {
  expect(rate(volume, 100_001, 3)).toEqual({
    amount: 500,
    breakdown: [
      { kind: 'volume', upTo: 500, quantity: 100_001, rate: { amount: 5, per: 1 }, flat: 0, amount: 500 },
    ],
  })
})

test.each([
  [0, 0, 0],
  [1, 0, 900],
  [100, 0, 900],
  [101, 0, 1800],
  [100_000, 3, 900],
  [100_001, 3, 1800],
])('%s steps with %s decimals in packages of 100 units cost %s', (quantity, decimals, amount) => {
  expect(rate({ model: 'package', size: 100, amount: 900 }, quantity, decimals).amount).toBe(amount)
})

test('one breakdown line covers all packages', () => {
  expect(rate({ model: 'package', size: 100, amount: 900 }, 101, 0)).toEqual({
    amount: 1800,
    breakdown: [
      { kind: 'package', upTo: null, quantity: 101, rate: { amount: 900, per: 100 }, flat: 0, amount: 1800 },
    ],
  })
})

test('a percentage applies to the amount, and each event has its own fee', () => {
  expect(rate({ model: 'percentage', basisPoints: 299, perEvent: 30 }, 10_090, 0, 3)).toEqual({
    amount: 392,
    breakdown: [
      {
        kind: 'percentage',
        upTo: null,
        quantity: 10_090,
        rate: { amount: 299, per: 10_000 },
        flat: 0,
        amount: 302,
      },
      {
        kind: 'per_event',
        upTo: null,
        quantity: 0,
        events: 3,
        rate: { amount: 30, per: 1 },
        flat: 0,
        amount: 90,
      },
    ],
  })
})

test('the breakdown of a percentage omits an amount or event fee of 0', () => {
  const parts = (perEvent: number, quantity: number, events: number) =>
    rate({ model: 'percentage', basisPoints: 100, perEvent }, quantity, 0, events).breakdown.map((part) => [
      part.kind,
      part.amount,
    ])
  expect(parts(200, 0, 4)).toEqual([['per_event', 800]])
  expect(parts(0, 1000, 4)).toEqual([['percentage', 10]])
  expect(parts(200, 1000, 0)).toEqual([['percentage', 10]])
  expect(parts(200, 0, 0)).toEqual([])
})

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%s steps cannot be rated', (quantity) => {
  expect(() => rate(graduated, quantity, 0)).toThrow()
})

test('a minimum adds the missing amount and a maximum takes off the excess, each as its own part', () => {
  const rated = rate(volume, 100, 0)
  expect(keepWithin(rated, { minimum: 1200, maximum: 2000 })).toMatchObject({
    amount: 1200,
    breakdown: [{ amount: 1005 }, { kind: 'minimum', quantity: 0, rate: null, amount: 195 }],
  })
  expect(keepWithin(rated, { minimum: 10, maximum: 1000 })).toMatchObject({
    amount: 1000,
    breakdown: [{ amount: 1005 }, { kind: 'maximum', amount: -5 }],
  })
  expect(keepWithin(rated, { minimum: 1005, maximum: 1005 })).toBe(rated)
  expect(keepWithin(rate(volume, 0, 0), { minimum: 7 })).toMatchObject({
    amount: 7,
    breakdown: [{ kind: 'minimum', amount: 7 }],
  })
})

test('no quantity up to the given one costs more than the bound', () => {
  fc.assert(
    fc.property(prices, quantities, quantities, fc.integer({ min: 0, max: 3 }), (price, a, b, decimals) => {
      expect(BigInt(rate(price, Math.min(a, b), decimals).amount)).toBeLessThanOrEqual(
        maxAmountOf(price, Math.max(a, b), decimals),
      )
    }),
  )
})

test('the bound is the highest rate for every unit, rounded up, plus every flat fee', () => {
  const unit: Price = { model: 'per_unit', rate: { amount: 40, per: 1000 } }
  expect([
    maxAmountOf(unit, 1000, 0),
    maxAmountOf(unit, 1_000_000, 3),
    maxAmountOf(volume, 100, 0),
    maxAmountOf({ model: 'percentage', basisPoints: 299 }, 10_000, 0),
  ]).toEqual([41n, 41n, 1036n, 300n])
  const packs: Price = { model: 'package', size: 100, amount: 900 }
  expect([
    maxAmountOf(packs, 101, 0),
    maxAmountOf(packs, 100_000, 3),
    maxAmountOf(packs, 100_001, 3),
  ]).toEqual([1800n, 900n, 1800n])
})

test('volume tiers are validated like graduated ones; other models have none', () => {
  expect(priceMistake({ model: 'volume', tiers: [{ upTo: 5, rate: cheap }] })).toMatchObject({
    pointer: '/tiers/0/upTo',
  })
  expect(priceMistake({ model: 'package', size: 5, amount: 1 })).toBeUndefined()
})

test('a price with a bounded last tier covers quantities up to that bound only', () => {
  const bounded: Price = { model: 'graduated', tiers: [{ upTo: 10, rate: { amount: 5, per: 1 } }] }
  expect([
    coversQuantity(bounded, 10_000, 3),
    coversQuantity(bounded, 10_001, 3),
    coversQuantity(graduated, 10_001, 3),
    coversQuantity({ model: 'package', size: 1, amount: 1 }, 9, 0),
  ]).toEqual([true, false, true, true])
  expect([
    coversQuantity({ ...bounded, model: 'volume' }, 10, 0),
    coversQuantity({ ...bounded, model: 'volume' }, 11, 0),
  ]).toEqual([true, false])
  expect(rate(bounded, 10, 0).amount).toBe(50)
  expect(() => rate(bounded, 11, 0)).toThrow('no bound')
})

test('consecutive parts of a period cost together what the whole costs, at any price', () => {
  const cuts = fc.array(quantities, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(rising, cuts, fc.integer({ min: 0, max: 3 }), (price, some, decimals) => {
      const bounds = [0, ...some.sort((a, b) => a - b)]
      const all = bounds.at(-1)!
      const parts = bounds
        .slice(1)
        .map((upTo, index) => rateSteps(price, { before: bounds[index]!, upTo, all }, decimals))
      expect(sum(parts.map(({ amount }) => amount))).toBe(rate(price, all, decimals).amount)
      for (const [index, { amount, breakdown }] of parts.entries()) {
        expect([
          sum(breakdown.map((part) => part.amount)),
          sum(breakdown.map((part) => part.quantity)),
        ]).toEqual([amount, bounds[index + 1]! - bounds[index]!])
      }
      // A flat is due once per tier.
      if (price.model === 'graduated')
        expect(parts.flatMap((part) => part.breakdown).reduce((total, part) => total + part.flat, 0)).toBe(
          rate(price, all, decimals).breakdown.reduce((total, part) => total + part.flat, 0),
        )
    }),
  )
})

test('with volume prices each part has the rate of the total’s tier, and one flat', () => {
  const price: Price = {
    model: 'volume',
    tiers: [
      { upTo: 100, rate: { amount: 10, per: 1 } },
      { upTo: null, rate: { amount: 5, per: 1 }, flat: 30 },
    ],
  }
  expect(rateSteps(price, { before: 0, upTo: 60, all: 120 }, 0)).toMatchObject({
    amount: 330,
    breakdown: [{ quantity: 60, flat: 30 }],
  })
  expect(rateSteps(price, { before: 60, upTo: 120, all: 120, flatDue: false }, 0)).toMatchObject({
    amount: 300,
    breakdown: [{ quantity: 60, flat: 0 }],
  })
})
