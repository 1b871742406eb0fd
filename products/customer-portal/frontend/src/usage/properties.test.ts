import { expect, test } from 'vitest'
import { meantValue, propertyColumns, propertyText, propertyValue } from './properties.ts'

const event = (properties: Record<string, unknown>) => ({
  id: 'e',
  meter: 'm',
  quantity: 1,
  time: '',
  storedAt: '',
  voided: null,
  historical: false,
  afterEnd: false,
  properties,
})

test('the columns are the four keys most events of the page have', () => {
  expect(
    propertyColumns([
      event({ a: 1, b: 1 }),
      event({ b: 2, c: 1, d: 1, e: 1 }),
      event({ b: 1, c: 2, d: 2, e: 2 }),
    ]),
  ).toEqual(['b', 'c', 'd', 'e'])
  expect(propertyColumns([])).toEqual([])
})

test('a value is one line of text', () => {
  expect([
    propertyText('web'),
    propertyText(0),
    propertyText(null),
    propertyText(undefined),
    propertyText({ a: 1 }),
  ]).toEqual(['web', '0', '–', '–', '{"a":1}'])
})

test('the channels of the demo and the workbench have a name in the reader’s language; other values stay as they are, and a search uses the shown name', () => {
  const t = (key: string) => (({ 'channel.web': '网页' }) as Record<string, string>)[key] ?? key
  expect([
    propertyValue('channel', 'web', t),
    propertyValue('channel', 'fax', t),
    propertyValue('model', 'web', t),
    propertyValue('channel', 5, t),
  ]).toEqual(['网页', 'fax', 'web', '5'])
  const sent = [event({ channel: 'web' })]
  expect([
    meantValue('channel', '网页', t, sent),
    meantValue('channel', 'fax', t, sent),
    meantValue('model', '网页', t, sent),
  ]).toEqual(['web', 'fax', '网页'])
  expect(meantValue('channel', '网页', t, [event({ channel: '网页' })])).toBe('网页')
})
