import { expect, test } from 'vitest'
import { quotaLevel, quotaOf, quotaPercent, worstFirst } from './quota.ts'

test('a quota warns from 80 % and is bad when nothing is left', () => {
  const level = (used: number) => quotaLevel({ used, included: 1000 })
  expect([level(799), level(800), level(999), level(1000), level(1500)]).toEqual([
    'ok',
    'warn',
    'warn',
    'bad',
    'bad',
  ])
})

test('an unlimited or not included meter is never short', () => {
  expect([quotaLevel({ used: 9e9, included: null }), quotaLevel({ used: 5, included: 0 })]).toEqual([
    'ok',
    'ok',
  ])
  expect(quotaPercent({ used: 9e9, included: null })).toBe(0)
})

test('a share is whole percent: 0 for none, 1 for the first unit, and 100 only when all is used', () => {
  const share = (used: number) => quotaPercent({ used, included: 30_000 })
  expect([share(0), share(1), share(29_999), share(30_000), share(45_000)]).toEqual([0, 1, 99, 100, 150])
})

test('the fullest quota comes first, the unlimited last', () => {
  const quotas = [
    { used: 1, included: null },
    { used: 5, included: 10 },
    { used: 9, included: 10 },
    { used: 30, included: 20 },
  ]
  expect(worstFirst(quotas).map((quota) => quota.used)).toEqual([30, 9, 5, 1])
})

test('after a plan change the quota counts the new phase only', () => {
  expect(quotaOf({ used: 900, included: 500, granted: 0, remaining: 450, overage: 0 })).toEqual({
    used: 50,
    included: 500,
  })
  expect(quotaOf({ used: 900, included: 500, granted: 0, remaining: 0, overage: 20 })).toEqual({
    used: 520,
    included: 500,
  })
})

test('what grants cover and have left belongs to the quota', () => {
  // 20 included and a grant of 10, of which 5 are used.
  expect(quotaOf({ used: 25, included: 20, granted: 10, remaining: 5, overage: 0 })).toEqual({
    used: 25,
    included: 30,
  })
  expect(quotaOf({ used: 0.3, included: 0.1, granted: 0.2, remaining: 0, overage: 0 })).toEqual({
    used: 0.3,
    included: 0.3,
  })
})
