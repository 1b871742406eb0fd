import type { SchemaError } from './field-errors.ts'

const depthLimit = 64
/** No route takes an object with more: what looks at each member again (a schema, a hash) is spared it. */
const memberLimit = 1_000

/**
 * Where a value holds what a database cannot keep as it is: text with a NUL character or half of a surrogate
 * pair (JSON allows both, PostgreSQL's text and jsonb do not), a number beyond what a double holds, what is
 * nested more than 64 deep, or an object of more than 1,000 members. The first of it, as the schema's
 * mistakes are told.
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
  // 1e400 is read as infinity, which JSON cannot say.
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
  // What is being looked at was read from JSON or a query string: it has no other keys than its own.
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
 * A value as far as it is at most 64 deep and its objects have at most 1,000 members; null stands for what is
 * beyond that, so that what is refused can be kept and hashed.
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
