import { say } from './console.mjs'
import { downloadChromium, findChromium, hasChineseFont } from './chromium.mjs'
import { findPostgres } from './postgres.mjs'
import { inCi } from './project.mjs'
import { findCommand, installSystemPackages } from './system-packages.mjs'

/** @typedef {{ postgres: string | undefined, chromium: string | undefined, missing: string[] }} Tools */
/**
 * @typedef {{ postgres: string | undefined, chromium: string | undefined, chineseFont: boolean, poppler:
 * boolean }} Found
 */

/**
 * The tools the tests need besides Node, found on this machine or, as root and in CI, installed from its
 * packages. `missing` says, one sentence each, what stays untested without them.
 * @returns {Promise<Tools>}
 */
export async function findTools() {
  await provide(absentPackages(await look()))
  const found = await look()
  const missing = missingSentences(found, process.env.TEST_DATABASE_URL)
  for (const sentence of missing) say(`  ${sentence}`)
  return { postgres: found.postgres, chromium: found.chromium, missing }
}

/**
 * Finds or installs the browser for a command that takes screenshots, with a Chinese font, and sets
 * CHROMIUM_PATH. Throws when none can be had.
 */
export async function provideChromium() {
  await provide(absentPackages({ ...(await look()), postgres: 'not needed', poppler: true }))
  const chromium = await findChromium()
  if (!chromium) throw new Error(`Chromium was not found. ${howToGetChromium}`)
  if (!(await hasChineseFont())) say(`  ${withoutFont}`)
  process.env.CHROMIUM_PATH = chromium
}

const howToGetChromium = 'Install it, or run "npx playwright-core install chromium", or set CHROMIUM_PATH.'
const withoutFont = 'No Chinese font was found: pictures show boxes instead of characters.'

/** Debian's names of the packages for what was not found. @param {Found} found */
export function absentPackages(found) {
  return [
    ...(found.postgres ? [] : ['postgresql']),
    ...(found.poppler ? [] : ['poppler-utils']),
    ...(found.chromium ? [] : ['chromium']),
    ...(found.chineseFont ? [] : ['fontconfig', 'fonts-noto-cjk']),
  ]
}

/**
 * One sentence for each missing tool: what is not tested without it.
 * @param {Found} found
 * @param {string} [databaseUrl] a server for the tests
 */
export function missingSentences(found, databaseUrl) {
  const onPostgres = databaseUrl
    ? 'the tests that start a server of their own, or dump one,'
    : 'the tests on a real PostgreSQL'
  return [
    ...(found.postgres ? [] : [`PostgreSQL 15 or newer was not found: ${onPostgres} are skipped.`]),
    ...(found.chromium
      ? []
      : [`Chromium was not found: the end-to-end tests are skipped. ${howToGetChromium}`]),
    ...(found.chineseFont ? [] : [withoutFont]),
    ...(found.poppler
      ? []
      : ['pdftotext and pdftoppm were not found: the tests that read a PDF are skipped.']),
  ]
}

/** @returns {Promise<Found>} */
async function look() {
  return {
    postgres: await findPostgres(),
    chromium: await findChromium(),
    chineseFont: await hasChineseFont(),
    poppler: findCommand(['pdftotext']) !== undefined && findCommand(['pdftoppm']) !== undefined,
  }
}

/** @param {string[]} absent */
async function provide(absent) {
  if (absent.length > 0) await installSystemPackages(absent)
  // A browser from playwright-core takes 150 MB in the home folder, so it is downloaded without asking only
  // in CI and as root.
  const unasked = inCi || process.getuid?.() === 0
  if (absent.includes('chromium') && unasked && !(await findChromium())) await downloadChromium()
}
