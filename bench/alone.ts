import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a function measured alone tells while it runs and at its end. */
export type Told = { done: number } | { answer: unknown; peakMemory: number } | { error: string }

export interface Alone<T> {
  answer: T
  /** The most memory the process held while the function ran, in MB (10⁶ bytes). */
  peakMemory: number
}

const running = new Set<ChildProcess>()

/** Ends every process that still measures. */
export function stopMeasuring(): void {
  for (const child of running) child.kill('SIGKILL')
}

/**
 * Runs an exported function of a module in a process of its own, so that nobody else's memory and garbage are measured with it.
 * `input` and the answer are JSON. The function is given a second argument to tell how far it is.
 */
export function alone<T>(module: string, name: string, input: unknown, onProgress?: (done: number) => void): Promise<Alone<T>> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('alone-process.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
    running.add(child)
    child.on('message', (told: Told) => {
      if ('done' in told) onProgress?.(told.done)
      else if ('error' in told) reject(new Error(told.error))
      else resolve({ answer: told.answer as T, peakMemory: told.peakMemory })
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      running.delete(child)
      reject(new Error(`${name} ended without an answer (${signal ?? `code ${code}`})`))
    })
    child.send({ module, name, input })
  })
}
