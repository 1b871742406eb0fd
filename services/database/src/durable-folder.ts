import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { sep } from 'node:path'

interface EngineFile {
  /** The file descriptor; absent for a folder. */
  nfd?: number
  node: unknown
}

interface EngineModule {
  NODEFS: { stream_ops: { fsync?(file: EngineFile): number }; realPath(node: unknown): string }
}

/** EIO in WASI's numbering. The engine panics on it, as it must: what reached the disk is unknown. */
const inputOutputError = 29

type Initialise = NodeFS['init']

/**
 * PGlite's folder on disk with the fsync that PGlite leaves out: a sync call returns when the data is on the
 * disk.
 */
export class DurableFolder extends NodeFS {
  /**
   * While true, the write-ahead log is not synced here: a sync outside the engine follows at once and blocks
   * nobody else.
   */
  logSyncDeferred = false
  private readonly fsyncSync: (descriptor: number, path: string) => void

  constructor(path: string, sync: (descriptor: number, path: string) => void = fsyncSync) {
    super(path)
    this.fsyncSync = sync
  }

  override async init(...[engine, options]: Parameters<Initialise>): ReturnType<Initialise> {
    const { emscriptenOpts } = await super.init(engine, options)
    const addSync = (module: unknown) => this.addSync(module as EngineModule)
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...((emscriptenOpts.preRun ?? []) as never[]), addSync] },
    } as Awaited<ReturnType<Initialise>>
  }

  private addSync({ NODEFS }: EngineModule): void {
    NODEFS.stream_ops.fsync = (file) => {
      const path = NODEFS.realPath(file.node)
      if (this.logSyncDeferred && path.includes(`${sep}pg_wal${sep}`)) return 0
      try {
        if (file.nfd === undefined) syncFolder(path)
        else this.fsyncSync(file.nfd, path)
        return 0
      } catch {
        return inputOutputError
      }
    }
  }
}

/** Start parameters that make the engine ask for each sync, which its own defaults turn off. */
export const durableStart = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  // The other sync methods end in a system call that the WebAssembly runtime ignores.
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
  // Every file is written at each start, and the operating system caches them anyway.
  '-c',
  'shared_buffers=64MB',
]

function syncFolder(path: string): void {
  // Windows keeps folder entries durable by itself and refuses to open a folder.
  if (process.platform === 'win32') return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
