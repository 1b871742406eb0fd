// Fails the build when the portal exceeds its size budget: what the first page loads, what runs before
// everything else, and any single chunk. Sizes are gzipped, JS and CSS.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const firstRouteLimit = 110_000
const chunkLimit = 60_000
// Without the framework: the code that starts everything else must not wait for it.
const startLimit = 5_000
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const sizeOf = (file) => gzipSync(readFileSync(new URL(file, dist))).length
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/** A module's own file, its styles, and those of everything it imports statically. */
function filesOf(name, seen = new Set()) {
  const entry = manifest[name]
  if (!entry || seen.has(entry.file)) return seen
  seen.add(entry.file)
  for (const style of entry.css ?? []) seen.add(style)
  for (const imported of entry.imports ?? []) filesOf(imported, seen)
  return seen
}

const first = new Set(
  ['index.html', 'src/app.ts', 'src/views/OverviewView.vue', 'src/texts/zh-CN.ts'].flatMap((name) => [
    ...filesOf(name),
  ]),
)
const firstSize = [...first].reduce((sum, file) => sum + sizeOf(file), sizeOf('theme.js'))
const startSize = [...filesOf('index.html')]
  .filter((file) => file.endsWith('.js'))
  .reduce((sum, file) => sum + sizeOf(file), 0)
const chunks = readdirSync(new URL('assets/', dist))
  .filter((file) => /\.(js|css)$/.test(file))
  .map((file) => ({ file, size: sizeOf(`assets/${file}`) }))
const tooLarge = chunks.filter((chunk) => chunk.size > chunkLimit)

console.log(
  `portal: first route ${kilobytes(firstSize)} of ${kilobytes(firstRouteLimit)}, `
    + `largest chunk ${kilobytes(Math.max(...chunks.map((chunk) => chunk.size)))} of `
    + `${kilobytes(chunkLimit)}`,
)
const faults = tooLarge.map(
  (chunk) =>
    `${chunk.file} is ${kilobytes(chunk.size)} gzipped, more than ${kilobytes(chunkLimit)}: split it by route`,
)
if (firstSize > firstRouteLimit)
  faults.push(
    `the first route is ${kilobytes(firstSize)} gzipped, more than ${kilobytes(firstRouteLimit)}: `
      + `${[...first].join(', ')}`,
  )
if (startSize > startLimit)
  faults.push(
    `what starts the portal is ${kilobytes(startSize)} gzipped, more than ${kilobytes(startLimit)}: `
      + 'src/main.ts imports what it should leave to src/app.ts',
  )
if (faults.length > 0) {
  for (const fault of faults) console.error(`portal: ${fault}`)
  process.exit(1)
}
