import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  faultIn,
  propertiesTooLong,
  quantityMissing,
  textUnreadable,
  timeUnreadable,
  uniqueMissing,
  valueMissing,
  valueNoNumber,
} from './event-fault.ts'

test('the detail of a rejection names the property, whatever its name contains', () => {
  fc.assert(
    fc.property(fc.string(), (property) => {
      expect(
        [uniqueMissing, valueMissing, valueNoNumber].map((detail) => faultIn(detail('chat', property))),
      ).toEqual([
        { kind: 'property_missing', property },
        { kind: 'property_missing', property },
        { kind: 'property_no_number', property },
      ])
      expect(faultIn(timeUnreadable(property))).toEqual({ kind: 'time' })
    }),
  )
})

test("a rejection of the event's shape names the first field, in any language", () => {
  expect(
    [
      '/quantity must be a number; /time must be text',
      '/quantity 应为数字',
      '/properties/a/b 过长',
      '/ 缺少 meter',
    ].map(faultIn),
  ).toEqual([
    { kind: 'field', field: 'quantity' },
    { kind: 'field', field: 'quantity' },
    { kind: 'field', field: 'properties' },
    { kind: 'field', field: '' },
  ])
  expect(
    [quantityMissing('chat', 'send one'), propertiesTooLong(4096), textUnreadable, 'something else'].map(
      (detail) => faultIn(detail).kind,
    ),
  ).toEqual(['quantity_missing', 'properties_too_long', 'text_unreadable', 'unknown'])
})
