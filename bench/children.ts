import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()

/** Registers a child process until it ends, so that none outlives the benchmark. */
export function adopt<T extends ChildProcess>(child: T): T {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends every process that still runs. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGKILL')
}
