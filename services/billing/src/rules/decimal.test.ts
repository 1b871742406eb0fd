import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyDigits } from './currency.ts'
import { basisPointsOf, decimalsOf, decimalText, parseAmount, parsePercent, parseRate, parseSteps } from './decimal.ts'
import { amountDecimal, decimal, fraction, times } from './money.ts'
import { rate } from './pricing.ts'

test.each([['10.275', 2, 1028], ['-10.125', 2, -1013], ['-10.124', 2, -1012], ['1000.5', 0, 1001], ['0.0015', 3, 2], ['182', 2, 18_200], ['0.004', 2, 0]])('%s at %s digits is %s minor units', (text, digits, amount) => {
  expect(parseAmount(text, digits)).toBe(amount)
})

test.each([['0.5', 0, '1'], ['-0.5', 0, '-1'], ['-0.4', 0, '0'], ['0.05', 3, '0.050'], ['12', 2, '12.00'], ['-0.005', 2, '-0.01']])('%s with %s decimals is written %s', (text, digits, written) => {
  expect(decimalText(decimal(text), digits)).toBe(written)
})

test('thirds are written to any number of decimals, exactly', () => {
  expect(decimalText(fraction(17n, 31n), 16)).toBe('0.5483870967741935')
  expect(decimalText(times(decimal('100'), fraction(12n, 31n)), 8)).toBe('38.70967742')
})

test('an amount written out is read back as it was', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (amount, digits) => {
    expect(parseAmount(amountDecimal(amount, digits), digits)).toBe(amount === 0 ? 0 : amount)
  }))
})

test('a rate is exact, whatever the decimals of price and quantity', () => {
  expect(parseRate('0.000001', 2, 0)).toEqual({ amount: 1, per: 10_000 })
  expect(parseRate('12', 0, 3)).toEqual({ amount: 3, per: 250 })
  expect(parsePercent('2.9')).toEqual({ amount: 29, per: 1000 })
  expect(parsePercent('0')).toEqual({ amount: 0, per: 1 })
  expect(parsePercent('-2.5')).toEqual({ amount: -1, per: 40 })
  fc.assert(fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (price, steps) => {
    const unitRate = parseRate(amountDecimal(price, 4), 2, 2)
    const exact = times(fraction(BigInt(price), 100n), fraction(BigInt(steps), 100n))
    expect(String(rate({ model: 'per_unit', rate: unitRate }, steps, 0).amount)).toBe(decimalText(exact, 0))
  }))
})

test('quantities are never rounded, and only whole basis points are basis points', () => {
  expect([parseSteps('12.5', 3), parseSteps('12.125', 3)]).toEqual([12_500, 12_125])
  expect(() => parseSteps('0.0001', 3)).toThrow('more than 3 decimals')
  expect([basisPointsOf('2.99'), basisPointsOf('0.125'), basisPointsOf('100')]).toEqual([299, undefined, 10_000])
  expect(decimalsOf(['1', '2.50', '3.125'])).toBe(3)
})

test('currencies have the decimals of ISO 4217', () => {
  expect(['CNY', 'JPY', 'BHD', 'HUF', 'CLF'].map(currencyDigits)).toEqual([2, 0, 3, 2, 4])
})
