import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../..', import.meta.url))
const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))

/** A folder of a user, with the package installed as published. */
export function installedPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  const place = join(folder, 'node_modules', '@customer-portal', 'sdk')
  mkdirSync(place, { recursive: true })
  // Packed and unpacked, so that files missing from the package's `files` list are missing here.
  const draft = join(folder, 'draft')
  mkdirSync(draft)
  for (const name of ['package.json', 'README.md', 'README.zh-CN.md', 'LICENSE'])
    cpSync(join(source, name), join(draft, name))
  execFileSync(process.execPath, [join(source, 'scripts', 'build.mjs'), join(draft, 'dist')])
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: draft,
    encoding: 'utf8',
  }).trim()
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', place, '--strip-components=1'])
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const children: ChildProcess[] = []
  return {
    folder,
    place,
    /** Throws the compiler's messages when the text does not match the published types. */
    check(text: string) {
      writeFileSync(join(folder, 'example.ts'), text)
      const types = fileURLToPath(new URL('../../../../node_modules/@types', import.meta.url))
      const compilerOptions = {
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        target: 'es2023',
        module: 'nodenext',
        types: ['node'],
        typeRoots: [types],
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example.ts'] }))
      compile(['-p', folder])
    },
    /** Compiles a text to CommonJS. Throws when it does not match the published types. */
    compileCommonJs(text: string, module: string): string {
      const place = join(folder, `commonjs-${module}`)
      mkdirSync(place)
      writeFileSync(join(place, 'package.json'), '{"type":"commonjs"}')
      writeFileSync(join(place, 'program.ts'), text)
      const types = fileURLToPath(new URL('../../../../node_modules/@types', import.meta.url))
      writeFileSync(
        join(place, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: { strict: true, target: 'es2022', module, types: ['node'], typeRoots: [types] },
          files: ['program.ts'],
        }),
      )
      compile(['-p', place])
      return readFileSync(join(place, 'program.js'), 'utf8')
    },
    /** Runs a program that uses the package. */
    run(text: string, environment: Record<string, string> = {}, kind: 'mjs' | 'cjs' = 'mjs') {
      const program = join(folder, `program-${children.length}.${kind}`)
      writeFileSync(program, text)
      const child = spawn(process.execPath, [program], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      children.push(child)
      let out = ''
      let error = ''
      child.stdout.on('data', (data) => {
        out += data
      })
      child.stderr.on('data', (data) => {
        error += data
      })
      return {
        child,
        said: () => out,
        ended: once(child, 'close').then(([code, signal]) => ({
          code: code as number | null,
          signal: signal as string | null,
          out,
          error,
        })),
        async says(text: string) {
          while (!out.includes(text)) {
            if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${out}${error}`)
            await new Promise((resolve) => setTimeout(resolve, 10))
          }
        },
      }
    },
    async remove() {
      for (const child of children.filter((one) => one.exitCode === null && one.signalCode === null)) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true })
    },
  }
}

function compile(parameters: string[]): void {
  try {
    execFileSync(process.execPath, [compiler, ...parameters], { encoding: 'utf8' })
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error })
  }
}
