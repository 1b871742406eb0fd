const depthLimit = 64

/**
 * The JSON pointer of the first string, key or value, that a database cannot keep as it is: one with a NUL character or half
 * of a surrogate pair (JSON allows both, PostgreSQL's text and jsonb do not), or what is nested more than 64 deep.
 */
export function findUnstorable(value: unknown, pointer = '', depth = 0): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : pointer
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthLimit) return pointer
  for (const [key, inner] of Object.entries(value)) {
    const found = isStorable(key) ? findUnstorable(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1) : pointer
    if (found !== undefined) return found
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
