import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCustomer, createSecretKey } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase, type Database } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import { createWorkbench, logIn, migrationsFolder as workbenchMigrations } from '@customer-portal/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleProgram } from '../../scripts/server-bundle.mjs'
import { buildServer, type Server } from './app.ts'
import { readSettings } from './environment.ts'

const command = await bundleProgram('backend/src/workbench-command.ts')
const folder = mkdtempSync(join(tmpdir(), 'workbench-command-'))
const dataDir = join(folder, 'data')
const user = ['add-user', '--customer', 'acme', '--role', 'billing']

let database: Database
let server: Server
let url: string
let key: string

beforeAll(async () => {
  await createDataDir(dataDir, { billing: migrationsFolder, workbench: workbenchMigrations })
  database = await openDatabase({ dataDir })
  const read = readSettings({
    PORT: '0',
    DATA_DIR: dataDir,
    ENABLE_AGENT_WORKBENCH: 'true',
    LOG_LEVEL: 'silent',
  })
  if (!('settings' in read)) throw new Error(read.mistakes.join('\n'))
  server = await buildServer(read.settings, { database })
  url = await server.listen()
  await createCustomer(server.engine, { id: 'acme', companyName: '示例公司' })
  key = (await createSecretKey(server.engine, { name: 'test' })).key
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command behind `npm run workbench`, in a folder without a .env. */
function run(args: string[], environment: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      { cwd: folder, env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...environment } },
      (_failure, out, error) => {
        resolve({ code: child.exitCode ?? -1, out, error })
      },
    )
  })
}

const passwordIn = (out: string) => /^Password: (\S+) /m.exec(out)?.[1] ?? ''

test('without a command it lists what it can do', async () => {
  expect(await run([])).toMatchObject({
    code: 0,
    out: expect.stringContaining('npm run workbench -- add-user --email') as string,
  })
})

test.each([
  [['add-user', '--email', 'a@example.com'], '--email, --customer and --role are needed.'],
  [[...user, '--email', 'nobody'], '--email must be an e-mail address: "nobody" is none.'],
  [
    ['add-user', '--email', 'a@example.com', '--customer', 'acme', '--role', 'boss'],
    '--role must be owner, billing or viewer: it is "boss".',
  ],
  [
    [...user, '--email', 'a@example.com', '--password', 'short'],
    '--password must have 10 to 200 characters. Leave it out and one is made.',
  ],
  [['remove-user'], 'There is no command "remove-user".'],
  [['disable-user'], '--email is needed.'],
])('a mistake prints one sentence (%#)', async (args, sentence) => {
  const { code, error } = await run(args)
  expect([code, error.split('\n')[0]]).toEqual([1, sentence])
})

test('while a server holds the data directory, the agent is created through it with its secret key', async () => {
  const refused = await run([...user, '--email', 'a@example.com', '--url', url])
  expect([refused.code, refused.error]).toMatchObject([
    1,
    expect.stringContaining('give its secret key') as string,
  ])
  const port = new URL(url).port
  const made = await run([...user, '--email', 'A@example.com', '--name', '财务'], {
    PORT: port,
    BILLING_API_KEY: key,
  })
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringContaining('a@example.com can log in to the workbench of acme as billing.') as string,
  })
  const { engine } = server
  const workbench = createWorkbench({ db: database, now: engine.now, newId: engine.newId })
  expect(
    (await logIn(workbench, { email: 'a@example.com', password: passwordIn(made.out) }))?.agent,
  ).toMatchObject({ name: '财务', role: 'billing', customerId: 'acme' })
  expect((await run([...user, '--email', 'a@example.com', '--url', url, '--key', key])).error).toContain(
    'An agent with this email exists already.',
  )
})

test('agents are listed, disabled, enabled and given a new password, also through the server', async () => {
  const through = (...args: string[]) => run([...args, '--url', url, '--key', key])
  expect((await through('list-users', '--customer', 'acme')).out).toBe('a@example.com  acme  billing  财务\n')
  const workbench = createWorkbench({ db: database, now: server.engine.now, newId: server.engine.newId })
  const reset = await through('set-password', '--email', 'A@example.com')
  const password = passwordIn(reset.out)
  const canLogIn = async () => (await logIn(workbench, { email: 'a@example.com', password })) !== undefined
  expect(await canLogIn()).toBe(true)
  expect((await through('disable-user', '--email', 'a@example.com')).out).toContain('cannot log in any more')
  expect([await canLogIn(), (await through('list-users')).out]).toEqual([
    false,
    expect.stringMatching(/财务 {2}disabled since \d{4}-/),
  ])
  expect((await through('enable-user', '--email', 'a@example.com')).code).toBe(0)
  expect(await canLogIn()).toBe(true)
  expect((await through('disable-user', '--email', 'nobody@example.com')).error).toBe(
    'There is no agent with the e-mail nobody@example.com.\n',
  )
}, 120_000)

test('without a server it writes to the database itself', async () => {
  await server.close()
  await database.close()
  expect((await run([...user, '--customer', 'nobody', '--email', 'b@example.com'])).error).toBe(
    'There is no customer "nobody".\n',
  )
  expect(await run([...user, '--email', 'b@example.com', '--password', 'a long password'])).toMatchObject({
    code: 0,
    out: 'b@example.com can log in to the workbench of acme as billing.\n',
  })
  expect((await run([...user, '--email', 'b@example.com'])).error).toBe(
    'An agent with the e-mail b@example.com exists already.\n',
  )
  expect((await run(['disable-user', '--email', 'b@example.com'])).out).toContain('cannot log in any more')
})
