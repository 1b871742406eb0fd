import { expect, test } from 'vitest'
import { holdsAll } from './packages.mjs'

const lockfile = {
  packages: {
    '': { version: '0.1.0' },
    backend: { version: '0.1.0' },
    'node_modules/vue': { version: '3.5.45' },
    'node_modules/@esbuild/win32-x64': { version: '0.28.0', optional: true },
  },
}

test('an installation with every package in its version is complete, also without those for other systems', () => {
  expect(holdsAll(lockfile, { packages: { 'node_modules/vue': { version: '3.5.45' } } })).toBe(true)
})

test('an installation that lacks a package is not complete', () => {
  expect(holdsAll(lockfile, { packages: {} })).toBe(false)
})

test('an installation with another version is not complete', () => {
  expect(holdsAll(lockfile, { packages: { 'node_modules/vue': { version: '3.5.44' } } })).toBe(false)
})
