import { runBenchmark, type Benchmark, type Comparison, type Result } from './benchmark.ts'
import { removeFolders } from './folders.ts'
import { openServer } from './server.ts'

/**
 * Runs a benchmark short, for one round, on the tests' server: the runs with a bound and those they are
 * compared with; with LONG=1 all of them. The figures mean nothing: the test is that it measures everything
 * it says, and that its own assertions hold.
 */
export async function runShort(benchmark: Benchmark, count: number): Promise<Result> {
  const server = await openServer(process.env['TEST_DATABASE_URL']!, `bench_${benchmark.name}_${process.pid}`)
  try {
    return await runBenchmark(
      process.env['LONG'] === '1' ? benchmark : heldOnly(benchmark),
      { server, count, progress: () => undefined },
      1,
    )
  } finally {
    await server.clear()
    removeFolders()
  }
}

const isHeld = ({ atLeast, atMost }: Comparison) => (atLeast ?? atMost) !== undefined

function heldOnly(benchmark: Benchmark): Benchmark {
  return {
    ...benchmark,
    async prepare(bench) {
      const { runs, comparisons } = await benchmark.prepare(bench)
      const held = comparisons.filter(isHeld)
      return {
        runs: runs.filter(({ name }) => held.some(({ of, to }) => name === of || name === to)),
        comparisons: held,
      }
    },
  }
}

/** The comparisons with a bound, in words. */
export const heldIn = ({ comparisons }: Result) =>
  comparisons
    .filter(isHeld)
    .map(
      ({ figure, of, to, by = 'ratio', atLeast, atMost }) =>
        `${figure} of ${of}${to === undefined ? '' : ` to ${to}, ${by}`}: `
        + `${atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`}`,
    )

/** Figures that are missing, not above zero, or no numbers; empty when everything was measured. */
export const unmeasuredIn = ({ runs }: Result) =>
  runs.flatMap(({ name, figures }) =>
    Object.entries(figures)
      .filter(([, { min }]) => !(min > 0))
      .map(([figure]) => `${name}: ${figure}`),
  )
