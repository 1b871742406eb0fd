import { addDays, localDate } from '@customer-portal/ui/format/date.ts'
import { expect, test } from 'vitest'
import {
  daysIn,
  monthsBefore,
  maxDays,
  presets,
  rangeBefore,
  rangeBetween,
  rangeFrom,
  refusalOf,
} from './range.ts'

const periods = [
  { start: '2026-11-15', end: '2026-12-15', label: '2026-11' },
  { start: '2026-10-15', end: '2026-11-15', label: '2026-10' },
  { start: '2026-09-15', end: '2026-10-15', label: '2026-09' },
]
const limits = { since: '2026-01-01', today: '2026-11-28' }
const none = { current: undefined, periods: [], hasPlan: false }
const named = (of: typeof limits, from = periods) =>
  Object.fromEntries(
    presets({ current: from[0], periods: from, hasPlan: true }, of).map(({ name, range }) => [
      name,
      `${range.from} ${range.to}`,
    ]),
  )

test('the presets are the last two billing cycles as the server defines them, and ranges of days that end today', () => {
  expect(named(limits)).toEqual({
    cycle: '2026-11-15 2026-12-14',
    previous: '2026-10-15 2026-11-14',
    last7: '2026-11-22 2026-11-28',
    last30: '2026-10-30 2026-11-28',
    months3: '2026-08-29 2026-11-28',
  })
})

test('without a plan no range is called the current billing cycle: there is the month, and the last cycle', () => {
  const names = (current: (typeof periods)[number], from: typeof periods) =>
    presets({ current, periods: from, hasPlan: false }, limits)
      .slice(0, 2)
      .map(({ name, range }) => `${name} ${range.from} ${range.to}`)
  const month = { start: '2026-11-01', end: '2026-12-01', label: '2026-11' }
  const last = { start: '2026-11-15', end: '2026-11-29', label: '2026-11' }
  expect(names(month, [])).toEqual(['month 2026-11-01 2026-11-30', 'last7 2026-11-22 2026-11-28'])
  expect(names({ ...month, start: '2026-11-20' }, [{ ...last, end: '2026-11-20' }])).toEqual([
    'month 2026-11-20 2026-11-30',
    'lastCycle 2026-11-15 2026-11-19',
  ])
  // On the day on which it ended it is still the current period.
  expect(names(last, [last])).toEqual(['lastCycle 2026-11-15 2026-11-28', 'last7 2026-11-22 2026-11-28'])
})

test('a new customer is offered no day before their first', () => {
  expect(named({ since: '2026-11-20', today: '2026-11-28' })).toEqual({
    cycle: '2026-11-15 2026-12-14',
    last7: '2026-11-22 2026-11-28',
    last30: '2026-11-20 2026-11-28',
    months3: '2026-11-20 2026-11-28',
  })
  expect(named({ since: '2026-11-15', today: '2026-11-28' }, periods.slice(0, 1))).not.toHaveProperty(
    'previous',
  )
})

test('three months back a month may be shorter, and the range never exceeds the maximum', () => {
  expect([
    monthsBefore('2026-05-31', 3),
    monthsBefore('2028-05-31', 3),
    monthsBefore('2026-02-10', 3),
    monthsBefore('2026-03-31', 1),
  ]).toEqual(['2026-02-28', '2028-02-29', '2025-11-10', '2026-02-28'])
  for (let today = '2026-01-01'; today < '2029-01-01'; today = addDays(today, 1)) {
    const months = presets(none, { since: '2020-01-01', today }).find(({ name }) => name === 'months3')!.range
    expect(daysIn(months)).toBeGreaterThanOrEqual(89)
    expect(daysIn(months)).toBeLessThanOrEqual(maxDays)
  }
})

test('today is the customer’s, so the same instant gives other days in another time zone', () => {
  const instant = '2026-10-31T16:30:00Z'
  const week = (zone: string) =>
    presets(none, { since: '2026-01-01', today: localDate(instant, zone) }).find(
      ({ name }) => name === 'last7',
    )!.range
  expect(week('Asia/Shanghai')).toEqual({ from: '2026-10-26', to: '2026-11-01' })
  expect(week('America/Los_Angeles')).toEqual({ from: '2026-10-25', to: '2026-10-31' })
})

test('a URL without dates, or with invalid or too many, shows the default range', () => {
  expect(rangeFrom({ from: '2026-11-01', to: '2026-11-30' })).toEqual({
    from: '2026-11-01',
    to: '2026-11-30',
  })
  expect(rangeFrom({ from: '2026-11-01' })).toEqual({ from: '2026-11-01', to: '2026-11-01' })
  expect([
    rangeFrom({}),
    rangeFrom({ to: '2026-11-01' }),
    rangeFrom({ from: '2026-02-30', to: '2026-03-01' }),
    rangeFrom({ from: '2026-11-02', to: '2026-11-01' }),
    rangeFrom({ from: 'x', to: '2026-11-01' }),
    rangeFrom({ from: '2026-08-01', to: '2026-11-01' }),
  ]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
  expect(daysIn(rangeFrom({ from: '2026-08-02', to: '2026-11-01' })!)).toBe(maxDays)
})

test('a date is rejected with its reason, and the second one also when the range is too long', () => {
  expect(
    ['2025-12-31', '2026-11-29', '2026-11-28', '2026-01-01'].map((date) => refusalOf(date, limits)),
  ).toEqual(['early', 'future', undefined, undefined])
  expect([
    refusalOf('2026-08-01', limits, '2026-10-31'),
    refusalOf('2026-07-31', limits, '2026-10-31'),
    refusalOf('2026-11-28', limits, '2026-08-28'),
  ]).toEqual([undefined, 'long', 'long'])
  expect(rangeBetween('2026-11-09', '2026-11-02')).toEqual({ from: '2026-11-02', to: '2026-11-09' })
})

test('a cycle is compared with the same days of the previous one, other days with those right before', () => {
  expect(rangeBefore({ from: '2026-11-15', to: '2026-11-28' }, periods, '2026-01-01')).toEqual({
    from: '2026-10-15',
    to: '2026-10-28',
  })
  expect(rangeBefore({ from: '2026-10-15', to: '2026-11-14' }, periods, '2026-01-01')).toEqual({
    from: '2026-09-15',
    to: '2026-10-14',
  })
  expect(rangeBefore({ from: '2026-11-22', to: '2026-11-28' }, periods, '2026-01-01')).toEqual({
    from: '2026-11-15',
    to: '2026-11-21',
  })
  expect(rangeBefore({ from: '2026-09-15', to: '2026-10-14' }, periods, '2026-01-01')).toBeUndefined()
  expect(rangeBefore({ from: '2026-11-22', to: '2026-11-28' }, periods, '2026-11-16')).toBeUndefined()
})
