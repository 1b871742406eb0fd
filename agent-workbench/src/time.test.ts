import { expect, test } from 'vitest'
import { daysBetween } from './time.ts'

test('days are the customer’s: the same two instants are on one date in Shanghai and on two in New York', () => {
  const [earlier, later] = [new Date('2026-11-20T17:00:00Z'), new Date('2026-11-21T15:00:00Z')]
  expect([
    daysBetween(earlier, later, 'Asia/Shanghai'),
    daysBetween(earlier, later, 'America/New_York'),
    daysBetween(earlier, later, 'Pacific/Kiritimati'),
  ]).toEqual([0, 1, 1])
})
