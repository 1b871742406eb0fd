import { DatabaseUnavailable, type Transaction } from './types.ts'

/** Tracks whether a database has room to write. */
export interface Room {
  /** Records that a write failed for lack of room. */
  ranOut(): void
  /** Throws DatabaseFull while there is none. */
  check(): Promise<void>
}

/**
 * A temporary table, dropped at the end of the transaction: its rows need room on the disk like any new row.
 */
const writeProbe =
  'create temporary table room on commit drop as select n, repeat(md5(n::text), '
  + '4) as text from generate_series(1, 2000) n'

/**
 * Finds out whether there is room by writing a probe, but only after a write has failed, so that a check
 * costs nothing in normal operation. Callers stop writing after DatabaseFull, so without the probe nothing
 * would notice that there is room again.
 */
export function roomOf(asOwner: (work: (tx: Transaction) => Promise<unknown>) => Promise<unknown>): Room {
  let isFull = false
  return {
    ranOut: () => {
      isFull = true
    },
    async check() {
      if (!isFull) return
      try {
        await asOwner((tx) => tx.query(writeProbe))
      } catch (error) {
        // Without permission to create the table the probe proves nothing; the next write will show.
        if (error instanceof DatabaseUnavailable) throw error
      }
      isFull = false
    },
  }
}
