import { expect, test } from 'vitest'
import {
  addDays,
  daysApart,
  daysBetween,
  formatDate,
  formatPeriodLabel,
  formatRange,
  formatTime,
  localDate,
} from './date.ts'

test('local dates are counted by the calendar, over leap days and years', () => {
  expect([addDays('2028-02-28', 1), addDays('2026-12-31', 1), addDays('2026-03-01', -1)]).toEqual([
    '2028-02-29',
    '2027-01-01',
    '2026-02-28',
  ])
  expect([daysBetween('2026-11-22', '2026-12-01'), daysBetween('2026-03-28', '2026-03-30')]).toEqual([9, 2])
})

test('an instant falls on the date of the time zone', () => {
  expect(localDate('2026-11-22T16:30:00.000000Z', 'Asia/Shanghai')).toBe('2026-11-23')
  expect(localDate('2026-11-22T16:30:00.000000Z', 'America/New_York')).toBe('2026-11-22')
})

test('days are the customer’s: the same two instants lie on one date in Shanghai and on two in New York', () => {
  const [earlier, later] = ['2026-11-20T17:00:00Z', '2026-11-21T15:00:00Z'] as const
  expect([
    daysApart(earlier, later, 'Asia/Shanghai'),
    daysApart(earlier, later, 'America/New_York'),
    daysApart(earlier, later, 'Pacific/Kiritimati'),
  ]).toEqual([0, 1, 1])
})

test('a date is written as its language writes it', () => {
  expect([formatDate('2026-11-05', 'zh-CN'), formatDate('2026-11-05', 'en')]).toEqual([
    '2026年11月5日',
    'Nov 5, 2026',
  ])
  expect([formatDate('2026-11-05', 'zh-CN', 'day'), formatDate('2026-11-05', 'en', 'numeric')]).toEqual([
    '11月5日',
    '11/5',
  ])
})

test('a range names its first and last day and says the month and year once', () => {
  const november = { start: '2026-11-01', end: '2026-12-01' }
  expect([
    formatRange(november, 'zh-CN'),
    formatRange(november, 'en'),
    formatRange(november, 'en', 'date'),
  ]).toEqual(['11月1日 – 30日', 'Nov 1 – 30', 'Nov 1 – 30, 2026'])
  const across = { start: '2026-11-15', end: '2026-12-15' }
  expect([formatRange(across, 'zh-CN'), formatRange(across, 'en')]).toEqual([
    '11月15日 – 12月14日',
    'Nov 15 – Dec 14',
  ])
})

test('a range over the turn of the year says both years', () => {
  const turn = { start: '2026-12-15', end: '2027-01-15' }
  expect([formatRange(turn, 'zh-CN'), formatRange(turn, 'en')]).toEqual([
    '2026年12月15日 – 2027年1月14日',
    'Dec 15, 2026 – Jan 14, 2027',
  ])
})

test('a range of one day is that day', () => {
  expect(formatRange({ start: '2026-11-01', end: '2026-11-02' }, 'en')).toBe('Nov 1')
})

test('a period is called by its month, or by its day where it has one', () => {
  expect([
    formatPeriodLabel('2026-11', 'zh-CN'),
    formatPeriodLabel('2026-11', 'en'),
    formatPeriodLabel('2026-11-30', 'en'),
  ]).toEqual(['2026年11月', 'November 2026', 'Nov 30, 2026'])
})

test('a time stands on the wall clock of the customer', () => {
  expect(formatTime('2026-11-22T13:05:09.123456Z', 'Asia/Shanghai')).toBe('2026-11-22 21:05')
  expect(formatTime('2026-11-22T13:05:09.123456Z', 'UTC', { seconds: true })).toBe('2026-11-22 13:05:09')
})
