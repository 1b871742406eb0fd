import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetState, importIdentity, readState, writeState } from './state.ts'

const mapping = { customer: 'c', id: 'i', time: 't', meters: [{ meter: 'm', column: 'm' }], properties: [] }
const identity = importIdentity('abc', { url: 'http://127.0.0.1:8000', mapping })
const totals = { lines: 10, accepted: 9, duplicates: 0, rejected: 1 }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('an import resumes at its recorded line, and starts over once it is done', () => {
  const file = path.join(folder, 'events.csv.progress')
  expect(readState(file, identity).line).toBe(0)
  expect(writeState(file, { import: identity, line: 11, totals })).toBe(true)
  expect(readState(file, identity)).toEqual({ import: identity, line: 11, totals })
  forgetState(file)
  expect(readState(file, identity).line).toBe(0)
})

test('the state of another file, server or mapping is rejected', () => {
  const file = path.join(folder, 'events.csv.progress')
  writeState(file, { import: identity, line: 11, totals })
  expect(() => readState(file, importIdentity('changed', { url: 'http://127.0.0.1:8000', mapping }))).toThrow(
    'is the note of another import',
  )
  expect(() => readState(file, importIdentity('abc', { url: 'http://127.0.0.1:9000', mapping }))).toThrow(
    '--restart',
  )
})

test('a place that cannot be written returns false instead of throwing', () => {
  expect(writeState(path.join(folder, 'absent', 'note'), { import: identity, line: 1, totals })).toBe(false)
})
