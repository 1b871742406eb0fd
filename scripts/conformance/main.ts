import { parseArgs } from 'node:util'
import { report, summaries } from './report.ts'
import { runFolder } from './run.ts'

const usage = `npm run conformance -- FOLDER [--json]

Runs the cases of every .json file of a folder through what makes invoices. Exits with 1 when one fails.`

/** Returns the exit code: 0 success, 1 a case failed, 2 a mistake in the command. */
function main(args: string[]): number {
  try {
    const { folder, json } = optionsOf(args)
    const results = runFolder(folder)
    console.log(json ? JSON.stringify({ summary: summaries(results), results }, null, 2) : report(results))
    return results.some((result) => result.outcome === 'failed') ? 1 : 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
}

/** Throws an Error that says what is wrong with the command, and its usage. */
function optionsOf(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    })
    const [folder, ...more] = positionals
    if (folder === undefined || more.length > 0) throw new Error('Name one folder.')
    return { folder, json: values.json ?? false }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

process.exitCode = main(process.argv.slice(2))
