import { existsSync } from 'node:fs'
import path from 'node:path'
import { capture, shortened } from './child.mjs'
import { say } from './console.mjs'

/** The first of these commands that is on the PATH, with its whole path. @param {string[]} names @param {string} [searchPath] @returns {string | undefined} */
export function findCommand(names, searchPath = process.env.PATH ?? '') {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file))
}

/** How this process may install packages of the system: as root, by a sudo that asks nothing, or not at all. @returns {Promise<string[] | undefined>} */
async function installer() {
  if (!findCommand(['apt-get'])) return undefined
  if (process.getuid?.() === 0) return ['apt-get']
  const sudo = findCommand(['sudo'])
  if (sudo && (await capture(sudo, ['-n', 'true'])).code === 0) return [sudo, '-n', 'apt-get']
  return undefined
}

/** Installs packages of the system (Debian and its like). False when this machine does not let us, or when it fails: then its words are printed. @param {string[]} packages */
export async function installSystemPackages(packages) {
  const apt = await installer()
  if (!apt) return false
  const [command, ...before] = /** @type {[string, ...string[]]} */ (apt)
  say(`  Installing ${packages.join(', ')} with apt-get …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await capture(command, [...before, 'update', '-q'], { env, waiting: 'still reading the lists of packages' })
  const { code, output } = await capture(command, [...before, 'install', '-q', '-y', '--no-install-recommends', ...packages], { env, waiting: 'still installing' })
  if (code !== 0) say(`${shortened(output, 8)}\n  apt-get could not install ${packages.join(', ')}.`)
  return code === 0
}
