import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { bundleProgram, bundleServer } from '../scripts/server-bundle.mjs'
import { adopt } from './children.ts'
import { newFolder, removeFolder } from './folders.ts'

/** The secret key of every server under measurement. */
export const secretKey = 'sk_benchmark_0123456789'

/** Where a server keeps its data. */
export type Location = { databaseUrl: string } | { dataDir: string }

/** A server as a process of its own. */
export interface Program {
  port: number
  /**
   * Starts tracking the process's memory; the returned function stops and returns the peak in MB (10⁶ bytes).
   */
  watchMemory(): () => number
  stop(): Promise<void>
}

/**
 * Starts the server as `npm start` does, with its default settings and those given here, and waits until it
 * is ready.
 */
export async function startPortal(
  location: Location,
  environment: Record<string, string> = {},
): Promise<Program> {
  const where: Record<string, string> =
    'databaseUrl' in location ? { DATABASE_URL: location.databaseUrl } : { DATA_DIR: location.dataDir }
  return startProgram(
    [await bundleServer()],
    { ...where, BILLING_API_KEY: secretKey, ENABLE_CUSTOMER_PORTAL: 'true', ...environment },
    '/readyz',
  )
}

/** Starts a server that stands for what others would build, from a module of this folder. */
export async function startPlain(module: string, environment: Record<string, string> = {}): Promise<Program> {
  return startProgram([await bundleProgram(module)], environment, '/ready')
}

async function startProgram(
  parameters: readonly string[],
  environment: Record<string, string>,
  ready: string,
): Promise<Program> {
  const folder = newFolder()
  const port = await freePort()
  const output = await open(join(folder, 'output.txt'), 'a')
  const child = adopt(
    spawn(process.execPath, parameters, {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: String(port), ...environment },
      stdio: ['ignore', output.fd, output.fd],
    }),
  )
  await output.close()
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    removeFolder(folder)
  }
  const patience = Date.now() + 120_000
  while (!(await answers(`http://127.0.0.1:${port}${ready}`))) {
    if (child.exitCode === null && Date.now() < patience) continue
    const told = readFileSync(join(folder, 'output.txt'), 'utf8')
    await stop()
    throw new Error(`a server under measurement did not start:\n${told}`)
  }
  return { port, watchMemory: () => watchMemory(child.pid!), stop }
}

/** The process's memory, sampled ten times a second. On systems without /proc the result is empty. */
function watchMemory(pid: number): () => number {
  const file = `/proc/${pid}/statm`
  if (!existsSync(file)) return () => Number.NaN
  let peak = 0
  const look = () => {
    peak = Math.max(peak, Number(readFileSync(file, 'latin1').split(' ')[1]) * 4096)
  }
  const timer = setInterval(look, 100)
  return () => {
    clearInterval(timer)
    look()
    return peak / 1e6
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return false
  }
}
