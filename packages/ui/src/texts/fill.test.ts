import { expect, test } from 'vitest'
import { fill } from './fill.ts'

test('a text is filled with its values, in the singular or plural form', () => {
  expect(fill('{n} day | {n} days', { n: 1 }, 1)).toBe('1 day')
  expect(fill('{n} day | {n} days', { n: 9 }, 9)).toBe('9 days')
  expect(fill('{n} 天', { n: 9 }, 9)).toBe('9 天')
  expect(fill('{a}{b}', { a: '{b}' })).toBe('{b}{b}')
})

test('a name in Latin letters gets spaces between it and Chinese text, and nowhere else', () => {
  const filled = (text: string, name: string) => fill(text, { name })
  expect(['Token', 'AI 回答', 'GPT-5'].map((name) => filled('{name}已用', name))).toEqual([
    'Token 已用',
    'AI 回答已用',
    'GPT-5 已用',
  ])
  expect([
    filled('升级到{name}', 'Pro'),
    filled('升级到 {name}', 'Pro'),
    filled('{name}：不限量', 'Token'),
    filled('{name} used', 'Token'),
  ]).toEqual(['升级到 Pro', '升级到 Pro', 'Token：不限量', 'Token used'])
})

test('a name written from right to left is isolated from the text beside it', () => {
  expect(fill('{name}：{amount}', { name: 'الخطة', amount: '¥5.00' })).toBe('\u2068الخطة\u2069：¥5.00')
})
