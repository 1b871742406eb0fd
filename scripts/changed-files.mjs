import { capture } from './child.mjs'
import { frontEnds, root } from './project.mjs'

/**
 * What changed: `present` are the files to look at, `gone` those that were deleted or moved away. `since` is
 * what `git diff` compares with, and `words` says which files these are: "changed since main".
 * @typedef {{ present: string[], gone: string[], since: string[], words: string }} Changes
 */

/** @param {string[]} parameters */
async function git(...parameters) {
  const { code, output } = await capture('git', parameters, { cwd: root })
  return code === 0 ? output : undefined
}

/**
 * What is staged for the next commit, or, where nothing else is asked for, what changed since this branch
 * left main: in commits, in files that are not committed, and in new ones that git does not know. Undefined
 * where there is no git to ask.
 * @param {{ staged: boolean }} options
 * @returns {Promise<Changes | undefined>}
 */
export async function findChanges({ staged }) {
  if (staged) return changesSince(['--cached'], 'staged for the next commit')
  for (const main of ['origin/main', 'main']) {
    const base = (await git('merge-base', 'HEAD', main))?.trim()
    if (base) return changesSince([base], `changed since ${main} (${base.slice(0, 7)})`)
  }
  return changesSince(['HEAD'], 'changed since the last commit')
}

/** @param {string[]} since @param {string} words @returns {Promise<Changes | undefined>} */
async function changesSince(since, words) {
  const told = await git('diff', '--name-status', '--no-renames', '-z', ...since)
  if (told === undefined) return undefined
  const unknown = since[0] === '--cached' ? '' : await git('ls-files', '--others', '--exclude-standard', '-z')
  return { ...changesIn(told, unknown ?? ''), since, words }
}

/**
 * Reads `git diff --name-status --no-renames -z` and `git ls-files --others -z`.
 * @param {string} told
 * @param {string} [unknown]
 * @returns {{ present: string[], gone: string[] }}
 */
export function changesIn(told, unknown = '') {
  const parts = told.split('\0').slice(0, -1)
  const pairs = parts.flatMap((status, at) => (at % 2 === 0 ? [{ status, file: parts[at + 1] ?? '' }] : []))
  return {
    present: [
      ...pairs.filter(({ status }) => status !== 'D').map(({ file }) => file),
      ...unknown.split('\0').slice(0, -1),
    ],
    gone: pairs.filter(({ status }) => status === 'D').map(({ file }) => file),
  }
}

const isSource = (/** @type {string} */ file) => /\.(ts|mjs|cjs|js|vue)$/.test(file)
const isTest = (/** @type {string} */ file) => /\.test\.ts$/.test(file)
/** What decides how sources are read: each needs all types and layers looked at again. */
const isSetting = (/** @type {string} */ file) =>
  /(^|\/)(tsconfig[\w.-]*\.json|package(-lock)?\.json)$/.test(file)
/** Where a front end's types come from, beside its own folder. */
const belowFrontEnds = /^(packages|products\/[^/]+\/src|services\/[^/]+\/src)\//

/**
 * What needs to be checked: the files that the linter reads, whether types and layers may be wrong anywhere,
 * and the front ends whose views may be. A file that is gone is not linted, and may break whoever used it.
 * @param {{ present: string[], gone: string[] }} changes
 */
export function selection({ present, gone }) {
  const all = [...present, ...gone]
  const setting = all.some(isSetting)
  const sources = all.filter(isSource)
  const inViews = (/** @type {string} */ folder) =>
    sources.some((file) => file.startsWith(`${folder}/`) || (belowFrontEnds.test(file) && !isTest(file)))
  const anywhere = setting || sources.length > 0
  return {
    lint: present.filter(isSource),
    types: anywhere,
    layers: anywhere,
    views: frontEnds.filter(({ folder }) => setting || inViews(folder)),
  }
}
