import { BillingError } from '@customer-portal/billing'

const maxPerCaller = 4
const maxTotal = 64
const retryAfterSeconds = 10

/**
 * Limits concurrent file exports per caller and in total, because each occupies the database while it is
 * read. A caller who uses up their own leaves the others' alone. `whose` names the caller in the error
 * message.
 */
export function exportLimit(whose: 'customer' | 'key'): { take(callerId: string): () => void } {
  const taken = new Map<string, number>()
  let total = 0
  return {
    /**
     * Starts an export and returns the function that ends it; calling that twice counts once. Throws
     * rate_limited at the limit.
     */
    take(callerId) {
      const own = taken.get(callerId) ?? 0
      if (own >= maxPerCaller)
        throw full(
          `${maxPerCaller} files are being written for this ${whose} already; try again in a moment.`,
        )
      if (total >= maxTotal) throw full(`${maxTotal} files are being written already; try again in a moment.`)
      taken.set(callerId, own + 1)
      total += 1
      let left = false
      return () => {
        if (left) return
        left = true
        total -= 1
        const rest = taken.get(callerId)! - 1
        if (rest === 0) taken.delete(callerId)
        else taken.set(callerId, rest)
      }
    },
  }
}

const full = (message: string) => new BillingError('rate_limited', { retryAfterSeconds, message })
