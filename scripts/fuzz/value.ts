import fc from 'fast-check'

export type Schema = Record<string, unknown> & {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  patternProperties?: Record<string, Schema>
}

/**
 * Values that exist on the server, by the name of a field or parameter; most generated values are taken from
 * here.
 */
export type Known = Record<string, readonly string[]>

/** Texts that commonly break programs. */
const oddTexts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\ufeffx',
  '\u202e',
  'constructor',
  '__proto__',
  'toString',
  '..',
  '%00',
  "'; --",
  'null',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  'x'.repeat(300),
  '字'.repeat(300),
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2026-02-30',
  '0000-01',
  '0001-01',
  '9999-12',
  '2026-13',
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59.999999999-23:59',
  '2026-06-30T23:59:60Z',
  '2026-01-01T00:00:00',
  ...forgedCursors(),
]
const oddNumbers = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e-7,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e308,
  5e-324,
]
const odd = fc.oneof(
  fc.constantFrom<unknown>(...oddTexts, ...oddNumbers, null, true, [], {}, [[]], { a: { b: [] } }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

function forgedCursors(): string[] {
  const parts = [
    ['2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00.000000Z', 'x'],
    ['2026-01-01T00:00:00.000000Z', '-1'],
    ['2026-01-01T00:00:00.000000Z', '999999999999999'],
    ['2026-01-01T00:00:00.000000Z', '99999999999999999999'],
    ['2026-01-01T00:00:00.000000Z', 'x', 'y'],
    ['2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'y'],
    ['0001-01-01T00:00:00.000000Z', 'x'],
    [1, 2],
    ['2026-01-01T00:00:00.000000Z', 'a', 'b', 'c', 'd'],
    ['2026-01-01T00:00:00.000000Z', 'a', 'b', 'c', 'd', 'e'],
  ]
  return parts.map((position) => Buffer.from(JSON.stringify(position)).toString('base64url'))
}

/** Values that mostly match a schema, and occasionally not at all. */
export function valuesOf(
  schema: Schema,
  documents: Record<string, Schema>,
  known: Known,
  name = '',
  depth = 0,
): fc.Arbitrary<unknown> {
  const fitting = fittingValues(schema, documents, known, name, depth)
  return fc.oneof({ weight: depth === 0 ? 30 : 14, arbitrary: fitting }, { weight: 1, arbitrary: odd })
}

function fittingValues(
  schema: Schema,
  documents: Record<string, Schema>,
  known: Known,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  const inner = (of: Schema, called = name) => valuesOf(of, documents, known, called, depth + 1)
  if (schema.$ref)
    return fittingValues(documents[schema.$ref.split('/').at(-1)!]!, documents, known, name, depth)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((branch) => inner(branch)))
  switch (schema.type) {
    case 'object':
      return objects(schema, inner, depth)
    case 'array':
      return depth > 6 || !schema.items
        ? fc.constant([])
        : fc.array(inner(schema.items), {
            minLength: Math.min(Number(schema['minItems'] ?? 0), 3),
            maxLength: 3,
          })
    case 'integer':
      return integers(schema)
    case 'number':
      return fc.oneof(
        integers(schema),
        fc.double({
          min: Number(schema['minimum'] ?? -1e6),
          max: Number(schema['maximum'] ?? 1e12),
          noNaN: true,
        }),
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return texts(schema, known, name)
    default:
      return odd
  }
}

function objects(
  { properties = {}, required = [], patternProperties, additionalProperties }: Schema,
  inner: (of: Schema, name: string) => fc.Arbitrary<unknown>,
  depth: number,
): fc.Arbitrary<unknown> {
  const given = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, inner(of, name)])),
    { requiredKeys: required.filter((name) => name in properties) },
  )
  const values =
    Object.values(patternProperties ?? {})[0]
    ?? (typeof additionalProperties === 'object' && additionalProperties
      ? (additionalProperties as Schema)
      : undefined)
  if (values && depth < 6)
    return fc
      .tuple(
        given,
        fc.dictionary(
          fc.constantFrom('a', 'channel', '__proto__', 'constructor', '字', ''),
          inner(values, ''),
          { maxKeys: 3 },
        ),
      )
      .map(([one, other]) => ({ ...one, ...other }))
  return fc.oneof(
    { weight: 20, arbitrary: given },
    { weight: 1, arbitrary: given.map((value) => ({ ...value, nobodyKnows: 1 })) },
  )
}

function integers(schema: Schema): fc.Arbitrary<number> {
  const [min, max] = [Number(schema['minimum'] ?? -(2 ** 53) + 1), Number(schema['maximum'] ?? 2 ** 53 - 1)]
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: Math.max(min, 0), max: Math.max(Math.min(max, 100), min) }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  )
}

function texts(
  { format, pattern, minLength, maxLength }: Schema,
  known: Known,
  name: string,
): fc.Arbitrary<string> {
  const there = known[name]
  const made =
    format === 'date'
      ? fc.constantFrom('2026-02-01', '2026-03-01', '2026-03-10', '0001-01-01', '9999-12-31')
      : format === 'date-time'
        ? fc.constantFrom(
            '2026-03-01T00:00:00Z',
            '2026-03-10T04:00:00.123456+08:00',
            '0001-01-01T00:00:00Z',
            '9999-12-31T23:59:59Z',
            '0001-01-01T00:00:00+08:00',
          )
        : format === 'email'
          ? fc.constantFrom('a@example.com', 'b+c@example.org')
          : typeof pattern === 'string' && pattern !== '\\S'
            ? fc.oneof(
                fc.constantFrom('a1', '2026-02', '6', 'CNY', '12.5'),
                fc.stringMatching(safely(pattern), { maxLength: Math.min(Number(maxLength ?? 20), 20) }),
              )
            : fc.oneof(
                fc.constantFrom('a', '某某', 'Asia/Shanghai', 'x y'),
                fc.string({
                  unit: 'grapheme',
                  minLength: Number(minLength ?? 0),
                  maxLength: Math.min(Number(maxLength ?? 30), 30),
                }),
              )
  return there?.length
    ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...there) }, { weight: 1, arbitrary: made })
    : made
}

/** Patterns with lookahead cannot generate values; any short text replaces them. */
function safely(pattern: string): RegExp {
  return /\(\?/.test(pattern) || pattern.includes('\\p') ? /^[a-z0-9]{1,12}$/ : new RegExp(pattern)
}

/** Path and query parameters, which are text whatever their type. */
export function parameterTexts(
  schema: Schema,
  documents: Record<string, Schema>,
  known: Known,
  name: string,
): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fittingValues(schema, documents, known, name, 0).map((value) =>
        typeof value === 'string' ? value : JSON.stringify(value),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...oddTexts) },
  )
}
