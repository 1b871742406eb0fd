import { DatabaseUnavailable } from './types.ts'

/**
 * Places for transactions, counted for each customer: at most so many of one customer's hold a connection at
 * a time, since each may wait for the same lock and others need connections too. Refuses beyond `longest`
 * waiting ones of a customer.
 */
export function placesByCustomer(most: number, longest: number) {
  const taken = new Map<string, { running: number; waiting: (() => void)[] }>()

  return async function inPlace<T>(customerId: string, work: () => Promise<T>): Promise<T> {
    const own = taken.get(customerId) ?? { running: 0, waiting: [] }
    taken.set(customerId, own)
    if (own.running < most) own.running += 1
    else {
      if (own.waiting.length >= longest)
        throw new DatabaseUnavailable(
          `The database is busy: ${longest} transactions of this customer wait already`,
        )
      await new Promise<void>((resolve) => own.waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      // Whoever waits takes the place over.
      const next = own.waiting.shift()
      if (next) next()
      else if ((own.running -= 1) === 0) taken.delete(customerId)
    }
  }
}
