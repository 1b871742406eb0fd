import { expect, test } from 'vitest'
import { runBenchmark, allocate, type Bench, type Benchmark } from './benchmark.ts'
import { report } from './report.ts'

const bench: Bench = {
  server: {
    version: '15',
    create: async () => '',
    drop: async () => undefined,
    clear: async () => undefined,
  },
  count: 7,
  progress: () => undefined,
}

/** A benchmark whose runs return the given figures round by round, and record when they ran. */
function scripted(rates: Record<string, number[]>, bounds: { atLeast?: number; atMost?: number }) {
  const order: string[] = []
  const benchmark: Benchmark = {
    name: 'scripted',
    count: 7,
    about: (count) => `${count} things`,
    prepare: async () => ({
      runs: Object.entries(rates).map(([name, values]) => ({
        name,
        measure: async () => {
          order.push(name)
          return { 'things/s': values[order.filter((one) => one === name).length - 1]! }
        },
      })),
      comparisons: [{ figure: 'things/s', of: 'engine', to: 'baseline', ...bounds }],
    }),
  }
  return { benchmark, order }
}

test('rounds are interleaved, and each begins with another run', async () => {
  const { benchmark, order } = scripted({ engine: [1, 2, 3], baseline: [4, 4, 4] }, {})
  await runBenchmark(benchmark, bench, 3)
  expect(order).toEqual(['engine', 'baseline', 'baseline', 'engine', 'engine', 'baseline'])
})

test("the ratio is the median of the rounds' ratios, so a machine that was slow for one round changes nothing", async () => {
  const { benchmark } = scripted({ engine: [50, 5, 60], baseline: [100, 10, 100] }, { atLeast: 0.5 })
  const { runs, comparisons } = await runBenchmark(benchmark, bench, 3)
  expect(runs[0]!.figures['things/s']).toEqual({ median: 50, min: 5, max: 60 })
  expect(comparisons).toMatchObject([{ measured: { median: 0.5, min: 0.5, max: 0.6 }, reached: true }])
})

test.each([
  [{ atLeast: 0.51 }, false],
  [{ atLeast: 0.5 }, true],
  [{ atMost: 0.49 }, false],
  [{ atMost: 0.5 }, true],
  [{}, null],
])('a median of 0.5 against the bound %o: %o', async (bounds, reached) => {
  const { benchmark } = scripted({ engine: [50], baseline: [100] }, bounds)
  expect((await runBenchmark(benchmark, bench, 1)).comparisons[0]!.reached).toBe(reached)
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(allocate([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
})

test('the table shows the figures and which bounds were missed', async () => {
  const { benchmark } = scripted({ engine: [1234.5], baseline: [10_000] }, { atLeast: 0.25 })
  expect(report([await runBenchmark(benchmark, bench, 1)]))
    .toBe(`scripted: 7 things; median (min–max) of 1 rounds

| run      | things/s               |
| -------- | ---------------------- |
| engine   | 1,235 (1,235–1,235)    |
| baseline | 10,000 (10,000–10,000) |

| held            | of     | to       | measured            | reach  |        |
| --------------- | ------ | -------- | ------------------- | ------ | ------ |
| things/s, ratio | engine | baseline | 0.123 (0.123–0.123) | ≥ 0.25 | MISSED |`)
})
