import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('./', import.meta.url)
const readme = new URL('README.md', folder)
const [begin, end] = ['<!-- list -->', '<!-- end of list -->']

/** Returns the stories of each file with their rules, parsed from the sources. */
function listOfStories(): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.stories.test.ts'))
    .sort()
  return files
    .map((name) => {
      const source = readFileSync(new URL(name, folder), 'utf8')
      const title = /^stories\(\s*'([^']+)'/m.exec(source)?.[1]
      const found = [...source.matchAll(/\bstory\(\s*'([^']+)',\s*'([^']+)',\s*\{/g)]
      if (title === undefined || found.length !== [...source.matchAll(/\bstory\(/g)].length)
        throw new Error(`${name} needs every story as story('name', 'rule', { … } with one string each`)
      return [
        `### ${title[0]!.toUpperCase()}${title.slice(1)} (${name})`,
        '',
        '| story | rule |',
        '| --- | --- |',
        ...found.map(([, story, rule]) => `| ${story} | ${rule} |`),
      ].join('\n')
    })
    .join('\n\n')
}

/** `LIST=write npx vitest run services/billing/scenarios/list.test.ts` writes the list. */
test('the README lists every story with its rule', () => {
  const text = readFileSync(readme, 'utf8')
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  expect(after, `README.md has the lines ${begin} and ${end}`).toBeDefined()
  const written = `${before}${begin}\n\n${listOfStories()}\n\n${end}${after}`
  if (process.env['LIST'] === 'write') writeFileSync(readme, written)
  else expect(text).toBe(written)
})
