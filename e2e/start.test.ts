import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchBrowser, newContext } from './support/browser.ts'
import {
  freePort,
  launchServer,
  prepareDataDir,
  secretKey,
  startServer,
  type RunningServer,
} from './support/server.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'customer-portal-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The message of a start that fails: one sentence on one line. */
async function refusal(
  environment: Record<string, string>,
): Promise<{ code: number | null; lines: string[] }> {
  const server = await launchServer({ DEMO: 'false', LOG_LEVEL: 'error', ...environment })
  const code = await server.ended
  const lines = server.output().trim().split('\n')
  await server.stop()
  return { code, lines }
}

/** The portal's link in the welcome, which is printed soon after the server is ready. */
async function printedLink(server: RunningServer): Promise<string> {
  const find = () => /http:\/\/\S+\/portal#code=\S+/.exec(server.output())?.[0]
  await expect.poll(find).toBeDefined()
  return find()!
}

async function listening(port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('a port in use is named, with the remedy', async () => {
  const taken = await listening(await freePort())
  const { port } = taken.address() as { port: number }
  const { code, lines } = await refusal({ PORT: String(port), DATA_DIR: join(folder, 'port') })
  taken.close()
  expect(code).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(new RegExp(`${port}.*PORT`))
})

test('a data folder is served by one process, and the second names the one that holds it', async () => {
  const dataDir = join(folder, 'held')
  await prepareDataDir(dataDir)
  const first = await startServer({ DATA_DIR: dataDir, DEMO: 'false' })
  const { code, lines } = await refusal({ DATA_DIR: dataDir })
  expect(code).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/process \d+|pid \d+/)
  first.signal('SIGTERM')
  expect(await first.ended).toBe(0)
  await first.stop()
})

test('a database that does not respond gives one sentence, without its password', async () => {
  const { code, lines } = await refusal({
    DATABASE_URL: `postgres://portal:hunter2@127.0.0.1:${await freePort()}/billing`,
  })
  expect(code).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('DATABASE_URL')
  expect(lines[0]).not.toContain('hunter2')
})

test('each invalid variable is one line that names it', async () => {
  const { code, lines } = await refusal({
    PORT: '80000',
    ENABLE_CUSTOMER_PORTAL: 'yes',
    PORTAL_EMBED_ORIGINS: 'not an origin',
  })
  expect(code).toBe(1)
  expect(lines).toHaveLength(3)
  for (const name of ['PORT', 'ENABLE_CUSTOMER_PORTAL', 'PORTAL_EMBED_ORIGINS'])
    expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1)
})

test('on SIGTERM requests in progress finish, and acknowledged data is there after the next start', async () => {
  const dataDir = join(folder, 'drain')
  await prepareDataDir(dataDir)
  const first = await startServer({ DATA_DIR: dataDir, DEMO: 'false' })
  const vendor = (url: string, method: string, path: string, body?: unknown) =>
    fetch(`${url}/api/billing${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  await vendor(first.url, 'PUT', '/meters/ai_chat', { name: 'AI', unit: 'x' })
  await vendor(first.url, 'POST', '/customers', { id: 'drained', companyName: 'Drained' })
  const batches = Array.from({ length: 20 }, (_, batch) =>
    vendor(
      first.url,
      'POST',
      '/events',
      Array.from({ length: 200 }, (_, index) => ({
        id: `e-${batch}-${index}`,
        customerId: 'drained',
        meter: 'ai_chat',
      })),
    ),
  )
  await batches[0]
  first.signal('SIGTERM')
  const answers = await Promise.allSettled(batches)
  expect(await first.ended).toBe(0)
  await first.stop()
  const acknowledged = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.ok).length
  const second = await startServer({ DATA_DIR: dataDir, DEMO: 'false' })
  const usage = (await (await vendor(second.url, 'GET', '/customers/drained/usage')).json()) as {
    usage: Record<string, number>
  }
  expect(usage.usage.ai_chat).toBeGreaterThanOrEqual(acknowledged * 200)
  await second.stop()
})

test('the first start prints a link that opens the portal once; a second start finds the demo and does not fill it again', async () => {
  const dataDir = join(folder, 'twice')
  const first = await startServer({ DATA_DIR: dataDir })
  onTestFinished(() => first.stop())
  expect(first.output().match(/Filling the demo/g)).toHaveLength(1)
  const link = await printedLink(first)
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const see = async (address: string, text: string) => {
    const context = await newContext(browser)
    const page = await context.newPage()
    await page.goto(address)
    await page.getByText(text).filter({ visible: true }).first().waitFor()
    await context.close()
  }
  await see(link, '团队版')
  await see(link, '会话已过期')
  first.signal('SIGTERM')
  expect(await first.ended).toBe(0)

  const began = performance.now()
  const second = await startServer({ DATA_DIR: dataDir })
  onTestFinished(() => second.stop())
  console.info(
    `The second start answered /readyz after ${((performance.now() - began) / 1000).toFixed(1)} s.`,
  )
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
  expect(second.output()).not.toContain('Filling the demo')
  const again = await printedLink(second)
  expect(again).not.toBe(link)
  await see(again, '团队版')
})

test('a product that is not enabled answers 404', async () => {
  const server = await startServer({
    DEMO: 'false',
    ENABLE_CUSTOMER_PORTAL: 'false',
    ENABLE_AGENT_WORKBENCH: 'false',
  })
  for (const path of ['/portal', '/api/portal/account', '/workbench', '/api/workbench/me'])
    expect((await fetch(server.url + path)).status).toBe(404)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  await server.stop()
})
