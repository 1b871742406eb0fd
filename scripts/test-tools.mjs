import { say } from './console.mjs'
import { downloadChromium, findChromium, hasChineseFont } from './chromium.mjs'
import { findPostgres } from './postgres.mjs'
import { findCommand, installSystemPackages } from './system-packages.mjs'

const withoutFont = 'No Chinese font was found: pictures show boxes instead of characters. Install the package "fonts-noto-cjk".'

/** @typedef {{ postgres: string | undefined, chromium: string | undefined, missing: string[] }} Tools */

/**
 * What the tests need besides Node, found on this machine or installed from its packages. `missing` says, one sentence each, what stays
 * untested without them. @returns {Promise<Tools>}
 */
export async function findTools() {
  await install([...(await absentPackages()), ...(await absentForPages())])
  const postgres = await findPostgres()
  const chromium = await findChromium()
  const missing = [
    ...(postgres ? [] : ['PostgreSQL 15 or newer was not found and could not be installed: the tests on a real PostgreSQL are skipped. Install the package "postgresql".']),
    ...(chromium ? [] : ['Chromium was not found and could not be installed: the end-to-end tests are skipped. Install "chromium" or set CHROMIUM_PATH.']),
    ...((await hasChineseFont()) ? [] : [withoutFont]),
    ...(hasPoppler() ? [] : ['pdftotext and pdftoppm were not found: the tests that read a PDF are skipped. Install the package "poppler-utils".']),
  ]
  for (const sentence of missing) say(`  ${sentence}`)
  return { postgres, chromium, missing }
}

/**
 * The browser for a command that draws pages, found or installed with a Chinese font, and named to whoever launches one (CHROMIUM_PATH). Throws where there is
 * none to be had.
 */
export async function provideChromium() {
  await install(await absentForPages())
  const chromium = await findChromium()
  if (!chromium) throw new Error('Chromium was not found and could not be installed. Install "chromium" or set CHROMIUM_PATH.')
  if (!(await hasChineseFont())) say(`  ${withoutFont}`)
  process.env.CHROMIUM_PATH = chromium
}

/** @param {string[]} absent */
async function install(absent) {
  if (absent.length > 0) await installSystemPackages(absent)
  if (absent.includes('chromium') && !(await findChromium())) await downloadChromium()
}

async function absentPackages() {
  return [
    ...((await findPostgres()) || process.env.TEST_DATABASE_URL ? [] : ['postgresql']),
    ...(hasPoppler() ? [] : ['poppler-utils']),
  ]
}

async function absentForPages() {
  return [...((await findChromium()) ? [] : ['chromium']), ...((await hasChineseFont()) ? [] : ['fontconfig', 'fonts-noto-cjk'])]
}

function hasPoppler() {
  return findCommand(['pdftotext']) !== undefined && findCommand(['pdftoppm']) !== undefined
}
