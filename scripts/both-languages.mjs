import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** @typedef {{ [name: string]: string | Texts }} Texts */

/**
 * The keys of texts that a built front end has in one language only, one sentence each. Vite removes types
 * without checking them, so otherwise a customer would be the first to notice a missing text.
 * @param {string} folder the front end's `dist`
 * @returns {Promise<string[]>}
 */
export async function missingTexts(folder) {
  const assets = path.join(folder, 'assets')
  const [chinese, english] = await Promise.all([keysIn(assets, 'zh-CN'), keysIn(assets, 'en')])
  return [
    ...[...chinese].filter((key) => !english.has(key)).map((key) => `the text ${key} is missing in en`),
    ...[...english].filter((key) => !chinese.has(key)).map((key) => `the text ${key} is missing in zh-CN`),
  ]
}

/** @param {string} folder @param {string} language @returns {Promise<Set<string>>} */
async function keysIn(folder, language) {
  const file = readdirSync(folder).find((name) => name.startsWith(`${language}-`) && name.endsWith('.js'))
  if (!file) throw new Error(`${folder} has no texts in ${language}`)
  const { default: texts } = /** @type {{ default: Texts }} */ (
    await import(pathToFileURL(path.join(folder, file)).href)
  )
  return new Set(leaves(texts))
}

/** @param {Texts} texts @param {string} [prefix] @returns {string[]} */
function leaves(texts, prefix = '') {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : leaves(value, `${prefix}${name}.`),
  )
}
