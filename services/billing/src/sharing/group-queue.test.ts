import { describe, expect, test } from 'vitest'
import { groupQueue, settleInHalves, type GroupLimits, type GroupQueueOptions } from './group-queue.ts'

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

/** A queue of items such as `a1`, of customer `a`, whose groups the test ends one by one. */
function queueOf(limits: Partial<GroupLimits>, options: Partial<GroupQueueOptions<string, string>> = {}) {
  const groups: {
    items: string[]
    wait: boolean
    end(outcome?: (item: string) => string): void
    fail(error: Error): void
  }[] = []
  const ask = groupQueue<string, string>({
    limits: { perGroup: 4, waiting: 20, shared: 2, alone: 1, ...limits },
    customerOf: (item) => item[0]!,
    words: { items: 'things', remedy: 'come back' },
    run: (items, { wait }) =>
      new Promise((resolve, reject) => {
        const end = (outcome = (item: string) => `${item} done`) => resolve(items.map(outcome))
        groups.push({ items, wait, end, fail: reject })
      }),
    ...options,
  })
  const answers: string[] = []
  return {
    groups,
    answers,
    ask(...items: string[]) {
      ask(items).then(
        (outcomes) => answers.push(outcomes.join()),
        (error: Error) => answers.push(error.message),
      )
    },
  }
}

describe('a group queue', () => {
  test('answers items that came together in one, in order, however many groups they take', async () => {
    const { groups, answers, ask } = queueOf({ perGroup: 2 })
    ask('a1', 'b2', 'a3')
    await turn()
    expect(groups.map(({ items }) => items)).toEqual([['a1', 'a3'], ['b2']])
    groups[1]!.end()
    await turn()
    expect(answers).toEqual([])
    groups[0]!.end()
    await turn()
    expect(answers).toEqual(['a1 done,b2 done,a3 done'])
  })

  test('runs a second group of a customer beside the first, unless theirs run one at a time', async () => {
    for (const isOneAtATime of [false, true]) {
      const { groups, ask } = queueOf({}, { isOneAtATime })
      ask('a1')
      await turn()
      ask('a2', 'b3')
      await turn()
      expect(groups.map(({ items }) => items.join())).toEqual(['a1', isOneAtATime ? 'b3' : 'a2,b3'])
    }
  })

  test('begins a second group beside a running one only when it is worth it', async () => {
    const { groups, ask } = queueOf({ minSecondBatchSize: 3 })
    ask('a1')
    await turn()
    ask('a2', 'a3')
    await turn()
    expect(groups).toHaveLength(1)
    ask('b4')
    await turn()
    expect(groups[1]!.items).toEqual(['a2', 'a3', 'b4'])
  })

  test('rejects items above the limit, and counts those of locked customers by themselves', async () => {
    const { groups, answers, ask } = queueOf({ waiting: 3, waitingPerLockedCustomer: 2 })
    ask('a1')
    await turn()
    groups[0]!.end(() => 'locked')
    await turn()
    expect(groups[1]).toMatchObject({ items: ['a1'], wait: true })
    ask('a2')
    ask('a3')
    ask('a4')
    ask('b5', 'c6', 'd7')
    ask('e8')
    await turn()
    expect(answers).toEqual([
      "rate_limited: 2 things of customer 'a' wait already: come back",
      'rate_limited: 3 things wait already: come back',
    ])
    groups[1]!.end()
    await turn()
    expect(groups.slice(2).map(({ items, wait }) => [items.join(), wait])).toEqual([
      ['b5,c6,d7', false],
      ['a2,a3', false],
    ])
  })

  test('fails a whole request, and no other one, with the error of a group of its', async () => {
    const { groups, answers, ask } = queueOf({ perGroup: 2 })
    ask('a1', 'a2', 'b3')
    ask('b4')
    await turn()
    groups[0]!.fail(new Error('away'))
    groups[1]!.end()
    await turn()
    expect(answers).toEqual(['away', 'b4 done'])
  })

  test('takes no items as done', async () => {
    const { groups, answers, ask } = queueOf({})
    ask()
    await turn()
    expect([groups, answers]).toEqual([[], ['']])
  })
})

describe('items that are retried in halves', () => {
  const run = (items: string[]) =>
    items.includes('poison')
      ? Promise.reject(new Error('poisoned'))
      : items.includes('cable')
        ? Promise.reject(new Error('unplugged'))
        : Promise.resolve(items.map((item) => `${item} done`))
  const isOfOneItem = (error: unknown) => (error as Error).message === 'poisoned'

  test('succeed but for the faulty one, which has an outcome of its own', async () => {
    const reject = async (item: string) => `${item} rejected`
    expect(await settleInHalves(['a', 'b', 'poison', 'c'], run, { isOfOneItem, reject })).toEqual(
      ['a done', 'b done', 'poison rejected', 'c done'].map((outcome) => ({ outcome })),
    )
    expect(await settleInHalves(['a', 'poison'], run, { isOfOneItem })).toEqual([
      { outcome: 'a done' },
      { error: new Error('poisoned') },
    ])
  })

  test('are not tried on after an error that is of no item', async () => {
    const tried: string[] = []
    const settled = await settleInHalves(
      ['cable', 'poison', 'a', 'b'],
      (items) => {
        tried.push(items.join())
        return run(items)
      },
      { isOfOneItem },
    )
    expect(tried).toEqual(['cable,poison,a,b', 'cable,poison', 'cable'])
    expect(settled).toEqual(Array.from({ length: 4 }, () => ({ error: new Error('unplugged') })))
  })
})
