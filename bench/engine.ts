import { addSeconds, createBilling, type Billing, type Instant } from '@customer-portal/billing'
import { openDatabase } from '@customer-portal/database'
import { idMaker } from '../backend/src/ids.ts'
import type { Location } from './program.ts'

/** An engine whose clock is put to an instant and goes on from there, a millisecond at each look. `onId` hears of each id it makes. */
export async function onEngine<T>(
  place: Location & { connections?: number }, startAt: Instant, work: (billing: Billing, clock: { at: Instant }) => Promise<T>, onId?: (prefix: string) => void,
): Promise<T> {
  const db = await openDatabase('databaseUrl' in place ? { databaseUrl: place.databaseUrl, ...(place.connections === undefined ? {} : { maxConnections: place.connections }) } : place)
  const clock = { at: startAt }
  const now = () => (clock.at = addSeconds(clock.at, 0.001))
  const makeId = idMaker(now)
  const newId = (prefix: string) => {
    onId?.(prefix)
    return makeId(prefix)
  }
  try {
    return await work(createBilling({ db, now, newId }), clock)
  } finally {
    await db.close()
  }
}
