import { nextRunAt, runBilling, type Engine } from '@customer-portal/billing'
import type { DueWork } from './clock.ts'

/**
 * Everything that falls due in the engine. With `onFailure`, a customer whose work fails is told there and
 * does not keep the others waiting; without, it stops the rest.
 */
export function dueWorkOf(engine: Engine, options: Parameters<typeof runBilling>[1] = {}): DueWork {
  return {
    nextRunAt: () => nextRunAt(engine),
    async run() {
      await runBilling(engine, options)
    },
  }
}

/**
 * Does some work now and then every `seconds`, never twice at once. The returned function stops it and waits
 * for what is under way.
 */
export function repeatWork(
  work: { run(): Promise<unknown> },
  { seconds, onError }: { seconds: number; onError: (error: unknown) => void },
): () => Promise<void> {
  let running: Promise<unknown> | undefined
  const begin = () => {
    running ??= work
      .run()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(begin, seconds * 1000)
  timer.unref()
  begin()
  return async () => {
    clearInterval(timer)
    await running
  }
}
