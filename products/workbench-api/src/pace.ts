/**
 * How often something may be done: so many times at once, and once more whenever a part of the time has
 * passed.
 */
export interface Pace {
  /** Takes a turn of this key; else answers in how many whole seconds there is one. 0: taken. */
  secondsToWait(key: string, now: string): number
}

/**
 * Counts in memory, each key by itself. Beyond `keys` of them those asked about longest ago are forgotten,
 * which only lets them begin anew.
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
  /** Until when a key has used its turns up, one after the other. */
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
