import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders = new Set<string>()
process.once('exit', removeFolders)

/** A folder that exists until it is removed, or until this process exits. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'customer-portal-bench-'))
  folders.add(folder)
  return folder
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
}

/** Removes all that are left. */
export function removeFolders(): void {
  for (const folder of folders) removeFolder(folder)
}
