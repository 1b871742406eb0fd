/** A case's content as JSON: decimal strings for amounts, instants and dates as text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Input = { [key: string]: Json }

export interface Case {
  id: string
  rule_specific: boolean
  kind?: string
  input: Input
  expected: Input
  notes?: string
  source?: { vendor?: string }
}

/**
 * Answers a case with the code that makes invoices. Throws Unsupported for what the engine does not do,
 * RefusedByEngine for what it rejects, and WrongAnswer when the input itself states a result and the engine
 * gives another.
 */
export type Adapter = (input: Input) => Answer

/** The case cannot be answered; the message gives the reason. */
export class Unsupported extends Error {}

/** The engine rejects the input as a mistake. */
export class RefusedByEngine extends Error {}

/** An intermediate result differs from the one the input states. */
export class WrongAnswer extends Error {}

/** A field as text; a JSON number becomes text too. */
export function text(input: Input, key: string): string {
  const value = input[key]
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') throw new Unsupported(`the input has no '${key}'`)
  return value
}

export function textOr(input: Input, key: string, otherwise: string): string {
  return has(input, key) ? text(input, key) : otherwise
}

export function has(input: Input, key: string): boolean {
  return input[key] !== undefined && input[key] !== null
}

export function object(value: Json | undefined): Input {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Unsupported('the input lacks an object this adapter knows')
  }
  return value
}

export function list(input: Input, key: string): Json[] {
  const value = input[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Unsupported(`'${key}' is not a list`)
  return value
}

export function objects(input: Input, key: string): Input[] {
  return list(input, key).map(object)
}

export function texts(input: Input, key: string): string[] {
  return list(input, key).map((value) => text({ value }, 'value'))
}

/** A field that must be one of the given words. */
export function oneOf<T extends string>(input: Input, key: string, known: readonly T[], otherwise?: T): T {
  const value = has(input, key) ? text(input, key) : otherwise
  const found = known.find((word) => word === value)
  if (found === undefined) throw new Unsupported(`${key} '${value ?? ''}' is not one of ${known.join(', ')}`)
  return found
}

/** A field that may only have the value the engine always uses. */
export function always(input: Input, key: string, value: Json, why: string): void {
  if (has(input, key) && input[key] !== value) throw new Unsupported(`${key}: ${why}`)
}

/** An adapter for a kind of case the engine does not support. */
export function unsupported(reason: string): Adapter {
  return () => {
    throw new Unsupported(reason)
  }
}

/** The engine's answer in the terms of the format, and the number of decimals of its amounts. */
export interface Answer {
  digits: number
  values: { [key: string]: Json }
}
