import { expect, test } from 'vitest'
import { findUnstorable } from './text.ts'

test.each([
  ['text', '正常 text 😀', undefined],
  ['a NUL', 'a\0', ''],
  ['half a surrogate pair inside', { a: [1, '\udc00'] }, '/a/1'],
  ['a key', { 'a\0b': 1 }, ''],
  ['a key with a slash', { 'a/b': { c: '\0' } }, '/a~1b/c'],
  ['nothing', null, undefined],
])('%s', (_name, value, pointer) => {
  expect(findUnstorable(value)).toBe(pointer)
})

test('what is nested without end is refused instead of followed', () => {
  const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000))
  expect(findUnstorable(deep)).toMatch(/^(\/0){64}$/)
})
