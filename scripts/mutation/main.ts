import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { show } from '../child.mjs'
import { duration, say } from '../console.mjs'
import { installPackagesOf } from '../packages.mjs'
import { inProject, root } from '../project.mjs'
import { differences, heading, scoreTable } from './reasons.ts'
import { fileScores, scoreOf, type MutationReport } from './report.ts'

const usage = `npm run mutation [-- FILE…] [--incremental] [--update]

Changes services/billing/src/{pricing,values}/ in every way Stryker knows, one at a time, and runs the tests beside it on
each change. Exits with 1 when fewer than 90 % are found, or when a comment at the place does not say why one was not.
FILE… tests only these (pricing/price.ts), --incremental takes what earlier runs found where neither the file nor its
tests have changed, --update writes the score of each file into docs/mutation.md.`

const minScore = 90
const document = inProject('docs', 'mutation.md')
const reportFile = inProject('.cache', 'mutation', 'report.json')

/**
 * Returns the exit code: 0 success, 1 the score is too low or a reason is missing, 2 a mistake in the command.
 */
async function main(args: string[]): Promise<number> {
  const { files, incremental, update } = optionsOf(args)
  const began = Date.now()
  const code = await mutate(files, incremental)
  if (!existsSync(reportFile)) return code || 1
  const result = judge(JSON.parse(readFileSync(reportFile, 'utf8')) as MutationReport, update)
  say(`Mutation testing took ${duration(Date.now() - began)}.`)
  return result
}

/** Throws an Error that says what is wrong with the command, and its usage. */
function optionsOf(args: string[]) {
  try {
    const { values, positionals: files } = parseArgs({
      args,
      allowPositionals: true,
      options: { incremental: { type: 'boolean' }, update: { type: 'boolean' } },
    })
    const absent = files.find((file) => !existsSync(ruleFile(file)))
    if (absent !== undefined) throw new Error(`${absent} is not a file of the rules.`)
    if (values.update && files.length > 0) throw new Error('Only a run of all files can write the scores.')
    return { files, incremental: values.incremental ?? false, update: values.update ?? false }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

/** Runs Stryker with low priority. */
async function mutate(files: readonly string[], incremental: boolean): Promise<number> {
  await installPackagesOf(inProject('scripts', 'mutation'))
  rmSync(reportFile, { force: true })
  os.setPriority(os.constants.priority.PRIORITY_LOW)
  const stryker = inProject(
    'scripts',
    'mutation',
    'node_modules',
    '@stryker-mutator',
    'core',
    'bin',
    'stryker.js',
  )
  const only =
    files.length > 0 ? ['--mutate', files.map((file) => `services/billing/src/${file}`).join(',')] : []
  return show(
    process.execPath,
    [
      stryker,
      'run',
      'scripts/mutation/stryker.config.mjs',
      ...only,
      ...(incremental ? ['--incremental'] : []),
    ],
    { cwd: root },
  )
}

function judge(report: MutationReport, update: boolean): number {
  const scores = fileScores(report)
  const markdown = readFileSync(document, 'utf8')
  if (update) writeFileSync(document, markdown.slice(0, markdown.indexOf(heading)) + scoreTable(scores))
  const { unexplained, found } = differences(scores)
  const score = scoreOf(scores)
  const unmeasured = unexplained.filter((survivor) => survivor.unmeasured)
  for (const { file, line, from, to, unmeasured: isUnknown } of unexplained)
    say(
      `${file}:${line}: ${from} → ${to} `
        + `${isUnknown ? 'was not tested: run it again' : `survived, and no comment there says why: Survives \`${to}\`: …`}`,
    )
  for (const { file, from, mutant } of found)
    say(`${file}:${from}: ${mutant} was found: it is no longer among what survives there.`)
  say(
    `${score.toFixed(2)} % found (at minScore ${minScore} %), ${unexplained.length - unmeasured.length} `
      + `survivors without a reason, ${unmeasured.length} not tested.`,
  )
  return score < minScore || unexplained.length > 0 ? 1 : 0
}

function ruleFile(name: string): string {
  return inProject('services', 'billing', 'src', ...name.split('/'))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
