import type { SchemaError } from './field-errors.ts'

const depthLimit = 64
/** No route accepts an object with more members, so validation and hashing never have to visit them. */
const memberLimit = 1_000

/**
 * The first place where a value holds something a database cannot store as it is, in the form of a schema
 * error: text with a NUL character or half of a surrogate pair (valid in JSON, not in PostgreSQL's text and
 * jsonb), a number beyond a double, nesting deeper than 64, or an object with more than 1,000 members.
 */
export function unstorableIn(value: unknown): SchemaError | undefined {
  const found = find(value, 0)
  return (
    found && {
      keyword: found.keyword,
      instancePath: found.pointer,
      schemaPath: '',
      params: { limit: found.keyword === 'depth' ? depthLimit : memberLimit },
    }
  )
}

interface Found {
  pointer: string
  keyword: 'characters' | 'finite' | 'depth' | 'members'
}

function find(value: unknown, depth: number): Found | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : { pointer: '', keyword: 'characters' }
  // 1e400 is parsed as infinity, which JSON cannot express.
  if (typeof value === 'number' && !Number.isFinite(value)) return { pointer: '', keyword: 'finite' }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthLimit) return { pointer: '', keyword: 'depth' }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = find(value[index], depth + 1)
      if (found !== undefined) return { ...found, pointer: `/${index}${found.pointer}` }
    }
    return undefined
  }
  // The value was parsed from JSON or a query string and has only own keys.
  let members = 0
  for (const key in value) {
    members += 1
    if (members > memberLimit) return { pointer: '', keyword: 'members' }
    if (!isStorable(key)) return { pointer: '', keyword: 'characters' }
    const found = find((value as Record<string, unknown>)[key], depth + 1)
    if (found !== undefined)
      return { ...found, pointer: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${found.pointer}` }
  }
  return undefined
}

/**
 * A value cut at a nesting of 64 and at objects of more than 1,000 members, with null in their place, so that
 * a rejected value can be stored and hashed.
 */
export function withinLimits(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === depthLimit || hasTooManyMembers(value)) return null
  if (Array.isArray(value)) return value.map((item) => withinLimits(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withinLimits(member, depth + 1)]),
  )
}

function hasTooManyMembers(value: object): boolean {
  if (Array.isArray(value)) return false
  let members = 0
  for (const _ in value) {
    members += 1
    if (members > memberLimit) return true
  }
  return false
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
