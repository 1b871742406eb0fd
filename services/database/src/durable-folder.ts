import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { sep } from 'node:path'

interface EngineFile {
  /** The file descriptor; folders have none. */
  nfd?: number
  node: unknown
}

interface EngineModule {
  NODEFS: { stream_ops: { fsync?(file: EngineFile): number }; realPath(node: unknown): string }
}

/**
 * EIO as WebAssembly's system interface numbers it. The engine panics at it, as it should: nobody knows what
 * is on the disk.
 */
const inputOutputError = 29

type Initialise = NodeFS['init']

/**
 * PGlite's folder on disk, with the fsync it leaves out: what the engine wants on the disk is there when its
 * call returns.
 */
export class DurableFolder extends NodeFS {
  /**
   * While true, the write-ahead log is left to a sync that follows at once, outside the engine, and holds up
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

/** How the engine is started so that it asks for each sync: its own default switches that off. */
export const durableStart = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  // The other methods end in a system call that the WebAssembly runtime answers without doing anything.
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
  // All of them are written to at each start, and the system keeps the files in its memory anyway.
  '-c',
  'shared_buffers=64MB',
]

function syncFolder(path: string): void {
  // Windows keeps its folders in order by itself and refuses to open one.
  if (process.platform === 'win32') return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
