import { expect, test } from 'vitest'
import { runBenchmark, type Result } from './benchmark.ts'
import { invoices } from './invoices.ts'
import { openServer } from './server.ts'

const url = process.env['TEST_DATABASE_URL']

// PostgreSQL only. Figures of so few invoices mean nothing: the test shows that the benchmark measures what
// it says.
test.runIf(url !== undefined)(
  'a short form of the benchmark issues and inserts the same rows, and compares the engine with the baselines',
  { timeout: 300_000 },
  async () => {
    const server = await openServer(url!, `bench_${process.pid}`)
    try {
      const told = new Set<string>()
      const result = await runBenchmark(
        invoices,
        { server, count: 200, progress: (label) => told.add(label) },
        2,
      )
      expect(result).toMatchObject({
        name: 'invoices',
        rounds: 2,
        about: expect.stringContaining('200 renewal invoices of 5 lines') as string,
      } satisfies Partial<Result>)
      expect(result.runs.map((run) => run.name)).toEqual([
        'the engine',
        'the engine, 20 customers',
        'SQL, a transaction an invoice',
        'SQL, all in one statement a table',
      ])
      for (const { figures } of result.runs)
        for (const { min } of Object.values(figures)) expect(min).toBeGreaterThan(0)
      expect(result.comparisons.map((one) => [one.of, one.to, one.atLeast ?? one.atMost])).toEqual([
        ['the engine', 'SQL, a transaction an invoice', 0.25],
        ['the engine', 'SQL, all in one statement a table', undefined],
        ['the engine', 'the engine, 20 customers', 1.25],
      ])
      expect(told).toContain('preparing customers')
      expect(told).toContain('round 2 of 2: the engine')
    } finally {
      await server.clear()
    }
  },
)
