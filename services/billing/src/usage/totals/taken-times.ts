import { addSeconds, type Instant } from '../../values/instant.ts'

/** Late events are taken for this long: afterwards the period can no longer be billed. */
export const latestDays = 35

/** The clocks of senders may be ahead by this much. */
export const aheadSeconds = 300

/**
 * The times that are taken at an instant, both ends in; of history those from `historyFrom` until before
 * `from`.
 */
export interface TakenTimes {
  at: Instant
  from: Instant
  to: Instant
  historyFrom: Instant
}

/** History goes back so far at most: each month of it is a table of its own. */
const maxHistoryYears = 10

/**
 * The times that are taken at an instant. Before `keptFrom` events were dropped with their ids: none is
 * taken, since it might have been there.
 */
export function takenTimes(at: Instant, keptFrom: Instant | null = null): TakenTimes {
  const oldest = addSeconds(at, -maxHistoryYears * 366 * 86_400)
  return {
    at,
    from: addSeconds(at, -latestDays * 86_400),
    to: addSeconds(at, aheadSeconds),
    historyFrom: keptFrom !== null && keptFrom > oldest ? keptFrom : oldest,
  }
}
