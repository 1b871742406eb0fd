import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

interface Holder {
  token: string
  pid: number
  /** When that process started, as the operating system writes it: process ids are reused. */
  started: string | null
  host: string
  boot: string | null
}

/** Another process has the data directory open. The message names that process and says what to do. */
export class DataDirHeld extends Error {
  override name = 'DataDirHeld'
}

/**
 * Locks the data directory for this process and returns the function that releases it. Throws DataDirHeld
 * while another live process holds the lock.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'lock')
  const mine: Holder = {
    token: randomUUID(),
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    boot: bootId(),
  }
  const draft = `${path}.${mine.token}`
  writeFileSync(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx', flush: true })
  try {
    while (!tryLink(draft, path)) {
      const holder = readHolder(path)
      if (!holder) continue
      assertGone(holder, dataDir, path)
      if (takeOver(draft, path, holder)) break
    }
  } finally {
    if (existsSync(draft)) unlinkSync(draft)
  }
  return () => {
    if (readHolder(path)?.token === mine.token) unlinkSync(path)
  }
}

/** Linking fails when the target exists, even under a race; that is what makes the lock exclusive. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return JSON.parse(text) as Holder
  } catch (error) {
    throw new DataDirHeld(
      `The lock file ${path} cannot be read. If no other process uses the data directory, `
        + 'remove it and start again.',
      { cause: error },
    )
  }
}

/**
 * Replaces the lock of a process that has ended. For each dead holder only the process that first links its
 * name may do so.
 */
function takeOver(draft: string, path: string, holder: Holder): boolean {
  const right = `${path}.stale.${holder.token}`
  try {
    if (!tryLink(path, right))
      throw new DataDirHeld(
        `Another process is taking over ${path} this moment. Start again; if this stays, remove ${right}.`,
      )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    if (readHolder(right)?.token !== holder.token) return false
    renameSync(draft, path)
    return true
  } finally {
    unlinkSync(right)
  }
}

function assertGone(holder: Holder, dataDir: string, path: string): void {
  if (holder.host !== hostname()) {
    throw new DataDirHeld(
      `The data directory ${dataDir} is held by process ${holder.pid} on ${holder.host}. `
        + `Stop it there; if that machine or container is gone for good, remove ${path} and start again.`,
    )
  }
  const rebooted = holder.boot !== null && holder.boot !== bootId()
  if (rebooted || !isAlive(holder)) return
  throw new DataDirHeld(
    `The data directory ${dataDir} is held by process ${holder.pid}, which is running. `
      + `Stop it (kill ${holder.pid}) or set DATA_DIR to another folder.`,
  )
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = startOf(holder.pid)
  return holder.started === null || started === null || started === holder.started
}

function startOf(pid: number): string | null {
  try {
    // The name in brackets may contain spaces and brackets itself; after it the state is field 1 and the
    // start time field 20.
    const [state, ...rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    // Killed but not yet reaped by its parent: it no longer holds anything.
    return state === 'Z' || state === 'X' ? 'ended' : (rest[18] ?? null)
  } catch {
    return existsSync('/proc/self/stat') ? null : startByPs(pid)
  }
}

function startByPs(pid: number): string | null {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || null
    )
  } catch {
    return null
  }
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}
