import { BillingError, createEngine, newestInstant, type Engine } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'

/** A clock that returns UTC instants with six decimals, never earlier than the one before. */
export interface Clock {
  now(): string
}

/**
 * The machine's clock plus `offset` milliseconds. Instants are strictly ascending, even when the machine's
 * clock is set back.
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

/** A clock and its kind, see the engine's `clock`. */
export interface EngineClock extends Clock {
  kind: Engine['clock']
  /** The test clock, where it is one. */
  standing?: StandingClock
  stop(): void
}

/**
 * The clock for a program on `database`: a test clock that starts at `testClock` or, when later, at the
 * newest stored record; otherwise the time shared by all processes. The tables must exist.
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
 * The time shared by all processes on a database. For PostgreSQL it is the server's clock, measured now and
 * every minute, so that this process is off by at most one round trip; commands read the exact time in the
 * statement that locks. The embedded database uses this machine's clock.
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
 * The milliseconds by which the database's clock is ahead of this machine's, measured at the middle of the
 * query.
 */
async function offsetOf(database: Database): Promise<number> {
  return database.asOwner(async (owner) => {
    const asked = Date.now()
    const [row] = await owner.query<{ now: string }>('select clock_timestamp() as now')
    return Date.parse(row!.now) - (asked + Date.now()) / 2
  })
}

/** The work that is due while a test clock is moved. */
export interface DueWork {
  /** The next instant at which something is due, or null. */
  nextRunAt(): Promise<string | null>
  /** Does everything that is due now. */
  run(): Promise<void>
}

/** A test clock: it stands still until it is moved. */
export interface StandingClock extends Clock {
  /**
   * Moves it forward, runs what is due at each instant on the way, and returns the new time. Throws
   * clock_backwards.
   */
  moveTo(instant: string, due: DueWork): Promise<string>
}

/** Starts at the later of two instants, so that a restart does not go back before stored records. */
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

/** Throws when work is still due after it ran, because the clock would never arrive. */
async function nextAfter(now: string, due: DueWork): Promise<string | null> {
  const next = await due.nextRunAt()
  if (next !== null && next <= now)
    throw new Error(`what fell due at ${next} is still due at ${now} after it was done`)
  return next
}

/**
 * Any RFC 3339 instant as UTC with six decimals; further digits are dropped. Throws RangeError for other
 * text.
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
