import { expect, test } from 'vitest'
import { isolation } from './isolation.ts'
import { heldIn, runShort, unmeasuredIn } from './testing.ts'

const server = process.env['TEST_DATABASE_URL']

test.runIf(server !== undefined)(
  'a short form of the benchmark measures everybody else while one customer is busy or blocked',
  { timeout: 600_000 },
  async () => {
    const result = await runShort(isolation, 2000)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'loop ms of PGlite, JSON bodies of 800 kB in many shapes: ≤ 100',
      'longest ms of PGlite, a file of events and 20 readers who stall: ≤ 250',
      'p99 ms of PostgreSQL, a customer held for 5 s to PostgreSQL, quiet, ratio: ≤ 2',
      'p99 ms of PostgreSQL, different values made anew to PostgreSQL, quiet, ratio: ≤ 2',
      'heap MB above rest of PostgreSQL, different values made anew: ≤ 300',
      'longest call ms of PostgreSQL, unread changes: ≤ 1000',
    ])
  },
)
