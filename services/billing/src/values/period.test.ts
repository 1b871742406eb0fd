import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, daysBetween, isDate, monthsBetween } from './date.ts'
import { daysIn, labelled, periodAt, periodsUntil, type Cycle } from './period.ts'

const starts = (cycle: Cycle, until: string) => periodsUntil(cycle, until).map((period) => period.from)

describe('period boundaries are counted from the anchor', () => {
  test.each([
    ['2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30']],
    ['2024-01-31', ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31', '2024-06-30']],
    ['2024-01-30', ['2024-01-30', '2024-02-29', '2024-03-30', '2024-04-30', '2024-05-30', '2024-06-30']],
    ['2023-01-29', ['2023-01-29', '2023-02-28', '2023-03-29', '2023-04-29', '2023-05-29', '2023-06-29']],
    ['2023-01-28', ['2023-01-28', '2023-02-28', '2023-03-28', '2023-04-28', '2023-05-28', '2023-06-28']],
  ])('a month that starts on %s', (anchor, expected) => {
    expect(starts({ anchor, months: 1, alignment: 'anniversary' }, addMonths(anchor, 6)).slice(0, 6)).toEqual(
      expected,
    )
  })

  test('a year from 29 February ends on the 28th, and on the 29th in the next leap year', () => {
    expect(starts({ anchor: '2024-02-29', months: 12, alignment: 'anniversary' }, '2028-03-01')).toEqual([
      '2024-02-29',
      '2025-02-28',
      '2026-02-28',
      '2027-02-28',
      '2028-02-29',
    ])
  })

  test('a quarter that starts on 30 November', () => {
    expect(starts({ anchor: '2026-11-30', months: 3, alignment: 'anniversary' }, '2027-12-01')).toEqual([
      '2026-11-30',
      '2027-02-28',
      '2027-05-30',
      '2027-08-30',
      '2027-11-30',
    ])
  })
})

describe('periods with calendar alignment', () => {
  test('a short first period knows the whole period it is part of', () => {
    expect(periodAt({ anchor: '2026-11-16', months: 1, alignment: 'calendar' }, '2026-11-20')).toEqual({
      from: '2026-11-16',
      to: '2026-12-01',
      whole: { from: '2026-11-01', to: '2026-12-01' },
    })
    expect(periodAt({ anchor: '2026-11-16', months: 1, alignment: 'calendar' }, '2026-12-31')).toEqual({
      from: '2026-12-01',
      to: '2027-01-01',
      whole: { from: '2026-12-01', to: '2027-01-01' },
    })
  })

  test('calendar periods that start on the 1st are never short', () => {
    const first = periodAt({ anchor: '2026-11-01', months: 1, alignment: 'calendar' }, '2026-11-01')
    expect(daysIn(first)).toBe(daysIn(first.whole))
  })
})

const anchors = fc
  .tuple(
    fc.integer({ min: 2020, max: 2032 }),
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom(1, 15, 28, 29, 30, 31),
  )
  .map(([year, month, day]) =>
    addMonths(`2000-01-${String(day).padStart(2, '0')}`, (year - 2000) * 12 + month - 1),
  )
const cycles = fc.record({
  anchor: anchors,
  months: fc.constantFrom(1, 2, 3, 5, 6, 12, 24, 36),
  alignment: fc.constantFrom('anniversary' as const, 'calendar' as const),
})

test('periods have no gap and no overlap, and every date lies in the period found for it', () => {
  fc.assert(
    fc.property(cycles, fc.nat(2500), (cycle, days) => {
      const date = addDays(cycle.anchor, days)
      const periods = periodsUntil(cycle, addDays(date, 1))
      expect(periods[0]!.from).toBe(cycle.anchor)
      for (const [index, period] of periods.entries()) {
        expect(period.from < period.to).toBe(true)
        if (index > 0) expect(period.from).toBe(periods[index - 1]!.to)
        if (index > 0 || cycle.alignment === 'anniversary')
          expect(period.whole).toEqual({ from: period.from, to: period.to })
      }
      const holding = periods.filter((period) => period.from <= date && date < period.to)
      expect(holding).toEqual([periodAt(cycle, date)])
      expect(periods.at(-1)).toEqual(holding[0])
    }),
  )
})

test('the usage periods of a billing period are whole months', () => {
  fc.assert(
    fc.property(cycles, fc.nat(1000), (cycle, days) => {
      const fee = periodAt(cycle, addDays(cycle.anchor, days))
      const months = periodsUntil({ ...cycle, months: 1 }, fee.to).filter((period) => period.from >= fee.from)
      expect(months[0]!.from).toBe(fee.from)
      expect(months.at(-1)!.to).toBe(fee.to)
    }),
  )
})

test('a period is labelled with the month it starts in, a second one in that month with its date', () => {
  const range = (from: string, to: string) => ({ from, to, whole: { from, to } })
  expect(
    labelled([
      range('2026-11-01', '2026-11-16'),
      range('2026-11-16', '2026-12-16'),
      range('2026-12-16', '2027-01-16'),
    ]).map((period) => period.label),
  ).toEqual(['2026-11', '2026-11-16', '2026-12'])
  fc.assert(
    fc.property(cycles, (cycle) => {
      const names = labelled(periodsUntil(cycle, addDays(cycle.anchor, 1000))).map((period) => period.label)
      expect(new Set(names).size).toBe(names.length)
    }),
  )
})

test('days are counted by the calendar', () => {
  expect(daysBetween('2024-02-01', '2024-03-01')).toBe(29)
  expect(daysBetween('2026-01-01', '2027-01-01')).toBe(365)
  expect(daysBetween('2026-11-02', '2026-11-01')).toBe(-1)
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(monthsBetween('2026-11-30', '2027-01-01')).toBe(2)
  expect(addMonths('2026-01-31', -2)).toBe('2025-11-30')
})

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-1-01',
  '20261101',
  '2026-11-31',
  '',
  '2026-11-01T00:00:00Z',
])('%j is rejected as a date', (text) => {
  expect(isDate(text)).toBe(false)
})
