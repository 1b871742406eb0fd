import { expect, test } from 'vitest'
import { amountText, currencyText, quantityText, rateText } from './amount-text.ts'
import { missingGlyphs } from './glyphs.ts'

test.each([
  [123456, 'CNY', '¥1,234.56'],
  [0, 'CNY', '¥0.00'],
  [5, 'CNY', '¥0.05'],
  [-5, 'USD', '-$0.05'],
  [123456, 'JPY', 'JP¥123,456'],
  [123456, 'BHD', 'BHD 123.456'],
  [-999, 'BHD', '-BHD 0.999'],
  [1_000_000_000_000, 'CNY', '¥10,000,000,000.00'],
  [99999, 'EUR', '€999.99'],
  [100, 'CHF', 'CHF 1.00'],
])('%i minor units of %s are printed as %s', (amount, currency, text) => {
  expect(amountText(amount, currency)).toBe(text)
})

test('a rate names its units only if there are several', () => {
  expect(rateText({ amount: 40, per: 1000 }, 'CNY')).toBe('¥0.40 / 1,000')
  expect(rateText({ amount: 19900, per: 1 }, 'CNY')).toBe('¥199.00')
})

test.each([
  [0, '0'],
  [12.5, '12.5'],
  [1234567.000001, '1,234,567.000001'],
  [0.000001, '0.000001'],
  [9007199254740991, '9,007,199,254,740,991'],
  [-1000, '-1,000'],
])('the quantity %f is printed as %s', (quantity, text) => {
  expect(quantityText(quantity)).toBe(text)
})

test('a currency has its Chinese name where there is one, and fonts cover every symbol', () => {
  expect(currencyText('CNY')).toBe('CNY 人民币')
  expect(currencyText('XAF')).toBe('XAF')
  const currencies = Intl.supportedValuesOf('currency')
  expect(
    missingGlyphs(currencies.map((currency) => amountText(1, currency) + currencyText(currency)).join(' ')),
  ).toEqual([])
})
