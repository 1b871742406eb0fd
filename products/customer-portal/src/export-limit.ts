import { BillingError } from '@customer-portal/billing'
import type { FastifyReply } from 'fastify'

const mostAtOnce = 4
const retrySeconds = 10

/** Places for the exports that are being written: a file takes the database's time as long as it is read. */
export function exportLimit(): { take(reply: FastifyReply): () => void } {
  let taken = 0
  return {
    /** Takes a place and answers what gives it back, once. Throws rate_limited where there is none. */
    take(reply) {
      if (taken >= mostAtOnce) {
        void reply.header('retry-after', retrySeconds)
        throw new BillingError('rate_limited', { message: `${mostAtOnce} files are being written already; try again in a moment.` })
      }
      taken += 1
      let left = false
      return () => {
        if (!left) taken -= 1
        left = true
      }
    },
  }
}
