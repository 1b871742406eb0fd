import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { bundleProgram } from '../../../../scripts/server-bundle.mjs'

/** Starts a program of this folder as a process of its own and collects its output. */
export async function start(program: string, ...parameters: string[]) {
  const path = await bundleProgram(`services/database/src/test-programs/${program}`)
  const child: ChildProcess = spawn(process.execPath, [path, ...parameters], { stdio: 'pipe' })
  let printed = ''
  child.stdout!.on('data', (text: Buffer) => (printed += text))
  child.stderr!.on('data', (text: Buffer) => (printed += text))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return {
    pid: child.pid!,
    /** The exit code; null when the process was killed. */
    ended,
    printed: () => printed,
    /** Resolves when the output satisfies `wanted`. Throws when the program ends before that. */
    async until(wanted: (printed: string) => boolean): Promise<void> {
      while (!wanted(printed)) {
        if (child.exitCode !== null) throw new Error(`${program} ended early: ${printed}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async end(): Promise<void> {
      child.stdin!.write('end\n')
      await ended
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await ended
    },
  }
}
