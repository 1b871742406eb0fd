import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataDirHeld, lockDataDir } from './data-dir-lock.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const lockFile = () => join(dataDir, 'lock')
const holder = () => JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>
const pretend = (changes: object) =>
  writeFileSync(lockFile(), JSON.stringify({ ...holder(), token: 'another', ...changes }))

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

test('a second process cannot open the directory, and the error names the holder and the remedy', () => {
  const release = lockDataDir(dataDir)
  expect(() => lockDataDir(dataDir)).toThrow(DataDirHeld)
  expect(() => lockDataDir(dataDir)).toThrow(
    new RegExp(`process ${process.pid}.*kill ${process.pid}.*DATA_DIR`),
  )
  release()
})

test('a released directory can be locked again, and no file is left behind', () => {
  lockDataDir(dataDir)()
  lockDataDir(dataDir)()
  expect(readdirSync(dataDir)).toEqual([])
})

test('only one process takes over the lock of a process that has ended', async () => {
  lockDataDir(dataDir)
  pretend({ pid: await endedProcess() })
  const release = lockDataDir(dataDir)
  expect(() => lockDataDir(dataDir)).toThrow(DataDirHeld)
  expect(holder()).toMatchObject({ pid: process.pid })
  release()
  expect(readdirSync(dataDir)).toEqual([])
})

test('a process that reuses the id of a dead holder does not count as the holder', () => {
  lockDataDir(dataDir)
  pretend({ started: 'long ago' })
  lockDataDir(dataDir)()
})

test('a holder from before the last boot counts as ended, whatever its id', () => {
  lockDataDir(dataDir)
  pretend({ boot: 'another boot' })
  lockDataDir(dataDir)()
})

test('a lock of another machine is never taken over, because its holder cannot be checked from here', () => {
  lockDataDir(dataDir)
  pretend({ host: 'another-machine', pid: 1 })
  expect(() => lockDataDir(dataDir)).toThrow(/process 1 on another-machine.*remove/)
})

test('a lock file that cannot be parsed is kept', () => {
  writeFileSync(lockFile(), '')
  expect(() => lockDataDir(dataDir)).toThrow(/cannot be read/)
})

test('releasing leaves a lock alone that another process has taken in the meantime', () => {
  const release = lockDataDir(dataDir)
  pretend({})
  release()
  expect(holder()).toMatchObject({ token: 'another' })
})
