import { existsSync } from 'node:fs'
import { capture } from './child.mjs'
import { inProject, root } from './project.mjs'

/** The path of an installed command's script, to be run by this Node. @param {string} script */
export const installed = (script) => inProject('node_modules', ...script.split('/'))

/**
 * Runs an installed command; returns its output when it fails, else ''.
 * @param {string} script
 * @param {string[]} parameters
 */
async function check(script, ...parameters) {
  const { code, output } = await capture(process.execPath, [installed(script), ...parameters], { cwd: root })
  return code === 0 ? '' : `${output.trimEnd()}\n`
}

/** Checks the types of everything but views with TypeScript 7. */
export const checkTypes = () => compile('typescript7/bin/tsc', '.')

/**
 * Checks the types of a front end's views with Vue's checker, which needs TypeScript 6.
 * @param {{ folder: string }} frontEnd
 */
export const checkViews = ({ folder }) => compile('vue-tsc/bin/vue-tsc.js', folder)

/**
 * The same of the files that changed and of those that import them, in a third of the time: the first change
 * of a file has everything above it checked again otherwise.
 * @param {{ folder: string }} frontEnd
 */
export const checkChangedViews = ({ folder }) =>
  compile('vue-tsc/bin/vue-tsc.js', folder, {
    cache: `${folder}-changed`,
    more: ['--assumeChangesOnlyAffectDirectDependencies'],
  })

/**
 * The last result is cached in .cache, so that only what changed is checked again.
 * @param {string} compiler
 * @param {string} place
 * @param {{ cache?: string, more?: string[] }} [options]
 */
function compile(compiler, place, { cache = place, more = [] } = {}) {
  const known = inProject('.cache', 'types', `${cache.replaceAll('/', '-')}.tsbuildinfo`)
  return check(compiler, '--noEmit', '--incremental', '--tsBuildInfoFile', known, '-p', place, ...more)
}

/** @param {string[]} [files] all files by default */
export function lint(files = ['.']) {
  return check('eslint/bin/eslint.js', ...files, '--max-warnings', '0', '--no-warn-ignored')
}

/** The folders that dependency-cruiser reads. */
const layered = ['services', 'products', 'packages', 'agent-workbench', 'backend', 'scripts'].filter((name) =>
  existsSync(inProject(name)),
)

/** Checks the layer rules in the whole project, because a dependency has two ends. */
export function checkLayers() {
  return check(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...layered,
  )
}

/**
 * Checks that Prettier would not change these files, by .prettierrc.json; skips those in .prettierignore and
 * of languages it does not know.
 * @param {string[]} [files] all files by default
 */
export function checkFormatting(files = ['.']) {
  return check('prettier/bin/prettier.cjs', '--check', '--ignore-unknown', '--log-level', 'warn', ...files)
}

/**
 * Checks the changed lines of any kind of file: trailing blanks, conflict markers.
 * @param {string[]} since the revision that `git diff` compares with
 */
export async function checkLines(since) {
  const { code, output } = await capture('git', ['diff', '--check', ...since], { cwd: root })
  return code === 0 ? '' : output
}
