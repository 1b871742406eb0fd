import { parseArgs } from 'node:util'
import { findChanges, selection } from './changed-files.mjs'
import { duration, fail, say } from './console.mjs'
import {
  checkChangedViews,
  checkFormatting,
  checkLayers,
  checkLines,
  checkTypes,
  lint,
} from './source-checks.mjs'
import { failedSteps, twoAtATime } from './steps.mjs'

const filesIn = (/** @type {number} */ number) => (number === 1 ? '1 file' : `${number} files`)

/**
 * `npm run check [-- --staged]`: types, lint, layers and formatting of what changed, fast enough for a commit
 * hook. `npm test` checks everything. Returns the exit code.
 * @param {string[]} parameters
 */
export async function runCheck(parameters) {
  const began = Date.now()
  const changes = await findChanges(optionsOf(parameters))
  if (!changes) {
    say(
      'npm run check looks at what changed, and git could not say what did. Run it in a clone, '
        + 'or run npm test.',
    )
    return 1
  }
  const { present, gone, since, words } = changes
  const number = present.length + gone.length
  if (number === 0) {
    say(`No files ${words}: nothing to check.`)
    return 0
  }
  const chosen = selection(changes)
  say(`Checking ${filesIn(number)} ${words}. npm test checks everything.\n`)
  /** @type {import('./steps.mjs').Step[]} */
  const steps = [
    [
      'formatting of what changed',
      async () =>
        [await checkLines(since), present.length > 0 ? await checkFormatting(present) : ''].join(''),
    ],
  ]
  if (chosen.types) steps.push(['types', checkTypes])
  for (const view of chosen.views) steps.push([`views of the ${view.name}`, () => checkChangedViews(view)])
  if (chosen.lint.length > 0) steps.push([`lint of ${filesIn(chosen.lint.length)}`, () => lint(chosen.lint)])
  if (chosen.layers) steps.push(['layers', checkLayers])
  await twoAtATime(steps)
  say(
    failedSteps.length > 0
      ? `Failed: ${failedSteps.join(', ')}, after ${duration(Date.now() - began)}.`
      : `All good, after ${duration(Date.now() - began)}.`,
  )
  return failedSteps.length > 0 ? 1 : 0
}

/** @param {string[]} args @returns {{ staged: boolean }} */
function optionsOf(args) {
  try {
    return parseArgs({ args, options: { staged: { type: 'boolean', default: false } } }).values
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}. npm run check takes --staged alone.`)
  }
}
