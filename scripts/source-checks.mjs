import { existsSync } from 'node:fs'
import { capture } from './child.mjs'
import { frontEnds, inProject, root } from './project.mjs'

/** The path of an installed command's script, to be run by this Node. @param {string} script */
export const installed = (script) => inProject('node_modules', ...script.split('/'))

/**
 * Runs an installed command; answers its words when it fails, else ''.
 * @param {string} script
 * @param {string[]} parameters
 */
async function check(script, ...parameters) {
  const { code, output } = await capture(process.execPath, [installed(script), ...parameters], { cwd: root })
  return code === 0 ? '' : `${output.trimEnd()}\n`
}

/**
 * The types of everything by TypeScript 7, and of the views of these front ends by Vue's checker, which knows
 * TypeScript 6. What was found last time is kept in .cache, so that only what changed since is read again.
 * @param {readonly { folder: string }[]} [views]
 */
export async function checkTypes(views = frontEnds) {
  let trouble = await compile('typescript7/bin/tsc', '.')
  for (const { folder } of views) trouble += await compile('vue-tsc/bin/vue-tsc.js', folder)
  return trouble
}

/** @param {string} compiler @param {string} place */
function compile(compiler, place) {
  const known = inProject('.cache', 'types', `${place.replaceAll('/', '-')}.tsbuildinfo`)
  return check(compiler, '--noEmit', '--incremental', '--tsBuildInfoFile', known, '-p', place)
}

/** @param {string[]} [files] all of them when not given */
export function lint(files = ['.']) {
  return check('eslint/bin/eslint.js', ...files, '--max-warnings', '0', '--no-warn-ignored')
}

/** The folders that dependency-cruiser reads. */
const layered = ['services', 'products', 'packages', 'agent-workbench', 'backend', 'scripts'].filter((name) =>
  existsSync(inProject(name)),
)

/** Who may use whom, in all of the project: an arrow has two ends. */
export function checkLayers() {
  return check(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...layered,
  )
}

/**
 * Whether Prettier would write these files otherwise, by .prettierrc.json; those of .prettierignore and of
 * languages it does not know are left out.
 * @param {string[]} [files] all of them when not given
 */
export function checkFormatting(files = ['.']) {
  return check('prettier/bin/prettier.cjs', '--check', '--ignore-unknown', '--log-level', 'warn', ...files)
}

/**
 * What is wrong with the lines that changed, in any kind of file: blanks at a line's end, marks of a conflict.
 * @param {string[]} since what `git diff` compares with
 */
export async function checkLines(since) {
  const { code, output } = await capture('git', ['diff', '--check', ...since], { cwd: root })
  return code === 0 ? '' : output
}
