import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { ImportOptions } from './options.ts'

/** Totals of the server's answers so far. */
export interface Totals {
  lines: number
  accepted: number
  duplicates: number
  rejected: number
}

/** The progress of an import: everything up to this line has been answered by the server. */
export interface State {
  import: string
  line: number
  totals: Totals
}

export const noTotals: Totals = { lines: 0, accepted: 0, duplicates: 0, rejected: 0 }

/**
 * The identity of an import: the content of the file, the server, the mapping of columns, and whether it is
 * historical.
 */
export function importIdentity(
  hash: string,
  {
    url,
    mapping,
    timesIn,
    historical,
  }: Pick<ImportOptions, 'url' | 'mapping'> & Partial<Pick<ImportOptions, 'timesIn' | 'historical'>>,
): string {
  return JSON.stringify({ hash, url, mapping, timesIn, ...(historical ? { historical } : {}) })
}

/** Reads where an earlier run of the same import stopped. Throws when the state belongs to another import. */
export function readState(file: string, identity: string): State {
  if (!existsSync(file)) return { import: identity, line: 0, totals: noTotals }
  const state = JSON.parse(readFileSync(file, 'utf8')) as State
  if (state.import !== identity)
    throw new Error(
      `${file} is the note of another import (another file, server or columns). `
        + 'Add --restart to begin anew, or name another note with --state.',
    )
  return state
}

/**
 * Writes the progress atomically. Returns false when the place cannot be written: the import continues, but
 * cannot be resumed.
 */
export function writeState(file: string, state: State): boolean {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state))
    renameSync(`${file}.new`, file)
    return true
  } catch {
    return false
  }
}

/** Deletes the state of a finished import, so that another run sends every line again. */
export function forgetState(file: string) {
  rmSync(file, { force: true })
}
