import { say } from './console.mjs'
import { downloadChromium, findChromium, hasChineseFont } from './chromium.mjs'
import { findPostgres } from './postgres.mjs'
import { findCommand, installSystemPackages } from './system-packages.mjs'

/** @typedef {{ postgres: string | undefined, chromium: string | undefined, missing: string[] }} Tools */

/**
 * What the tests need besides Node, found on this machine or installed from its packages. `missing` says, one sentence each, what stays
 * untested without them. @returns {Promise<Tools>}
 */
export async function findTools() {
  const absent = await absentPackages()
  if (absent.length > 0) await installSystemPackages(absent)
  if (absent.includes('chromium') && !(await findChromium())) await downloadChromium()
  const postgres = await findPostgres()
  const chromium = await findChromium()
  const missing = [
    ...(postgres ? [] : ['PostgreSQL 15 or newer was not found and could not be installed: the tests on a real PostgreSQL are skipped. Install the package "postgresql".']),
    ...(chromium ? [] : ['Chromium was not found and could not be installed: the end-to-end tests are skipped. Install "chromium" or set CHROMIUM_PATH.']),
    ...((await hasChineseFont()) ? [] : ['No Chinese font was found: pictures show boxes instead of characters. Install the package "fonts-noto-cjk".']),
    ...(hasPoppler() ? [] : ['pdftotext and pdftoppm were not found: the tests that read a PDF are skipped. Install the package "poppler-utils".']),
  ]
  for (const sentence of missing) say(`  ${sentence}`)
  return { postgres, chromium, missing }
}

async function absentPackages() {
  return [
    ...((await findPostgres()) || process.env.TEST_DATABASE_URL ? [] : ['postgresql']),
    ...((await findChromium()) ? [] : ['chromium']),
    ...((await hasChineseFont()) ? [] : ['fontconfig', 'fonts-noto-cjk']),
    ...(hasPoppler() ? [] : ['poppler-utils']),
  ]
}

function hasPoppler() {
  return findCommand(['pdftotext']) !== undefined && findCommand(['pdftoppm']) !== undefined
}
