import { expect, test } from 'vitest'
import { formatChange, formatExact, formatQuantity, percentOf } from './quantity.ts'

test('a quantity is written in full below a million', () => {
  expect([
    formatQuantity(25_480, 'en'),
    formatQuantity(999_999, 'zh-CN'),
    formatQuantity(12.5, 'en'),
  ]).toEqual(['25,480', '999,999', '12.5'])
})

test('a large quantity is short, in the words of the language', () => {
  expect(formatQuantity(61_800_000, 'en')).toBe('61.8 M')
  expect(formatQuantity(61_800_000, 'zh-CN')).toBe('6,180 万')
  expect(formatQuantity(4_294_967_296, 'zh-CN')).toBe('42.9 亿')
})

test('the exact quantity keeps six decimals and every digit', () => {
  expect([formatExact(4_294_967_297, 'en'), formatExact(0.000001, 'en')]).toEqual([
    '4,294,967,297',
    '0.000001',
  ])
})

test('a share is rounded down, so 100 % means that nothing is left', () => {
  expect([percentOf(29_999, 30_000), percentOf(30_000, 30_000), percentOf(5, 0), percentOf(0, 0)]).toEqual([
    99, 100, 100, 0,
  ])
})

test('a change has its sign', () => {
  expect([formatChange(0.124, 'en'), formatChange(-0.03, 'en'), formatChange(0, 'en')]).toEqual([
    '+12.4%',
    '−3%',
    '0%',
  ])
})
