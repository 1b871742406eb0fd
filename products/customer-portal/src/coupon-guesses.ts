import { BillingError } from '@customer-portal/billing'

/** Codes that exist nowhere, or are worth nothing any more: what somebody who guesses meets. */
const wrong = new Set(['coupon_not_found', 'coupon_expired', 'coupon_used_up'])

const minutes = 10
export const guessesAllowed = 10
const customersKept = 10_000

/** Limits how many wrong codes a customer tries. */
export interface CouponGuesses {
  /**
   * Runs a command that may have a code; a wrong one counts. Throws rate_limited for any code after 10 wrong
   * ones within 10 minutes.
   */
  guarded<T>(customerId: string, code: string | undefined, now: string, work: () => Promise<T>): Promise<T>
}

/** Counts in memory of this process, by customer; the least recently wrong are forgotten first. */
export function couponGuesses(): CouponGuesses {
  const missed = new Map<string, number[]>()
  return {
    async guarded(customerId, code, now, work) {
      if (code === undefined) return work()
      const at = Date.parse(now)
      const recent = () => (missed.get(customerId) ?? []).filter((time) => time > at - minutes * 60_000)
      const before = recent()
      if (before.length >= guessesAllowed)
        throw new BillingError('rate_limited', {
          retryAfterSeconds: Math.ceil((before[0]! + minutes * 60_000 - at) / 1000),
          message: `${guessesAllowed} codes were wrong: try again in some minutes.`,
        })
      try {
        return await work()
      } catch (error) {
        if (error instanceof BillingError && wrong.has(error.code)) {
          const times = [...recent(), at]
          missed.delete(customerId)
          missed.set(customerId, times)
          if (missed.size > customersKept) missed.delete(missed.keys().next().value!)
        }
        throw error
      }
    },
  }
}
