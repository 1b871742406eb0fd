import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays } from './date.ts'
import { fraction, money } from './money.ts'
import { prorate } from './proration.ts'
import { changeAmounts, localDays, shareOf, shareOfPeriod, total } from './share.ts'

const at = (text: string) => `${text}.000000Z`
const minor = (amount: number) => fraction(BigInt(amount), 1n)

test('by seconds a day of 23 hours is shorter, by days it is a day', () => {
  const march = { start: at('2026-02-28T23:00:00'), end: at('2026-03-31T22:00:00') }
  const after = { start: at('2026-03-28T23:00:00'), end: march.end } // 29 March, when the clocks go forward, to the end
  const by = (granularity: 'second' | 'day') => shareOf(minor(74_300), shareOfPeriod(after, march, { granularity, timezone: 'Europe/Berlin' }))
  expect([by('second'), by('day')]).toEqual([7100, 7190]) // 71 of 743 hours, 3 of 31 days
})

test('days are local dates', () => {
  expect(localDays({ start: at('2024-11-02T00:00:00'), end: at('2024-11-04T00:00:00') }, 'America/New_York')).toBe(2)
  expect(localDays({ start: at('2024-07-15T12:30:00'), end: at('2024-07-16T08:15:00') }, 'Asia/Tokyo')).toBe(1)
})

test('microseconds count', () => {
  expect(shareOfPeriod({ start: '2026-01-01T00:00:00.000001Z', end: at('2026-01-01T00:00:01') }, { start: at('2026-01-01T00:00:00'), end: at('2026-01-01T00:00:01') }, { granularity: 'second', timezone: 'UTC' })).toEqual(fraction(999_999n, 1_000_000n))
})

test('a change gives back and takes a share, each rounded once; a new period is due in full', () => {
  const left = fraction(17n, 31n)
  expect(changeAmounts({ old: minor(100_000), new: minor(50_000), left })).toEqual({ credit: 54_839, charge: 27_419, net: -27_420 })
  expect(changeAmounts({ old: minor(10_000), new: minor(100_000), left: fraction(22n, 29n), restarts: true })).toEqual({ credit: 7586, charge: 100_000, net: 92_414 })
})

test('exact amounts are added exactly', () => {
  expect(shareOf(total([fraction(1n, 3n), fraction(1n, 6n)]), fraction(1n, 1n))).toBe(1)
  expect(total([])).toEqual(fraction(0n, 1n))
})

test('a share from the start is the share of a fee on the grid of dates, and any other is at most one minor unit from it', () => {
  fc.assert(fc.property(fc.nat(1_000_000_00), fc.integer({ min: 1, max: 366 }), fc.nat(366), fc.nat(366), (fee, length, a, b) => {
    const [from, to] = [Math.min(a, b, length), Math.min(Math.max(a, b), length)]
    const whole = { from: '2026-01-01', to: addDays('2026-01-01', length) }
    const alone = shareOf(minor(fee), fraction(BigInt(to - from), BigInt(length)))
    const onGrid = prorate(fee, { from: addDays(whole.from, from), to: addDays(whole.from, to) }, whole)
    expect(Math.abs(money(alone - onGrid))).toBeLessThanOrEqual(from === 0 ? 0 : 1)
  }))
})
