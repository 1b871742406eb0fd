import { expect, test } from 'vitest'
import { newEventId } from './event-id.ts'

const version7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('an id is a UUID of version 7 that begins with its time in milliseconds', () => {
  for (const time of [0, 1, Date.UTC(2026, 10, 28, 12, 26, 31, 123), 2 ** 48 - 1]) {
    const [, high, low] = version7.exec(newEventId(time)) ?? []
    expect(parseInt(`${high}${low}`, 16)).toBe(time)
  }
})

test('ids of one millisecond differ, and a later one is greater', () => {
  const now = Date.UTC(2026, 10, 28)
  expect(new Set(Array.from({ length: 10_000 }, () => newEventId(now))).size).toBe(10_000)
  expect(newEventId(now) < newEventId(now + 1)).toBe(true)
})
