import { findMistakes } from '../src/index.ts'
import type { World } from '../src/testing.ts'

/** What must hold at every moment, recomputed from the rows in another way than the engine writes them. One sentence per mistake. */
export async function mistakesOf(world: World): Promise<string[]> {
  const mistakes: string[] = []
  for await (const { what, row } of findMistakes(world.billing)) mistakes.push(`${what}: ${row}`)
  return mistakes
}
