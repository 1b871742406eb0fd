import { expect, test } from 'vitest'
import { numberOf } from './own.ts'
import { colourOf, feeSeries, seriesOf } from './series.ts'

const value = (name: string, daily: number[], kind: 'value' | 'none' | 'rest' = 'value') => ({
  kind,
  value: name,
  used: daily.reduce((sum, day) => sum + day, 0),
  daily,
})

test('three values have colours, the others are one grey series, and every day keeps its sum', () => {
  const values = [
    value('web', [5, 1]),
    value('', [0.1, 9], 'rest'),
    value('app', [2, 2]),
    value('', [3, 0], 'none'),
    value('phone', [0.2, 0]),
    value('mail', [0.1, 0.4]),
  ]
  const series = seriesOf(values, 2)
  expect(series.map(({ kind, label, total }) => `${kind} ${label} ${total}`)).toEqual([
    'value web 6',
    'value app 4',
    'none  3',
    'rest  9.8',
  ])
  expect(series.map(colourOf)).toEqual([1, 2, 3, 'rest'])
  expect(series.at(-1)!.values).toEqual([0.4, 9.4])
})

test('with three values in total there is no grey series', () => {
  expect(seriesOf([value('web', [1]), value('app', [2])], 1).map(({ label }) => label)).toEqual([
    'app',
    'web',
  ])
  expect(seriesOf([], 3)).toEqual([])
})

test('fees are stacked by meter, the costliest at the bottom, and a meter without cost is omitted', () => {
  const meter = (key: string, fee: number) => ({
    meter: key,
    name: { 'zh-CN': key, en: key },
    unit: { 'zh-CN': '', en: '' },
    decimals: 0,
    groupBy: [],
    used: 0,
    events: 0,
    fee,
  })
  const days = [
    { date: '2026-11-01', usage: {}, events: {}, fees: { calls: 5, tokens: 9, seats: 0 } },
    { date: '2026-11-02', usage: {}, events: {}, fees: { calls: 1, tokens: 0, seats: 0 } },
  ]
  expect(
    feeSeries(
      { meters: [meter('calls', 6), meter('tokens', 9), meter('seats', 0)], days },
      (one) => one.name.en,
    ).map(({ label, values, total }) => ({ label, values, total })),
  ).toEqual([
    { label: 'tokens', values: [9, 0], total: 9 },
    { label: 'calls', values: [5, 1], total: 6 },
  ])
})

test('a meter named like a property of every object is zero when it was not used', () => {
  const meter = {
    meter: 'constructor',
    name: { 'zh-CN': '构造', en: 'Builder' },
    unit: { 'zh-CN': '', en: '' },
    decimals: 0,
    groupBy: [],
    used: 0,
    events: 0,
    fee: 0,
  }
  const day = { date: '2026-11-01', usage: {}, events: {} }
  expect(feeSeries({ meters: [meter], days: [{ ...day, fees: {} }] }, (one) => one.name.en)).toEqual([])
  expect(
    feeSeries(
      {
        meters: [meter],
        days: [
          { ...day, fees: {} },
          { ...day, fees: { constructor: 3 } as Record<string, number> },
        ],
      },
      (one) => one.name.en,
    ),
  ).toMatchObject([{ values: [0, 3] }])
  expect([
    numberOf({}, 'constructor'),
    numberOf({}, 'toString'),
    numberOf({ toString: 2 } as never, 'toString'),
  ]).toEqual([0, 0, 2])
})
