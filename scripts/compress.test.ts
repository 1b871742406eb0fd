import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compressFiles } from './compress.mjs'

const code = 'export const answer = 42\n'.repeat(100)
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compress-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'main.js'), code)
})
afterEach(() => rmSync(folder, { recursive: true }))

const unpacked = () =>
  [
    brotliDecompressSync(readFileSync(join(folder, 'assets', 'main.js.br'))),
    gunzipSync(readFileSync(join(folder, 'assets', 'main.js.gz'))),
  ].map(String)

test('a built file gets two compressed files beside it', async () => {
  await compressFiles(folder)
  expect(unpacked()).toEqual([code, code])
})

test('a file that changed is compressed again, an unchanged one is not', async () => {
  await compressFiles(folder)
  writeFileSync(join(folder, 'assets', 'main.js.gz'), 'left')
  await compressFiles(folder)
  expect(readFileSync(join(folder, 'assets', 'main.js.gz'), 'utf8')).toBe('left')
  writeFileSync(join(folder, 'assets', 'main.js'), `${code}// more\n`)
  const later = new Date(Date.now() + 5000)
  utimesSync(join(folder, 'assets', 'main.js'), later, later)
  await compressFiles(folder)
  expect(unpacked()).toEqual([`${code}// more\n`, `${code}// more\n`])
})

test('small files, images and the page are not compressed', async () => {
  writeFileSync(join(folder, 'small.js'), 'a()')
  writeFileSync(join(folder, 'picture.png'), Buffer.alloc(2000))
  writeFileSync(join(folder, 'index.html'), '<p>'.repeat(1000))
  await compressFiles(folder)
  expect(readdirSync(folder).sort()).toEqual(['assets', 'index.html', 'picture.png', 'small.js'])
})
