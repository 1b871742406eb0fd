/** A rate limit: a burst, refilled one by one over time. */
export interface RateLimit {
  /** Takes a turn for this key and returns 0, or returns the whole seconds until there is one. */
  secondsToWait(key: string, now: string): number
}

/**
 * Counts in memory, each key separately. Beyond `keys` of them the least recently used are dropped, which
 * only gives them a fresh burst.
 */
export function createRateLimit({
  burst,
  seconds,
  keys = 10_000,
}: {
  burst: number
  seconds: number
  keys?: number
}): RateLimit {
  const every = (seconds * 1000) / burst
  /** The instant at which all used turns of a key are refilled. */
  const refilledAt = new Map<string, number>()
  return {
    secondsToWait(key, now) {
      const at = Date.parse(now)
      const until = Math.max(refilledAt.get(key) ?? 0, at) + every
      const wait = until - at - seconds * 1000
      if (wait > 0) return Math.ceil(wait / 1000)
      refilledAt.delete(key)
      refilledAt.set(key, until)
      const oldest = refilledAt.size > keys ? refilledAt.keys().next().value : undefined
      if (oldest !== undefined) refilledAt.delete(oldest)
      return 0
    },
  }
}
