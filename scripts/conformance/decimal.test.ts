import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amountDecimal, fraction, round, times } from '../../services/billing/src/values/money.ts'
import { rate } from '../../services/billing/src/pricing/price.ts'
import { Unsupported } from './case.ts'
import {
  basisPoints,
  currencyOf,
  decimalsOf,
  exact,
  meterDecimals,
  percentRate,
  rateOf,
  whole,
} from './decimal.ts'

test('an amount is read to the minor unit of its currency, and a finer one is rejected, not rounded', () => {
  expect(currencyOf({}).amount('182')).toBe(18_200)
  expect(currencyOf({ currency: 'JPY' }).amount('150')).toBe(150)
  expect(currencyOf({ currency: 'KWD' }).amount('-0.0150')).toBe(-15)
  expect(() => currencyOf({}).amount('0.004')).toThrow('0.004 USD is finer than a minor unit')
  expect(() => currencyOf({}).amount('1e3')).toThrow(Unsupported)
})

test("whole numbers, basis points and a meter's decimals are read exactly or rejected", () => {
  expect([whole('12', 'a bound'), whole('12.0', 'a bound'), basisPoints('2.99'), basisPoints('100')]).toEqual(
    [12, 12, 299, 10_000],
  )
  expect(() => whole('0.1', 'the bound of a tier')).toThrow('the bound of a tier is a whole number, not 0.1')
  expect(() => basisPoints('0.125')).toThrow('0.125 % is finer than a basis point')
  expect(() => whole('9007199254740993', 'a bound')).toThrow(Unsupported)
  expect([
    decimalsOf('1'),
    decimalsOf('2.50'),
    decimalsOf('3.125'),
    meterDecimals(['1', '12.125', '0.5']),
    meterDecimals([]),
  ]).toEqual([0, 1, 3, 3, 0])
  expect(() => meterDecimals(['0.1234567'])).toThrow('a meter has at most 6 decimals, not 7')
})

test('a rate is exact, whatever the decimals of price and quantity', () => {
  expect([rateOf('0.000001', 2), rateOf('12', 0), rateOf('1.33333', 2)]).toEqual([
    { amount: 1, per: 10_000 },
    { amount: 12, per: 1 },
    { amount: 133_333, per: 1000 },
  ])
  expect([percentRate('2.9'), percentRate('0'), percentRate('-2.5')]).toEqual([
    { amount: 29, per: 1000 },
    { amount: 0, per: 1 },
    { amount: -1, per: 40 },
  ])
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (price, steps) => {
      const cost = times(
        times(exact(amountDecimal(price, 4)), fraction(100n, 1n)),
        fraction(BigInt(steps), 100n),
      )
      expect(rate({ model: 'per_unit', rate: rateOf(amountDecimal(price, 4), 2) }, steps, 2).amount).toBe(
        round(cost),
      )
    }),
  )
})
