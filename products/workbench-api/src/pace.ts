/** A rate limit: a burst, refilled one by one over time. */
export interface Pace {
  /** Takes a turn for this key and returns 0, or returns the whole seconds until there is one. */
  secondsToWait(key: string, now: string): number
}

/**
 * Counts in memory, each key separately. Beyond `keys` of them the least recently used are dropped, which
 * only gives them a fresh burst.
 */
export function createPace({
  most,
  seconds,
  keys = 10_000,
}: {
  most: number
  seconds: number
  keys?: number
}): Pace {
  const every = (seconds * 1000) / most
  /** The instant at which all used turns of a key are refilled. */
  const usedUntil = new Map<string, number>()
  return {
    secondsToWait(key, now) {
      const at = Date.parse(now)
      const until = Math.max(usedUntil.get(key) ?? 0, at) + every
      const wait = until - at - seconds * 1000
      if (wait > 0) return Math.ceil(wait / 1000)
      usedUntil.delete(key)
      usedUntil.set(key, until)
      const oldest = usedUntil.size > keys ? usedUntil.keys().next().value : undefined
      if (oldest !== undefined) usedUntil.delete(oldest)
      return 0
    },
  }
}
