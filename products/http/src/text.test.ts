import { expect, test } from 'vitest'
import { unstorableIn, withinLimits } from './text.ts'

test.each([
  ['text', '正常 text 😀', undefined],
  ['a NUL', 'a\0', ''],
  ['half a surrogate pair inside', { a: [1, '\udc00'] }, '/a/1'],
  ['a key', { 'a\0b': 1 }, ''],
  ['a key with a slash', { 'a/b': { c: '\0' } }, '/a~1b/c'],
  ['a number beyond a double', { a: [0, JSON.parse('1e400')] }, '/a/1'],
  ['nothing', null, undefined],
])('%s', (_name, value, pointer) => {
  expect(unstorableIn(value)?.instancePath).toBe(pointer)
})

test('endless nesting is rejected instead of followed', () => {
  const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000))
  expect(unstorableIn(deep)).toMatchObject({
    keyword: 'depth',
    instancePath: '/0'.repeat(64),
    params: { limit: 64 },
  })
  expect(JSON.stringify(withinLimits({ deep, kept: 1 }))).toBe(
    `{"deep":${'['.repeat(63)}null${']'.repeat(63)},"kept":1}`,
  )
})

test('an object with more members than any route accepts is rejected by their number', () => {
  expect(
    unstorableIn({
      properties: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`p${index}`, index])),
    }),
  ).toMatchObject({
    keyword: 'members',
    instancePath: '/properties',
    params: { limit: 1000 },
  })
})

test('a value rejected for its many members is stored without them', () => {
  const wide = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`p${index}`, index]))
  const { p0, ...allowed } = wide
  expect(withinLimits({ id: 'e1', properties: wide, list: [wide, p0], allowed })).toEqual({
    id: 'e1',
    properties: null,
    list: [null, 0],
    allowed,
  })
})
