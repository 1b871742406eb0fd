import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contentHash, isStamped, stamp } from './stamp.mjs'

let folder = ''
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), text)
}
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stamp-'))
  write('src/main.ts', 'one')
  write('package-lock.json', '{}')
})
afterEach(() => rmSync(folder, { recursive: true }))
const hash = () => contentHash(folder, ['src', 'package-lock.json', 'absent.json'])

test('the same sources have the same hash', () => {
  expect(hash()).toBe(hash())
})

test.each([
  ['another content', () => write('src/main.ts', 'two')],
  ['a new file', () => write('src/views/Account.vue', '')],
  ['another lockfile', () => write('package-lock.json', '{ }')],
  [
    'the same bytes, cut into other files',
    () => {
      write('src/main.ts', 'on')
      write('src/main.ts.more', 'e')
    },
  ],
])('%s changes the hash', (_, change) => {
  const before = hash()
  change()
  expect(hash()).not.toBe(before)
})

test('built and installed files, and tests, do not change the hash', () => {
  const before = hash()
  write('src/dist/index.html', 'built')
  write('src/node_modules/vue/index.js', 'installed')
  write('src/main.test.ts', 'a test')
  expect(hash()).toBe(before)
})

test('a stamp is valid for one hash only', () => {
  const file = path.join(folder, 'cache', 'built')
  expect(isStamped(file, 'a')).toBe(false)
  stamp(file, 'a')
  expect([isStamped(file, 'a'), isStamped(file, 'b')]).toEqual([true, false])
})
