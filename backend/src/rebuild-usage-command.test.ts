import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, createCustomer, putMeter, recordUsage } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import { afterAll, expect, test } from 'vitest'
import { bundleProgram } from '../../scripts/server-bundle.mjs'
import { realClock } from './clock.ts'
import { idMaker } from './ids.ts'

const command = await bundleProgram('backend/src/rebuild-usage-command.ts')
const folder = mkdtempSync(join(tmpdir(), 'rebuild-usage-command-'))
const dataDir = join(folder, 'data')
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command behind `npm run rebuild-usage`, in a folder without a .env. */
function run(...words: string[]) {
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...words],
      { cwd: folder, env: { PATH: process.env.PATH, DATA_DIR: dataDir } },
      (_failure, out, error) => {
        resolve({ code: child.exitCode ?? -1, out, error })
      },
    )
  })
}

test('--check names the row and changes nothing; without it the row is rebuilt', async () => {
  await createDataDir(dataDir, { billing: migrationsFolder })
  const db = await openDatabase({ dataDir })
  const { now } = realClock()
  const engine = createEngine({ db, now, newId: idMaker(now) })
  await createCustomer(engine, { id: 'acme', companyName: '示例公司' })
  await putMeter(engine, { key: 'ai_chat', name: 'AI', unit: '次' })
  await recordUsage(engine, [{ id: 'e1', customerId: 'acme', meter: 'ai_chat', quantity: 3 }])
  await db.asOwner((tx) => tx.query('update usage_daily set quantity = 4'))
  await db.close()
  const named =
    /^customer acme: usage_daily ai_chat \d{4}-\d\d-\d\d: 4 steps of 1 events, its events say 3 steps of 1 events\n1 customer counted again: 1 row /
  for (let time = 0; time < 2; time += 1)
    expect(await run('--check')).toMatchObject({ code: 1, out: expect.stringMatching(named) as string })
  expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(named) as string, error: '' })
  expect(await run('--check')).toEqual({
    code: 0,
    out: '1 customer counted again: every row is what its events say.\n',
    error: '',
  })
  expect(await run('--chek')).toMatchObject({
    code: 1,
    error: expect.stringMatching(/^Unknown option '--chek'\n[^]*npm run rebuild-usage/) as string,
  })
  expect(await run('--help')).toMatchObject({ code: 0 })
}, 180_000)
