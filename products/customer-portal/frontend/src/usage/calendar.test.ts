import { expect, test } from 'vitest'
import { dateByKey, weeksOf, within } from './calendar.ts'

test('a month has six full weeks from Monday, including its neighbours’ days', () => {
  const november = weeksOf('2026-11')
  expect([november.length, november[0], november[5]!.at(-1)]).toEqual([
    6,
    ['2026-10-26', '2026-10-27', '2026-10-28', '2026-10-29', '2026-10-30', '2026-10-31', '2026-11-01'],
    '2026-12-06',
  ])
  expect(weeksOf('2027-02')[0]![0]).toBe('2027-02-01')
  for (const month of ['2026-12', '2028-02', '2027-01']) expect(new Set(weeksOf(month).flat()).size).toBe(42)
})

test('keys move by days, weeks, months and years, across the ends of months', () => {
  const from = '2026-10-31'
  expect(
    ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'].map((key) =>
      dateByKey(key, from),
    ),
  ).toEqual([
    '2026-10-30',
    '2026-11-01',
    '2026-10-24',
    '2026-11-07',
    '2026-10-26',
    '2026-11-01',
    '2026-09-30',
    '2026-11-30',
  ])
  expect([
    dateByKey('PageUp', '2028-02-29', true),
    dateByKey('PageDown', '2026-12-31', true),
    dateByKey('PageDown', '2026-12-31'),
  ]).toEqual(['2027-02-28', '2027-12-31', '2027-01-31'])
  expect(dateByKey('a', from)).toBeUndefined()
})

test('keys stop at the first and last selectable date', () => {
  const limits = { since: '2026-08-01', today: '2026-11-28' }
  expect([within('2026-07-01', limits), within('2027-01-01', limits), within('2026-09-09', limits)]).toEqual([
    '2026-08-01',
    '2026-11-28',
    '2026-09-09',
  ])
})
