import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { duration, say } from './console.mjs'
import { inProject, root } from './project.mjs'
import { contentHash, isStamped, stamp } from './stamp.mjs'

/**
 * Bundles the server's own TypeScript into one file when a source has changed. Translating 150 files at each
 * start (tsx) took two seconds of a start that must not take three. Packages stay where npm put them, except
 * those of hundreds of modules. Returns the file.
 */
export function bundleServer() {
  return bundled('backend/src/main.ts', inProject('backend', 'dist', 'main.mjs'), 'server')
}

/**
 * The same for another program, for tests and benchmarks that start it many times: some 0.3 s per start
 * instead of two. The bundle has the program's exports. Returns the file.
 * @param {string} program its path in the project, like `backend/src/keys-command.ts`, or its URL
 */
export function bundleProgram(program) {
  const source = program.startsWith('file:') ? path.relative(root, fileURLToPath(program)) : program
  const name = source.replaceAll('/', '-').replace(/\.ts$/, '')
  return bundled(source, inProject('.cache', 'programs', `${name}.mjs`), name)
}

/** @param {string} source @param {string} bundle @param {string} name */
async function bundled(source, bundle, name) {
  const wanted = contentHash(root, [
    'package-lock.json',
    'services',
    'products',
    'backend',
    'scripts/server-bundle.mjs',
    ...(source.startsWith('bench/') ? ['bench'] : []),
  ])
  const stampFile = inProject('node_modules', '.cache', 'customer-portal', name)
  // Includes the project's path, because the bundle contains absolute paths.
  if (isStamped(stampFile, `${root} ${wanted}`) && existsSync(bundle)) return bundle
  const began = Date.now()
  const esbuild = await import('esbuild')
  // Renamed into place, so that nobody who builds at the same time runs a partial file.
  const outfile = `${bundle}.${process.pid}-${randomBytes(4).toString('hex')}.mjs`
  await esbuild.build({
    entryPoints: [inProject(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    plugins: [inPlace],
  })
  renameSync(outfile, bundle)
  stamp(stampFile, `${root} ${wanted}`)
  if (name === 'server') say(`Built the server in ${duration(Date.now() - began)}.`)
  return bundle
}

/**
 * Packages of so many small modules that resolving them one by one took half a second of each start. They
 * load no files beside them.
 */
const manyModules = ['typebox', 'hucre']

/**
 * Bundles our own code and those packages; each file still finds what is beside it: migrations, fonts,
 * templates. @type {import('esbuild').Plugin}
 */
const inPlace = {
  name: 'in-place',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: name, resolveDir }) => {
      if (
        name.startsWith('@customer-portal/')
        || manyModules.includes(packageOf(name))
        || path.isAbsolute(name)
      )
        return undefined
      assertHoisted(name, resolveDir)
      return { path: name, external: true }
    })
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      loader: 'ts',
      contents: readFileSync(file, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(file).href),
      ),
    }))
  },
}

/**
 * From the bundle's place only packages in the project's root can be resolved.
 * @param {string} name
 * @param {string} folder
 */
function assertHoisted(name, folder) {
  const packageName = packageOf(name)
  for (let place = folder; place !== root && place.startsWith(root); place = path.dirname(place)) {
    if (existsSync(path.join(place, 'node_modules', packageName)))
      throw new Error(
        `${packageName} is installed twice (in ${path.relative(root, place)} too): use one version of it.`,
      )
  }
}

/** The package of a module's name: `@scope/package/module` is in `@scope/package`. @param {string} name */
function packageOf(name) {
  const [scope = '', inScope = ''] = name.split('/')
  return scope.startsWith('@') ? `${scope}/${inScope}` : scope
}
