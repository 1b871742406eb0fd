import type { TSchema } from 'typebox'
import type { Compile } from 'typebox/compile'

type Schema = Record<string, unknown> & {
  type?: string
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
}
type Pick = (value: unknown) => unknown

/**
 * Serialises an answer as JSON and drops every field its schema does not name. With `compile` (tests), throws
 * when an answer does not match its schema.
 */
export function answerWriter(schema: TSchema, compile?: typeof Compile): (answer: unknown) => string {
  const pick = pickerFor(schema as Schema)
  if (!compile) return (answer) => JSON.stringify(pick(answer))
  const validator = compile(schema)
  return (answer) => {
    const sent: unknown = JSON.parse(JSON.stringify(pick(answer)))
    if (validator.Check(sent)) return JSON.stringify(sent)
    const [first] = validator.Errors(sent)
    throw new Error(
      `The answer does not match its schema at ${first?.instancePath || '/'}: ${first?.message}`,
    )
  }
}

function pickerFor(schema: Schema): Pick {
  if (schema.anyOf) return pickerForUnion(schema.anyOf)
  if (schema.items) {
    const pick = pickerFor(schema.items)
    return (value) => (Array.isArray(value) ? value.map(pick) : null)
  }
  if (schema.properties) return pickerForObject(schema.properties)
  const [values] = Object.values(schema.patternProperties ?? {})
  if (values) {
    const pick = pickerFor(values)
    return (value) =>
      Object.fromEntries(Object.entries(value ?? {}).map(([key, inner]) => [key, pick(inner)]))
  }
  return (value) => value
}

function pickerForObject(properties: Record<string, Schema>): Pick {
  const pickers = Object.entries(properties).map(([key, schema]) => [key, pickerFor(schema)] as const)
  return (value) => {
    if (typeof value !== 'object' || value === null) return null
    const picked: Record<string, unknown> = {}
    for (const [key, pick] of pickers) {
      const inner = (value as Record<string, unknown>)[key]
      if (inner !== undefined) picked[key] = pick(inner)
    }
    return picked
  }
}

/**
 * The first branch that the value fits decides which fields are written; a value that fits none becomes null.
 */
function pickerForUnion(branches: Schema[]): Pick {
  const choices = branches.map((schema) => ({ fits: fitterFor(schema), pick: pickerFor(schema) }))
  return (value) => choices.find(({ fits }) => fits(value))?.pick(value) ?? null
}

function fitterFor(schema: Schema): (value: unknown) => boolean {
  if ('const' in schema) return (value) => value === schema.const
  if (schema.anyOf) {
    const branches = schema.anyOf.map(fitterFor)
    return (value) => branches.some((fits) => fits(value))
  }
  switch (schema.type) {
    case 'null':
      return (value) => value === null
    case 'array':
      return (value) => Array.isArray(value)
    case 'integer':
      return (value) => Number.isInteger(value)
    case 'object': {
      const kinds = Object.entries(schema.properties ?? {}).filter(([, property]) => 'const' in property)
      return (value) =>
        typeof value === 'object'
        && value !== null
        && !Array.isArray(value)
        && kinds.every(([key, property]) => (value as Record<string, unknown>)[key] === property.const)
    }
    default:
      return (value) => schema.type === undefined || typeof value === schema.type
  }
}
