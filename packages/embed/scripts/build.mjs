// Builds the package into dist/: `index.js` for a bundler (penpal stays a dependency), `embed.js` for a
// script element (penpal is included), and the types. Fails when the script grows beyond its limit, because a
// host's page loads it before anything of the portal is visible.
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const limit = 8_000
const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const resolve = createRequire(import.meta.url).resolve
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))

const common = /** @type {const} */ ({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  bundle: true,
  target: 'es2022',
  logLevel: 'error',
})
const penpalFolder = path.dirname(path.dirname(resolve('penpal')))

rmSync(path.join(folder, 'dist'), { recursive: true, force: true })
await Promise.all([
  build({ ...common, outfile: 'dist/index.js', format: 'esm', external: ['penpal'] }),
  build({
    ...common,
    outfile: 'dist/embed.js',
    format: 'iife',
    globalName: 'CustomerPortal',
    minify: true,
    banner: {
      js:
        `/*! @customer-portal/embed ${version}, Apache-2.0. With penpal, MIT, (c) Aaron Hardy: `
        + 'licence in LICENSE.penpal.txt */',
    },
  }),
])
execFileSync(
  process.execPath,
  [path.join(path.dirname(resolve('typescript/package.json')), 'bin', 'tsc'), '-p', '.'],
  { cwd: folder, stdio: 'inherit' },
)
copyFileSync(path.join(penpalFolder, 'LICENSE'), path.join(folder, 'dist', 'LICENSE.penpal.txt'))
copyFileSync(path.join(folder, '..', '..', 'LICENSE'), path.join(folder, 'dist', 'LICENSE'))

const size = gzipSync(readFileSync(path.join(folder, 'dist', 'embed.js'))).length
const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`
console.log(`embed: embed.js ${kilobytes(size)} of ${kilobytes(limit)} gzipped`)
if (size > limit) {
  console.error(
    `embed: embed.js is ${kilobytes(size)} gzipped, more than ${kilobytes(limit)}: `
      + 'it is loaded by every page that embeds the portal',
  )
  process.exit(1)
}
