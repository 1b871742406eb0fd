import fc from 'fast-check'
import { expect, test } from 'vitest'
import { billedPeriods, firstBillDate } from './bill-day.ts'
import { addDays } from './date.ts'

test.each([
  ['2012-01-16', 17, 12, '2012-01-17'], ['2012-01-16', 14, 12, '2013-01-14'], ['2012-01-31', 30, 1, '2012-02-29'], ['2012-03-03', 3, 1, '2012-03-03'], ['2011-02-10', 31, 1, '2011-02-28'],
])('a start on %s with bill day %s, every %s months, is first billed for %s', (start, day, months, first) => {
  expect(firstBillDate({ start, day, months })).toBe(first)
})

test('both ends are shares of the whole periods around them', () => {
  expect(billedPeriods({ start: '2011-01-31', end: '2011-03-10', day: 7, months: 1 }, 'in_advance', '2011-04-21').map(({ from, to, days, ofDays }) => [from, to, days, ofDays])).toEqual([
    ['2011-01-31', '2011-02-07', 7, 31], ['2011-02-07', '2011-03-07', 28, 28], ['2011-03-07', '2011-03-10', 3, 31],
  ])
})

test('in advance a period is billed on its first day, in arrears on the day it is over', () => {
  const month = { start: '2026-01-15', end: null, day: 15, months: 1 }
  expect([billedPeriods(month, 'in_advance', '2026-02-14'), billedPeriods(month, 'in_advance', '2026-02-15'), billedPeriods(month, 'in_arrears', '2026-02-14'), billedPeriods(month, 'in_arrears', '2026-02-15')].map((list) => list.length)).toEqual([1, 2, 0, 1])
  expect(billedPeriods(month, 'in_advance', '2026-01-14')).toEqual([])
})

test('billed periods tile the dates from the start, and each lies in its whole', () => {
  fc.assert(fc.property(fc.nat(2000), fc.integer({ min: 1, max: 31 }), fc.constantFrom(1, 3, 12), fc.nat(900), fc.option(fc.nat(700)), (from, day, months, until, length) => {
    const start = addDays('2020-01-01', from)
    const end = length === null ? null : addDays(start, length)
    const periods = billedPeriods({ start, end, day, months }, 'in_advance', addDays(start, until))
    periods.forEach((period, index) => {
      expect(period.from).toBe(index === 0 ? start : periods[index - 1]!.to)
      expect(period.whole.from <= period.from && period.from < period.to && period.to <= period.whole.to).toBe(true)
    })
  }))
})
