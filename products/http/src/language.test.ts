import { codes } from '@customer-portal/billing/testing'
import { expect, test } from 'vitest'
import { failures } from './error-codes.ts'
import { preferredLanguage } from './language.ts'

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'en'],
  ['zh', 'zh-CN'],
  ['zh-TW,zh;q=0.8', 'zh-CN'],
  ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
  ['fr,zh-CN;q=0.7,en;q=0.6', 'zh-CN'],
  ['en;q=0,zh;q=0.1', 'zh-CN'],
  ['en;q=x', 'en'],
  ['ZH-cn', 'zh-CN'],
])('Accept-Language %j prefers %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language)
})

test('every code has a status, and a title and a sentence in both languages', () => {
  for (const code of codes) {
    const { status, en, 'zh-CN': zh } = failures[code]
    expect([code, status >= 400 && status < 600]).toEqual([code, true])
    expect([code, /^[A-Z].*[A-Za-z]$/.test(en.title), en.detail.endsWith('.')]).toEqual([code, true, true])
    expect([code, /\p{Script=Han}/u.test(zh.title), zh.detail.endsWith('。')]).toEqual([code, true, true])
  }
})
