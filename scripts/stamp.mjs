import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const left = new Set(['node_modules', 'dist', '.cache'])

/**
 * Every file at or below `entry`, sorted, without installed and built ones.
 * @param {string} entry
 * @returns {string[]}
 */
export function filesIn(entry) {
  if (!existsSync(entry)) return []
  if (!statSync(entry).isDirectory()) return [entry]
  return readdirSync(entry, { withFileTypes: true })
    .filter((found) => !left.has(found.name) && !found.name.endsWith('.test.ts'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((found) =>
      found.isDirectory() ? filesIn(path.join(entry, found.name)) : [path.join(entry, found.name)],
    )
}

/**
 * A hash of the names and contents of files and folders.
 * @param {string} base
 * @param {string[]} entries
 */
export function contentHash(base, entries) {
  const hash = createHash('sha256')
  for (const file of entries.flatMap((entry) => filesIn(path.join(base, entry)))) {
    const content = readFileSync(file)
    hash.update(`${path.relative(base, file).split(path.sep).join('/')}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Whether a stamp file holds this hash. @param {string} file @param {string} hash */
export function isStamped(file, hash) {
  return existsSync(file) && readFileSync(file, 'utf8') === hash
}

/** Records the content hash that some work was done for. @param {string} file @param {string} hash */
export function stamp(file, hash) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, hash)
}
