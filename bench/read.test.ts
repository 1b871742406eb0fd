import { expect, test } from 'vitest'
import { read } from './read.ts'
import { heldIn, runShort, unmeasuredIn } from './testing.ts'

const server = process.env['TEST_DATABASE_URL']

test.runIf(server !== undefined)(
  'a short form of the benchmark reads quotas, summaries and pages, and calls routes that store nothing',
  { timeout: 600_000 },
  async () => {
    const result = await runShort(read, 2000)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'requests/s of a quota to a Fastify route that validates a body, ratio: ≥ 0.5',
      'peak MB of a quota: ≤ 400',
      'peak MB of a usage summary: ≤ 400',
      'peak MB of a page of events: ≤ 400',
    ])
  },
)
