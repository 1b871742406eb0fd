import { BillingError } from '../errors.ts'

export interface GroupLimits {
  /** Maximum number of items per group. */
  perGroup: number
  /** Maximum number of waiting items: of customers that are not locked, and as many of locked ones. */
  waiting: number
  /** Maximum number of waiting items per customer, so that one does not use up the queue. */
  waitingPerCustomer?: number
  /** The same for locked customers only. */
  waitingPerLockedCustomer?: number
  /** Number of concurrent groups, each for any number of customers, none of which is waited for. */
  shared: number
  /** Number of concurrent groups that wait for a customer's lock, each for that customer alone. */
  alone?: number
  /** Minimum number of items for a second shared group, where each costs its round trips and a commit. */
  minSecondBatchSize?: number
}

/** Whether items of locked customers wait for the lock, or are left: their outcome is 'locked'. */
export interface Lane {
  wait: boolean
}

export interface Halving<T, R> {
  /** Whether one item can have caused an error: then halves of its group run again. By default none can. */
  isOfOneItem?(error: unknown): boolean
  /** The outcome of the item that caused an error; by default it fails with that error. */
  reject?(item: T, error: unknown): Promise<R>
}

export interface GroupQueueOptions<T, R> extends Halving<T, R> {
  limits: GroupLimits
  /** Returns an outcome for each item, in their order. */
  run(items: T[], lane: Lane): Promise<(R | 'locked')[]>
  /** The customer an item is of; those of one run in order of arrival. Without it nobody is ever locked. */
  customerOf?(item: T): string
  /** Whether a customer's items run in one group at a time: one starts after the one ahead of it ended. */
  isOneAtATime?: boolean
  /** What the items are and what to do when too many wait, for the message of `rate_limited`. */
  words: { items: string; remedy: string }
}

/** Items that came together and are answered together, however many groups they take. */
interface Request<R> {
  outcomes: R[]
  open: number
  failure?: { error: unknown }
  resolve(outcomes: R[]): void
  reject(error: unknown): void
}

interface Waiting<T, R> {
  item: T
  customerId: string
  request: Request<R>
  place: number
}

/**
 * Batches items: those that arrive while groups run share the next one, and none waits for others to arrive.
 * A locked customer is waited for in a separate group, so that others do not wait. Returns a function that
 * queues items and resolves with their outcomes; it throws rate_limited when too many wait.
 */
export function groupQueue<T, R>(options: GroupQueueOptions<T, R>): (items: readonly T[]) => Promise<R[]> {
  const { limits, run, customerOf = () => '', isOneAtATime = false, words } = options
  /** By customer, in the order of turns. */
  const waiting = new Map<string, Waiting<T, R>[]>()
  /** How many groups of a customer run. */
  const running = new Map<string, number>()
  const locked = new Set<string>()
  const groups = { shared: 0, alone: 0 }
  const sizes = { shared: 0, alone: 0 }
  let scheduled = false

  const laneOf = (customerId: string) => (locked.has(customerId) ? 'alone' : 'shared')
  const waitingOf = (customerId: string) => waiting.get(customerId)?.length ?? 0

  function ask(items: readonly T[]): Promise<R[]> {
    if (items.length === 0) return Promise.resolve([])
    const customerIds = items.map(customerOf)
    const refusal = refusalOf(customerIds)
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const request: Request<R> = { outcomes: [], open: items.length, resolve, reject }
      for (const [place, item] of items.entries()) {
        const customerId = customerIds[place]!
        const own = waiting.get(customerId)
        const one = { item, customerId, request, place }
        if (own) own.push(one)
        else waiting.set(customerId, [one])
        sizes[laneOf(customerId)] += 1
      }
      schedule()
    })
  }

  function refusalOf(customerIds: readonly string[]): BillingError | undefined {
    const more = { shared: 0, alone: 0 }
    for (const customerId of new Set(customerIds)) {
      const most = locked.has(customerId)
        ? (limits.waitingPerLockedCustomer ?? limits.waitingPerCustomer)
        : limits.waitingPerCustomer
      const own = waitingOf(customerId)
      if (most !== undefined && own >= most) return tooMany(own, ` of customer '${customerId}'`)
    }
    for (const customerId of customerIds) more[laneOf(customerId)] += 1
    for (const lane of ['shared', 'alone'] as const)
      if (more[lane] > 0 && sizes[lane] + more[lane] > limits.waiting) return tooMany(sizes[lane])
    return undefined
  }

  function tooMany(size: number, whose = ''): BillingError {
    return new BillingError('rate_limited', {
      retryAfterSeconds: 1,
      message: `${size} ${words.items}${whose} wait already: ${words.remedy}`,
    })
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After all requests that have arrived by now were read.
    setImmediate(() => {
      scheduled = false
      while (groups.alone < (limits.alone ?? 0) && begin('alone')) continue
      while (mayBeginShared() && begin('shared')) continue
    })
  }

  function mayBeginShared(): boolean {
    if (groups.shared >= limits.shared) return false
    return groups.shared === 0 || sizes.shared >= (limits.minSecondBatchSize ?? 1)
  }

  function begin(lane: 'shared' | 'alone'): boolean {
    const group = next(lane)
    if (group.length === 0) return false
    const customerIds = new Set(group.map(({ customerId }) => customerId))
    groups[lane] += 1
    for (const customerId of customerIds) running.set(customerId, (running.get(customerId) ?? 0) + 1)
    void settle(group, { wait: lane === 'alone' }).then((left) => {
      groups[lane] -= 1
      for (const customerId of customerIds) {
        const others = running.get(customerId)! - 1
        if (others === 0) running.delete(customerId)
        else running.set(customerId, others)
        if (lane === 'alone') mark(customerId, false)
      }
      putBack(left)
      schedule()
    })
    return true
  }

  function next(lane: 'shared' | 'alone'): Waiting<T, R>[] {
    const group: Waiting<T, R>[] = []
    for (const [customerId, own] of waiting) {
      if (laneOf(customerId) !== lane) continue
      if ((isOneAtATime || lane === 'alone') && running.has(customerId)) continue
      group.push(...own.splice(0, limits.perGroup - group.length))
      // A customer with more items gets another turn, after the others.
      waiting.delete(customerId)
      if (own.length > 0) waiting.set(customerId, own)
      if (lane === 'alone' || group.length >= limits.perGroup) break
    }
    sizes[lane] -= group.length
    return group
  }

  function mark(customerId: string, isLocked: boolean): void {
    if (locked.has(customerId) === isLocked) return
    sizes[laneOf(customerId)] -= waitingOf(customerId)
    if (isLocked) locked.add(customerId)
    else locked.delete(customerId)
    sizes[laneOf(customerId)] += waitingOf(customerId)
  }

  function putBack(left: readonly Waiting<T, R>[]): void {
    for (const one of left.toReversed()) {
      mark(one.customerId, true)
      const own = waiting.get(one.customerId)
      if (own) own.unshift(one)
      else waiting.set(one.customerId, [one])
      sizes.alone += 1
    }
  }

  /** Answers the requests a group completes; returns the items that were left. */
  async function settle(group: readonly Waiting<T, R>[], lane: Lane): Promise<Waiting<T, R>[]> {
    const items = group.map(({ item }) => item)
    const settled = await settleInHalves(items, (half) => run(half, lane), options)
    return group.filter(({ request, place }, index) => {
      const one = settled[index]!
      if ('outcome' in one && one.outcome === 'locked') return true
      // What is committed is committed, even if another part of the request is not.
      if ('outcome' in one) request.outcomes[place] = one.outcome as R
      else request.failure ??= one
      request.open -= 1
      if (request.open > 0) return false
      if (request.failure) request.reject(request.failure.error)
      else request.resolve(request.outcomes)
      return false
    })
  }

  return ask
}

/** The outcome of an item, or the error it failed with. */
export type Settled<R> = { outcome: R } | { error: unknown }

/**
 * Runs items together. Where one of them can have caused an error, retries in halves, down to the faulty
 * item: the others succeed. Any other error fails all that have not succeeded yet.
 */
export async function settleInHalves<T, R, Left = never>(
  items: T[],
  run: (items: T[]) => Promise<(R | Left)[]>,
  { isOfOneItem = () => false, reject = (_, error) => Promise.reject(error as Error) }: Halving<T, R>,
): Promise<Settled<R | Left>[]> {
  try {
    return (await run(items)).map((outcome) => ({ outcome }))
  } catch (error) {
    if (!isOfOneItem(error)) return items.map(() => ({ error }))
    if (items.length > 1) {
      const middle = items.length >> 1
      const first = await settleInHalves(items.slice(0, middle), run, { isOfOneItem, reject })
      const stop = first.find((one) => 'error' in one && !isOfOneItem(one.error))
      const rest = items.slice(middle)
      return [
        ...first,
        ...(stop ? rest.map(() => stop) : await settleInHalves(rest, run, { isOfOneItem, reject })),
      ]
    }
    return [
      await reject(items[0]!, error).then(
        (outcome) => ({ outcome }),
        (failure: unknown) => ({ error: failure }),
      ),
    ]
  }
}
