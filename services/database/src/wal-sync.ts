import { fsyncSync, statfsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What syncing needs of a file system; a test wraps it to see the order of things or to let a disk fail. */
export interface SyncFileSystem {
  readdir(folder: string): Promise<string[]>
  stat(path: string): Promise<{ mtimeNs: bigint }>
  open(
    path: string,
    flags: 'r' | 'r+',
  ): Promise<{ datasync(): Promise<void>; sync(): Promise<void>; close(): Promise<void> }>
  /** For the engine, which cannot wait for a promise. */
  fsyncSync(descriptor: number, path: string): void
  /** How much more this process may put on the disk that holds a folder. */
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
 * A segment written twice within one tick of the file system's clock keeps its time stamp: only an older
 * stamp proves "unchanged".
 */
const settledNs = 1_000_000_000n

/**
 * Forces what was written to the write-ahead log in `folder` to the disk: segments changed since the last
 * call, and the folder when one appeared.
 */
export function walSync(folder: string, fileSystem: SyncFileSystem = nodeFileSystem): () => Promise<void> {
  const settled = new Map<string, bigint>()
  let known = ''

  async function force(path: string): Promise<void> {
    // Windows flushes only what is open for writing.
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

/**
 * Forces the names of a folder's files to the disk. Windows does so by itself and refuses to open a folder.
 */
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
 * Shares one sync among all who ask while another runs; who asks is never given a sync that began before they
 * asked.
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
    /** The sync still under way for what others wrote, if any. */
    pending: (): Promise<void> | undefined => following ?? running,
  }
}
