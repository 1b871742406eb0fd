import { expect, test } from 'vitest'
import { billedPeriods } from './billed-periods.ts'
import type { LineKind } from './line.ts'

const line = (kind: LineKind, start: string, end: string) => ({ kind, period: { start, end } })
const october = { start: '2026-10-01', end: '2026-11-01' }
const november = { start: '2026-11-01', end: '2026-12-01' }

test('a renewal names the month of its fee and the month of its usage, or the one it bills', () => {
  const fee = line('fee', november.start, november.end)
  const usage = line('usage', october.start, october.end)
  expect(billedPeriods([fee, usage])).toEqual({ fee: november, usage: october })
  expect(billedPeriods([fee])).toEqual({ fee: november, usage: null })
  expect(billedPeriods([usage])).toEqual({ fee: null, usage: october })
})

test('a change from monthly to yearly names the year and the month of all its usage', () => {
  const lines = [
    line('unused_time', '2026-11-16', '2026-12-01'),
    line('fee', '2026-11-16', '2027-11-16'),
    line('usage', '2026-11-09', '2026-11-16'),
    line('usage', '2026-11-01', '2026-11-09'),
    line('adjustment', '2026-10-01', '2026-11-01'),
  ]
  expect(billedPeriods(lines)).toEqual({
    fee: { start: '2026-11-16', end: '2027-11-16' },
    usage: { start: '2026-11-01', end: '2026-11-16' },
  })
})

test('a document that only credits or adjusts names those dates, and a one-off charge names none', () => {
  expect(
    billedPeriods([
      line('unused_time', '2026-11-16', '2026-12-01'),
      line('adjustment', october.start, october.end),
    ]),
  ).toEqual({
    fee: { start: '2026-11-16', end: '2026-12-01' },
    usage: october,
  })
  expect(billedPeriods([line('charge', november.start, november.end)])).toEqual({ fee: null, usage: null })
})
