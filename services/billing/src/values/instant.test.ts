import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addSeconds, instantFromMilliseconds, millisecondsOf, parseInstant } from './instant.ts'

test.each([
  ['2026-11-22T12:26:31Z', '2026-11-22T12:26:31.000000Z'],
  ['2026-11-22T12:26:31.1Z', '2026-11-22T12:26:31.100000Z'],
  ['2026-11-22T12:26:31.123456Z', '2026-11-22T12:26:31.123456Z'],
  ['2026-11-22t12:26:31z', '2026-11-22T12:26:31.000000Z'],
  ['2026-11-22T00:30:00+08:00', '2026-11-21T16:30:00.000000Z'],
  ['2026-12-31T20:00:00.000001-05:30', '2027-01-01T01:30:00.000001Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000Z'],
  ['2026-11-22T12:26:31-00:00', '2026-11-22T12:26:31.000000Z'],
  // .NET writes seven digits; Java, Go and Rust write nine. Digits below the microsecond are dropped so that
  // no instant moves into the next day.
  ['2026-11-22T12:26:31.1234560Z', '2026-11-22T12:26:31.123456Z'],
  ['2026-11-22T12:26:31.123456999Z', '2026-11-22T12:26:31.123456Z'],
  ['2026-12-31T23:59:59.999999999+08:00', '2026-12-31T15:59:59.999999Z'],
  [`2026-11-22T12:26:31.${'9'.repeat(40)}Z`, '2026-11-22T12:26:31.999999Z'],
  ['2026-11-22T12:26:31+23:59', '2026-11-21T12:27:31.000000Z'],
  ['2026-11-22T12:26:31.5-12:45', '2026-11-23T01:11:31.500000Z'],
])('%s is parsed as %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant)
})

test.each([
  '',
  'now',
  '2026-11-22',
  '2026-11-22T12:26:31',
  '2026-11-22 12:26:31Z',
  '2026-11-22T12:26Z',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-04-31T00:00:00+08:00',
  '2026-13-01T00:00:00Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T12:60:00Z',
  '2026-11-22T12:26:60Z',
  '2026-11-22T12:26:31+25:00',
  '2026-11-22T12:26:31+0800',
  '1763814391',
  '9999-12-31T23:59:59-14:00',
  '0001-01-01T00:00:00+14:00',
  '0000-06-01T00:00:00Z',
  '2026-11-22T12:26:31.Z',
  '2026-11-22T12:26:31Z ',
  '2026-11-22T12:26:31+08:000',
  ' 2026-11-22T12:26:31Z',
  '２０２６-11-22T12:26:31Z',
])('%j is rejected', (text) => {
  expect(parseInstant(text)).toBeUndefined()
})

test('instants compare as text', () => {
  const moments = fc.integer({ min: 0, max: 4_102_444_800_000 })
  fc.assert(
    fc.property(moments, moments, (a, b) => {
      expect(instantFromMilliseconds(a) < instantFromMilliseconds(b)).toBe(a < b)
      expect(millisecondsOf(instantFromMilliseconds(a))).toBe(a)
      expect(parseInstant(instantFromMilliseconds(a))).toBe(instantFromMilliseconds(a))
    }),
  )
})

test('seconds are added with microsecond precision', () => {
  expect(addSeconds('2026-12-31T23:59:59.999999Z', 1)).toBe('2027-01-01T00:00:00.999999Z')
  expect(addSeconds('2026-03-01T00:00:00.000001Z', -86_400)).toBe('2026-02-28T00:00:00.000001Z')
})
