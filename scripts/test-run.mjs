import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { exitCode, show, stopChildren } from './child.mjs'
import { duration, say } from './console.mjs'
import { buildFrontEnds } from './front-ends.mjs'
import { whenNpmEnds } from './npm-parent.mjs'
import { startPostgres } from './postgres.mjs'
import { frontEnds, inCi, inProject, root } from './project.mjs'
import { checkFormatting, checkLayers, checkTypes, checkViews, installed, lint } from './source-checks.mjs'
import { failedSteps, step, twoAtATime } from './steps.mjs'
import { sum, summaryLine, tally } from './test-report.mjs'
import { isSelected, needsFrontEnds } from './test-selection.mjs'
import { findTools } from './test-tools.mjs'

/** @typedef {import('./test-report.mjs').Tally} Tally */

/** Where vitest's reports stay: it prints their path at its end. */
const folder = inProject('.cache', 'tests')

/** Clean-up to run when the tests end, however they end. @type {(() => Promise<void>)[]} */
const undo = []
async function cleanUp() {
  for (const step of undo.splice(0).reverse()) await step()
}

/** What this machine lacks, a sentence each, repeated at the end where it is read. @type {string[]} */
let missing = []

/**
 * `npm test [-- FILTER…] [--long]`: every check, or with a filter only the tests whose path contains it.
 * Continues after a failure, so that one run shows them all. Returns the exit code.
 * @param {string[]} parameters
 */
export async function runTests(parameters) {
  if (parameters.includes('--long')) process.env.LONG = '1'
  const filters = parameters.filter((each) => each !== '--long')
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => void interrupted(signal))
  whenNpmEnds(() => void interrupted('SIGTERM'))
  const began = Date.now()
  try {
    if (filters.length === 0) await checkSources()
    const total = await runVitest(filters)
    return report(total, began)
  } finally {
    await cleanUp()
  }
}

/** @param {NodeJS.Signals} signal */
async function interrupted(signal) {
  stopChildren(signal)
  await cleanUp()
  process.exit(exitCode(null, signal))
}

/** The longest begin first, so that the last two end at about the same time. */
async function checkSources() {
  await twoAtATime([
    ['lint', lint],
    ['types', checkTypes],
    ...frontEnds.map((view) => /** @type {const} */ ([`views of the ${view.name}`, () => checkViews(view)])),
    ['formatting', checkFormatting],
    ['layers', checkLayers],
  ])
}

/** @param {string[]} filters @returns {Promise<Tally>} */
async function runVitest(filters) {
  const allBrowserTests = readdirSync(inProject('e2e'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `e2e/${name}`)
  const browserTests = allBrowserTests.filter((file) => isSelected(file, filters))
  let tools = /** @type {import('./test-tools.mjs').Tools} */ ({
    postgres: undefined,
    chromium: undefined,
    missing: [],
  })
  const environment = productFreeEnvironment()
  await step('tools', async () => {
    tools = await findTools()
    missing = tools.missing
    await offerDatabase(tools, environment)
    if (tools.chromium) environment.CHROMIUM_PATH = tools.chromium
    return inCi && tools.missing.length > 0 ? 'In CI nothing may be missing.' : ''
  })
  const built =
    !needsFrontEnds(allBrowserTests, filters)
    || (await step('front ends', async () => (await buildFrontEnds()).join('\n')))
  const tallies = [await vitest('unit', filters, environment)]
  if (browserTests.length > 0 && tools.chromium && built)
    tallies.push(await vitest('e2e', filters, environment))
  if (browserTests.length > 0 && !tools.chromium)
    tallies.push({
      passed: 0,
      failed: 0,
      failures: [],
      skipped: browserTests.map((file) => ({ name: 'without Chromium', file })),
    })
  return sum(tallies)
}

/**
 * Starts a PostgreSQL server for the tests, unless TEST_DATABASE_URL is set.
 * @param {import('./test-tools.mjs').Tools} tools
 * @param {NodeJS.ProcessEnv} environment
 */
async function offerDatabase(tools, environment) {
  if (environment.TEST_DATABASE_URL || !tools.postgres) return
  const { url, stop } = await startPostgres(tools.postgres)
  undo.push(stop)
  environment.TEST_DATABASE_URL = url
}

/**
 * The environment without the product's own variables, so that a developer's settings do not affect the
 * tests.
 */
function productFreeEnvironment() {
  const names = readFileSync(inProject('.env.example'), 'utf8').matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)
  const environment = { ...process.env }
  for (const [, name] of names) if (name) delete environment[name]
  return environment
}

/**
 * @param {'unit' | 'e2e'} project
 * @param {string[]} filters
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Tally>}
 */
async function vitest(project, filters, env) {
  const file = path.join(folder, `${project}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(file, { force: true })
  let counted = /** @type {Tally} */ ({ passed: 0, failed: 0, failures: [], skipped: [] })
  const name = project === 'unit' ? 'unit and integration' : 'end to end'
  await step(name, async () => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = await show(
      process.execPath,
      [
        installed('vitest/vitest.mjs'),
        'run',
        '--project',
        project,
        ...reporters,
        '--passWithNoTests',
        ...filters,
      ],
      { cwd: root, env },
    )
    if (existsSync(file)) counted = tally(JSON.parse(readFileSync(file, 'utf8')))
    return code === 0 ? '' : `vitest ended with code ${code}: ${counted.failed} failed.`
  })
  // Failures are counted one by one; the step counts as well only when vitest failed without a failed test.
  if (counted.failed > 0) failedSteps.splice(failedSteps.indexOf(name), 1)
  return counted
}

/** @param {Tally} total @param {number} began */
function report(total, began) {
  const failed = { ...total, failed: total.failed + failedSteps.length }
  // Repeated at the end, because a log may be kept only in its last lines.
  for (const { name, file, why } of total.failures)
    say(`failed: ${path.relative(root, path.resolve(root, file))}: ${name}\n${why.replace(/^/gm, '    ')}`)
  for (const { name, file } of total.skipped)
    say(`skipped: ${path.relative(root, path.resolve(root, file))}: ${name}`)
  for (const sentence of missing) say(sentence)
  if (inCi && total.skipped.length > 0) {
    say(`In CI no test may be skipped; ${total.skipped.length} were.`)
    failed.failed += 1
  }
  if (failedSteps.length > 0) say(`failed steps: ${failedSteps.join(', ')}`)
  const nothing = failed.passed + failed.failed + failed.skipped.length === 0
  if (nothing) say('No test matches.')
  say(`Everything took ${duration(Date.now() - began)}.`)
  say(summaryLine(failed))
  return failed.failed > 0 || nothing ? 1 : 0
}
