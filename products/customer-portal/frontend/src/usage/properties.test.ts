import { expect, test } from 'vitest'
import { propertyColumns, propertyText } from './properties.ts'

const event = (properties: Record<string, unknown>) => ({ id: 'e', meter: 'm', quantity: 1, time: '', storedAt: '', voided: null, properties })

test('the columns are the four keys most events of the page have', () => {
  expect(propertyColumns([event({ a: 1, b: 1 }), event({ b: 2, c: 1, d: 1, e: 1 }), event({ b: 1, c: 2, d: 2, e: 2 })])).toEqual(['b', 'c', 'd', 'e'])
  expect(propertyColumns([])).toEqual([])
})

test('a value is one line of text', () => {
  expect([propertyText('web'), propertyText(0), propertyText(null), propertyText(undefined), propertyText({ a: 1 })]).toEqual(['web', '0', '–', '–', '{"a":1}'])
})
