import { alone } from './alone.ts'
import type { Program } from './program.ts'

/**
 * Puts load on a server from a process of its own: an exported function of a module, which reports when the
 * server is warm. From then on the server's memory is tracked.
 */
export async function watched<T>(
  server: Program,
  module: string,
  name: string,
  input: object,
): Promise<{ answer: T; peakMemory: number }> {
  let peak: (() => number) | undefined
  const { answer } = await alone<T>(
    module,
    name,
    { ...input, port: server.port },
    () => (peak ??= server.watchMemory()),
  )
  return { answer, peakMemory: peak?.() ?? Number.NaN }
}
