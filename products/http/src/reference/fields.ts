import type { Schema } from './document.ts'

/** A part of a type's name: the name of a schema, or text. */
export type TypePart = { schema: string } | string

/** One row of a table: a field, or the heading of one of several forms. */
export interface Field {
  name: string
  /** The nesting depth. */
  depth: number
  type: TypePart[]
  required: boolean
  description?: string
  limits: Limit[]
}
export type Limit =
  | { of: 'characters' | 'entries' | 'value'; least?: number; most?: number }
  | { of: 'above'; least: number }
  | { of: 'pattern'; pattern: string }
  | { of: 'default'; value: unknown }

const prefix = '#/components/schemas/'
export const schemaName = ($ref: string) => $ref.slice(prefix.length)
const isNull = ({ type }: Schema) => type === 'null'

/**
 * The rows of everything a schema contains, each object's fields below the field that contains them. Named
 * schemas are not expanded.
 */
export function fieldsOf(schema: Schema, depth = 0): Field[] {
  return formsOf(schema).flatMap(({ label, form }) => [
    ...(label
      ? [{ name: label, depth, type: [], required: false, limits: [], description: form.description }]
      : []),
    ...Object.entries(form.properties ?? {}).flatMap(([name, property]) =>
      fieldOf(name, property, {
        depth: label ? depth + 1 : depth,
        required: form.required?.includes(name) ?? false,
      }),
    ),
  ])
}

/** The row of one field, and those of its children. */
export function fieldOf(
  name: string,
  schema: Schema,
  { depth = 0, required }: { depth?: number; required: boolean },
): Field[] {
  return [
    {
      name,
      depth,
      type: typeOf(schema),
      required,
      description: descriptionOf(schema),
      limits: limitsOf(schema),
    },
    ...fieldsOf(schema, depth + 1),
  ]
}

interface Form {
  label?: string
  form: Schema
}

/**
 * The objects a value may be: one without a label, or several, each labelled with the value that
 * distinguishes it.
 */
function formsOf(schema: Schema): Form[] {
  if (schema.$ref) return []
  if (schema.anyOf) {
    const forms = schema.anyOf.filter((branch) => !isNull(branch)).flatMap(formsOf)
    return forms.length > 1 ? forms.map(({ form }) => ({ label: labelOf(form), form })) : forms
  }
  if (schema.items) return formsOf(schema.items)
  if (schema.properties) return [{ form: schema }]
  return typeof schema.additionalProperties === 'object' ? formsOf(schema.additionalProperties) : []
}

function labelOf({ properties = {} }: Schema): string {
  const [kind] = Object.entries(properties).filter(([, property]) => 'const' in property)
  return kind ? `${kind[0]}: ${JSON.stringify(kind[1].const)}` : `{ ${Object.keys(properties).join(', ')} }`
}

/** The name of a value's type. */
export function typeOf(schema: Schema): TypePart[] {
  if (schema.$ref) return [{ schema: schemaName(schema.$ref) }]
  if ('const' in schema) return [JSON.stringify(schema.const)]
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(' | ')]
  if (schema.anyOf) return eitherOf(schema.anyOf.map(typeOf))
  if (schema.type === 'array') return arrayOf(typeOf(schema.items ?? {}))
  if (schema.type === 'object' && !schema.properties)
    return typeof schema.additionalProperties === 'object'
      ? ['{ [', 'name', ']: ', ...typeOf(schema.additionalProperties), ' }']
      : ['object']
  return [schema.format ?? schema.type ?? 'any']
}

function eitherOf(types: TypePart[][]): TypePart[] {
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()]
  return different.flatMap((type, index) => (index === 0 ? type : [' | ', ...type]))
}

const arrayOf = (type: TypePart[]): TypePart[] =>
  type.includes(' | ') || type.some((part) => typeof part === 'string' && part.includes(' | '))
    ? ['(', ...type, ')[]']
    : [...type, '[]']

/** The description of the field, or else of the value it contains. */
function descriptionOf({ description, anyOf, items }: Schema): string | undefined {
  if (description !== undefined) return description
  const values = anyOf?.filter((branch) => !isNull(branch)) ?? []
  if (values.length === 1) return descriptionOf(values[0]!)
  return items && !items.$ref ? descriptionOf(items) : undefined
}

/** Bounds beyond this only restate what a double holds. */
const unbounded = 9_000_000_000_000_000

function limitsOf(schema: Schema): Limit[] {
  const values = schema.anyOf?.filter((branch) => !isNull(branch)) ?? []
  if (values.length === 1) return [...limitsOf(values[0]!), ...defaultOf(schema)]
  const { minLength, maxLength, minItems, maxItems, minimum, maximum, exclusiveMinimum, pattern } = schema
  const least = minimum !== undefined && minimum > -unbounded ? minimum : undefined
  const most = maximum !== undefined && maximum < unbounded ? maximum : undefined
  return [
    ...(minLength !== undefined || maxLength !== undefined
      ? [{ of: 'characters' as const, least: minLength, most: maxLength }]
      : []),
    ...(minItems !== undefined || maxItems !== undefined
      ? [{ of: 'entries' as const, least: minItems, most: maxItems }]
      : []),
    ...(least !== undefined || most !== undefined ? [{ of: 'value' as const, least, most }] : []),
    ...(exclusiveMinimum !== undefined ? [{ of: 'above' as const, least: exclusiveMinimum }] : []),
    ...(pattern !== undefined && pattern !== '\\S' && pattern.length <= 60
      ? [{ of: 'pattern' as const, pattern }]
      : []),
    ...defaultOf(schema),
  ]
}

const defaultOf = ({ default: value }: Schema): Limit[] =>
  value === undefined ? [] : [{ of: 'default', value }]
