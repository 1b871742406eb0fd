import { nextRunAt, runBilling, type Engine } from '@customer-portal/billing'
import type { DueWork } from './clock.ts'

/**
 * The engine's due work. With `onFailure`, a customer whose work fails is reported there and does not delay
 * the others; without it, the failure stops the rest.
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
 * Runs some work now and then every `seconds`, never twice at once. The returned function stops it and waits
 * for a run in progress.
 */
export function repeatWork(
  work: { run(): Promise<unknown> },
  { seconds, onError }: { seconds: number; onError: (error: unknown) => void },
): () => Promise<void> {
  let running: Promise<unknown> | undefined
  const start = () => {
    running ??= work
      .run()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(start, seconds * 1000)
  timer.unref()
  start()
  return async () => {
    clearInterval(timer)
    await running
  }
}
