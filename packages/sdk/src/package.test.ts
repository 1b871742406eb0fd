import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { testDatabases } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedPackage } from './testing/built.ts'
import { listeningServer, type ListeningServer } from './testing/server.ts'

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const [{ create }] = testDatabases as [(typeof testDatabases)[number]]
let server: ListeningServer
let installed: ReturnType<typeof installedPackage>
beforeAll(async () => {
  server = await listeningServer(create)
  server.clock.at = new Date().toISOString().replace('Z', '000Z')
  installed = installedPackage()
})
afterAll(async () => {
  await installed.remove()
  await server.close()
})

const start = (usage: string) => `
import { createClient } from '@customer-portal/sdk'
const client = createClient({ url: process.env.URL, key: process.env.KEY, usage: ${usage} })
const record = (id) => client.usage.record({ id, customerId: 'globex', meter: 'ai_chat' })
`
const run = (text: string, url = server.url) => installed.run(text, { URL: url, KEY: server.key })
const nowhere = 'http://127.0.0.1:9'

describe('the package', () => {
  test('brings nothing along', () => {
    const { dependencies, peerDependencies, license, exports } = JSON.parse(read('package.json'))
    expect([dependencies, peerDependencies, license]).toEqual([undefined, undefined, 'Apache-2.0'])
    expect(exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } })
  })

  test('the example of the guide is the same in both languages, fits the types, and does what it says', { timeout: 240_000 }, async () => {
    const [example = ''] = read('README.md').split('```ts\n')[1]!.split('```')
    expect(read('README.zh-CN.md')).toContain(example)
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(11)
    installed.check(`${example}\n// @ts-expect-error: a number is asked for\nawait client.subscriptions.create('initech', { planId: 'starter', seats: '2' })\n`)
    const program = installed.run(example.replace('http://127.0.0.1:8000', server.url), { BILLING_API_KEY: server.key })
    expect(await program.ended).toMatchObject({ code: 0, error: '', out: expect.stringMatching(/^\{ ai_chat: 1 \}\n\S+ 20988\n$/) })
  })
})

describe('a process that ends', () => {
  test('by itself sends what waits first', async () => {
    const program = run(`${start('{}')} for (let n = 0; n < 3; n += 1) void record('end-' + n)`)
    expect(await program.ended).toMatchObject({ code: 0, error: '' })
    expect(await server.stored('end-')).toEqual({ 'end-0': 1, 'end-1': 1, 'end-2': 1 })
  })

  test('by a signal sends what waits first, and then ends by that signal', async () => {
    const program = run(`${start("{ batch: { milliseconds: 3600000 }, atExit: { signals: ['SIGTERM'] } }")} await record('term-1'); setInterval(() => {}, 1000); console.log('ready')`)
    await program.says('ready')
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', error: '' })
    expect(await server.stored('term-')).toEqual({ 'term-1': 1 })
  })

  test('leaves the end to whoever else listens to the signal', async () => {
    const program = run(`${start("{ atExit: { signals: ['SIGTERM'] } }")} await record('own-1'); const alive = setInterval(() => {}, 1000); console.log('ready')
process.on('SIGTERM', async () => { console.log(await client.close()); clearInterval(alive); process.exitCode = 3 })`)
    await program.says('ready')
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 3, signal: null, out: 'ready\n0\n' })
    expect(await server.stored('own-')).toEqual({ 'own-1': 1 })
  })

  test('does not wait for ever for a server that is away, and says what is lost', async () => {
    const program = run(`${start('{ atExit: { milliseconds: 300 }, onLost: ({ id }, reason) => console.log(id, reason) }')} record('lost-1')`, nowhere)
    const began = Date.now()
    expect(await program.ended).toMatchObject({ code: 0, out: 'lost-1 exit\n' })
    expect(Date.now() - began).toBeLessThan(15_000)
  })

  test('waits for a flush as long as somebody waits for it', async () => {
    const program = run(`${start('{ atExit: false }')} record('flush-1'); console.log(await client.usage.flush({ milliseconds: 700 }))`, nowhere)
    expect(await program.ended).toMatchObject({ code: 0, out: '1\n' })
  })
})

test('of a process that is killed while the server is away, every event it had taken arrives once', { timeout: 120_000 }, async () => {
  const folder = join(installed.folder, 'spool')
  const spool = start(`{ spool: { folder: ${JSON.stringify(folder)} } }`)
  const taken: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const program = run(`${spool} for (let n = 0; ; n += 1) { const ids = await Promise.all(Array.from({ length: 20 }, (_, k) => record(['kill', ${round}, n, k].join('-')))); process.stdout.write(ids.join('\\n') + '\\n') }`, nowhere)
    await program.says(`kill-${round}-15-19`)
    program.child.kill('SIGKILL')
    taken.push(...(await program.ended).out.split('\n').slice(0, -1))
  }
  const program = run(`${spool} console.log(await client.usage.flush())`)
  expect(await program.ended).toMatchObject({ code: 0, out: '0\n' })
  const stored = await server.stored('kill-')
  expect(taken.length).toBeGreaterThanOrEqual(3 * 16 * 20)
  expect(taken.filter((id) => stored[id] !== 1)).toEqual([])
  expect(Object.values(stored).every((times) => times === 1)).toBe(true)
  rmSync(folder, { recursive: true })
})
