import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretKey } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase, type Database } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleProgram } from '../../scripts/server-bundle.mjs'
import { buildServer, type Server } from './app.ts'
import { readSettings } from './environment.ts'

const command = await bundleProgram('backend/src/keys-command.ts')
const folder = mkdtempSync(join(tmpdir(), 'keys-command-'))
const dataDir = join(folder, 'data')
let database: Database
let server: Server
let url: string
let admin: string

beforeAll(async () => {
  await createDataDir(dataDir, { billing: migrationsFolder })
  database = await openDatabase({ dataDir })
  const read = readSettings({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
  if (!('settings' in read)) throw new Error(read.mistakes.join('\n'))
  server = await buildServer(read.settings, { database })
  url = await server.listen()
  admin = (await createSecretKey(server.engine, { name: 'admin' })).key
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command behind `npm run keys`, in a folder without a .env. */
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

const statusWith = async (key: string) =>
  (await fetch(`${url}/api/billing/customers`, { headers: { authorization: `Bearer ${key}` } })).status
const keyIn = (out: string) => /^(sk_\S+) /.exec(out)?.[1] ?? ''
const idIn = (out: string) => /^(key_\S+) /m.exec(out)?.[1] ?? ''

test('while a server holds the data directory, keys are created, rotated and revoked through it', async () => {
  const refused = await run(['list'])
  expect([refused.code, refused.error]).toEqual([
    1,
    expect.stringMatching(/is held by process.*\nTo work through the running server, give its secret key/),
  ])
  const environment = { PORT: new URL(url).port, BILLING_API_KEY: admin }
  const made = await run(['create', '--name', 'warehouse', '--preset', 'read'], environment)
  expect(made).toMatchObject({
    code: 0,
    error: '',
    out: expect.stringMatching(/shown only now[\s\S]*warehouse\s+sk_…\S{4}\s+read\s+never\s+valid/) as string,
  })
  expect(await statusWith(keyIn(made.out))).toBe(200)
  const rotated = await run(['rotate', idIn(made.out), '--overlap', '0.5'], environment)
  expect([await statusWith(keyIn(made.out)), await statusWith(keyIn(rotated.out))]).toEqual([200, 200])
  expect(await run(['revoke', idIn(made.out), '--url', url, '--key', admin])).toMatchObject({
    code: 0,
    out: 'warehouse is revoked: no server accepts it any more.\n',
  })
  expect([await statusWith(keyIn(made.out)), await statusWith(keyIn(rotated.out))]).toEqual([401, 200])
  const listed = await run(['list', '--url', url, '--key', admin])
  expect(
    listed.out
      .split('\n')
      .filter((line) => line.includes('warehouse'))
      .map((line) => / (valid|revoked)/.exec(line)?.[1]),
  ).toEqual(['valid', 'revoked'])
  expect(listed.out).not.toContain(keyIn(rotated.out))
}, 120_000)

test('without a server it works on the database itself, and a mistake prints one sentence', async () => {
  await server.close()
  await database.close()
  const made = await run(['create', '--name', 'intake', '--scopes', 'events:write'])
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/intake\s+sk_…\S{4}\s+events:write/) as string,
  })
  expect((await run(['revoke', idIn(made.out)])).out).toContain('intake is revoked')
  for (const [args, sentence] of [
    [['rotate', idIn(made.out)], `the key '${idIn(made.out)}' was revoked or has expired: create another`],
    [['create', '--name', 'x', '--scopes', 'everything'], /^scopes are one or more of /],
    [['create'], '--name is needed: what the key is used for.'],
    [['delete', 'x'], 'There is no command "delete x".'],
  ] as const) {
    const { code, error } = await run([...args])
    expect([code, error.split('\n')[0]]).toEqual([
      1,
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    ])
  }
}, 120_000)
