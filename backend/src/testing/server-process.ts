import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { bundleServer } from '../../../scripts/server-bundle.mjs'

export const key = 'sk_test_of_the_server_that_is_killed'

/** A server as a process of its own, always at the same address. */
export interface ServerProcess {
  url: string
  /** Starts it and returns the milliseconds until it was ready. */
  start(): Promise<number>
  /** Kills it, as `kill -9` does. */
  kill(): Promise<void>
  /** Shuts it down with a signal. */
  end(): Promise<void>
}

/** The server as `npm start` runs it, with the database that `environment` names. Not started yet. */
export async function serverProcess(environment: Record<string, string>): Promise<ServerProcess> {
  const program = await bundleServer()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const stop = async (signal: NodeJS.Signals) => {
    if (!child || child.signalCode !== null || child.exitCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  return {
    url,
    async start() {
      const began = performance.now()
      child = spawn(process.execPath, [program], {
        // A folder without an .env.
        cwd: tmpdir(),
        env: {
          PATH: process.env['PATH'],
          PORT: String(port),
          BILLING_API_KEY: key,
          LOG_LEVEL: 'fatal',
          ...environment,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let error = ''
      child.stderr!.on('data', (data) => {
        error += data
      })
      while (
        !(await fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ))
      ) {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${error}`)
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      return performance.now() - began
    },
    kill: () => stop('SIGKILL'),
    end: () => stop('SIGTERM'),
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
