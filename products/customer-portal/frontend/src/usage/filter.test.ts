import { expect, test } from 'vitest'
import { filterFrom, queryAfter } from './filter.ts'

test('a URL holds the days, the chart, and the page of the detail', () => {
  expect(
    filterFrom({
      from: '2026-11-01',
      to: '2026-11-28',
      chart: 'ai_chat',
      group: 'channel',
      meter: 'tokens',
      day: '2026-11-05',
      size: '50',
      page: '3',
      after: 'abc',
      embed: '1',
    }),
  ).toEqual({
    range: { from: '2026-11-01', to: '2026-11-28' },
    period: undefined,
    chart: 'ai_chat',
    group: 'channel',
    meter: 'tokens',
    day: '2026-11-05',
    id: undefined,
    property: undefined,
    value: undefined,
    size: '50',
    page: 3,
    after: 'abc',
  })
})

test('invalid parameters are ignored', () => {
  expect(
    filterFrom({
      from: '2026-11-09',
      to: '2026-11-01',
      day: 'x',
      size: '1000',
      page: '3',
      meter: '',
      group: ['a', 'b'],
    }),
  ).toEqual({
    range: undefined,
    period: undefined,
    chart: undefined,
    group: undefined,
    meter: undefined,
    day: undefined,
    id: undefined,
    property: undefined,
    value: undefined,
    size: '10',
    page: 1,
    after: undefined,
  })
  expect(
    filterFrom({ from: '2026-11-01', to: '2026-11-09', day: '2026-11-10', period: '2026-10' }),
  ).toMatchObject({ day: undefined, period: undefined })
  expect(filterFrom({ period: '2026-10', day: '2026-10-10', page: '-1', after: 'c' })).toMatchObject({
    period: '2026-10',
    day: '2026-10-10',
    page: 1,
  })
})

test('any change returns the detail to its first page, and keeps everything else', () => {
  const query = {
    embed: '1',
    from: '2026-11-01',
    to: '2026-11-28',
    meter: 'tokens',
    day: '2026-11-05',
    page: '3',
    after: 'abc',
  }
  expect(queryAfter(query, { meter: undefined })).toEqual({
    embed: '1',
    from: '2026-11-01',
    to: '2026-11-28',
    day: '2026-11-05',
  })
  expect(queryAfter(query, { from: '2026-10-01', to: '2026-10-09' })).toEqual({
    embed: '1',
    from: '2026-10-01',
    to: '2026-10-09',
    meter: 'tokens',
  })
  expect(queryAfter({ period: '2026-10' }, { from: undefined, to: undefined })).toEqual({})
  expect(queryAfter(query, { after: 'def', page: '4' })).toEqual({ ...query, after: 'def', page: '4' })
})

test('a URL holds the event or the property that is searched for', () => {
  expect(filterFrom({ id: 'e=1', property: 'channel', value: 'web' })).toMatchObject({
    id: 'e=1',
    property: 'channel',
    value: 'web',
  })
  expect(filterFrom({ property: 'channel' })).toMatchObject({ property: undefined, value: undefined })
  expect(filterFrom({ value: 'web', id: 'x'.repeat(201) })).toMatchObject({
    id: undefined,
    property: undefined,
    value: undefined,
  })
  expect(
    queryAfter(
      { property: 'channel', value: 'web', page: '3', after: 'abc' },
      { id: 'e1', property: undefined, value: undefined },
    ),
  ).toEqual({ id: 'e1' })
})
