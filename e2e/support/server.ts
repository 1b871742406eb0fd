import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrationsFolder as billing } from '@customer-portal/billing/testing'
import { createDataDir } from '@customer-portal/database/testing'
import { migrationsFolder as workbench } from '@customer-portal/workbench'
import { bundleServer } from '../../scripts/server-bundle.mjs'

const project = fileURLToPath(new URL('../..', import.meta.url))
/** By its full path: the server runs in a folder of its own, where the package would not be found. */
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
export const secretKey = 'sk_end_to_end_0123456789'
/**
 * 10:30 in Shanghai on the last date of the demo’s billing period, so that the demo always looks the same.
 */
export const standingClock = '2026-11-30T02:30:00Z'

/** A server as a process of its own, on a data folder of its own. */
export interface RunningServer {
  url: string
  port: number
  /** All its output so far, both streams; empty after it was stopped. */
  output(): string
  /** The file with its output, for other processes. */
  outputFile: string
  signal(name: NodeJS.Signals): void
  /** Resolves with the exit code (null: killed). */
  ended: Promise<number | null>
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the server and waits until it is ready. Variables given here override the defaults. */
export async function startServer(environment: Record<string, string> = {}): Promise<RunningServer> {
  const server = await launchServer(environment)
  const patience = Date.now() + 120_000
  while (!(await answers(`${server.url}/readyz`))) {
    const code = await Promise.race([
      server.ended,
      new Promise<'running'>((resolve) => setTimeout(() => resolve('running'), 50)),
    ])
    if (code !== 'running') throw new Error(`the server ended with ${code}:\n${server.output()}`)
    if (Date.now() > patience) {
      const told = server.output()
      await server.stop()
      throw new Error(`the server is not ready after two minutes:\n${told}`)
    }
  }
  return server
}

/** What Node runs: the bundle of `npm start`, or with E2E_SERVER=source the sources, which needs no build. */
async function program(): Promise<string[]> {
  return process.env.E2E_SERVER === 'source'
    ? ['--import', loader, join(project, 'backend/src/main.ts')]
    : [await bundleServer()]
}

/** Makes a folder for a server that holds the migrations and nothing else. */
export const prepareDataDir = (dataDir: string) => createDataDir(dataDir, { billing, workbench })

/**
 * Starts the server without waiting. Unless another place is given, in a folder with the migrations applied,
 * which saves seconds.
 */
export async function launchServer(environment: Record<string, string> = {}): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'customer-portal-e2e-'))
  const port = environment.PORT ? Number(environment.PORT) : await freePort()
  const dataDir = join(folder, 'data')
  if (environment.DATA_DIR === undefined && environment.DATABASE_URL === undefined)
    await prepareDataDir(dataDir)
  const outputFile = join(folder, 'output.txt')
  const output = await open(outputFile, 'a')
  const child = spawn(process.execPath, await program(), {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      NODE_PATH: process.env.NODE_PATH,
      PORT: String(port),
      DATA_DIR: dataDir,
      ENABLE_CUSTOMER_PORTAL: 'true',
      ENABLE_AGENT_WORKBENCH: 'true',
      DEMO: 'true',
      BILLING_API_KEY: secretKey,
      LOG_LEVEL: 'info',
      ...environment,
    },
    stdio: ['ignore', output.fd, output.fd],
  })
  await output.close()
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return {
    url: environment.PUBLIC_URL ?? `http://127.0.0.1:${port}`,
    port,
    outputFile,
    output: () => readFileSync(outputFile, 'utf8'),
    ended,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}
