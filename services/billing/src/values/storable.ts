/**
 * Returns whether PostgreSQL can store a value: JSON may contain NUL and unpaired surrogates, which it
 * cannot.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (value === null || typeof value !== 'object') return true
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member))
}
