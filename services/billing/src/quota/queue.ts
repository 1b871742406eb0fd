import { DatabaseUnavailable } from '@customer-portal/database'
import { BillingError } from '../errors.ts'
import type { QuotaAnswers, QuotaCommand, QuotaOutcome } from './command.ts'

export interface QuotaQueueLimits {
  /** Maximum number of commands per transaction. */
  together: number
  /** Maximum number of waiting commands; further ones are rejected. */
  waiting: number
  /** Maximum number of waiting commands per customer, so that a locked customer does not use up the queue. */
  waitingOfOne: number
  /** Number of concurrent transactions for customers that are not locked, each for several customers. */
  shared: number
  /** Number of concurrent transactions that wait for a customer's lock, each for that customer alone. */
  alone: number
}

interface Entry {
  command: QuotaCommand
  resolve(answer: QuotaAnswers[keyof QuotaAnswers]): void
  reject(error: unknown): void
}

/** A group of commands, those of one customer in order of arrival. */
interface Group {
  entries: Entry[]
  customerIds: string[]
  wait: boolean
}

/**
 * Batches commands: those that arrive while transactions run share the next one, and none waits for others to
 * arrive. A customer's commands run in order, one transaction at a time. A locked customer is waited for in a
 * separate transaction, so that others do not wait. A command that fails unexpectedly fails alone: its group
 * is retried in halves.
 */
export function quotaQueue(
  run: (commands: QuotaCommand[], options: { wait: boolean }) => Promise<QuotaOutcome[]>,
  limits: QuotaQueueLimits,
) {
  /** By customer, in the order of turns. */
  const waiting = new Map<string, Entry[]>()
  const running = new Set<string>()
  const locked = new Set<string>()
  const transactions = { shared: 0, alone: 0 }
  let size = 0
  let scheduled = false

  function ask<C extends QuotaCommand>(command: C): Promise<QuotaAnswers[C['kind']]> {
    const ofOne = waiting.get(command.customerId)?.length ?? 0
    if (ofOne >= limits.waitingOfOne)
      return Promise.reject(tooMany(ofOne, ` of customer '${command.customerId}'`))
    if (size >= limits.waiting) return Promise.reject(tooMany(size))
    return new Promise((resolve, reject) => {
      const entry: Entry = { command, resolve: resolve as Entry['resolve'], reject }
      const own = waiting.get(command.customerId)
      if (own) own.push(entry)
      else waiting.set(command.customerId, [entry])
      size += 1
      schedule()
    })
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (transactions.alone < limits.alone && begin(next(true))) continue
      while (transactions.shared < limits.shared && begin(next(false))) continue
    })
  }

  function next(wait: boolean): Group {
    const group: Group = { entries: [], customerIds: [], wait }
    for (const [customerId, own] of waiting) {
      if (running.has(customerId) || locked.has(customerId) !== wait) continue
      group.customerIds.push(customerId)
      const taken = own.splice(0, limits.together - group.entries.length)
      group.entries.push(...taken)
      // A customer with more commands queues for another turn.
      waiting.delete(customerId)
      if (own.length > 0) waiting.set(customerId, own)
      if (wait || group.entries.length >= limits.together) break
    }
    size -= group.entries.length
    return group
  }

  function begin(group: Group): boolean {
    if (group.entries.length === 0) return false
    const lane = group.wait ? 'alone' : 'shared'
    transactions[lane] += 1
    for (const customerId of group.customerIds) running.add(customerId)
    void answer(group.entries, group.wait).then((remaining) => {
      transactions[lane] -= 1
      for (const customerId of group.customerIds) {
        running.delete(customerId)
        locked.delete(customerId)
      }
      putBack(remaining)
      schedule()
    })
    return true
  }

  /** Executes a group; returns the commands it left because their customers are locked. */
  async function answer(group: readonly Entry[], wait: boolean): Promise<Entry[]> {
    let outcomes: QuotaOutcome[]
    try {
      outcomes = await run(
        group.map(({ command }) => command),
        { wait },
      )
    } catch (error) {
      if (error instanceof DatabaseUnavailable || group.length === 1) {
        for (const { reject } of group) reject(error)
        return []
      }
      const middle = group.length >> 1
      return [...(await answer(group.slice(0, middle), wait)), ...(await answer(group.slice(middle), wait))]
    }
    return group.filter(({ resolve, reject }, index) => {
      const outcome = outcomes[index]!
      if (outcome === 'locked') return true
      if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.answer)
      return false
    })
  }

  function putBack(remaining: readonly Entry[]): void {
    for (const entry of remaining.toReversed()) {
      const { customerId } = entry.command
      locked.add(customerId)
      const own = waiting.get(customerId)
      if (own) own.unshift(entry)
      else waiting.set(customerId, [entry])
      size += 1
    }
  }

  return { ask }
}

function tooMany(waiting: number, whose = ''): BillingError {
  return new BillingError('rate_limited', {
    retryAfterSeconds: 1,
    message: `${waiting} requests about quotas${whose} wait already: try again in a moment`,
  })
}
