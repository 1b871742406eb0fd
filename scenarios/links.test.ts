import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const notOurs = new Set(['node_modules', 'dist', 'data', 'coverage', 'test-results'])

test.each(markdownIn(root).map((file) => relative(root, file)))('every link in %s has a target', (name) => {
  const file = join(root, name)
  const dead = linksIn(readFileSync(file, 'utf8')).filter((link) => !leadsSomewhere(file, link))
  expect(dead).toEqual([])
})

/** Records of their day: files they name may be gone. */
const records = new Set(['CHANGELOG.md', 'progress.md'])
const isRecord = (name: string) => records.has(name) || name.startsWith(join('docs', 'decisions'))
/** Files that a page names and a command creates, with the script that writes them. */
const made: Record<string, string> = { '.cache/mutation/report.html': 'scripts/mutation/stryker.config.mjs' }

test.each(
  markdownIn(root)
    .map((file) => relative(root, file))
    .filter((name) => !isRecord(name)),
)('every file that %s names exists', (name) => {
  const named = [
    ...readFileSync(join(root, name), 'utf8')
      .replaceAll(/^```.*?^```/gms, '')
      .matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+\.(?:ts|mjs|js|json|html|md|csv|sql|vue|yml|typ))`/g),
  ].map((match) => match[1]!)
  expect(named.filter((path) => !made[path] && !isThere(name, path))).toEqual([])
})

test.each(Object.entries(made))('%s is what %s writes', (path, source) => {
  expect(readFileSync(join(root, source), 'utf8').replaceAll('${folder}', '.cache/mutation')).toContain(path)
})

test('every file that a command of package.json runs exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const run = Object.values(scripts).flatMap((command) =>
    command.split(' ').filter((word) => /\.(ts|mjs|cjs)$/.test(word)),
  )
  expect(run.length).toBeGreaterThan(10)
  expect(run.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

/**
 * Relative to the project, to the page's own folder, or to the sources beside it: `rules/money.ts` of a
 * service's page.
 */
function isThere(page: string, path: string): boolean {
  return ['', dirname(page), join(dirname(page), 'src'), join('services', 'billing', 'src')].some((from) =>
    existsSync(join(root, from, path)),
  )
}

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return notOurs.has(entry.name) || entry.name.startsWith('.') ? [] : markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** The targets of links and pictures, outside code; external ones are not checked. */
function linksIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '')
  const targets = [
    ...prose.matchAll(/\]\(([^)\s]+)\)/g),
    ...prose.matchAll(/\bsrc(?:set)?="([^"\s]+)"/g),
  ].map((match) => match[1]!)
  return targets.filter((target) => !/^[a-z]+:/.test(target))
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#')
  const target = path === '' ? from : join(dirname(from), path)
  return existsSync(target) && (anchor === undefined || anchorsIn(target).includes(anchor))
}

/**
 * The anchors of a page's headings as the host generates them: lower case, spaces as hyphens, other
 * punctuation dropped.
 */
function anchorsIn(file: string): string[] {
  const prose = readFileSync(file, 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...prose.matchAll(/^#+ (.+)$/gm)].map((heading) =>
    heading[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}
