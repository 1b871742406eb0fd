import { expect, test } from 'vitest'
import { currencyDigits } from './currency.ts'

test('currencies have the decimals of ISO 4217', () => {
  expect(['CNY', 'JPY', 'BHD', 'HUF', 'CLF'].map(currencyDigits)).toEqual([2, 0, 3, 2, 4])
})
