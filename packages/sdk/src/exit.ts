export type ExitSignal = 'SIGTERM' | 'SIGINT'

/**
 * Runs `work` when the process has nothing left to do, and on the given signals; such a signal then ends the
 * process as it would have, unless there is another listener. `atLast` is called as the process exits, also
 * by `process.exit`, when nothing asynchronous can run. Returns the function that removes the listeners.
 */
export function beforeProcessEnds(
  work: () => Promise<unknown>,
  signals: readonly ExitSignal[],
  atLast: () => void,
): () => void {
  const idle = () => {
    // The work itself would make the process idle again.
    process.off('beforeExit', idle)
    work().catch(warn)
  }
  const onSignal = (signal: ExitSignal) => {
    const alone = process.listenerCount(signal) === 1
    work()
      .catch(warn)
      .finally(() => {
        process.off(signal, onSignal)
        if (alone) process.kill(process.pid, signal)
      })
  }
  process.on('beforeExit', idle)
  process.on('exit', atLast)
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    process.off('beforeExit', idle)
    process.off('exit', atLast)
    for (const signal of signals) process.off(signal, onSignal)
  }
}

const warn = (error: unknown) => process.emitWarning(error instanceof Error ? error : String(error))
