import { expect, test } from 'vitest'
import { dateFormat, numberFormat } from './formats.ts'

test('a format is made once for a language and its options', () => {
  const percent = numberFormat('en', { style: 'percent' })
  expect(numberFormat('en', { style: 'percent' })).toBe(percent)
  expect([
    numberFormat('en').format(0.5),
    percent.format(0.5),
    numberFormat('zh-CN', { style: 'percent' }) === percent,
  ]).toEqual(['0.5', '50%', false])
  const zone = dateFormat('en', { timeZone: 'Asia/Tokyo', hour: 'numeric' })
  expect([
    dateFormat('en', { timeZone: 'Asia/Tokyo', hour: 'numeric' }) === zone,
    dateFormat('en', { timeZone: 'UTC', hour: 'numeric' }) === zone,
  ]).toEqual([true, false])
})
