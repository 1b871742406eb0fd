import { fsyncSync, statfsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The part of a file system that syncing needs; tests wrap it to record the order of calls or to fail. */
export interface SyncFileSystem {
  readdir(folder: string): Promise<string[]>
  stat(path: string): Promise<{ mtimeNs: bigint }>
  open(
    path: string,
    flags: 'r' | 'r+',
  ): Promise<{ datasync(): Promise<void>; sync(): Promise<void>; close(): Promise<void> }>
  /** For the engine, which cannot await a promise. */
  fsyncSync(descriptor: number, path: string): void
  /** Bytes this process may still write to the disk of a folder. */
  freeBytes(folder: string): number
}

export const nodeFileSystem: SyncFileSystem = {
  readdir: (folder) => readdir(folder),
  stat: (path) => stat(path, { bigint: true }),
  open: (path, flags) => open(path, flags),
  fsyncSync: (descriptor) => fsyncSync(descriptor),
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  },
}

const segmentName = /^[0-9A-F]{24}$/
/**
 * A segment written twice within one tick of the file system's clock keeps its time stamp, so only an older
 * stamp proves that it is unchanged.
 */
const settledNs = 1_000_000_000n

/**
 * Syncs the write-ahead log in `folder` to the disk: the segments changed since the last call, and the folder
 * when a segment appeared.
 */
export function walSync(folder: string, fileSystem: SyncFileSystem = nodeFileSystem): () => Promise<void> {
  const settled = new Map<string, bigint>()
  let known = ''

  async function force(path: string): Promise<void> {
    // Windows flushes only files opened for writing.
    const file = await fileSystem.open(path, 'r+')
    try {
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  return async () => {
    const segments = (await fileSystem.readdir(folder)).filter((name) => segmentName.test(name)).sort()
    for (const name of segments) {
      const path = join(folder, name)
      const { mtimeNs } = await fileSystem.stat(path)
      if (settled.get(name) === mtimeNs) continue
      const now = BigInt(Date.now()) * 1_000_000n
      await force(path)
      if (mtimeNs < now - settledNs) settled.set(name, mtimeNs)
      else settled.delete(name)
    }
    const names = segments.join()
    if (names !== known) await syncFolder(folder, fileSystem)
    known = names
  }
}

/** Syncs the file names of a folder to the disk. Windows does so by itself and refuses to open a folder. */
export async function syncFolder(folder: string, fileSystem: SyncFileSystem = nodeFileSystem): Promise<void> {
  if (process.platform === 'win32') return
  const names = await fileSystem.open(folder, 'r')
  try {
    await names.sync()
  } finally {
    await names.close()
  }
}

/**
 * Shares one sync among all callers that wait while another runs; no caller gets a sync that began before its
 * call.
 */
export function coalesced(sync: () => Promise<void>) {
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined

  function start(): Promise<void> {
    const current = sync().finally(() => {
      if (running === current) running = undefined
    })
    running = current
    return current
  }

  return {
    /** Resolves when everything written before this call is on the disk. */
    flush(): Promise<void> {
      if (!running) return start()
      following ??= running
        .catch(() => undefined)
        .then(() => {
          following = undefined
          return start()
        })
      return following
    },
    /** The sync in progress for other callers' writes, if any. */
    pending: (): Promise<void> | undefined => following ?? running,
  }
}
