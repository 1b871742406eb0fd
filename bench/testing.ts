import { runBenchmark, type Benchmark, type Comparison, type Result } from './benchmark.ts'
import { removeFolders } from './folders.ts'
import { openServer } from './server.ts'

/**
 * Runs a benchmark short, for one round, on the tests' server: what is held against a bound and what it is
 * held against; with LONG=1, all of it. The figures mean nothing; that it measured all it says, and that its
 * own checks held, is what is tested.
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

/** Figures that are missing, or not above zero, or no numbers: none, where everything was measured. */
export const unmeasuredIn = ({ runs }: Result) =>
  runs.flatMap(({ name, figures }) =>
    Object.entries(figures)
      .filter(([, { min }]) => !(min > 0))
      .map(([figure]) => `${name}: ${figure}`),
  )
