import { createHash } from 'node:crypto'

/** Ids that are remembered: some 150 MB. */
const mostIds = 2_000_000

/**
 * Says whether an id was given before. Beyond two million different ones it knows no new ones any more: see
 * `isComplete`.
 */
export function repeatedIds(most = mostIds) {
  const seen = new Set<number>()
  let complete = true
  return {
    isComplete: () => complete,
    isRepeated(id: string): boolean {
      const hash = createHash('sha256').update(id).digest().readUIntBE(0, 6)
      if (seen.has(hash)) return true
      if (seen.size < most) seen.add(hash)
      else complete = false
      return false
    },
  }
}
