import { expect, test } from 'vitest'
import type { Benchmark } from '../bench/benchmark.ts'
import { portal } from '../bench/portal.ts'
import { heldIn, runShort, unmeasuredIn } from '../bench/testing.ts'

/** A page of one database and an interaction of the other; the rest works the same. */
const short = ['/usage, many events', 'open a line']

const some: Benchmark = {
  ...portal,
  async prepare(bench) {
    const { runs, comparisons } = await portal.prepare(bench)
    return {
      runs: runs.filter(({ name }) => short.includes(name)),
      comparisons: comparisons.filter(({ of }) => short.includes(of)),
    }
  },
}

// Here because it needs Chromium, as the end-to-end tests do, and PostgreSQL, as all benchmarks do. Figures
// of so few events mean nothing.
test.runIf(process.env['TEST_DATABASE_URL'] !== undefined)(
  'a short form of the benchmark opens pages on a throttled processor and clicks',
  { timeout: 300_000 },
  async () => {
    const result = await runShort(some, 200)
    expect(result.runs.map(({ name }) => name)).toEqual(short)
    expect(unmeasuredIn(result)).toEqual([])
    expect(heldIn(result)).toEqual([
      'LCP ms of /usage, many events: ≤ 1200',
      'ready ms of /usage, many events: ≤ 1200',
      'INP ms of open a line: ≤ 100',
    ])
  },
)
