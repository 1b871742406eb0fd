import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from './date.ts'
import { addSeconds, instantFromMilliseconds } from './instant.ts'
import {
  beginningOfTime,
  clockTimeIn,
  clockTimeWithOffset,
  dateIn,
  instantOf,
  isTimeZone,
  localDateOf,
  nextMidnight,
  startOfDay,
  type ZoneChange,
} from './zone.ts'

const always = (timezone: string): ZoneChange[] => [{ from: beginningOfTime, timezone }]

test.each([
  ['Asia/Shanghai', '2026-10-31T16:00:00.000000Z', '2026-11-01'],
  ['Asia/Shanghai', '2026-10-31T15:59:59.999999Z', '2026-10-31'],
  ['Asia/Kolkata', '2026-10-31T18:29:59.999999Z', '2026-10-31'],
  ['Asia/Kolkata', '2026-10-31T18:30:00.000000Z', '2026-11-01'],
  ['Europe/Berlin', '2026-03-28T23:00:00.000000Z', '2026-03-29'],
  ['Europe/Berlin', '2026-03-29T21:59:59.000000Z', '2026-03-29'],
  ['Europe/Berlin', '2026-03-29T22:00:00.000000Z', '2026-03-30'],
  ['America/New_York', '2026-11-01T04:00:00.000000Z', '2026-11-01'],
  ['America/New_York', '2026-11-02T04:59:59.000000Z', '2026-11-01'],
  ['America/New_York', '2026-11-02T05:00:00.000000Z', '2026-11-02'],
  ['Pacific/Apia', '2011-12-30T09:59:59.000000Z', '2011-12-29'],
  ['Pacific/Apia', '2011-12-30T10:00:00.000000Z', '2011-12-31'],
  ['America/Sao_Paulo', '2018-11-04T02:59:59.000000Z', '2018-11-03'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00.000000Z', '2018-11-04'],
  ['UTC', '2026-11-01T00:00:00.000000Z', '2026-11-01'],
])('in %s, %s falls on %s', (timezone, instant, date) => {
  expect(dateIn(timezone, instant)).toBe(date)
  expect(localDateOf(always(timezone), instant)).toBe(date)
})

test.each([
  ['Europe/Berlin', '2026-03-29', 23],
  ['Europe/Berlin', '2026-10-25', 25],
  ['America/New_York', '2026-11-01', 25],
  ['Asia/Shanghai', '2026-11-01', 24],
  ['America/Sao_Paulo', '2018-11-04', 23],
  ['America/Sao_Paulo', '2018-02-17', 25],
  ['Pacific/Apia', '2011-12-29', 24],
  ['Pacific/Apia', '2011-12-30', 0],
])('in %s, %s has %s hours', (timezone, date, hours) => {
  expect(startOfDay(addDays(date, 1), timezone)).toBe(addSeconds(startOfDay(date, timezone), hours * 3600))
})

test('where the clocks skip midnight the day starts at one', () => {
  expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000000Z')
})

describe('every instant has exactly one date, and dates never go back', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'America/Sao_Paulo',
    'Asia/Shanghai',
    'America/St_Johns',
    'Pacific/Kiritimati',
    'Pacific/Honolulu',
    'Africa/Cairo',
    'America/Nuuk',
    'Australia/Lord_Howe',
  ]
  const histories = fc
    .array(fc.tuple(fc.constantFrom(...zones), fc.integer({ min: 20, max: 40 })), { maxLength: 3 })
    .chain((later) =>
      fc.constantFrom(...zones).map((first): ZoneChange[] => {
        let from = '2010-10-20'
        return [
          ...always(first),
          ...later.map(([timezone, days]) => ({ from: (from = addDays(from, days)), timezone })),
        ]
      }),
    )

  test('dates stay in order through zone changes and clock changes', () => {
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: 0, max: 140 * 24 * 60 }),
        fc.integer({ min: 1, max: 3 * 24 * 60 }),
        (history, minute, later) => {
          const begin = Date.UTC(2010, 9, 20)
          const first = instantFromMilliseconds(begin + minute * 60_000)
          const second = instantFromMilliseconds(begin + (minute + later) * 60_000)
          const date = localDateOf(history, first)
          expect(localDateOf(history, second) >= date).toBe(true)
          // The first instant of the date is not after the instant, and that of the next date is not before
          // it.
          expect(instantOf(history, date) <= first).toBe(true)
          expect(instantOf(history, addDays(date, 1)) > first).toBe(true)
        },
      ),
      { numRuns: 400 },
    )
  })

  test.each(zones)('dates stay in order at each half hour of more than a year in %s', (timezone) => {
    let before = ''
    for (let half = 0; half < 48 * 400; half += 1) {
      const date = dateIn(
        timezone,
        instantFromMilliseconds(Date.UTC(2010, 9, 20) + half * 1_800_000 + 30_000),
      )
      if (date < before) throw new Error(`date ${date} follows ${before}`)
      before = date
    }
  })

  test('where the clocks go back over midnight, a new date that has started stays', () => {
    // Newfoundland left summer time at 00:01 on 7 November 2010 and repeated the hour from 23:01 on the 6th.
    expect(dateIn('America/St_Johns', '2010-11-07T02:29:59.000000Z')).toBe('2010-11-06')
    expect(dateIn('America/St_Johns', '2010-11-07T02:30:30.000000Z')).toBe('2010-11-07')
    expect(dateIn('America/St_Johns', '2010-11-07T02:45:00.000000Z')).toBe('2010-11-07')
    expect(dateIn('America/St_Johns', '2010-11-07T03:30:00.000000Z')).toBe('2010-11-07')
  })

  test('the repeated hour belongs to the new date also when the zone is asked about it first', () => {
    // The year before, so that no day of it is in the cache.
    expect(dateIn('America/St_Johns', '2009-11-01T02:45:00.000000Z')).toBe('2009-11-01')
  })

  test('everything before the first zone change is dated in the first zone', () => {
    expect(localDateOf(always('America/New_York'), '0001-01-01T00:00:00.000000Z')).toBe(beginningOfTime)
    expect(localDateOf(always('America/New_York'), '0001-01-02T12:00:00.000000Z')).toBe('0001-01-02')
  })

  test('a customer who moves west keeps the date until the new zone reaches the next one', () => {
    const history = [...always('Asia/Shanghai'), { from: '2026-12-01', timezone: 'America/New_York' }]
    expect(localDateOf(history, '2026-11-30T16:30:00.000000Z')).toBe('2026-11-30')
    expect(localDateOf(history, '2026-12-01T04:59:59.999999Z')).toBe('2026-11-30')
    expect(localDateOf(history, '2026-12-01T05:00:00.000000Z')).toBe('2026-12-01')
  })

  test('a customer who moves east has a shorter last day', () => {
    const history = [...always('America/New_York'), { from: '2026-12-01', timezone: 'Asia/Shanghai' }]
    expect(localDateOf(history, '2026-11-30T15:59:59.999999Z')).toBe('2026-11-30')
    expect(localDateOf(history, '2026-11-30T16:00:00.000000Z')).toBe('2026-12-01')
    expect(localDateOf(history, '2026-12-01T04:00:00.000000Z')).toBe('2026-12-01')
  })
})

test('only names of time zones are accepted', () => {
  expect(['Asia/Shanghai', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+8'].every(isTimeZone)).toBe(true)
  for (const name of ['', '+08:00', 'Mars/Olympus', 'Asia/', 'Asia/Shanghai ', '8', 'local'])
    expect(isTimeZone(name)).toBe(false)
})

describe('clock times of a zone', () => {
  // Each zone's instants are in order: where two share a minute, the cache answers the second.
  test.each([
    ['Asia/Shanghai', '2026-11-01T00:00:00.000000Z', '2026-11-01 08:00:00.000'],
    ['Asia/Shanghai', '2026-10-31T16:00:00.123456Z', '2026-11-01 00:00:00.123'],
    ['Asia/Kathmandu', '2026-11-01T18:14:59.999999Z', '2026-11-01 23:59:59.999'],
    ['Asia/Kathmandu', '2026-11-01T18:15:00.000000Z', '2026-11-02 00:00:00.000'],
    ['UTC', '1999-12-31T23:59:59.999000Z', '1999-12-31 23:59:59.999'],
    ['Europe/Berlin', '2026-03-29T00:59:59.999000Z', '2026-03-29 01:59:59.999'],
    ['Europe/Berlin', '2026-03-29T01:00:00.000000Z', '2026-03-29 03:00:00.000'],
    ['Europe/Berlin', '2026-03-29T01:00:59.999000Z', '2026-03-29 03:00:59.999'],
    ['America/New_York', '2026-11-01T05:59:59.000000Z', '2026-11-01 01:59:59.000'],
    ['America/New_York', '2026-11-01T06:00:00.000000Z', '2026-11-01 01:00:00.000'],
    ['America/New_York', '2026-11-01T05:59:59.000000Z', '2026-11-01 01:59:59.000'],
    ['America/St_Johns', '2010-11-07T02:30:30.000000Z', '2010-11-07 00:00:30.000'],
    ['America/St_Johns', '2010-11-07T02:31:00.000000Z', '2010-11-06 23:01:00.000'],
  ])('in %s the clock shows at %s %s', (timezone, instant, shown) => {
    expect(clockTimeIn(timezone, instant)).toBe(shown)
  })

  test('clock times equal those of Intl, whatever the cache holds', () => {
    const clocks = new Map(
      ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu'].map((zone) => [
        zone,
        new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }),
      ]),
    )
    // Small and large steps around the day in 2010 on which Newfoundland's clocks went back.
    const steps = fc.array(
      fc.oneof(fc.integer({ min: -120, max: 120 }), fc.integer({ min: -40_000_000, max: 40_000_000 })),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...clocks.keys()), steps, (timezone, some) => {
        let second = Date.UTC(2010, 10, 7, 2, 31) / 1000
        for (const step of some) {
          second += step
          expect(clockTimeIn(timezone, instantFromMilliseconds(second * 1000))).toBe(
            `${clocks.get(timezone)!.format(second * 1000)}.000`,
          )
        }
      }),
    )
  })
})

test.each([
  ['Asia/Shanghai', '2026-01-01T00:00:00.123456Z', '2026-01-01 08:00:00.123456+08:00'],
  ['UTC', '2026-01-01T00:00:00.000001Z', '2026-01-01 00:00:00.000001+00:00'],
  ['America/St_Johns', '2026-01-01T00:00:00.000000Z', '2025-12-31 20:30:00.000000-03:30'],
])('the clock in %s at %s shows %s', (timezone, instant, shown) => {
  expect(clockTimeWithOffset(timezone, instant)).toBe(shown)
})

test('the next midnight is the beginning of the next local date', () => {
  const zones = [{ from: '0001-01-01', timezone: 'Asia/Shanghai' }]
  expect(nextMidnight(zones, '2026-01-01T15:59:59.000000Z')).toBe('2026-01-01T16:00:00.000000Z')
  expect(nextMidnight(zones, '2026-01-01T16:00:00.000000Z')).toBe('2026-01-02T16:00:00.000000Z')
})
