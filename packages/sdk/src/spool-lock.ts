import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const beat = 10_000
const silence = 60_000
/** The locks of this process: a container may give each process the same id. */
const ours = new Set<string>()

/** Another process writes to the spool folder. Each process needs one of its own. */
export class SpoolHeld extends Error {
  override readonly name = 'SpoolHeld'
}

/**
 * Takes a folder for this process alone; answers what gives it back. Throws SpoolHeld while another process
 * that lives has it.
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
  // On another machine only its age shows whether a lock's holder lives.
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
  // Another process was faster, and what was moved away is its lock.
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
