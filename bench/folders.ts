import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders = new Set<string>()

/** A folder that is there until `removeFolders`, or until this process exits. */
export function newFolder(): string {
  if (folders.size === 0) process.once('exit', removeFolders)
  const folder = mkdtempSync(join(tmpdir(), 'customer-portal-bench-'))
  folders.add(folder)
  return folder
}

/** Removes all that were made. */
export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  folders.clear()
  process.off('exit', removeFolders)
}
