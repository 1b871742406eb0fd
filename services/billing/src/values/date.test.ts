import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  daysBetween,
  earlier,
  firstOfMonth,
  intersection,
  isDate,
  later,
  monthsBetween,
  type DateRange,
} from './date.ts'

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2026-12-31', 1, '2027-01-31'],
  ['2026-01-15', -1, '2025-12-15'],
  ['2026-03-31', -13, '2025-02-28'],
  ['0001-01-31', 1, '0001-02-28'],
])('%s and %s months is %s', (date, months, result) => {
  expect(addMonths(date, months)).toBe(result)
  expect(monthsBetween(date, result)).toBe(months)
})

test('earlier and later return the earlier and the later of two dates', () => {
  expect([
    earlier('2026-02-01', '2026-01-31'),
    earlier('2026-01-31', '2026-02-01'),
    later('2026-02-01', '2026-01-31'),
    later('2026-01-31', '2026-02-01'),
  ]).toEqual(['2026-01-31', '2026-01-31', '2026-02-01', '2026-02-01'])
  expect(firstOfMonth('2026-01-31')).toBe('2026-01-01')
})

const range = (from: string, to: string): DateRange => ({ from, to })
test('the intersection of two ranges holds the dates in both; ranges that only touch have none', () => {
  expect(intersection(range('2026-01-01', '2026-02-01'), range('2026-01-15', '2026-03-01'))).toEqual(
    range('2026-01-15', '2026-02-01'),
  )
  expect(intersection(range('2026-01-01', '2026-03-01'), range('2026-01-15', '2026-02-01'))).toEqual(
    range('2026-01-15', '2026-02-01'),
  )
  expect(intersection(range('2026-01-01', '2026-02-01'), range('2026-02-01', '2026-03-01'))).toBeUndefined()
  expect(intersection(range('2026-03-01', '2026-04-01'), range('2026-01-01', '2026-02-01'))).toBeUndefined()
})

test('a date lies in the intersection of two ranges exactly when it lies in both', () => {
  const days = fc.integer({ min: 0, max: 60 })
  const ranges = fc
    .tuple(days, days)
    .map(([from, length]) => range(addDays('2026-01-01', from), addDays('2026-01-01', from + length)))
  const holds = (one: DateRange | undefined, date: string) =>
    one !== undefined && one.from <= date && date < one.to
  fc.assert(
    fc.property(ranges, ranges, days, (a, b, day) => {
      const date = addDays('2026-01-01', day)
      expect(holds(intersection(a, b), date)).toBe(holds(a, date) && holds(b, date))
      expect(intersection(a, b)).toEqual(intersection(b, a))
    }),
  )
})

test('only dates of the calendar are accepted', () => {
  expect(['2026-11-01', '2024-02-29', '0001-01-01', '9999-12-31'].map(isDate)).toEqual([
    true,
    true,
    true,
    true,
  ])
  // A year with a sign and six digits (ISO 8601) has the length of a date once it is cut.
  expect(['+010000-01', '2026-11-01 ', ' 2026-11-01', '2025-02-29', '2026-11-00'].map(isDate)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})

test('counting days from an invalid date throws', () => {
  expect(() => daysBetween('2026-11-31x', '2026-12-01')).toThrow('not a date: 2026-11-31x')
  expect(() => addDays('soon', 1)).toThrow('not a date: soon')
})
