import { expect, test } from 'vitest'
import { ingest } from './ingest.ts'
import { heldIn, runShort, unmeasuredIn } from './testing.ts'

const server = process.env['TEST_DATABASE_URL']

test.runIf(server !== undefined)(
  'a short form of the benchmark records events in batches and one by one, copies as many, and calls a route that stores nothing',
  { timeout: 600_000 },
  async () => {
    const result = await runShort(ingest, 500)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'events/s of HTTP, batches of 1,000 to COPY into a table without index, ratio: ≥ 0.15',
      'events/s of HTTP, batches of 100 to COPY into a table without index, ratio: ≥ 0.13',
      'events/s of HTTP, single events to a Fastify route that keeps nothing, ratio: ≥ 0.5',
      'peak MB of HTTP, batches of 1,000: ≤ 400',
      'peak MB of HTTP, batches of 100: ≤ 400',
      'peak MB of HTTP, batches of 1,000, 20 customers: ≤ 400',
      'peak MB of HTTP, single events: ≤ 400',
    ])
  },
)
