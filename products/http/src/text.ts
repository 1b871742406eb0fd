const depthLimit = 64

/**
 * The JSON pointer of the first string, key or value, that a database cannot keep as it is: one with a NUL character or half
 * of a surrogate pair (JSON allows both, PostgreSQL's text and jsonb do not), or what is nested more than 64 deep.
 */
export function findUnstorable(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : ''
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthLimit) return ''
  // What is being looked at was read from JSON or a query string: it has no other keys than its own.
  for (const key in value) {
    if (!isStorable(key)) return ''
    const found = findUnstorable((value as Record<string, unknown>)[key], depth + 1)
    if (found !== undefined) return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${found}`
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
