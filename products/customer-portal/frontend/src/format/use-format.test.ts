import { afterEach, expect, test } from 'vitest'
import { locale } from '../preferences.ts'
import { useFormat } from './use-format.ts'

const before = locale.value
afterEach(() => {
  locale.value = before
})
const users = { 'zh-CN': '个用户', en: 'users', one: 'user' }

test('one of a unit is singular wherever its number is shown, in English only', () => {
  const { counted, exact } = useFormat()
  locale.value = 'en'
  expect([0, 1, 1.5, 2, 1_000_000].map((amount) => counted(amount, users))).toEqual([
    '0 users',
    '1 user',
    '1.5 users',
    '2 users',
    '1 M users',
  ])
  expect([
    counted(1_000_000, users, exact),
    counted(1, { 'zh-CN': '次', en: 'calls' }),
    counted(1, undefined),
  ]).toEqual(['1,000,000 users', '1 calls', '1'])
  locale.value = 'zh-CN'
  expect([1, 2, 5_000_000].map((amount) => counted(amount, users))).toEqual([
    '1 个用户',
    '2 个用户',
    '500 万个用户',
  ])
})
