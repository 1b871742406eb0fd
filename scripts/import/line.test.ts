import { expect, test } from 'vitest'
import { instant, lineReader, quantityIn } from './line.ts'
import type { Mapping } from './options.ts'

const header = ['event_id', 'timestamp', 'customer_id', 'model', 'requests', 'input_tokens']
const mapping: Mapping = {
  customer: 'customer_id',
  id: 'event_id',
  time: 'timestamp',
  properties: ['model'],
  meters: [
    { meter: 'requests', column: 'requests' },
    { meter: 'tokens', column: 'input_tokens' },
  ],
}
const line = (...cells: string[]) => ({ number: 7, cells })

test('one line is one event for each meter, with an id of its own', () => {
  expect(
    lineReader(header, mapping)(line('e1', '2025-01-20T00:00:00.000000Z', 'cust-01', 'm-large', '3', '12.5'))
      .events,
  ).toEqual([
    {
      id: 'e1:requests',
      customerId: 'cust-01',
      meter: 'requests',
      quantity: 3,
      time: '2025-01-20T00:00:00.000000Z',
      properties: { model: 'm-large' },
    },
    {
      id: 'e1:tokens',
      customerId: 'cust-01',
      meter: 'tokens',
      quantity: 12.5,
      time: '2025-01-20T00:00:00.000000Z',
      properties: { model: 'm-large' },
    },
  ])
})

test('with a single meter the event keeps the id of the line', () => {
  const read = lineReader(header, {
    ...mapping,
    meters: [{ meter: 'requests', column: 'requests' }],
    properties: [],
  })
  expect(read(line('e1', '2025-01-20T00:00:00Z', 'cust-01', '', '0', ''))).toEqual({
    line: 7,
    rejections: [],
    events: [
      { id: 'e1', customerId: 'cust-01', meter: 'requests', quantity: 0, time: '2025-01-20T00:00:00Z' },
    ],
  })
})

test('a quantity that is not a number is rejected, and the other meters of the line are sent', () => {
  const { events, rejections } = lineReader(
    header,
    mapping,
  )(line('e1', '2025-01-20T00:00:00Z', 'cust-01', '', 'many', '5'))
  expect(events.map((event) => event.meter)).toEqual(['tokens'])
  expect(rejections).toEqual([
    {
      line: 7,
      id: 'e1:requests',
      code: 'unreadable_line',
      detail: 'Column "requests" holds "many", which is no number that the API takes.',
    },
  ])
})

test('a line with too few cells is rejected as a whole', () => {
  expect(lineReader(header, mapping)(line('e1', '2025-01-20T00:00:00Z'))).toMatchObject({
    events: [],
    rejections: [{ id: 'e1', detail: 'The line has 2 cells, the header 6.' }],
  })
})

test('a missing column is named, with those that exist', () => {
  expect(() => lineReader(['id', 'when'], mapping)).toThrow(
    'The file has no column "customer_id". Its columns are: id, when.',
  )
})

test.each([
  ['0', 0],
  ['-3', -3],
  ['12.50', 12.5],
  ['9007199254740991', 9007199254740991],
  ['0.123456', 0.123456],
  ['9007199254740993', '9007199254740993'],
  ['1234567890123.123456', '1234567890123.123456'],
  ['1e-400', '1e-400'],
  ['1e400', '1e400'],
  ['1e5', 100_000],
  ['1.5E+2', 150],
  ['1e-3', 0.001],
  ['+12', 12],
  ['0.000', 0],
  ['-0', -0],
  [`0.${'0'.repeat(400)}1`, undefined],
  [`1${'0'.repeat(400)}`, undefined],
  ['', undefined],
  ['0x10', undefined],
  ['1,5', undefined],
  ['+-1', undefined],
])('"%s" is sent as %s: a number, or the text where a float would change it', (text, value) => {
  expect(quantityIn(text)).toBe(value)
})

test('every event of a historical file is marked so', () => {
  const { events } = lineReader(
    header,
    mapping,
    'UTC',
    true,
  )(line('e1', '2025-01-20T00:00:00Z', 'cust-01', '', '3', '1'))
  expect(events.map(({ historical }) => historical)).toEqual([true, true])
})

test('a time without a zone is local time of the given zone; one skipped by DST is rejected with its line', () => {
  expect(instant('2026-04-30 20:00:00.123456', 'Asia/Shanghai')).toBe('2026-04-30T12:00:00.123456Z')
  expect(instant('2026-04-30 20:00:00Z', 'Asia/Shanghai')).toBe('2026-04-30T20:00:00Z')
  const read = lineReader(header, mapping, 'Europe/Berlin')
  expect(read(line('e1', '2026-03-29 02:30:00', 'cust-01', '', '3', '1'))).toEqual({
    line: 7,
    events: [],
    rejections: [
      {
        line: 7,
        id: 'e1',
        code: 'unreadable_line',
        detail: 'No clock in Europe/Berlin ever shows "2026-03-29 02:30:00".',
      },
    ],
  })
})

test.each([
  ['2023-11-16T18:15:46.680590Z', '2023-11-16T18:15:46.680590Z'],
  ['2023-11-16 18:15:46', '2023-11-16T18:15:46Z'],
  ['2023-11-16 18:15:46+0800', '2023-11-16T18:15:46+08:00'],
  ['2023-11-16t18:15:46z', '2023-11-16T18:15:46Z'],
  ['yesterday', 'yesterday'],
  ['2026/4/30 8:05', '2026-04-30T08:05:00Z'],
])('the time "%s" is sent as %s', (text, sent) => {
  expect(instant(text)).toBe(sent)
})
