import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const steps = stepsIn(readFileSync(join(root, 'progress.md'), 'utf8'))
// Inside the project, so that the examples resolve the packages that a reader's program would resolve.
const folder = join(root, '.cache')
const file = join(folder, `progress-${randomUUID()}.ts`)

const reached = new Set<string>()
let failure: unknown

beforeAll(async () => {
  await mkdir(folder, { recursive: true })
  await writeFile(file, programOf(steps))
  try {
    const { run } = (await import(pathToFileURL(file).href)) as {
      run(reach: (name: string) => void): Promise<void>
    }
    await run((name) => reached.add(name))
  } catch (error) {
    failure = error
  }
}, 300_000)
afterAll(() => rm(file, { force: true }))

test('each of the twelve steps shows calls', () => {
  expect(steps.map(({ name }) => Number.parseInt(name))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test.each(steps)('the example of step $name does what it says', ({ name }) => {
  if (reached.has(name)) return
  const before = steps[steps.findIndex((step) => step.name === name) - 1]
  if (before && !reached.has(before.name))
    throw new Error(`not reached: the example of step ${before.name} failed`)
  throw failure
})

interface Step {
  name: string
  code: string
}

/** The headings `## 4. Usage` of the document, each with the TypeScript code below it. */
function stepsIn(markdown: string): Step[] {
  return markdown
    .replaceAll('\r\n', '\n')
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const name = /^\d+\. .*/.exec(section)?.[0]
      const code = [...section.matchAll(/^```ts\n(.*?)^```/gms)].map((block) => block[1]).join('')
      return name ? [{ name, code }] : []
    })
}

/** One program of all steps: later steps use what earlier ones declare. */
function programOf(program: readonly Step[]): string {
  const imports = program
    .flatMap(({ code }) => code.match(/^import .*$/gm) ?? [])
    .map((line) => line.replace("from './", `from '${pathToFileURL(root).href}`))
  const body = program.map(
    ({ name, code }) => `${code.replaceAll(/^import .*$/gm, '')}\nreach(${JSON.stringify(name)})\n`,
  )
  return `${imports.join('\n')}\nexport async function run(reach: (name: string) => void) {\n${body.join('')}}\n`
}
