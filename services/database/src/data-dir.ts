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
 * Bytes of the disk that stay free. The engine writes its log in files of 16 MB; without room for the next
 * one it ends, and reads end with it. The longest transaction, a batch of events, fits into the rest.
 */
export const reservedBytes = 64 * 2 ** 20

/**
 * Opens the embedded database in `dataDir` and creates it when absent. Throws DataDirHeld when another
 * process has it open. Tests pass `fileSystem` to record the order of operations.
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
    const hasRoom = () => fileSystem.freeBytes(path) >= reservedBytes
    return pgliteDatabase(engine, { committing, flush: log.flush, pending: log.pending, hasRoom }, async () =>
      release(),
    )
  } catch (error) {
    release()
    throw error
  }
}

/**
 * A PostgreSQL server ends and restarts after a panic (a full or broken disk). In WebAssembly it would loop
 * forever, so the process ends.
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
 * The engine's own folder. A folder whose creation was interrupted never held an acknowledged row, so it is
 * set aside and not used.
 */
async function engineFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'postgres')
  if (existsSync(folder) && !existsSync(join(dataDir, 'created'))) {
    await rename(folder, join(dataDir, `postgres.unfinished.${Date.now()}`))
  }
  return folder
}

/**
 * The first start copies a new database into the folder without syncing. This syncs it once, then writes the
 * mark that the folder is complete.
 */
async function confirmCreation(dataDir: string): Promise<void> {
  const mark = join(dataDir, 'created')
  if (existsSync(mark)) return
  await syncTree(join(dataDir, 'postgres'))
  await writeFile(mark, `${new Date().toISOString()}\n`, { flush: true })
  await syncFolder(dataDir)
}

/** Syncing a thousand files one by one would wait for the disk each time. */
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
