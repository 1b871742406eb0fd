import { expect, test } from 'vitest'
import { growth } from './growth.ts'
import { heldIn, runShort, unmeasuredIn } from './testing.ts'

const server = process.env['TEST_DATABASE_URL']

test.runIf(server !== undefined)(
  'a short form of the benchmark records and reads with many stored events and with few',
  { timeout: 600_000 },
  async () => {
    const result = await runShort(growth, 4000)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'events/s of recording beside many to recording into empty tables, ratio: ≥ 0.85',
      'p99 ms of a summary beside many to a summary beside few, ratio: ≤ 1.3',
      "first page ms of a page beside many to the page's query by itself, difference: ≤ 3",
      "100th page ms of a page beside many to the page's query by itself, difference: ≤ 3",
      'peak MB of recording into empty tables: ≤ 400',
      'peak MB of recording beside many: ≤ 400',
      'peak MB of a summary beside few: ≤ 400',
      'peak MB of a summary beside many: ≤ 400',
      'peak MB of a page beside many: ≤ 400',
    ])
  },
)
