import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createEngine,
  createCustomer,
  createSecretKey,
  putMeter,
  recordUsage,
} from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import { afterAll, expect, test } from 'vitest'
import { bundleProgram } from '../../scripts/server-bundle.mjs'
import { buildServer } from './app.ts'
import { realClock } from './clock.ts'
import { readSettings } from './environment.ts'
import { idMaker } from './ids.ts'

const command = await bundleProgram('backend/src/reconcile-command.ts')
const folder = mkdtempSync(join(tmpdir(), 'reconcile-command-'))
const dataDir = join(folder, 'data')
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command behind `npm run reconcile`, in a folder without a .env. */
function run(args: string[] = [], environment: Record<string, string> = {}) {
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

test('without a data directory it says so, and creates none', async () => {
  expect(await run()).toMatchObject({
    code: 1,
    out: '',
    error: expect.stringContaining('There is no data directory') as string,
  })
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('npm run reconcile') as string,
  })
})

test('it reconciles a data directory, names the row that breaks a rule, and fails while a server holds the directory', async () => {
  await createDataDir(dataDir, { billing: migrationsFolder })
  const db = await openDatabase({ dataDir })
  const { now } = realClock()
  const engine = createEngine({ db, now, newId: idMaker(now) })
  await createCustomer(engine, { id: 'acme', companyName: '示例公司' })
  await putMeter(engine, { key: 'ai_chat', name: 'AI', unit: '次' })
  await recordUsage(engine, [{ id: 'e1', customerId: 'acme', meter: 'ai_chat', quantity: 3, time: now() }])
  expect(await run()).toMatchObject({ code: 1, out: '', error: expect.stringContaining(dataDir) as string })
  await db.close()
  expect(await run()).toEqual({ code: 0, out: '1 customer reconciled: everything adds up.\n', error: '' })

  const held = await openDatabase({ dataDir })
  const read = readSettings({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
  if (!('settings' in read)) throw new Error(read.mistakes.join('\n'))
  const server = await buildServer(read.settings, { database: held })
  const environment = {
    PORT: new URL(await server.listen()).port,
    BILLING_API_KEY: (await createSecretKey(server.engine, { name: 'test' })).key,
  }
  expect(await run([], environment)).toEqual({
    code: 0,
    out: '1 customer reconciled: everything adds up.\n',
    error: '',
  })
  await held.asOwner((tx) => tx.query('update usage_daily set events = 2'))
  expect(await run([], environment)).toMatchObject({
    code: 1,
    out: expect.stringContaining('customer acme: a day that differs from its events') as string,
  })
  await held.asOwner((tx) => tx.query('update usage_daily set events = 1'))
  await server.close()
  await held.close()

  const again = await openDatabase({ dataDir })
  await again.asOwner((tx) => tx.query('update usage_daily set quantity = 4'))
  await again.close()
  const { code, out } = await run()
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(
      /^customer acme: a day that differs from its events: ai_chat on \d{4}-\d{2}-\d{2}: 4 steps of 1 events, its events say 3 of 1\n/,
    ),
  ])
  expect(out.trimEnd().split('\n').at(-1)).toBe('1 customer reconciled: 1 row breaks a rule.')
}, 120_000)
