/** A cache by key, least recently used first. */
export type RecentlyUsed<V> = Map<string, V>

/** Returns a cached value and marks it as used; undefined where there is none. */
export function use<V>(known: RecentlyUsed<V>, key: string): V | undefined {
  const value = known.get(key)
  if (value === undefined) return undefined
  known.delete(key)
  known.set(key, value)
  return value
}

/**
 * Returns the values of `keys`: cached ones where `isCurrent`, the others from `read`; keys that `read` omits
 * have none. Keeps `most` values. Cached values are taken before the read, because a concurrent one may evict
 * them.
 */
export async function currentValues<V>(
  known: RecentlyUsed<V>,
  keys: Iterable<string>,
  {
    isCurrent,
    read,
    most,
  }: {
    isCurrent(value: V, key: string): boolean
    read(keys: string[]): Promise<ReadonlyMap<string, V>>
    most: number
  },
): Promise<Map<string, V>> {
  const values = new Map<string, V>()
  const stale: string[] = []
  for (const key of keys) {
    const value = known.get(key)
    if (value !== undefined && isCurrent(value, key)) values.set(key, value)
    else stale.push(key)
  }
  if (stale.length > 0) for (const [key, value] of await read(stale)) values.set(key, value)
  for (const [key, value] of values) {
    known.delete(key)
    known.set(key, value)
  }
  for (const oldest of known.keys()) {
    if (known.size <= most) break
    known.delete(oldest)
  }
  return values
}
