import { ApiError, ConnectionError } from './api-error.ts'

const firstPause = 200
const maxDelay = 30_000
const passing = [408, 429, 500, 502, 503, 504]

/** Whether the same request may succeed a little later. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  return (
    error instanceof ApiError && (passing.includes(error.status) || error.code === 'idempotency_in_progress')
  )
}

/**
 * The delay before the next attempt, in milliseconds: random below 0.2 s, 0.4 s, 0.8 s … 30 s, so that many
 * clients do not retry at once, and never less than the server asked for.
 */
export function delayAfter(failures: number, error: unknown, random: () => number): number {
  const backOff = random() * Math.min(maxDelay, firstPause * 2 ** Math.min(failures - 1, 20))
  return Math.max(backOff, requestedDelay(error) ?? 0)
}

/** The delay the server asked for, in milliseconds. */
export function requestedDelay(error: unknown): number | undefined {
  return error instanceof ApiError ? error.retryAfter : undefined
}

/** `Retry-After` in milliseconds, given in seconds or as a date (RFC 9110 §10.2.3). */
export function retryAfterIn(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
