import { fork } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { bundleProgram } from '../scripts/server-bundle.mjs'
import { adopt } from './children.ts'

/** Messages of a function measured alone, while it runs and at its end. */
export type Message = { done: number } | { answer: unknown; peakMemory: number } | { error: string }

export interface Alone<T> {
  answer: T
  /** The peak memory of the process while the function ran, in MB (10⁶ bytes). */
  peakMemory: number
}

/**
 * Runs an exported function of a module in a process of its own, so that memory and garbage of other code are
 * not measured with it. `input` and the answer are JSON. A second argument of the function reports its
 * progress.
 */
export async function alone<T>(
  module: string,
  name: string,
  input: unknown,
  onProgress?: (done: number) => void,
): Promise<Alone<T>> {
  const [program, bundle] = [
    await bundleProgram('bench/alone-process.ts'),
    pathToFileURL(await bundleProgram(module)).href,
  ]
  return new Promise((resolve, reject) => {
    const child = adopt(fork(program, { execArgv: [] }))
    child.on('message', (told: Message) => {
      if ('done' in told) onProgress?.(told.done)
      else if ('error' in told) reject(new Error(told.error))
      else resolve({ answer: told.answer as T, peakMemory: told.peakMemory })
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      reject(new Error(`${name} ended without an answer (${signal ?? `code ${code}`})`))
    })
    child.send({ module: bundle, name, input })
  })
}
