import { BillingError } from '@customer-portal/billing'

const mostOfCustomer = 4
const mostInAll = 64
const retryAfterSeconds = 10

/** Places for the exports that are being written: a file takes the database's time as long as it is read. A customer who takes all of theirs takes none of others'. */
export function exportLimit(): { take(customerId: string): () => void } {
  const taken = new Map<string, number>()
  let inAll = 0
  return {
    /** Takes a place and answers what gives it back, once. Throws rate_limited where there is none. */
    take(customerId) {
      const own = taken.get(customerId) ?? 0
      if (own >= mostOfCustomer) throw new BillingError('rate_limited', { retryAfterSeconds, message: `${mostOfCustomer} files are being written for this customer already; try again in a moment.` })
      if (inAll >= mostInAll) throw new BillingError('rate_limited', { retryAfterSeconds, message: `${mostInAll} files are being written already; try again in a moment.` })
      taken.set(customerId, own + 1)
      inAll += 1
      let left = false
      return () => {
        if (left) return
        left = true
        inAll -= 1
        const rest = taken.get(customerId)! - 1
        if (rest === 0) taken.delete(customerId)
        else taken.set(customerId, rest)
      }
    },
  }
}
