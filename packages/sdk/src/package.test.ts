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
  test('has no dependencies', () => {
    const { dependencies, peerDependencies, license } = JSON.parse(read('package.json'))
    expect([dependencies, peerDependencies, license]).toEqual([undefined, undefined, 'Apache-2.0'])
    expect(readFileSync(join(installed.place, 'LICENSE'), 'utf8')).toBe(
      readFileSync(new URL('../../../LICENSE', import.meta.url), 'utf8'),
    )
  })

  test(
    'the example of the guide is the same in both languages, type-checks, and does what it says',
    { timeout: 240_000 },
    async () => {
      const [example = ''] = read('README.md').split('```ts\n')[1]!.split('```')
      expect(read('README.zh-CN.md')).toContain(example)
      expect(example.trim().split('\n').length).toBeLessThanOrEqual(11)
      installed.check(
        `${example}\n// @ts-expect-error: a number is asked for\nawait `
          + `client.subscriptions.create('initech', { planId: 'starter', seats: '2' })\n`,
      )
      const program = installed.run(example.replace('http://127.0.0.1:8000', server.url), {
        BILLING_API_KEY: server.key,
      })
      expect(await program.ended).toMatchObject({
        code: 0,
        error: '',
        out: expect.stringMatching(/^\{ ai_chat: 1 \}\n\S+ 20988\n$/),
      })
    },
  )

  test('the guide begins with consume', () => {
    for (const name of ['README.md', 'README.zh-CN.md']) {
      const [before = ''] = read(name).split('```ts\n')
      expect(before).toMatch(/Begin with `consume`|从 `consume` 开始/)
    }
  })

  test.each(['node16', 'nodenext'])(
    'works from CommonJS, types and program, under module: %s',
    { timeout: 240_000 },
    async (module) => {
      const text = `import { createClient, ApiError, type Page, type Client } from '@customer-portal/sdk'
const client: Client = createClient({ url: 'http://127.0.0.1:9', key: 'sk_test', retries: 0 })
const page: Promise<Page<{ key: string }>> = Promise.resolve(client.meters.list())
page.catch((error: unknown) => console.log(error instanceof ApiError, (error as Error).name))
`
      expect(installed.compileCommonJs(text, module)).toContain('require("@customer-portal/sdk")')
      const program = installed.run(
        "const { createClient, ConnectionError } = require('@customer-portal/sdk')\ncreateClient({ "
          + "url: 'http://127.0.0.1:9', key: 'k', retries: 0 }).seller.get().catch((error) => "
          + 'console.log(error instanceof ConnectionError))',
        {},
        'cjs',
      )
      expect(await program.ended).toMatchObject({ code: 0, error: '', out: 'true\n' })
    },
  )
})

describe('a process that ends', () => {
  test('by itself sends queued events first', async () => {
    const program = run(`${start('{}')} for (let n = 0; n < 3; n += 1) void record('end-' + n)`)
    expect(await program.ended).toMatchObject({ code: 0, error: '' })
    expect(await server.stored('end-')).toEqual({ 'end-0': 1, 'end-1': 1, 'end-2': 1 })
  })

  test('by a signal sends queued events first, and then ends by that signal', async () => {
    const program = run(
      `${start("{ batch: { milliseconds: 3600000 }, atExit: { signals: ['SIGTERM'] } }")} await `
        + `record('term-1'); setInterval(() => {}, 1000); console.log('ready')`,
    )
    await program.says('ready')
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', error: '' })
    expect(await server.stored('term-')).toEqual({ 'term-1': 1 })
  })

  test('leaves the exit to another listener of the signal', async () => {
    const program =
      run(`${start("{ atExit: { signals: ['SIGTERM'] } }")} await record('own-1'); const alive = setInterval(() => {}, 1000); console.log('ready')
process.on('SIGTERM', async () => { console.log(await client.close()); clearInterval(alive); process.exitCode = 3 })`)
    await program.says('ready')
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 3, signal: null, out: 'ready\n0\n' })
    expect(await server.stored('own-')).toEqual({ 'own-1': 1 })
  })

  test('by process.exit reports what is lost, to the listener or as a warning', async () => {
    const told = run(
      `${start('{ onLost: ({ id }, reason) => console.log(id, reason) }')} record('cut-1'); `
        + 'setTimeout(() => process.exit(0), 50)',
      nowhere,
    )
    expect(await told.ended).toMatchObject({ code: 0, out: 'cut-1 exit\n' })
    const silent = run(
      `${start('{}')} for (let n = 0; n < 12; n += 1) record('cut-' + n); `
        + 'setTimeout(() => process.exit(0), 50)',
      nowhere,
    )
    expect((await silent.ended).error).toMatch(
      /UsageEventLost: 12 usage events will not be counted \(exit\): cut-0, cut-1, .*cut-9, …/,
    )
  })

  test('by SIGTERM sends queued events first, by default', async () => {
    const program = run(
      `${start('{ batch: { milliseconds: 3600000 } }')} await record('usual-1'); setInterval(() => {}, `
        + `1000); console.log('ready')`,
    )
    await program.says('ready')
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', error: '' })
    expect(await server.stored('usual-')).toEqual({ 'usual-1': 1 })
  })

  test('does not wait forever for an unavailable server, and reports what is lost', async () => {
    const program = run(
      `${start('{ atExit: { milliseconds: 300 }, onLost: ({ id }, reason) => console.log(id, reason) }')} `
        + `record('lost-1')`,
      nowhere,
    )
    const began = Date.now()
    expect(await program.ended).toMatchObject({ code: 0, out: 'lost-1 exit\n' })
    expect(Date.now() - began).toBeLessThan(15_000)
  })

  test('waits for a flush as long as the caller does', async () => {
    const program = run(
      `${start('{ atExit: false }')} record('flush-1'); console.log(await client.usage.flush({ `
        + 'milliseconds: 700 }))',
      nowhere,
    )
    expect(await program.ended).toMatchObject({ code: 0, out: '1\n' })
  })
})

test(
  'by kill while the server is unavailable delivers every accepted event once after a restart',
  { timeout: 120_000 },
  async () => {
    const folder = join(installed.folder, 'spool')
    const spool = start(`{ spool: { folder: ${JSON.stringify(folder)} } }`)
    const taken: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const program = run(
        `${spool} for (let n = 0; ; n += 1) { const ids = await Promise.all(Array.from({ length: 20 }, `
          + `(_, k) => record(['kill', ${round}, n, k].join('-')))); process.stdout.write(ids.join('\\n') `
          + `+ '\\n') }`,
        nowhere,
      )
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
  },
)
