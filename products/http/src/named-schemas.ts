type Json = Record<string, unknown>

/**
 * Returns the document with each named schema written once, under its name, and referenced everywhere else.
 */
export function nameSchemas<T extends object>(document: T, named: Record<string, object>): T {
  const canonical = canonicalWriter()
  const names = new Map(Object.entries(named).map(([name, schema]) => [canonical(schema), name]))
  const lengths = new Set([...names.keys()].map((text) => text.length))
  const schemas: Json = {}
  const nameOf = (value: object) => {
    const text = canonical(value)
    // Long texts are looked up only when their length matches a named schema.
    return lengths.has(text.length) ? names.get(text) : undefined
  }
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace)
    if (typeof value !== 'object' || value === null) return value
    const name = nameOf(value)
    if (name === undefined) return replaceInside(value)
    schemas[name] ??= replaceInside(value)
    return { $ref: `#/components/schemas/${name}` }
  }
  const replaceInside = (value: object) =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]))
  const replaced = replaceInside(document) as T & { components?: object }
  return { ...replaced, components: { ...replaced.components, schemas } }
}

/**
 * Serialises equal schemas to equal text, whatever the order of their keys and the form of their maps; each
 * part once.
 */
function canonicalWriter(): (value: unknown) => string {
  const written = new WeakMap<object, string>()
  const write = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const known = written.get(value)
    if (known !== undefined) return known
    const text = Array.isArray(value) ? `[${value.map(write).join()}]` : writeObject(value as Json)
    written.set(value, text)
    return text
  }
  const writeObject = ({ patternProperties, ...rest }: Json) => {
    const [values] = Object.values(patternProperties ?? {})
    const plain: Json = values === undefined ? rest : { ...rest, additionalProperties: values }
    const keys = Object.keys(plain)
      .filter((key) => plain[key] !== undefined)
      .sort()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${write(plain[key])}`).join()}}`
  }
  return write
}
