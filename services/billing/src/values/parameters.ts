/**
 * The parameters of a statement that is put together from conditions: each is given its number as it is
 * added.
 */
export interface Parameters {
  values: unknown[]
  /** Adds a value and answers its place, such as `$3`. */
  add(value: unknown): string
}

export function parameters(...values: unknown[]): Parameters {
  return { values, add: (value) => `$${values.push(value)}` }
}
