export type ExitSignal = 'SIGTERM' | 'SIGINT'

/**
 * Runs `work` when the process has nothing left to do, and at the signals asked for; such a signal then ends
 * the process as it would have, unless somebody else listens to it too. `atLast` is called as the process
 * ends, also by `process.exit`, when nothing can be waited for. Answers what undoes it.
 */
export function beforeProcessEnds(
  work: () => Promise<unknown>,
  signals: readonly ExitSignal[],
  atLast: () => void,
): () => void {
  const idle = () => {
    // What it does would make the process idle again.
    process.off('beforeExit', idle)
    work().catch(warn)
  }
  const told = (signal: ExitSignal) => {
    const alone = process.listenerCount(signal) === 1
    work()
      .catch(warn)
      .finally(() => {
        process.off(signal, told)
        if (alone) process.kill(process.pid, signal)
      })
  }
  process.on('beforeExit', idle)
  process.on('exit', atLast)
  for (const signal of signals) process.on(signal, told)
  return () => {
    process.off('beforeExit', idle)
    process.off('exit', atLast)
    for (const signal of signals) process.off(signal, told)
  }
}

const warn = (error: unknown) => process.emitWarning(error instanceof Error ? error : String(error))
