import type { PostgresServer } from './server.ts'

/** The measurements of one run, by name: `{ 'invoices/s': 512, 'peak MB': 140 }`. */
export type Figures = Record<string, number>

/**
 * Something to measure: the engine, or a baseline. It does its own set-up and clean-up, outside the measured
 * time.
 */
export interface Run {
  name: string
  measure(): Promise<Figures>
}

/**
 * A comparison of two runs of the same round, by ratio or difference, or one run alone, with the bound to
 * reach; without a bound it only informs.
 */
export interface Comparison {
  figure: string
  of: string
  to?: string
  by?: 'ratio' | 'difference'
  atLeast?: number
  atMost?: number
}

/** The environment of a benchmark. */
export interface Bench {
  server: PostgresServer
  /** The size: customers, events, whatever the benchmark counts. */
  count: number
  progress: Progress
}

export type Progress = (label: string, done: number, total: number) => void

/** One benchmark of this folder: what it measures, against which baselines, and the bounds. */
export interface Benchmark {
  name: string
  /** One sentence about what is measured and how often, for the head of its table. */
  about(count: number): string
  /** The count of a full run. */
  count: number
  /** Prepares what the runs share, outside any measurement. */
  prepare(bench: Bench): Promise<{ runs: Run[]; comparisons: Comparison[] }>
}

/** The median of the rounds, and their minimum and maximum. */
export interface Spread {
  median: number
  min: number
  max: number
}

export interface Compared extends Comparison {
  /** Of the rounds' ratios (differences, figures): both runs of a round had the same machine. */
  measured: Spread
  reached: boolean | null
}

export interface Result {
  name: string
  about: string
  rounds: number
  runs: { name: string; figures: Record<string, Spread> }[]
  comparisons: Compared[]
}

/**
 * Runs a benchmark in rounds: each run once per round, starting with another one each time, so that a machine
 * that slows down affects all of them.
 */
export async function runBenchmark(benchmark: Benchmark, bench: Bench, rounds: number): Promise<Result> {
  const { runs, comparisons } = await benchmark.prepare(bench)
  const measured = new Map(runs.map((run) => [run.name, [] as Figures[]]))
  for (let round = 0; round < rounds; round += 1) {
    const first = round % runs.length
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      bench.progress(`round ${round + 1} of ${rounds}: ${run.name}`, 0, 0)
      measured.get(run.name)!.push(await run.measure())
    }
  }
  return {
    name: benchmark.name,
    about: benchmark.about(bench.count),
    rounds,
    runs: runs.map(({ name }) => ({ name, figures: spreads(measured.get(name)!) })),
    comparisons: comparisons.map((comparison) => compare(comparison, measured)),
  }
}

function spreads(rounds: readonly Figures[]): Record<string, Spread> {
  return Object.fromEntries(
    Object.keys(rounds[0]!).map((figure) => [figure, allocate(rounds.map((one) => one[figure]!))]),
  )
}

function compare(comparison: Comparison, figures: ReadonlyMap<string, Figures[]>): Compared {
  const { figure, of, to, by, atLeast, atMost } = comparison
  const measured = allocate(
    figures.get(of)!.map((round, place) => {
      const [own, base] = [round[figure]!, to === undefined ? undefined : figures.get(to)![place]![figure]!]
      return base === undefined ? own : by === 'difference' ? own - base : own / base
    }),
  )
  const bound = atLeast !== undefined || atMost !== undefined
  return {
    ...comparison,
    measured,
    reached: bound
      ? measured.median >= (atLeast ?? -Infinity) && measured.median <= (atMost ?? Infinity)
      : null,
  }
}

export function allocate(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
