import { BillingError } from '@customer-portal/billing'

const mostOfCaller = 4
const mostInAll = 64
const retryAfterSeconds = 10

/**
 * Places for the files that are being written: one takes the database's time as long as it is read. Whoever
 * takes all of theirs takes none of others'. `whose` is what they are in the sentence that refuses them.
 */
export function exportLimit(whose: 'customer' | 'key'): { take(callerId: string): () => void } {
  const taken = new Map<string, number>()
  let inAll = 0
  return {
    /** Takes a place and answers what gives it back, once. Throws rate_limited where there is none. */
    take(callerId) {
      const own = taken.get(callerId) ?? 0
      if (own >= mostOfCaller)
        throw full(
          `${mostOfCaller} files are being written for this ${whose} already; try again in a moment.`,
        )
      if (inAll >= mostInAll)
        throw full(`${mostInAll} files are being written already; try again in a moment.`)
      taken.set(callerId, own + 1)
      inAll += 1
      let left = false
      return () => {
        if (left) return
        left = true
        inAll -= 1
        const rest = taken.get(callerId)! - 1
        if (rest === 0) taken.delete(callerId)
        else taken.set(callerId, rest)
      }
    },
  }
}

const full = (message: string) => new BillingError('rate_limited', { retryAfterSeconds, message })
