import type { UsageMonths } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { changesIn, chosenMonth, monthSeries } from './months.ts'

type Month = UsageMonths['months'][number]
const month = (label: string, fee: number, amounts: number[], more: Partial<Month> = {}): Month => ({
  period: { start: `${label}-01`, end: `${label}-28`, label },
  running: false,
  fee,
  amount: fee + amounts.reduce((sum, one) => sum + one, 0),
  meters: amounts.map((amount, index) => ({ meter: `m${index}`, used: amount / 10, amount })),
  change: null,
  ...more,
})
const nameOf = (key: string) => key.toUpperCase()

test('the fee comes first, then the costliest meters; beyond four parts the rest is one part, and nothing is lost', () => {
  const months = [month('2026-01', 100, [1, 2, 3, 4, 0]), month('2026-02', 100, [10, 0, 30, 40, 0])]
  const series = monthSeries(months, undefined, nameOf)
  expect(series.map(({ label, values, kind }) => [label, values, kind])).toEqual([
    ['FEE', [100, 100], 'meter'],
    ['M3', [4, 40], 'meter'],
    ['M2', [3, 30], 'meter'],
    ['REST', [3, 10], 'rest'],
  ])
  expect(
    months.map(({ amount }, index) => amount - series.reduce((sum, { values }) => sum + values[index]!, 0)),
  ).toEqual([0, 0])
})

test('a meter’s usage is one series, and a meter without cost is none', () => {
  expect(monthSeries([month('2026-01', 0, [10])], 'm0', nameOf)).toMatchObject([
    { label: 'M0', values: [1], total: 1 },
  ])
  expect(monthSeries([month('2026-01', 0, [0])], undefined, nameOf)).toEqual([])
})

test('the last full month is selected first, or the current one when it is the only one', () => {
  const change = { fee: 0, amount: 0, meters: [] }
  expect(
    chosenMonth([
      month('2026-01', 1, []),
      month('2026-02', 1, [], { change }),
      month('2026-03', 1, [], { change, running: true }),
    ])?.period.label,
  ).toBe('2026-02')
  expect(
    chosenMonth([month('2026-01', 1, []), month('2026-02', 1, [], { change, running: true })])?.period.label,
  ).toBe('2026-02')
  expect(chosenMonth([])).toBeUndefined()
})

test('changes are ordered by their weight, and unchanged meters are omitted', () => {
  const change = {
    fee: -50,
    amount: 30,
    meters: [
      { meter: 'a', used: 3, amount: 0 },
      { meter: 'b', used: 8, amount: 80 },
      { meter: 'c', used: 0, amount: 0 },
    ],
  }
  expect(changesIn(month('2026-01', 0, [], { change })).map(({ key }) => key)).toEqual(['b', 'fee', 'a'])
  expect(changesIn(month('2026-01', 0, []))).toEqual([])
})
