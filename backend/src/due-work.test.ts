import { expect, test } from 'vitest'
import { repeatWork } from './due-work.ts'

test('due work starts at once, never runs twice at a time, and continues after a failure', async () => {
  let running = 0
  let most = 0
  let runs = 0
  const failures: unknown[] = []
  const due = {
    nextRunAt: async () => null,
    async run() {
      runs += 1
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, 30))
      running -= 1
      if (runs === 1) throw new Error('first')
    },
  }
  const stop = repeatWork(due, { seconds: 0.01, onError: (error) => failures.push(error) })
  await expect.poll(() => runs).toBeGreaterThan(2)
  await stop()
  const atStop = runs
  expect([running, most, failures]).toEqual([0, 1, [new Error('first')]])
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(runs).toBe(atStop)
})
