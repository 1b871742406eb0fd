import { scale } from '../../values/money.ts'
import type { Steps } from '../../values/quantity.ts'

const millisecondsOfDay = 86_400_000n

/**
 * What a whole period would come to if the rest of it went on as the first `elapsed` of `whole` did (both in
 * one unit of time): a straight line. Null where that cannot be counted exactly.
 */
export function straightLine(used: Steps, elapsed: number, whole: number): Steps | null {
  return used > Number.MAX_SAFE_INTEGER / 64 ? null : scale(used, whole, elapsed)
}

/**
 * Whole days until `left` is used up, where `used` was used in the last `elapsed` milliseconds and it goes on
 * like that; negative where it was used up so long ago at that pace. Null where nothing was used.
 */
export function daysUntilUsedUp(left: Steps, used: Steps, elapsed: number): number | null {
  if (used === 0) return null
  const [time, pace] = [BigInt(left) * BigInt(elapsed), BigInt(used) * millisecondsOfDay]
  return Number(time / pace - (time < 0n && time % pace !== 0n ? 1n : 0n))
}

/** What was forecast once, and what came. */
export interface Tried {
  forecast: Steps
  actual: Steps
}

/**
 * By how much forecasts were wrong: the mean of |forecast − actual| ÷ actual, in basis points (100 are 1 %).
 * Null where nothing came to compare with.
 */
export function meanError(tried: readonly Tried[]): number | null {
  const compared = tried.filter(({ actual }) => actual > 0)
  if (compared.length === 0) return null
  const errors = compared.map(({ forecast, actual }) => scale(10_000, Math.abs(forecast - actual), actual))
  return scale(
    errors.reduce((sum, error) => sum + error, 0),
    1,
    errors.length,
  )
}
