import type { Input, Json } from './case.ts'

/** A view of an input that records every field read, at any depth, and lists those that were not. */
export interface Reading {
  view: Input
  unread(): string[]
}

/** Starts recording the reads of an input. */
export function reading(input: Input): Reading {
  const read = new Set<string>()
  return {
    view: watched(input, '', read) as Input,
    unread: () => [...new Set(unreadIn(input, '', read).map(nameOf))],
  }
}

/** A value that records access to its members. */
function watched(value: Json, path: string, read: Set<string>): Json {
  if (value === null || typeof value !== 'object') return value
  return new Proxy(value, {
    get(target, key, receiver) {
      const member = Reflect.get(target, key, receiver) as Json
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return member
      read.add(below(path, key))
      return watched(member, below(path, key), read)
    },
  })
}

/** The paths that were not read; for an unread object or list only its own path. */
function unreadIn(value: Json, path: string, read: ReadonlySet<string>): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) => {
    const at = below(path, key)
    return read.has(at) ? unreadIn(member, at, read) : [at]
  })
}

function below(path: string, key: string): string {
  return `${path}/${key}`
}

/** `/tiers/0/flat_amount` becomes `tiers[].flat_amount`. */
function nameOf(path: string): string {
  return path.slice(1).replaceAll(/\/\d+/g, '[]').replaceAll('/', '.')
}
