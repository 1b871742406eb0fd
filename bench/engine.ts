import { addSeconds, createEngine, type Engine, type Instant } from '@customer-portal/billing'
import { openDatabase, type Database } from '@customer-portal/database'
import { realClock } from '../backend/src/clock.ts'
import { idMaker } from '../backend/src/ids.ts'
import type { Location } from './program.ts'

/**
 * An engine whose clock starts at an instant and advances a millisecond per read. `onId` gets each new id.
 */
export async function onEngine<T>(
  place: Location & { connections?: number },
  startAt: Instant,
  work: (engine: Engine, clock: { at: Instant }) => Promise<T>,
  onId?: (prefix: string) => void,
): Promise<T> {
  return onDatabase(place, (db) => {
    const clock = { at: startAt }
    const now = () => (clock.at = addSeconds(clock.at, 0.001))
    const makeId = idMaker(now)
    const newId = (prefix: string) => {
      onId?.(prefix)
      return makeId(prefix)
    }
    return work(createEngine({ db, now, newId }), clock)
  })
}

/** An engine as the server makes it, on the machine's clock. */
export function onEngineNow<T>(place: Location, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { now } = realClock()
  return onDatabase(place, (db) => work(createEngine({ db, now, newId: idMaker(now) })))
}

async function onDatabase<T>(
  place: Location & { connections?: number },
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = await openDatabase(
    'databaseUrl' in place
      ? {
          databaseUrl: place.databaseUrl,
          ...(place.connections === undefined ? {} : { maxConnections: place.connections }),
        }
      : place,
  )
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
