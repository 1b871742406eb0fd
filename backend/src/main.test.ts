import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bundleServer } from '../../scripts/server-bundle.mjs'

const main = await bundleServer()
const folder = mkdtempSync(join(tmpdir(), 'server-'))
const children: ChildProcess[] = []

afterAll(async () => {
  for (const child of children.filter((one) => one.exitCode === null && one.signalCode === null)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const output = { out: '', error: '' }
  child.stdout.on('data', (data) => {
    output.out += data
  })
  child.stderr.on('data', (data) => {
    output.error += data
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    told: output,
    ended,
    says: (text: RegExp) => waitFor(child, () => text.exec(output.out), output),
  }
}

async function waitFor(
  child: ChildProcess,
  look: () => RegExpExecArray | null,
  output: { out: string; error: string },
): Promise<RegExpExecArray> {
  for (;;) {
    const found = look()
    if (found) return found
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode}: ${output.out}${output.error}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('invalid settings stop the start with one line each, from .env and from the environment alike', async () => {
  writeFileSync(join(folder, '.env'), 'PORT=many\nDEMO=perhaps\n')
  const { told: output, ended } = start({ DEMO: 'false', LOG_LEVEL: 'loud' })
  expect(await ended).toBe(1)
  expect(output.error.trim().split('\n')).toEqual([
    'PORT must be a port, 0 to 65535: it is "many".',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent: it is "loud".',
  ])
  rmSync(join(folder, '.env'))
})

test('a port in use stops the start with one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { told: output, ended } = start({ PORT: String(port), DATA_DIR: 'taken' })
  expect(await ended).toBe(1)
  expect(output.error).toBe(
    `Port ${port} on 127.0.0.1 is taken by another program: stop it, or set PORT to another number.\n`,
  )
  other.close()
})

test('a database that cannot be reached stops the start with one sentence', async () => {
  const { told: output, ended } = start({
    PORT: '0',
    DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
  })
  expect(await ended).toBe(1)
  expect(output.error.trim().split('\n')).toHaveLength(1)
  expect(output.error).not.toMatch(/hunter2|\n +at /)
})

test(
  'it serves, keeps others from its data, and shuts down cleanly on a signal',
  { timeout: 240_000 },
  async () => {
    const server = start({ PORT: '0', DATA_DIR: 'data', ENABLE_CUSTOMER_PORTAL: 'true' })
    const [, url] = await server.says(/API docs +(http:\S+)\/docs/)
    const [, key] = await server.says(/Secret key +(sk_\S+)/)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const authorization = `Bearer ${key}`
    expect((await fetch(`${url}/api/billing/customers`, { headers: { authorization } })).status).toBe(200)

    const second = start({ PORT: '0', DATA_DIR: 'data' })
    expect(await second.ended).toBe(1)
    expect(second.told.error).toMatch(
      new RegExp(`^The data directory .* is held by process ${server.child.pid}.*\\n$`),
    )

    const body = JSON.stringify({ companyName: 'x'.repeat(100) })
    const slow = fetch(`${url}/api/billing/customers`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      duplex: 'half',
      body: new ReadableStream({
        async start(stream) {
          stream.enqueue(Buffer.from(body.slice(0, 10)))
          await new Promise((resolve) => setTimeout(resolve, 300))
          server.child.kill('SIGTERM')
          await new Promise((resolve) => setTimeout(resolve, 300))
          stream.enqueue(Buffer.from(body.slice(10)))
          stream.close()
        },
      }),
    } as RequestInit)
    expect((await slow).status).toBe(201)
    expect(await server.ended).toBe(0)
    expect(server.told.out.match(/sk_/g)).toHaveLength(1)
  },
)
