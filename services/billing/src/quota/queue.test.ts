import { DatabaseUnavailable } from '@customer-portal/database'
import { describe, expect, test } from 'vitest'
import type { QuotaCommand, QuotaOutcome } from './command.ts'
import type { GroupLimits } from '../sharing/group-queue.ts'
import { quotaQueue } from './queue.ts'

const limits: GroupLimits = { perGroup: 4, waiting: 20, waitingPerCustomer: 20, shared: 2, alone: 1 }

/** A queue whose transactions the test ends one by one. */
function queueOf(changed: Partial<GroupLimits> = {}) {
  const transactions: {
    ids: string[]
    customers: string[]
    wait: boolean
    end(outcome?: (command: QuotaCommand) => QuotaOutcome): void
    fail(error: Error): void
  }[] = []
  const { ask } = quotaQueue(
    (commands, { wait }) =>
      new Promise((resolve, reject) => {
        transactions.push({
          ids: commands.map((command) => command.id),
          customers: [...new Set(commands.map((command) => command.customerId))],
          wait,
          end: (outcome = answered) => resolve(commands.map(outcome)),
          fail: reject,
        })
      }),
    { ...limits, ...changed },
  )
  const outcomes: string[] = []
  return {
    transactions,
    outcomes,
    consume(customerId: string, ...ids: string[]) {
      for (const id of ids)
        ask({ kind: 'consume', customerId, meter: 'm', id }).then(
          () => outcomes.push(id),
          (error: Error) => outcomes.push(`${id}: ${error.message}`),
        )
    },
  }
}

const answered = (): QuotaOutcome => ({ answer: { granted: 1, remaining: 0, overage: 0, duplicate: false } })
const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('the queue of quota commands', () => {
  test('commands that arrive while transactions run share the next one, in order', async () => {
    const { transactions, outcomes, consume } = queueOf()
    consume('a', '1')
    await turn()
    consume('a', '2', '3')
    consume('b', '4')
    await turn()
    // One transaction of a at a time; b has nobody to wait for.
    expect(transactions.map((transaction) => transaction.ids)).toEqual([['1'], ['4']])
    consume('a', '5', '6', '7')
    transactions[0]!.end()
    await turn()
    expect(transactions[2]!.ids).toEqual(['2', '3', '5', '6'])
    transactions[2]!.end()
    transactions[1]!.end()
    await turn()
    expect(transactions[3]!.ids).toEqual(['7'])
    expect(outcomes).toEqual(['1', '2', '3', '5', '6', '4'])
  })

  test('many commands of one customer do not delay others', async () => {
    const { transactions, consume } = queueOf({ shared: 1 })
    consume('busy', '1', '2', '3', '4', '5', '6')
    consume('quiet', '7')
    await turn()
    transactions[0]!.end()
    await turn()
    expect(transactions.map((transaction) => transaction.ids)).toEqual([
      ['1', '2', '3', '4'],
      ['7', '5', '6'],
    ])
  })

  test('commands of a locked customer wait in their own transaction, ahead of later ones', async () => {
    const { transactions, outcomes, consume } = queueOf()
    consume('locked', '1', '2')
    consume('free', '3')
    await turn()
    consume('locked', '4')
    transactions[0]!.end((command) => (command.customerId === 'locked' ? 'locked' : answered()))
    await turn()
    expect(transactions[1]).toMatchObject({ ids: ['1', '2', '4'], wait: true })
    consume('free', '5')
    await turn()
    expect(transactions[2]).toMatchObject({ ids: ['5'], wait: false })
    transactions[1]!.end()
    transactions[2]!.end()
    await turn()
    expect(outcomes).toEqual(['3', '1', '2', '4', '5'])
    consume('locked', '6')
    await turn()
    expect(transactions[3]).toMatchObject({ ids: ['6'], wait: false })
  })

  test('a command that fails unexpectedly fails alone', async () => {
    const { transactions, outcomes, consume } = queueOf()
    consume('a', '1', '2', '3', '4')
    await turn()
    const poisoned = (at: number) =>
      transactions[at]!.ids.includes('3')
        ? transactions[at]!.fail(new Error('poison'))
        : transactions[at]!.end()
    for (let at = 0; at < 5; at += 1) {
      poisoned(at)
      await turn()
    }
    expect(transactions.map((transaction) => transaction.ids)).toEqual([
      ['1', '2', '3', '4'],
      ['1', '2'],
      ['3', '4'],
      ['3'],
      ['4'],
    ])
    expect(outcomes).toEqual(['1', '2', '3: poison', '4'])
  })

  test('a failed group is not retried in halves when the database is unreachable', async () => {
    const { transactions, outcomes, consume } = queueOf()
    consume('a', '1', '2')
    await turn()
    transactions[0]!.fail(new DatabaseUnavailable('away'))
    await turn()
    expect([transactions.length, outcomes]).toEqual([1, ['1: away', '2: away']])
  })

  test('commands of one customer are rejected beyond the customer’s limit first', async () => {
    const { transactions, outcomes, consume } = queueOf({ waiting: 5, waitingPerCustomer: 3 })
    consume('held', '1')
    await turn()
    transactions[0]!.end(() => 'locked')
    await turn()
    consume('held', '2', '3', '4', '5')
    consume('free', '6')
    await turn()
    expect(outcomes).toEqual([
      "5: rate_limited: 3 requests about quotas of customer 'held' wait already: try again in a moment",
    ])
    transactions.at(-1)!.end()
    await turn()
    expect(outcomes).toContain('6')
  })

  test('commands wait up to the limit, and further ones are rejected at once', async () => {
    const { transactions, outcomes, consume } = queueOf({ waiting: 3 })
    consume('a', '1')
    await turn()
    consume('a', '2', '3', '4', '5')
    await turn()
    expect(outcomes).toEqual(['5: rate_limited: 3 requests about quotas wait already: try again in a moment'])
    transactions[0]!.end()
    await turn()
    transactions[1]!.end()
    await turn()
    expect(outcomes.slice(1)).toEqual(['1', '2', '3', '4'])
  })
})
