import { AjvCompiler, type ValidatorFactory } from '@fastify/ajv-compiler'
import { isDate, parseInstant } from '@customer-portal/billing'

interface Validator {
  (value: unknown): unknown
  errors?: unknown
}

const buildValidator = AjvCompiler()
type Parts = Parameters<typeof buildValidator>

/**
 * A value with more members gets only its first mistake reported: listing all mistakes of a body of a
 * megabyte takes seconds.
 */
const maxMembers = 2_000

/**
 * Ajv with each schema compiled when its first value arrives: compiling all of them would add a good part of
 * a second to every start. A value is checked up to its first mistake; only a small value with a mistake is
 * checked again for all of them.
 */
export const buildLazyValidator = ((schemas: Parts[0], options: Parts[1]) => {
  const compileWith = (allErrors: boolean) =>
    buildValidator(schemas, {
      ...options,
      customOptions: { ...options?.customOptions, allErrors },
    } as Parts[1]) as (route: unknown) => Validator
  const compileFirst = compileWith(false)
  const compileAll = compileWith(true)
  return (route: unknown) => {
    let first: Validator | undefined
    let all: Validator | undefined
    const validator: Validator = (value) => {
      first ??= compileFirst(route)
      const result = first(value)
      validator.errors = first.errors
      if (result !== false || !isSmall(value)) return result
      all ??= compileAll(route)
      all(value)
      validator.errors = all.errors
      return result
    }
    return validator
  }
}) as ValidatorFactory

interface Formats {
  addFormat(name: string, format: unknown): unknown
}

/**
 * Dates and instants are valid when we can store them: calendar dates of the years 1 to 9999, and no second
 * 60.
 */
export function withOurFormats(ajv: Formats): unknown {
  const add = ajv.addFormat.bind(ajv)
  add('date', (text: string) => isDate(text) && !text.startsWith('0000'))
  add('date-time', (text: string) => parseInstant(text) !== undefined)
  // Added after the default formats, which accept a year 0.
  ajv.addFormat = (name, format) => (name === 'date' || name === 'date-time' ? ajv : add(name, format))
  return ajv
}

/** Counts members up to the limit only, however large the value is. */
function isSmall(value: unknown): boolean {
  const open = [value]
  for (let seen = 0; open.length > 0;) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) continue
    for (const key in next) {
      seen += 1
      if (seen > maxMembers) return false
      open.push((next as Record<string, unknown>)[key])
    }
  }
  return true
}
