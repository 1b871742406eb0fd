import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  datesIn,
  daysBetween,
  earlier,
  firstOfMonth,
  intersection,
  isDate,
  later,
  monthsBetween,
  withoutDates,
  type DateRange,
} from './date.ts'

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2026-12-31', 1, '2027-01-31'],
  ['2026-01-15', -1, '2025-12-15'],
  ['2026-03-31', -13, '2025-02-28'],
  ['0001-01-31', 1, '0001-02-28'],
  ['1900-01-31', 1, '1900-02-28'],
  ['2000-01-31', 1, '2000-02-29'],
  ['2026-08-31', 1, '2026-09-30'],
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

test('the dates of a range are each day up to its end, and an empty or reversed range has none', () => {
  expect(datesIn(range('2026-02-27', '2026-03-02'))).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
  expect(datesIn(range('2026-02-27', '2026-02-27'))).toEqual([])
  expect(datesIn(range('2026-02-27', '2026-02-20'))).toEqual([])
})

test('a range without others keeps what lies before, between and after them, in order', () => {
  const january = range('2026-01-01', '2026-02-01')
  expect(
    withoutDates(january, [range('2026-01-20', '2026-01-25'), range('2026-01-05', '2026-01-10')]),
  ).toEqual([
    range('2026-01-01', '2026-01-05'),
    range('2026-01-10', '2026-01-20'),
    range('2026-01-25', '2026-02-01'),
  ])
  expect(withoutDates(january, [range('2026-01-01', '2026-01-10')])).toEqual([
    range('2026-01-10', '2026-02-01'),
  ])
  expect(withoutDates(january, [range('2025-12-01', '2026-03-01')])).toEqual([])
  expect(withoutDates(january, [range('2026-03-01', '2026-03-02')])).toEqual([january])
  expect(withoutDates(range('2026-01-01', '2026-01-01'), [])).toEqual([])
})

test('a date is in a range without others exactly when it is in the range and in none of them', () => {
  const days = fc.integer({ min: 0, max: 40 })
  const ranges = fc.tuple(days, fc.integer({ min: -3, max: 20 })).map(([from, length]) => {
    const start = addDays('2026-01-01', from)
    return range(start, addDays(start, length))
  })
  fc.assert(
    fc.property(ranges, fc.array(ranges, { maxLength: 4 }), (whole, others) => {
      const left = withoutDates(whole, others)
      expect(left.flatMap(datesIn)).toEqual(
        datesIn(whole).filter((date) => !others.some(({ from, to }) => from <= date && date < to)),
      )
      expect(left.every(({ from, to }) => from < to)).toBe(true)
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
