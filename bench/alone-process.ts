import type { Message } from './alone.ts'

const tell = (told: Message) =>
  new Promise<void>((resolve) => process.send!(told, undefined, undefined, () => resolve()))

/**
 * Tracks the peak memory, sampled twenty times a second from now on, so without the memory of loading the
 * modules.
 */
function watchMemory(): () => number {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return peak / 1e6
  }
}

async function run({ module, name, input }: { module: string; name: string; input: unknown }): Promise<void> {
  const { [name]: work } = (await import(module)) as Record<
    string,
    (input: unknown, progress: (done: number) => void) => Promise<unknown>
  >
  const memory = watchMemory()
  const answer = await work!(input, (done) => void tell({ done }))
  await tell({ answer, peakMemory: memory() })
}

process.on('disconnect', () => process.exit(1))
process.once('message', (message: Parameters<typeof run>[0]) => {
  run(message)
    .catch((error: Error) => tell({ error: error.stack ?? String(error) }))
    .finally(() => process.disconnect())
})
