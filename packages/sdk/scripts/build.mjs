import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Writes dist: ES modules, and beside them CommonJS with types of its own, because a CommonJS program is
// recognised by the nearest package.json.
const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const out = process.argv[2] ?? join(folder, 'dist')
const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
const compile = (/** @type {string[]} */ ...parameters) =>
  execFileSync(process.execPath, [compiler, '-p', folder, ...parameters], { stdio: 'inherit' })

rmSync(out, { recursive: true, force: true })
compile('--outDir', out)
mkdirSync(join(out, 'cjs'), { recursive: true })
writeFileSync(join(out, 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
compile(
  '--outDir',
  join(out, 'cjs'),
  '--module',
  'commonjs',
  '--moduleResolution',
  'bundler',
  '--verbatimModuleSyntax',
  'false',
)
