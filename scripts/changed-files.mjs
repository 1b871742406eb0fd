import { capture } from './child.mjs'
import { frontEnds, root } from './project.mjs'

/**
 * The changed files: `present` exist and are checked, `gone` were deleted or moved. `since` is the revision
 * that `git diff` compares with, and `words` describes the files: "changed since main".
 * @typedef {{ present: string[], gone: string[], since: string[], words: string }} Changes
 */

/** @param {string[]} parameters */
async function git(...parameters) {
  const { code, output } = await capture('git', parameters, { cwd: root })
  return code === 0 ? output : undefined
}

/**
 * The files staged for the next commit or, without `staged`, those changed since this branch left main:
 * committed, uncommitted and untracked. Undefined without a git repository.
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
  const listing = await git('diff', '--name-status', '--no-renames', '-z', ...since)
  if (listing === undefined) return undefined
  const unknown = since[0] === '--cached' ? '' : await git('ls-files', '--others', '--exclude-standard', '-z')
  return { ...changesIn(listing, unknown ?? ''), since, words }
}

/**
 * Parses `git diff --name-status --no-renames -z` and `git ls-files --others -z`.
 * @param {string} listing
 * @param {string} [unknown]
 * @returns {{ present: string[], gone: string[] }}
 */
export function changesIn(listing, unknown = '') {
  const parts = listing.split('\0').slice(0, -1)
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
/** Settings that affect how sources are checked: a change to one checks all types and layers again. */
const isSetting = (/** @type {string} */ file) =>
  /(^|\/)(tsconfig[\w.-]*\.json|package(-lock)?\.json)$/.test(file)
/** Folders outside a front end that its types depend on. */
const belowFrontEnds = /^(packages|products\/[^/]+\/src|services\/[^/]+\/src)\//

/**
 * What to check: the files to lint, whether types and layers may be broken anywhere, and the front ends whose
 * views may be. A deleted file is not linted, but may break its importers.
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
