import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()

/** Remembers a process of ours until it ends, so that none outlives the benchmark. */
export function adopt<T extends ChildProcess>(child: T): T {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends every process that still runs. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGKILL')
}
