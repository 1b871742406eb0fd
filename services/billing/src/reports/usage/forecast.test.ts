import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysUntilUsedUp, meanError, straightLine } from './forecast.ts'

const day = 86_400_000

test('a period with 60 units at half time is forecast at 120', () => {
  expect(straightLine(60, 15, 30)).toBe(120)
  expect(straightLine(10, 7, 30)).toBe(43) // 42.86
  expect(straightLine(0, 3, 31)).toBe(0)
})

test('a forecast beyond exact integers is null', () => {
  expect(straightLine(Number.MAX_SAFE_INTEGER, 1, 31)).toBeNull()
})

test('even usage is forecast exactly on every day', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 1, max: 31 }),
      (perDay, days, elapsed) => {
        expect(straightLine(perDay * Math.min(elapsed, days), Math.min(elapsed, days), days)).toBe(
          perDay * days,
        )
      },
    ),
  )
})

test('at 10 a day, 45 last four whole days; unused units last for ever', () => {
  expect(daysUntilUsedUp(45, 30, 3 * day)).toBe(4)
  expect(daysUntilUsedUp(0, 30, 3 * day)).toBe(0)
  expect([daysUntilUsedUp(-10, 30, 3 * day), daysUntilUsedUp(-11, 30, 3 * day)]).toEqual([-1, -2])
  expect(daysUntilUsedUp(45, 0, 3 * day)).toBeNull()
})

test('the error is the mean of the deviations in either direction', () => {
  expect(
    meanError([
      { forecast: 110, actual: 100 },
      { forecast: 160, actual: 200 },
    ]),
  ).toBe(1_500)
  expect(meanError([{ forecast: 5, actual: 5 }])).toBe(0)
})

test('periods without usage do not count for the error', () => {
  expect(meanError([{ forecast: 7, actual: 0 }])).toBeNull()
  expect(
    meanError([
      { forecast: 7, actual: 0 },
      { forecast: 3, actual: 2 },
    ]),
  ).toBe(5_000)
  expect(meanError([])).toBeNull()
})
