import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundaryAt, nextBoundary, periodHolding, periodOverAt, type Calendar, type Interval } from './calendar.ts'
import { instantFromMilliseconds } from './instant.ts'

const monthly = (anchor: string, timezone = 'UTC', more: Partial<Calendar> = {}): Calendar => ({ anchor, interval: 'month', count: 1, timezone, alignment: 'anniversary', ...more })
const at = (text: string) => `${text}.000000Z`

test('the 31st becomes the last day of a short month and comes back', () => {
  const calendar = monthly(at('2024-01-31T10:00:00'))
  expect([1, 2, 3, 13].map((n) => boundaryAt(calendar, n))).toEqual([at('2024-02-29T10:00:00'), at('2024-03-31T10:00:00'), at('2024-04-30T10:00:00'), at('2025-02-28T10:00:00')])
})

test('the time of day is local, through both changes of the clocks', () => {
  const calendar = monthly(at('2026-01-15T08:30:00'), 'Europe/Berlin') // 09:30
  expect(boundaryAt(calendar, 3)).toBe(at('2026-04-15T07:30:00'))
  expect(boundaryAt(calendar, 10)).toBe(at('2026-11-15T08:30:00'))
  // 02:30 on 29 March 2026 does not exist in Berlin.
  expect(boundaryAt(monthly(at('2026-01-29T01:30:00'), 'Europe/Berlin', { interval: 'day' }), 59)).toBe(at('2026-03-29T01:30:00'))
})

test('the second 02:30 of the autumn night is an anchor like any other', () => {
  const anchor = at('2026-10-25T01:30:00')
  const calendar = monthly(anchor, 'Europe/Berlin', { interval: 'day' })
  expect(periodHolding(calendar, anchor).start).toBe(anchor)
  expect(nextBoundary(calendar, anchor)).toBe(at('2026-10-26T01:30:00'))
})

test('a day that a zone leaves out holds no period', () => {
  const calendar = monthly(at('2011-12-28T20:00:00'), 'Pacific/Apia', { interval: 'day' }) // 28 December 10:00; the 30th is missing
  expect(periodHolding(calendar, at('2011-12-31T00:00:00'))).toEqual({ start: at('2011-12-30T20:00:00'), end: at('2011-12-31T20:00:00') })
  expect(periodOverAt(calendar, at('2011-12-31T00:00:00'))).toEqual({ start: at('2011-12-29T20:00:00'), end: at('2011-12-30T20:00:00') })
  // 31 December 05:00: the period of the 29th still goes on, two dates later.
  expect(periodHolding(calendar, at('2011-12-30T15:00:00'))).toEqual({ start: at('2011-12-29T20:00:00'), end: at('2011-12-30T20:00:00') })
})

test.each([
  ['day', at('2026-08-18T00:00:00'), at('2026-08-19T00:00:00')], ['week', at('2026-08-17T00:00:00'), at('2026-08-24T00:00:00')], ['month', at('2026-08-01T00:00:00'), at('2026-09-01T00:00:00')],
  ['quarter', at('2026-07-01T00:00:00'), at('2026-10-01T00:00:00')], ['year', at('2026-01-01T00:00:00'), at('2027-01-01T00:00:00')],
] as [Interval, string, string][])('a calendar %s begins at local midnight', (interval, start, end) => {
  const now = at('2026-08-18T12:00:00')
  expect(periodHolding(monthly(now, 'UTC', { interval, alignment: 'calendar' }), now)).toEqual({ start, end })
  expect(periodHolding(monthly(at('2026-08-31T18:29:59'), 'Asia/Kolkata', { alignment: 'calendar' }), at('2026-08-31T18:29:59')).end).toBe(at('2026-08-31T18:30:00'))
})

test('two months of the calendar are counted from the month of the anchor', () => {
  const start = at('2023-01-15T00:00:00')
  expect(nextBoundary(monthly(start, 'UTC', { alignment: 'calendar', count: 2 }), start)).toBe(at('2023-03-01T00:00:00'))
})

const calendars = fc.record({
  anchor: fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2035, 0) }).map(instantFromMilliseconds),
  interval: fc.constantFrom<Interval>('day', 'week', 'month', 'quarter', 'year'), count: fc.integer({ min: 1, max: 7 }),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe'),
  alignment: fc.constantFrom<Calendar['alignment']>('anniversary', 'calendar'),
})
const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2035, 0) }).map(instantFromMilliseconds)

test('periods tile time: each instant lies in one, the next begins where it ends, and the last one over ends where it begins', () => {
  fc.assert(fc.property(calendars, instants, (calendar, instant) => {
    const { start, end } = periodHolding(calendar, instant)
    expect(start <= instant && instant < end).toBe(true)
    expect(periodHolding(calendar, start)).toEqual({ start, end })
    expect(periodHolding(calendar, end).start).toBe(end)
    expect(nextBoundary(calendar, instant)).toBe(end)
    expect(periodOverAt(calendar, instant)).toMatchObject({ end: start })
    expect(periodOverAt(calendar, end)).toEqual({ start, end })
  }))
})

test.each([
  ['day', 3, at('2026-08-18T00:00:00'), at('2026-08-21T00:00:00')], ['week', 2, at('2026-08-17T00:00:00'), at('2026-08-31T00:00:00')], ['month', 2, at('2026-08-01T00:00:00'), at('2026-10-01T00:00:00')],
  ['quarter', 3, at('2026-07-01T00:00:00'), at('2027-04-01T00:00:00')], ['year', 2, at('2026-01-01T00:00:00'), at('2028-01-01T00:00:00')],
] as [Interval, number, string, string][])('several calendar intervals (%s × %s) are counted from where the one of the anchor begins', (interval, count, start, end) => {
  const tuesday = at('2026-08-18T12:00:00')
  expect(periodHolding(monthly(tuesday, 'UTC', { interval, count, alignment: 'calendar' }), tuesday)).toEqual({ start, end })
})

test('where the clocks go back over midnight the day that had begun goes on', () => {
  // Newfoundland, 7 November 2010: midnight was 02:30 UTC, and at 00:01 the clocks went back to 23:01 of the 6th.
  const daily = monthly(at('2010-11-01T12:00:00'), 'America/St_Johns', { interval: 'day', alignment: 'calendar' })
  expect(periodHolding(daily, at('2010-11-07T02:29:59'))).toEqual({ start: at('2010-11-06T02:30:00'), end: at('2010-11-07T02:30:00') })
  expect(periodHolding(daily, at('2010-11-07T02:45:00'))).toEqual({ start: at('2010-11-07T02:30:00'), end: at('2010-11-08T03:30:00') })
})
