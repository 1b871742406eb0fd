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

test('a second opener is refused, told who holds the directory and what to do', () => {
  const release = lockDataDir(dataDir)
  expect(() => lockDataDir(dataDir)).toThrow(DataDirHeld)
  expect(() => lockDataDir(dataDir)).toThrow(
    new RegExp(`process ${process.pid}.*kill ${process.pid}.*DATA_DIR`),
  )
  release()
})

test('a directory given back can be taken again, and nothing is left behind', () => {
  lockDataDir(dataDir)()
  lockDataDir(dataDir)()
  expect(readdirSync(dataDir)).toEqual([])
})

test('the lock of a process that is gone is taken over by one opener only', async () => {
  lockDataDir(dataDir)
  pretend({ pid: await endedProcess() })
  const release = lockDataDir(dataDir)
  expect(() => lockDataDir(dataDir)).toThrow(DataDirHeld)
  expect(holder()).toMatchObject({ pid: process.pid })
  release()
  expect(readdirSync(dataDir)).toEqual([])
})

test('a process that was given the id of the dead holder is not mistaken for it', () => {
  lockDataDir(dataDir)
  pretend({ started: 'long ago' })
  lockDataDir(dataDir)()
})

test('a holder from before the last boot is gone, whatever its id', () => {
  lockDataDir(dataDir)
  pretend({ boot: 'another boot' })
  lockDataDir(dataDir)()
})

test('whether a holder on another machine lives cannot be seen from here: it is never robbed', () => {
  lockDataDir(dataDir)
  pretend({ host: 'another-machine', pid: 1 })
  expect(() => lockDataDir(dataDir)).toThrow(/process 1 on another-machine.*remove/)
})

test('a lock file that makes no sense is not thrown away', () => {
  writeFileSync(lockFile(), '')
  expect(() => lockDataDir(dataDir)).toThrow(/cannot be read/)
})

test('giving back leaves a lock alone that another process has taken since', () => {
  const release = lockDataDir(dataDir)
  pretend({})
  release()
  expect(holder()).toMatchObject({ token: 'another' })
})
