import { expect, test } from 'vitest'
import { currentValues, use } from './recently-used.ts'

const lengths = (read: string[][] = []) => ({
  isCurrent: () => true,
  most: 2,
  read: async (keys: string[]) => {
    read.push(keys)
    return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, key.length]))
  },
})

test('a cached value is not read again, and the least recently used leaves first', async () => {
  const known = new Map<string, number>()
  const read: string[][] = []
  await currentValues(known, ['a', 'bb'], lengths(read))
  await currentValues(known, ['a'], lengths(read))
  expect(await currentValues(known, ['a', 'ccc'], lengths(read))).toEqual(
    new Map([
      ['a', 1],
      ['ccc', 3],
    ]),
  )
  expect([read, [...known.keys()]]).toEqual([
    [['a', 'bb'], ['ccc']],
    ['a', 'ccc'],
  ])
})

test('an outdated value is read again, and a missing one stays undefined', async () => {
  const known = new Map([['a', 7]])
  expect(
    await currentValues(known, ['a', 'nobody'], { ...lengths(), isCurrent: (value) => value < 5 }),
  ).toEqual(new Map([['a', 1]]))
})

test('a value evicted during a read is still returned', async () => {
  const known = new Map([['a', 1]])
  const slow = {
    ...lengths(),
    read: async (keys: string[]) => {
      await currentValues(known, ['bb', 'ccc'], lengths())
      return new Map(keys.map((key) => [key, key.length]))
    },
  }
  expect(await currentValues(known, ['a', 'dddd'], slow)).toEqual(
    new Map([
      ['a', 1],
      ['dddd', 4],
    ]),
  )
})

test('single look-ups refresh a value, and an unknown key stays unknown', () => {
  const known = new Map([
    ['a', 1],
    ['bb', 2],
  ])
  expect([use(known, 'a'), use(known, 'nobody'), [...known.keys()]]).toEqual([1, undefined, ['bb', 'a']])
})
