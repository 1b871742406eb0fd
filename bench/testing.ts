import { runBenchmark, type Benchmark, type Result } from './benchmark.ts'
import { removeFolders } from './folders.ts'
import { openServer } from './server.ts'

/** Runs a benchmark short, for one round, on the tests' server. What it measured means nothing; that it measured all it says is what is tested. */
export async function runShort(benchmark: Benchmark, count: number): Promise<Result> {
  const server = await openServer(process.env['TEST_DATABASE_URL']!, `bench_${benchmark.name}_${process.pid}`)
  try {
    return await runBenchmark(benchmark, { server, count, progress: () => undefined }, 1)
  } finally {
    await server.clear()
    removeFolders()
  }
}

/** The comparisons with a bound, as `[figure, of, to, bound]`. */
export const heldIn = ({ comparisons }: Result) => comparisons.flatMap(({ figure, of, to, atLeast, atMost }) => (atLeast ?? atMost) === undefined ? [] : [[figure, of, to, atLeast ?? atMost]])
