import { expect, test } from 'vitest'
import { quota } from './quota.ts'
import { heldIn, runShort, unmeasuredIn } from './testing.ts'

const server = process.env['TEST_DATABASE_URL']

test.runIf(server !== undefined)(
  'a short form of the benchmark consumes quota of one customer and of many, with the engine, with UPDATE, and over HTTP',
  { timeout: 600_000 },
  async () => {
    const result = await runShort(quota, 500)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'requests/s of consume, one customer to one UPDATE each, one customer, ratio: ≥ 20',
      'p99 ms of consume, one customer to one UPDATE each, one customer, ratio: ≤ 0.1',
      'requests/s of consume, 1,000 customers to one UPDATE each, 1,000 customers, ratio: ≥ 3',
      'peak MB of consume over HTTP, one customer: ≤ 400',
      'peak MB of consume over HTTP, 1,000 customers: ≤ 400',
    ])
  },
)
