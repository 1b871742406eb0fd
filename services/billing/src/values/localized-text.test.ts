import { expect, test } from 'vitest'
import { inChinese, localized } from './localized-text.ts'

test.each([
  ['AI 回答', 'AI 回答用量'],
  ['Token', 'Token 用量'],
  ['GPT-5', 'GPT-5 用量'],
  ['通话（分钟）', '通话（分钟）用量'],
])('%s is joined by the rules of Chinese typography: %s', (name, expected) => {
  expect(inChinese(localized(name), '用量')).toBe(expected)
})
