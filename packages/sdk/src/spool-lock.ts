import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const beat = 10_000
const silence = 60_000
/** The locks of this process: in containers every process may have the same id. */
const ours = new Set<string>()

/** Another process writes to the spool folder. Each process needs a folder of its own. */
export class SpoolHeld extends Error {
  override readonly name = 'SpoolHeld'
}

/**
 * Locks a folder for this process and returns the function that releases it. Throws SpoolHeld while another
 * live process has it.
 */
export async function lockSpool(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock')
  const token = randomUUID()
  await clearAbandoned(path)
  try {
    await writeFile(path, JSON.stringify({ token, pid: process.pid, host: hostname() }), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new SpoolHeld(`The spool folder ${folder} was taken by another process this moment.`)
    throw error
  }
  ours.add(token)
  // For a process on another machine only the lock's age shows whether its holder lives.
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), beat)
  timer.unref()
  return async () => {
    clearInterval(timer)
    ours.delete(token)
    if ((await holderOf(path))?.token === token) await rm(path, { force: true })
  }
}

interface Holder {
  token: string
  pid: number
  host: string
}

async function clearAbandoned(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return
  const holder = await holderOf(path)
  const age = Date.now() - found.mtimeMs
  if (holder ? lives(holder, age) : age < silence)
    throw new SpoolHeld(
      `The spool folder ${path} is held by process ${holder?.pid ?? '?'} on ${holder?.host ?? '?'}: `
        + 'give each process a folder of its own.',
    )
  const aside = `${path}.${randomUUID()}`
  await rename(path, aside).catch(() => undefined)
  const moved = await holderOf(aside)
  // Another process was faster, and the lock moved aside is its own: put it back.
  if (moved && moved.token !== holder?.token) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function lives({ token, pid, host }: Holder, age: number): boolean {
  if (host !== hostname()) return age < silence
  if (pid === process.pid) return ours.has(token)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}
