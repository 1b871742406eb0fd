import { expect, test } from 'vitest'
import { createRateLimit } from './pace.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds)).toISOString()

test('a full burst at once, then one per refill interval, each key separately', () => {
  const pace = createRateLimit({ burst: 6, seconds: 60 })
  for (let turn = 0; turn < 6; turn += 1) expect(pace.secondsToWait('a', at(0))).toBe(0)
  expect(pace.secondsToWait('a', at(0))).toBe(10)
  expect(pace.secondsToWait('b', at(0))).toBe(0)
  expect(pace.secondsToWait('a', at(4))).toBe(6)
  expect(pace.secondsToWait('a', at(10))).toBe(0)
  expect(pace.secondsToWait('a', at(10))).toBe(10)
  // At most twice as many within any minute.
  for (let turn = 0; turn < 6; turn += 1) expect(pace.secondsToWait('a', at(200))).toBe(0)
  expect(pace.secondsToWait('a', at(200))).toBe(10)
})

test('at most the limit of keys is kept in memory', () => {
  const pace = createRateLimit({ burst: 1, seconds: 60, keys: 2 })
  for (const key of ['a', 'b', 'c']) expect(pace.secondsToWait(key, at(0))).toBe(0)
  expect(pace.secondsToWait('c', at(1))).toBe(59)
  expect(pace.secondsToWait('a', at(1))).toBe(0)
})
