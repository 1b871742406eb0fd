import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { whenNpmEnds } from '../scripts/npm-parent.mjs'
import { runBenchmark, type Benchmark, type Result } from './benchmark.ts'
import { stopChildren } from './children.ts'
import { removeFolders } from './folders.ts'
import { growth } from './growth.ts'
import { dimensions, ingest } from './ingest.ts'
import { invoices } from './invoices.ts'
import { isolation } from './isolation.ts'
import { portal } from './portal.ts'
import { quota } from './quota.ts'
import { read } from './read.ts'
import { showProgress } from './progress.ts'
import { report } from './report.ts'
import { openServer, startServer } from './server.ts'

const benchmarks: readonly Benchmark[] = [
  ingest,
  dimensions,
  quota,
  read,
  growth,
  invoices,
  isolation,
  portal,
]

const usage = `npm run bench [-- NAME…] [--count N] [--rounds N] [--json FILE]

Runs the benchmarks (${benchmarks.map((one) => one.name).join(', ')}; all of them unless some are named) on a PostgreSQL that it starts itself, with the server's
own settings for durability, each against its baseline in the same rounds. --count is how much of it (customers, …), for a short run.
Exits with 1 when a figure does not reach what it should.`

class MistakeInCommand extends Error {}

function optionsOf(parameters: readonly string[]) {
  const { values, positionals } = parse(parameters)
  const unknown = positionals.find((name) => !benchmarks.some((one) => one.name === name))
  if (unknown !== undefined) throw new MistakeInCommand(`There is no benchmark '${unknown}'.`)
  return {
    chosen:
      positionals.length === 0 ? benchmarks : benchmarks.filter((one) => positionals.includes(one.name)),
    count: values.count === undefined ? undefined : whole('count', values.count),
    rounds: whole('rounds', values.rounds),
    json: values.json,
  }
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        count: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        json: { type: 'string' },
      },
    })
  } catch (error) {
    throw new MistakeInCommand((error as Error).message)
  }
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new MistakeInCommand(`--${name} takes a whole number above zero, not '${text}'.`)
  return Number(text)
}

/** Returns the exit code: 0 success, 1 a bound was missed, 2 a mistake in the command or no PostgreSQL. */
async function main(parameters: readonly string[]): Promise<number> {
  const { chosen, count, rounds, json } = optionsOf(parameters)
  const postgres = await startServer()
  if (!postgres)
    throw new MistakeInCommand(
      'PostgreSQL 15 or newer was not found and could not be installed: install the package "postgresql".',
    )
  stopOnSignal(postgres.stop)
  try {
    const server = await openServer(postgres.url)
    const results: Result[] = []
    for (const benchmark of chosen) {
      results.push(
        await runBenchmark(
          benchmark,
          { server, count: count ?? benchmark.count, progress: showProgress },
          rounds,
        ),
      )
      await server.clear()
      removeFolders()
    }
    const machine = {
      node: process.version,
      postgres: server.version,
      cpus: os.availableParallelism(),
      cpu: os.cpus()[0]?.model ?? '',
      memory: Math.round(os.totalmem() / 1e9),
    }
    console.log(
      `Node ${machine.node}, PostgreSQL ${machine.postgres}, ${machine.cpus} CPUs (${machine.cpu}), `
        + `${machine.memory} GB\n\n${report(results)}`,
    )
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`)
    return results.some((result) => result.comparisons.some((one) => one.reached === false)) ? 1 : 0
  } finally {
    await postgres.stop()
  }
}

/** On Ctrl-C, or when npm ends, stops everything that was started. */
function stopOnSignal(stop: () => Promise<void>): void {
  const end = (code: number) => {
    stopChildren()
    void stop().finally(() => process.exit(code))
  }
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const)
    process.on(signal, () => end(128 + number))
  whenNpmEnds(() => end(143))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof MistakeInCommand ? `${error.message}\n\n${usage}` : error)
  process.exitCode = error instanceof MistakeInCommand ? 2 : 1
}
