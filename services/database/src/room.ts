import { DatabaseUnavailable, type Transaction } from './types.ts'

/** What a database remembers of its room to write. */
export interface Room {
  /** Something could not be written for lack of room. */
  ranOut(): void
  /** Throws DatabaseFull as long as there is none. */
  check(): Promise<void>
}

/**
 * A table of its own, gone at the end of the transaction: like any row that is new, its rows need room on the
 * disk.
 */
const takeRoom =
  'create temporary table room on commit drop as select n, repeat(md5(n::text), '
  + '4) as text from generate_series(1, 2000) n'

/**
 * Whether there is room, told by writing: but only after a write had none, so that asking costs nothing while
 * all is well. Who is told so may send no more writes, and then nothing else would ever find out that there
 * is room again.
 */
export function roomOf(asOwner: (work: (tx: Transaction) => Promise<unknown>) => Promise<unknown>): Room {
  let isOut = false
  return {
    ranOut: () => {
      isOut = true
    },
    async check() {
      if (!isOut) return
      try {
        await asOwner((tx) => tx.query(takeRoom))
      } catch (error) {
        // Where it may not make such a table it cannot tell: then the next write will.
        if (error instanceof DatabaseUnavailable) throw error
      }
      isOut = false
    },
  }
}
