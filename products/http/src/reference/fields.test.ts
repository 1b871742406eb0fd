import { expect, test } from 'vitest'
import { fieldsOf, typeOf } from './fields.ts'

const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })

test.each([
  ['a text', { type: 'string' }, 'string'],
  ['a text of a known form', { type: 'string', format: 'date-time' }, 'date-time'],
  ['one of some words', { anyOf: [{ const: 'month' }, { const: 'year' }] }, '"month" | "year"'],
  ['what may be null', nullable({ type: 'integer' }), 'integer | null'],
  [
    'the same twice',
    {
      anyOf: [
        { type: 'string', maxLength: 3 },
        { type: 'string', maxLength: 5 },
      ],
    },
    'string',
  ],
  ['a list', { type: 'array', items: { type: 'number' } }, 'number[]'],
  ['a list of several kinds', { type: 'array', items: nullable({ type: 'number' }) }, '(number | null)[]'],
  ['a map', { type: 'object', additionalProperties: { type: 'number' } }, '{ [name]: number }'],
  ['anything', {}, 'any'],
])('%s has its type', (_what, schema, name) => {
  expect(
    typeOf(schema)
      .map((part) => (typeof part === 'string' ? part : part.schema))
      .join(''),
  ).toBe(name)
})

test('a named schema is linked and not expanded', () => {
  const plan = { $ref: '#/components/schemas/Plan' }
  expect(typeOf({ type: 'array', items: plan })).toEqual([{ schema: 'Plan' }, '[]'])
  expect(fieldsOf({ type: 'object', properties: { plan: nullable(plan) } })).toMatchObject([
    { name: 'plan', depth: 0, type: [{ schema: 'Plan' }, ' | ', 'null'] },
  ])
})

test('the fields of an object are listed below it, one level deeper, also in lists and when nullable', () => {
  const line = {
    type: 'object',
    required: ['amount'],
    properties: {
      amount: { type: 'integer', description: 'Minor units' },
      note: nullable({ type: 'string', maxLength: 20 }),
    },
  }
  const rows = fieldsOf({
    type: 'object',
    required: ['lines'],
    properties: {
      lines: { type: 'array', items: { ...line, description: 'One line' }, maxItems: 50 },
      last: nullable(line),
    },
  })
  expect(rows.map(({ name, depth, required, description }) => [name, depth, required, description])).toEqual([
    ['lines', 0, true, 'One line'],
    ['amount', 1, true, 'Minor units'],
    ['note', 1, false, undefined],
    ['last', 0, false, undefined],
    ['amount', 1, true, 'Minor units'],
    ['note', 1, false, undefined],
  ])
  expect(rows.map(({ limits }) => limits)).toEqual([
    [{ of: 'entries', least: undefined, most: 50 }],
    [],
    [{ of: 'characters', least: undefined, most: 20 }],
    [],
    [],
    [{ of: 'characters', least: undefined, most: 20 }],
  ])
})

test('each form of a union has its label above its fields', () => {
  const flat = { type: 'object', properties: { model: { const: 'flat' }, amount: { type: 'integer' } } }
  const none = { type: 'object', properties: { free: { type: 'boolean' } } }
  expect(fieldsOf({ anyOf: [flat, none, { type: 'null' }] }).map(({ name, depth }) => [name, depth])).toEqual(
    [
      ['model: "flat"', 0],
      ['model', 1],
      ['amount', 1],
      ['{ free }', 0],
      ['free', 1],
    ],
  )
})

test('bounds are shown, except those of a double and the pattern for non-blank text', () => {
  const limitsOf = (schema: object) => fieldsOf({ type: 'object', properties: { field: schema } })[0]!.limits
  expect(limitsOf({ type: 'integer', minimum: 1, maximum: 100, default: 20 })).toEqual([
    { of: 'value', least: 1, most: 100 },
    { of: 'default', value: 20 },
  ])
  expect(
    limitsOf({ type: 'integer', minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 }),
  ).toEqual([])
  expect(limitsOf({ type: 'number', exclusiveMinimum: 0 })).toEqual([{ of: 'above', least: 0 }])
  expect(limitsOf({ type: 'string', minLength: 1, maxLength: 8, pattern: '\\S' })).toEqual([
    { of: 'characters', least: 1, most: 8 },
  ])
  expect(limitsOf({ type: 'string', pattern: '^[A-Z]{3}$' })).toEqual([
    { of: 'pattern', pattern: '^[A-Z]{3}$' },
  ])
})
