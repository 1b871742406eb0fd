import { DatabaseUnavailable } from './types.ts'

/**
 * Runs one task at a time in the order of arrival. Rejects when more than `limit` tasks wait, and a task that
 * has waited for `patience` ms.
 */
export function serialQueue({ limit, patience }: { limit: number; patience: number }) {
  const waiting: (() => void)[] = []
  let busy = false

  async function turn(): Promise<void> {
    if (!busy) {
      busy = true
      return
    }
    if (waiting.length >= limit)
      throw new DatabaseUnavailable(`The database is busy: ${limit} transactions wait already`)
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(start), 1)
        reject(
          new DatabaseUnavailable(
            `The database is busy: a transaction waited ${patience} ms (was one opened inside another?)`,
          ),
        )
      }, patience)
      waiting.push(start)
    })
  }

  function next(): void {
    const start = waiting.shift()
    if (start) start()
    else busy = false
  }

  return {
    /** Waits for its turn, runs `task`, and starts the next one when it has finished. */
    async run<T>(task: () => Promise<T>): Promise<T> {
      await turn()
      try {
        return await task()
      } finally {
        next()
      }
    },
  }
}
