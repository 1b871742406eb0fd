import { expect, test } from 'vitest'
import { periodsOf } from './periods.ts'

const period = { start: '2026-10-01', end: '2026-11-01', label: '2026-10' }
const fee = { start: '2026-11-01', end: '2026-12-01' }
const usage = { start: '2026-10-01', end: '2026-11-01' }
const told = (billedPeriods: Parameters<typeof periodsOf>[0]['billedPeriods']) =>
  periodsOf({ period, billedPeriods })

test('a document shows the periods of its fee and of its usage when they differ', () => {
  expect(told({ fee, usage })).toEqual([
    { of: 'fee', range: fee },
    { of: 'usage', range: usage },
  ])
})

test('a document of a fee alone, of usage alone or of both in one period shows one period', () => {
  expect(told({ fee, usage: null })).toEqual([{ of: 'all', range: fee }])
  expect(told({ fee: null, usage })).toEqual([{ of: 'all', range: usage }])
  expect(told({ fee: usage, usage })).toEqual([{ of: 'all', range: usage }])
})

test('a document that bills neither shows its own period', () => {
  expect(told({ fee: null, usage: null })).toEqual([{ of: 'all', range: period }])
})
