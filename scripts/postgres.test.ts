import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { candidateFolders, majorVersion } from './postgres.mjs'

test.each([
  ['postgres (PostgreSQL) 15.9 (Debian 15.9-0+deb12u1)', 15],
  ['postgres (PostgreSQL) 18beta1', 18],
  ['postgres (PostgreSQL) 9.6.24', 9],
  ['not a version', undefined],
])('the major version in "%s" is %s', (text, major) => {
  expect(majorVersion(text)).toBe(major)
})

test('of several installed versions the newest is tried first, compared as numbers', () => {
  const packaged = mkdtempSync(path.join(os.tmpdir(), 'versions-'))
  for (const version of ['9', '15', '17', 'share']) mkdirSync(path.join(packaged, version))
  const folders = candidateFolders(packaged).filter((folder) => folder.startsWith(packaged))
  rmSync(packaged, { recursive: true })
  expect(folders).toEqual(['17', '15', '9'].map((version) => path.join(packaged, version, 'bin')))
})

test('a missing folder of versions is not an error', () => {
  expect(candidateFolders(path.join(os.tmpdir(), 'no-such-folder'))).toContain('/usr/local/bin')
})
