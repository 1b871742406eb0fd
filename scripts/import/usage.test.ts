import { expect, test } from 'vitest'
import { setTimeout as wait } from 'node:timers/promises'
import { batches } from './batch.ts'
import type { LineEvents } from './line.ts'
import { monthStart } from './preparation.ts'
import { progressText } from './screen.ts'
import { inOrder } from './usage.ts'

async function* these<T>(...items: T[]) {
  yield* items
}
const event = { id: 'e', customerId: 'c', meter: 'm', quantity: 1, time: '2025-01-01T00:00:00Z' }
const lineWith = (line: number, events: number): LineEvents => ({
  line,
  events: Array.from({ length: events }, () => event),
  rejections: [],
})

test('batches contain whole lines and at most the given number of events', async () => {
  const cut: number[][] = []
  for await (const batch of batches(
    these(lineWith(2, 3), lineWith(3, 3), lineWith(4, 3), lineWith(5, 0), lineWith(6, 3)),
    7,
  ))
    cut.push(batch.lines.map(({ line }) => line))
  expect(cut).toEqual([
    [2, 3],
    [4, 5, 6],
  ])
})

test('lines without events cannot make a batch grow forever', async () => {
  const cut: number[] = []
  for await (const batch of batches(these(...Array.from({ length: 25 }, (_, at) => lineWith(at, 0))), 10))
    cut.push(batch.lines.length)
  expect(cut).toEqual([10, 10, 5])
})

test('results are passed on in the order of the lines, however long each takes', async () => {
  const handed: number[] = []
  let underWay = 0
  let most = 0
  await inOrder(
    these(30, 5, 20, 1),
    2,
    async (milliseconds) => {
      most = Math.max(most, ++underWay)
      await wait(milliseconds)
      underWay -= 1
      return milliseconds
    },
    (item, result) => {
      handed.push(item, result)
    },
  )
  expect(handed).toEqual([30, 30, 5, 5, 20, 20, 1, 1])
  expect(most).toBe(2)
})

test('after a failure the results before it are passed on, and none after it', async () => {
  const handed: number[] = []
  const work = async (item: number) => {
    await wait(item)
    if (item === 2) throw new Error('the server went away')
    return item
  }
  await expect(inOrder(these(10, 2, 1, 3), 3, work, (item) => handed.push(item))).rejects.toThrow(
    'the server went away',
  )
  expect(handed).toEqual([10])
})

test.each([
  ['2023-11-16T18:15:46.680590Z', 'UTC', '2023-11-01T00:00:00.000Z'],
  ['2025-01-31T16:00:00Z', 'Asia/Shanghai', '2025-01-31T16:00:00.000Z'],
  ['2025-01-31T15:59:59Z', 'Asia/Shanghai', '2024-12-31T16:00:00.000Z'],
  ['2025-03-31T12:00:00Z', 'Europe/Berlin', '2025-02-28T23:00:00.000Z'],
  ['2025-11-20T12:00:00Z', 'America/New_York', '2025-11-01T04:00:00.000Z'],
])('the month of %s in %s starts at %s', (time, zone, start) => {
  expect(monthStart(time, zone)).toBe(start)
})

test('progress shows the share, the lines and the speed', () => {
  expect(
    progressText(0.426, { lines: 12_000, accepted: 30_000, duplicates: 5000, rejected: 1000 }, 10_000),
  ).toBe('42 %, 12,000 lines, 3,600 events/s, 1,000 rejected')
})
