const depthLimit = 64
/** No route takes an object with more: what looks at each member again (a schema, a hash) is spared it. */
const memberLimit = 1_000

/**
 * The JSON pointer of the first string, key or value, that a database cannot keep as it is: one with a NUL character or half
 * of a surrogate pair (JSON allows both, PostgreSQL's text and jsonb do not), what is nested more than 64 deep, or an object of
 * more than 1,000 members.
 */
export function findUnstorable(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : ''
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthLimit) return ''
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = findUnstorable(value[index], depth + 1)
      if (found !== undefined) return `/${index}${found}`
    }
    return undefined
  }
  // What is being looked at was read from JSON or a query string: it has no other keys than its own.
  let members = 0
  for (const key in value) {
    members += 1
    if (!isStorable(key) || members > memberLimit) return ''
    const found = findUnstorable((value as Record<string, unknown>)[key], depth + 1)
    if (found !== undefined) return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${found}`
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
