/** Collects the parameters of a statement that is built from conditions and numbers them in order. */
export interface Parameters {
  values: unknown[]
  /** Adds a value and returns its placeholder, such as `$3`. */
  add(value: unknown): string
}

export function parameters(...values: unknown[]): Parameters {
  return { values, add: (value) => `$${values.push(value)}` }
}
