import { report, summaries } from './report.ts'
import { runFolder } from './run.ts'

const usage = `npm run conformance -- FOLDER [--json]

Runs the cases of every .json file of a folder through what makes invoices. Exits with 1 when one fails.`

/** Returns the exit code: 0 success, 1 a case failed, 2 a mistake in the command. */
function main(options: readonly string[]): number {
  const folders = options.filter((option) => !option.startsWith('--'))
  const unknown = options.find((option) => option.startsWith('--') && option !== '--json')
  if (folders.length !== 1 || unknown !== undefined) {
    console.error(unknown === undefined ? usage : `${unknown} is not an option.\n\n${usage}`)
    return 2
  }
  try {
    const results = runFolder(folders[0]!)
    console.log(
      options.includes('--json')
        ? JSON.stringify({ summary: summaries(results), results }, null, 2)
        : report(results),
    )
    return results.some((result) => result.outcome === 'failed') ? 1 : 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
}

process.exitCode = main(process.argv.slice(2))
