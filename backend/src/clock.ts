import { BillingError, createEngine, newestInstant, type Engine } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'

/** Where the time comes from: an instant as UTC with six decimals, never earlier than the one told before. */
export interface Clock {
  now(): string
}

/**
 * The clock of the machine, moved by `offset` milliseconds. No two instants are the same, and none is earlier
 * than the last, even where the machine's clock is set back.
 */
export function realClock({ offset = () => 0 }: { offset?: () => number } = {}): Clock {
  let last = 0
  return {
    now() {
      last = Math.max(Math.floor(Date.now() + offset()) * 1000, last + 1)
      return instantAt(last)
    },
  }
}

/** A clock and whose it is: see the engine's `clock`. */
export interface EngineClock extends Clock {
  kind: Engine['clock']
  /** Where it stands and is moved. */
  standing?: StandingClock
  stop(): void
}

/**
 * The clock of a program that works on `database`: one that stands where `testClock` says, or after that at
 * the newest fact that is stored; else the time that all processes share. The tables must be there.
 */
export async function engineClock(database: Database, testClock: string | undefined): Promise<EngineClock> {
  if (testClock === undefined) return sharedClock(database)
  const newest = await newestInstant(
    createEngine({ db: database, now: () => testClock, newId: (prefix) => prefix }),
  )
  const standing = standingClock(testClock, newest)
  return { now: standing.now, kind: 'given', standing, stop: () => {} }
}

const lookAgainAfter = 60_000

/**
 * The time that all processes on a database share. A PostgreSQL server's own clock: looked at now and every
 * minute, so that this process is at most the time of one answer beside it; commands read it exactly, in the
 * statement that locks. The embedded database has the clock of this machine.
 */
export async function sharedClock(database: Database): Promise<EngineClock> {
  if (database.kind === 'pglite') return { ...realClock(), kind: 'machine', stop: () => {} }
  let offset = await offsetOf(database)
  const timer = setInterval(() => {
    offsetOf(database).then(
      (measured) => {
        offset = measured
      },
      () => undefined,
    )
  }, lookAgainAfter)
  timer.unref()
  return { ...realClock({ offset: () => offset }), kind: 'database', stop: () => clearInterval(timer) }
}

/**
 * By how many milliseconds the database's clock is ahead of this machine's, as seen in the middle of the
 * question.
 */
async function offsetOf(database: Database): Promise<number> {
  return database.asOwner(async (owner) => {
    const asked = Date.now()
    const [row] = await owner.query<{ now: string }>('select clock_timestamp() as now')
    return Date.parse(row!.now) - (asked + Date.now()) / 2
  })
}

/** What falls due while a test clock is moved. */
export interface DueWork {
  /** The next instant at which something falls due, or null. */
  nextRunAt(): Promise<string | null>
  /** Does everything that is due now. */
  run(): Promise<void>
}

/** A clock that stands still until it is moved. */
export interface StandingClock extends Clock {
  /**
   * Moves it forward, stopping at each instant at which something falls due, and returns the new time. Throws
   * clock_backwards.
   */
  moveTo(instant: string, due: DueWork): Promise<string>
}

/** It begins at the later of two instants: restarted, it does not go back before what is stored. */
export function standingClock(start: string, newest: string | null = null): StandingClock {
  let now = instantOf(start)
  if (newest !== null && newest > now) now = newest
  let moving: Promise<unknown> = Promise.resolve()
  const move = async (target: string, due: DueWork) => {
    if (target < now)
      throw new BillingError('clock_backwards', {
        pointer: '/now',
        message: `The clock stands at ${now} and cannot go back to ${target}.`,
      })
    for (
      let next = await due.nextRunAt();
      next !== null && next <= target;
      next = await nextAfter(now, due)
    ) {
      if (next > now) now = next
      await due.run()
    }
    now = target
    return now
  }
  return {
    now: () => now,
    moveTo(instant, due) {
      const moved = moving.then(() => move(targetOf(instant), due))
      moving = moved.catch(() => undefined)
      return moved
    },
  }
}

function targetOf(instant: string): string {
  try {
    return instantOf(instant)
  } catch (error) {
    throw new BillingError('validation_failed', { pointer: '/now', message: (error as RangeError).message })
  }
}

/** Work that is still due after it was done would keep the clock from ever arriving. */
async function nextAfter(now: string, due: DueWork): Promise<string | null> {
  const next = await due.nextRunAt()
  if (next !== null && next <= now)
    throw new Error(`what fell due at ${next} is still due at ${now} after it was done`)
  return next
}

/**
 * Any RFC 3339 instant as UTC with six decimals; digits beyond them are dropped. Throws RangeError when it is
 * none.
 */
export function instantOf(text: string): string {
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? []
  const milliseconds = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}T/i.test(text) || Number.isNaN(milliseconds))
    throw new RangeError(`${text} is not an instant such as 2026-01-01T00:00:00Z`)
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`
}

function instantAt(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(microseconds % 1000).padStart(3, '0')}Z`
}
