import { expect, test } from 'vitest'
import { currencyExponent, decimalText, formatMoney, formatRate } from './money.ts'

test('a currency has the decimals ISO 4217 gives it', () => {
  expect(['CNY', 'USD', 'JPY', 'BHD', 'CLF'].map(currencyExponent)).toEqual([2, 2, 0, 3, 4])
})

test('minor units become decimals without floating point', () => {
  expect(decimalText(999_999_999_999_999, 2)).toBe('9999999999999.99')
  expect([
    decimalText(5, 2),
    decimalText(-5, 2),
    decimalText(0, 2),
    decimalText(1234, 0),
    decimalText(7, 3),
  ]).toEqual(['0.05', '-0.05', '0.00', '1234', '0.007'])
})

test('an amount carries the narrow symbol in both languages', () => {
  expect(formatMoney(123_450, 'CNY', 'zh-CN')).toBe('¥1,234.50')
  expect(formatMoney(123_450, 'CNY', 'en')).toBe('¥1,234.50')
  expect(formatMoney(1500, 'JPY', 'en')).toBe('JP¥1,500')
  expect(formatMoney(-1500, 'JPY', 'zh-CN')).toBe('−JP¥1,500')
  expect(formatMoney(1_234_567, 'BHD', 'en')).toContain('1,234.567')
})

test('a negative amount has a real minus before the symbol', () => {
  expect(formatMoney(-15_973, 'CNY', 'zh-CN')).toBe('−¥159.73')
})

test('a large amount is exact to the cent', () => {
  expect(formatMoney(100_000_000_000_001, 'CNY', 'en')).toBe('¥1,000,000,000,000.01')
})

test('whole amounts can be trimmed, others keep their cents', () => {
  expect([
    formatMoney(59_900, 'CNY', 'en', { trim: true }),
    formatMoney(59_950, 'CNY', 'en', { trim: true }),
  ]).toEqual(['¥599', '¥599.50'])
})

test('a rate for one unit does not say one', () => {
  expect(formatRate({ amount: 5, per: 1 }, 'CNY', 'en')).toEqual({ price: '¥0.05', per: '' })
  expect(formatRate({ amount: 40, per: 1000 }, 'CNY', 'en')).toEqual({ price: '¥0.40', per: '1,000' })
})
