import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { capture, shortened } from './child.mjs'
import { duration, fail, say } from './console.mjs'
import { inProject, root } from './project.mjs'
import { contentHash, isStamped, stamp } from './stamp.mjs'

/**
 * @typedef {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?:
 * boolean }> }} Lockfile
 */

const stampFile = inProject('node_modules', '.cache', 'customer-portal', 'packages')

/**
 * Installs exactly the lockfile's packages, unless they are installed. Says so, and exits with a sentence on
 * failure.
 */
export async function installPackages() {
  const wanted = contentHash(root, ['package-lock.json'])
  if (isStamped(stampFile, wanted)) return
  if (!isInstalled(root)) await install(root)
  stamp(stampFile, wanted)
}

/**
 * The same for a folder with a lockfile of its own, for packages that only one command needs.
 * @param {string} folder
 */
export async function installPackagesOf(folder) {
  if (!isInstalled(folder)) await install(folder)
}

/** @param {string} folder */
async function install(folder) {
  const began = Date.now()
  say('Installing packages (npm ci; about a minute, once) …')
  const [command, before] = npm()
  const { code, output } = await capture(
    command,
    [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      waiting: 'still installing packages',
    },
  )
  if (code !== 0)
    fail(
      `${shortened(output)}\n\nnpm ci failed. Check the network (npm needs its registry), `
        + 'the free space and that this folder is writable, then run the command again.',
    )
  say(`Packages installed in ${duration(Date.now() - began)}.`)
}

/** The npm that started this process, or the one on the PATH. @returns {[string, string[]]} */
function npm() {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return [process.execPath, [script]]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
}

/** @param {string} folder */
function isInstalled(folder) {
  const installed = path.join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  return holdsAll(
    JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')),
    JSON.parse(readFileSync(installed, 'utf8')),
  )
}

/**
 * Whether an installation (by npm's own record of it) has every package of the lockfile in its version.
 * Optional ones may be absent: they are for other machines.
 * @param {Lockfile} lockfile
 * @param {Lockfile} installed
 */
export function holdsAll(lockfile, installed) {
  return Object.entries(lockfile.packages).every(([place, wanted]) => {
    if (!place.includes('node_modules/')) return true
    const found = installed.packages[place]
    if (!found) return wanted.optional === true || wanted.devOptional === true
    return found.version === wanted.version
  })
}
