import { DatabaseUnavailable } from './types.ts'

/**
 * Limits the transactions per customer that hold a connection at a time, because all of one customer's may
 * wait for the same lock while others need connections. Rejects when more than `longest` of one customer are
 * waiting.
 */
export function placesByCustomer(maxPerCustomer: number, maxWaiting: number) {
  const taken = new Map<string, { running: number; waiting: (() => void)[] }>()

  return async function inPlace<T>(customerId: string, work: () => Promise<T>): Promise<T> {
    const own = taken.get(customerId) ?? { running: 0, waiting: [] }
    taken.set(customerId, own)
    if (own.running < maxPerCustomer) own.running += 1
    else {
      if (own.waiting.length >= maxWaiting)
        throw new DatabaseUnavailable(
          `The database is busy: ${maxWaiting} transactions of this customer wait already`,
        )
      await new Promise<void>((resolve) => own.waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      // The place passes to the next in the queue.
      const next = own.waiting.shift()
      if (next) next()
      else if ((own.running -= 1) === 0) taken.delete(customerId)
    }
  }
}
