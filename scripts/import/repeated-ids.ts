import { createHash } from 'node:crypto'

/** Maximum number of ids kept in memory: some 150 MB. */
const maxIds = 2_000_000

/** Detects repeated ids. After two million different ones it stores no more: see `isComplete`. */
export function repeatedIds(most = maxIds) {
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
