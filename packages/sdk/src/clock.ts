/** The source of time. A test passes one that it moves by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Resolves after the time or when `signal` aborts, whichever is first. In the background it does not keep
   * the process alive.
   */
  wait(
    milliseconds: number,
    options?: { signal?: AbortSignal | undefined; background?: boolean },
  ): Promise<void>
}

/** The machine's clock. */
export const machineClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds, { signal, background = false } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const over = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', over)
        resolve()
      }
      const timer = setTimeout(over, milliseconds)
      if (background) timer.unref()
      signal?.addEventListener('abort', over)
    }),
}
