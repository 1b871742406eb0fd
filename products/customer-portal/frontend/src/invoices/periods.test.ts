import { expect, test } from 'vitest'
import { periodsOf } from './periods.ts'

const period = { start: '2026-10-01', end: '2026-11-01', label: '2026-10' }
const fee = { start: '2026-11-01', end: '2026-12-01' }
const usage = { start: '2026-10-01', end: '2026-11-01' }
const told = (billedPeriods: Parameters<typeof periodsOf>[0]['billedPeriods']) =>
  periodsOf({ period, billedPeriods })

test('a document names the period of its fee and that of its usage where they are two', () => {
  expect(told({ fee, usage })).toEqual([
    { of: 'fee', range: fee },
    { of: 'usage', range: usage },
  ])
})

test('a document of a fee alone, of usage alone or of both in one period names one', () => {
  expect(told({ fee, usage: null })).toEqual([{ of: 'all', range: fee }])
  expect(told({ fee: null, usage })).toEqual([{ of: 'all', range: usage }])
  expect(told({ fee: usage, usage })).toEqual([{ of: 'all', range: usage }])
})

test('a document that bills neither names its own', () => {
  expect(told({ fee: null, usage: null })).toEqual([{ of: 'all', range: period }])
})
