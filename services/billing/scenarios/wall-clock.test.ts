import { expect, test } from 'vitest'
import { instantFromWall, wallTime } from './wall-clock.ts'

test.each([
  ['Asia/Shanghai', '2026-11-01 09:00', '2026-11-01T01:00:00.000000Z'],
  ['Asia/Kolkata', '2026-06-14 23:59:59.999999', '2026-06-14T18:29:59.999999Z'],
  ['Europe/Berlin', '2026-03-29 01:59:59 +01:00', '2026-03-29T00:59:59.000000Z'],
  ['Europe/Berlin', '2026-03-29 03:00 +02:00', '2026-03-29T01:00:00.000000Z'],
  ['America/New_York', '2026-11-01 01:30 -04:00', '2026-11-01T05:30:00.000000Z'],
  ['America/New_York', '2026-11-01 01:30 -05:00', '2026-11-01T06:30:00.000000Z'],
  ['Pacific/Apia', '2011-12-29 23:59:59 -10:00', '2011-12-30T09:59:59.000000Z'],
  ['Pacific/Apia', '2011-12-31 00:00 +14:00', '2011-12-30T10:00:00.000000Z'],
])('in %s the clock shows %s at %s', (zone, wall, instant) => {
  expect(instantFromWall(zone, wall)).toBe(instant)
  expect(wallTime(zone, instant)).toBe(wall)
})

test('a repeated local time needs its offset, and a skipped one is rejected', () => {
  expect(() => instantFromWall('Europe/Berlin', '2026-10-25 02:30')).toThrow('twice')
  expect(() => instantFromWall('Europe/Berlin', '2026-03-29 02:30')).toThrow('no clock')
  expect(() => instantFromWall('Pacific/Apia', '2011-12-30 12:00')).toThrow('no clock')
  expect(() => instantFromWall('Europe/Berlin', '2026-07-01 12:00 +01:00')).toThrow('no clock')
})
