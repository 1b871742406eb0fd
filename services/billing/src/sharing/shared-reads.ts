import { BillingError } from '../errors.ts'

/** Maximum batch size, maximum number of waiting questions, and number of concurrent reads. */
export interface SharedReadLimits {
  together: number
  waiting: number
  atOnce: number
}

/**
 * Batches questions: those that arrive while reads run share the next one, which starts after they arrived. A
 * failed read fails for all that share it.
 */
export function sharedReads<Q, A>(
  read: (questions: Q[]) => Promise<A[]>,
  limits: SharedReadLimits,
): (question: Q) => Promise<A> {
  const waiting: { question: Q; resolve(answer: A): void; reject(error: unknown): void }[] = []
  let running = 0
  let scheduled = false

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (running < limits.atOnce && waiting.length > 0) begin()
    })
  }

  function begin(): void {
    const group = waiting.splice(0, limits.together)
    running += 1
    read(group.map(({ question }) => question))
      .then(
        (answers) => group.forEach(({ resolve }, index) => resolve(answers[index]!)),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        running -= 1
        schedule()
      })
  }

  return (question) => {
    if (waiting.length >= limits.waiting)
      return Promise.reject(
        new BillingError('rate_limited', {
          retryAfterSeconds: 1,
          message: `${waiting.length} questions wait already: try again in a moment`,
        }),
      )
    return new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      schedule()
    })
  }
}
