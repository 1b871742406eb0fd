import { scale } from '../../values/money.ts'
import type { Steps } from '../../values/quantity.ts'

const millisecondsOfDay = 86_400_000n

/**
 * Extends the usage of the first `elapsed` of `whole` (in one unit of time) to the whole period in a straight
 * line. Null beyond safe integers.
 */
export function straightLine(used: Steps, elapsed: number, whole: number): Steps | null {
  return used > Number.MAX_SAFE_INTEGER / 64 ? null : scale(used, whole, elapsed)
}

/**
 * Returns the whole days until `left` is used up at the pace of `used` in the last `elapsed` milliseconds;
 * negative where it already is. Null without usage.
 */
export function daysUntilUsedUp(left: Steps, used: Steps, elapsed: number): number | null {
  if (used === 0) return null
  const [time, pace] = [BigInt(left) * BigInt(elapsed), BigInt(used) * millisecondsOfDay]
  return Number(time / pace - (time < 0n && time % pace !== 0n ? 1n : 0n))
}

/** A past forecast and the actual value. */
export interface Tried {
  forecast: Steps
  actual: Steps
}

/**
 * Returns the mean error of forecasts: |forecast − actual| ÷ actual, in basis points (100 are 1 %). Null
 * where there was no usage.
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
