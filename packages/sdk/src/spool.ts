import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { lockSpool } from './spool-lock.ts'
import {
  fitting,
  UsageQueueFull,
  type WaitingEvents,
  type WaitingLimit,
  type WhenFull,
} from './waiting-events.ts'

const segmentBytes = 1024 * 1024
const maxAtOnce = 1000

/**
 * One file of the spool, an event per line. Only the newest is written to, and never one of an earlier
 * process.
 */
interface Segment {
  path: string
  /** Bytes that are completely written and synced. */
  bytes: number
  /** The number of its events that are not settled. */
  unsettled: number
}

interface Addition {
  event: string
  resolve(): void
  reject(error: unknown): void
}

export interface SpoolOptions {
  folder: string
  /** On the disk. */
  maxBytes: number
  /** For events in memory that wait to be written. */
  limit: WaitingLimit
  whenFull: WhenFull
  onDropped(event: string): void
  onUnreadable(error: Error): void
}

/**
 * Events queued in a folder. An event counts as accepted when it is written and synced. A file is deleted
 * when all its events are settled, so after a crash some are sent again, under the same ids. A line torn by a
 * crash was never accepted: its `add` had not resolved.
 */
export async function openSpool(options: SpoolOptions): Promise<WaitingEvents> {
  await mkdir(options.folder, { recursive: true })
  const unlock = await lockSpool(options.folder)
  try {
    return await Spool.open(options, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

class Spool implements WaitingEvents {
  readonly outlives = true
  readonly #options: SpoolOptions
  readonly #unlock: () => Promise<void>
  /** Oldest first. The first is read, the last is written. */
  #segments: Segment[] = []
  #next = 1
  #file: FileHandle | undefined
  /** Events of the first segment that were read and are not settled, oldest first. */
  #front: string[] = []
  #read = false
  #additions: Addition[] = []
  #additionBytes = 0
  #writing: Promise<void> | undefined
  /** Serialises all work on the segments. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: SpoolOptions, unlock: () => Promise<void>) {
    this.#options = options
    this.#unlock = unlock
  }

  static async open(options: SpoolOptions, unlock: () => Promise<void>): Promise<Spool> {
    const spool = new Spool(options, unlock)
    const names = (await readdir(options.folder)).filter((name) => /^\d{12}\.ndjson$/.test(name)).sort()
    for (const name of names) {
      const path = join(options.folder, name)
      const content = await readFile(path)
      const bytes = content.lastIndexOf(0x0a) + 1
      const unsettled = content.reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 0)
      if (unsettled > 0) spool.#segments.push({ path, bytes, unsettled })
      else await rm(path)
    }
    spool.#next = names.length > 0 ? Number.parseInt(names.at(-1)!, 10) + 1 : 1
    return spool
  }

  get size(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.unsettled, this.#additions.length)
  }

  async add(event: string): Promise<void> {
    const bytes = Buffer.byteLength(event) + 1
    const { limit, whenFull } = this.#options
    if (this.#additions.length >= limit.events || this.#additionBytes + bytes > limit.bytes)
      throw new UsageQueueFull(`${this.#additions.length} events wait to be written already`)
    while (this.#bytes() + bytes > this.#options.maxBytes) {
      const dropped = whenFull === 'drop-oldest' && (await this.#inTurn(() => this.#dropSegment()))
      if (!dropped)
        throw new UsageQueueFull(`the spool ${this.#options.folder} holds ${this.#bytes()} bytes already`)
    }
    return new Promise((resolve, reject) => {
      this.#additions.push({ event, resolve, reject })
      this.#additionBytes += bytes
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined
      })
    })
  }

  async oldest(maxEvents: number, maxBytes: number): Promise<string[]> {
    return this.#inTurn(async () => {
      while (!this.#read && this.#segments[0]) await this.#readFront(this.#segments[0])
      return fitting(this.#front, maxEvents, maxBytes)
    })
  }

  async settle(count: number): Promise<void> {
    await this.#inTurn(async () => {
      const first = this.#segments[0]!
      this.#front.splice(0, count)
      first.unsettled -= count
      if (this.#front.length > 0) return
      this.#read = false
      if (first.unsettled === 0) await this.#remove(first)
    })
  }

  /** An event that is not on the disk yet was not accepted, and its caller is still waiting. */
  leave(): string[] {
    return this.#additions.map(({ event }) => event)
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#inTurn(async () => {
      await this.#file?.close()
      this.#file = undefined
    })
    await this.#unlock()
  }

  #bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, this.#additionBytes)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Writes and syncs everything that came while the disk was busy at once. */
  async #writeAll(): Promise<void> {
    while (this.#additions.length > 0) {
      const together = this.#additions.slice(0, maxAtOnce)
      const text = together.map(({ event }) => `${event}\n`).join('')
      const failure = await this.#inTurn(() => this.#append(text, together.length)).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      this.#additions.splice(0, together.length)
      this.#additionBytes -= Buffer.byteLength(text)
      for (const { resolve, reject } of together)
        if (failure) reject(failure.error)
        else resolve()
    }
  }

  async #append(text: string, count: number): Promise<void> {
    const segment = await this.#writable()
    try {
      await this.#file!.appendFile(text)
      await this.#file!.datasync()
    } catch (error) {
      // What reached the disk is unknown, so nothing more is appended to this file.
      await this.#file!.truncate(segment.bytes).catch(() => undefined)
      await this.#endSegment()
      throw error
    }
    segment.bytes += Buffer.byteLength(text)
    segment.unsettled += count
    // The front had been read to the end.
    if (this.#read && segment === this.#segments[0]) this.#front.push(...text.trimEnd().split('\n'))
    if (segment.bytes >= segmentBytes) await this.#endSegment()
  }

  async #writable(): Promise<Segment> {
    if (this.#file) return this.#segments.at(-1)!
    const path = join(this.#options.folder, `${String(this.#next).padStart(12, '0')}.ndjson`)
    this.#next += 1
    this.#file = await open(path, 'ax')
    await syncFolder(this.#options.folder)
    const segment = { path, bytes: 0, unsettled: 0 }
    this.#segments.push(segment)
    return segment
  }

  async #endSegment(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async #remove(segment: Segment): Promise<void> {
    if (segment === this.#segments.at(-1)) await this.#endSegment()
    this.#segments = this.#segments.filter((other) => other !== segment)
    await rm(segment.path, { force: true })
  }

  async #readFront(segment: Segment): Promise<void> {
    this.#front = await this.#eventsIn(segment, this.#options.onUnreadable)
    this.#read = true
    segment.unsettled = this.#front.length
    if (segment.unsettled > 0) return
    this.#read = false
    await this.#remove(segment)
  }

  /** Drops the oldest file that is neither read nor written. */
  async #dropSegment(): Promise<boolean> {
    const dropped = this.#segments.find(
      (segment, index) => (index > 0 || !this.#read) && !(this.#file && index === this.#segments.length - 1),
    )
    if (!dropped) return false
    for (const event of await this.#eventsIn(dropped, this.#options.onUnreadable))
      this.#options.onDropped(event)
    await this.#remove(dropped)
    return true
  }

  /**
   * The complete lines of a segment that are events. A power failure may leave anything after what was
   * synced.
   */
  async #eventsIn({ path, bytes }: Segment, onUnreadable: (error: Error) => void): Promise<string[]> {
    const text = (await readFile(path)).subarray(0, bytes).toString('utf8')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .filter((line) => {
        if (isEvent(line)) return true
        onUnreadable(new Error(`a line of ${path} is not an event: it was not written to its end`))
        return false
      })
  }
}

function isEvent(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { id?: unknown } | null)?.id === 'string'
  } catch {
    return false
  }
}

/** Syncs the name of a new file as well, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
