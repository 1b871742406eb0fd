import { PGlite } from '@electric-sql/pglite'
import { existsSync, writeSync } from 'node:fs'
import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDataDir } from './data-dir-lock.ts'
import { DurableFolder, durableStart } from './durable-folder.ts'
import { pgliteDatabase } from './pglite.ts'
import type { Database } from './types.ts'
import { coalesced, nodeFileSystem, syncFolder, walSync, type SyncFileSystem } from './wal-sync.ts'

/**
 * So much of the disk stays free: the engine makes its log in files of 16 MB, and where it finds no room for
 * one it ends, and reading with it. The longest transaction, a batch of events, writes less than the rest.
 */
export const keptFree = 64 * 2 ** 20

/**
 * Opens the embedded database in `dataDir`, made when absent. Throws DataDirHeld when another process has it.
 * `fileSystem` is for tests that watch the order of things.
 */
export async function openDataDir(
  dataDir: string,
  fileSystem: SyncFileSystem = nodeFileSystem,
): Promise<Database> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const release = lockDataDir(dataDir)
  try {
    const path = await engineFolder(dataDir)
    const folder = new DurableFolder(path, fileSystem.fsyncSync)
    const engine = await PGlite.create({
      fs: folder,
      startParams: durableStart,
      relaxedDurability: true,
      onStderr: endAtPanic,
    })
    await confirmCreation(dataDir)
    const log = coalesced(walSync(join(path, 'pg_wal'), fileSystem))
    const committing = async <T>(commit: () => Promise<T>): Promise<T> => {
      folder.logSyncDeferred = true
      try {
        return await commit()
      } finally {
        folder.logSyncDeferred = false
      }
    }
    const hasRoom = () => fileSystem.freeBytes(path) >= keptFree
    return pgliteDatabase(engine, { committing, flush: log.flush, pending: log.pending, hasRoom }, async () =>
      release(),
    )
  } catch (error) {
    release()
    throw error
  }
}

/**
 * A server ends at a panic (a full or broken disk) and starts anew; in WebAssembly it would go round for
 * ever, so the process ends.
 */
function endAtPanic(line: string): boolean {
  const panic = / PANIC: +(.*)/.exec(line)?.[1]
  if (panic === undefined) return false
  writeSync(
    2,
    `The disk with the data directory does not take writes (${panic}). `
      + `Free or replace it and start again: nothing acknowledged is lost.\n`,
  )
  process.exit(1)
}

/**
 * The engine's own folder. One whose creation was interrupted never held an acknowledged row: it is put
 * aside, not used.
 */
async function engineFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'postgres')
  if (existsSync(folder) && !existsSync(join(dataDir, 'created'))) {
    await rename(folder, join(dataDir, `postgres.unfinished.${Date.now()}`))
  }
  return folder
}

/**
 * The first start copies the new database into the folder without syncing it: do so once, then leave the mark
 * that it is whole.
 */
async function confirmCreation(dataDir: string): Promise<void> {
  const mark = join(dataDir, 'created')
  if (existsSync(mark)) return
  await syncTree(join(dataDir, 'postgres'))
  await writeFile(mark, `${new Date().toISOString()}\n`, { flush: true })
  await syncFolder(dataDir)
}

/** A thousand files, one after the other, would each wait for the disk. */
const syncedAtOnce = 16

async function syncTree(folder: string): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true, recursive: true })).values()
  const syncInTurn = async () => {
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory()) await syncFolder(path)
      else if (entry.isFile()) await syncFile(path)
    }
  }
  await Promise.all(Array.from({ length: syncedAtOnce }, syncInTurn))
  await syncFolder(folder)
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
