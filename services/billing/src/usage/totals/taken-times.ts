import { addSeconds, type Instant } from '../../values/instant.ts'

/** Days in which late events are accepted: later their period can no longer be billed. */
export const maxLateDays = 35

/** Seconds that the clocks of senders may be ahead. */
export const maxAheadSeconds = 300

/** The times accepted at an instant, inclusive; for history from `historyFrom` until before `from`. */
export interface TakenTimes {
  at: Instant
  from: Instant
  to: Instant
  historyFrom: Instant
}

/** Maximum age of history in years: each month of it is a partition. */
const maxHistoryYears = 10

/**
 * Returns the times accepted at an instant. Before `keptFrom` events were dropped with their ids: none is
 * accepted, because it might have been recorded.
 */
export function takenTimes(at: Instant, keptFrom: Instant | null = null): TakenTimes {
  const oldest = addSeconds(at, -maxHistoryYears * 366 * 86_400)
  return {
    at,
    from: addSeconds(at, -maxLateDays * 86_400),
    to: addSeconds(at, maxAheadSeconds),
    historyFrom: keptFrom !== null && keptFrom > oldest ? keptFrom : oldest,
  }
}
