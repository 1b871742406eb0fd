import { nextDueAt, runDueWork, type Billing, type DueOptions } from '@customer-portal/billing'
import type { DueWork } from './clock.ts'

/** Everything that falls due in the engine. With `onFailure`, a customer whose work fails is told there and does not keep the others waiting; without, it stops the rest. */
export function dueWorkOf(billing: Billing, options: DueOptions = {}): DueWork {
  return {
    nextDueAt: () => nextDueAt(billing),
    async run() {
      await runDueWork(billing, options)
    },
  }
}

/** Does due work now and then every `seconds`, never twice at once. The returned function stops it and waits for what is under way. */
export function repeatDueWork(due: DueWork, { seconds, onError }: { seconds: number; onError: (error: unknown) => void }): () => Promise<void> {
  let running: Promise<void> | undefined
  const work = () => {
    running ??= due.run().catch(onError).finally(() => { running = undefined })
  }
  const timer = setInterval(work, seconds * 1000)
  timer.unref()
  work()
  return async () => {
    clearInterval(timer)
    await running
  }
}
