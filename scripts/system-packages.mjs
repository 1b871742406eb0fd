import { existsSync } from 'node:fs'
import path from 'node:path'
import { capture, shortened } from './child.mjs'
import { say } from './console.mjs'
import { inCi } from './project.mjs'

/**
 * The first of these commands on the PATH, with its full path.
 * @param {string[]} names
 * @param {string} [searchPath]
 * @returns {string | undefined}
 */
export function findCommand(names, searchPath = process.env.PATH ?? '') {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '')
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file))
}

/**
 * The machine's package management. `quietSudo`: sudo asks for no password.
 * @typedef {{ manager: 'apt-get' | 'brew' | undefined, root: boolean, inCi: boolean, quietSudo: boolean }}
 * Machine
 */

/**
 * Homebrew's names of Debian's packages. The browser comes from playwright-core there. @type {Record<string,
 * string>}
 */
const formulas = { postgresql: 'postgresql@17', 'poppler-utils': 'poppler' }

/**
 * The commands that install packages, given by Debian's names; empty without a known package manager.
 * @param {string[]} packages
 * @param {Machine} machine
 * @returns {string[][]}
 */
export function installCommands(packages, { manager, root, inCi }) {
  if (packages.length === 0 || !manager) return []
  if (manager === 'brew') {
    const named = packages.flatMap((name) => formulas[name] ?? [])
    return named.length > 0 ? [['brew', 'install', ...named]] : []
  }
  const before = root ? [] : inCi ? ['sudo', '-n'] : ['sudo']
  return [
    [...before, 'apt-get', 'update'],
    [...before, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages],
  ]
}

/**
 * Whether packages may be installed without asking: as root, as in a container, and in CI. A developer's
 * machine is theirs, even where sudo would not ask.
 * @param {Machine} machine
 */
export function mayInstall({ manager, root, inCi, quietSudo }) {
  if (manager === 'brew') return inCi
  return manager === 'apt-get' && (root || (inCi && quietSudo))
}

/**
 * The command line with which a person installs the packages; empty when unknown.
 * @param {string[]} packages
 * @param {Machine} machine
 */
export function commandLine(packages, machine) {
  const browser =
    packages.includes('chromium') && machine.manager !== 'apt-get'
      ? [['npx', 'playwright-core', 'install', 'chromium']]
      : []
  return [...installCommands(packages, machine), ...browser].map((command) => command.join(' ')).join(' && ')
}

/** @returns {Promise<Machine>} */
async function thisMachine() {
  const root = process.getuid?.() === 0
  const manager = findCommand(['apt-get']) ? 'apt-get' : findCommand(['brew']) ? 'brew' : undefined
  const quietSudo = inCi && !root && (await capture('sudo', ['-n', 'true'])).code === 0
  return { manager, root, inCi, quietSudo }
}

/**
 * Installs system packages where that is allowed without asking, and says so first; otherwise prints the
 * command. Returns false when they are not installed; prints the output of a failed command.
 * @param {string[]} packages
 */
export async function installSystemPackages(packages) {
  const machine = await thisMachine()
  if (!mayInstall(machine)) {
    const line = commandLine(packages, machine)
    say(
      line
        ? `  This machine lacks ${packages.join(', ')}. To install what is missing, run:\n\n    ${line}\n`
        : `  This machine lacks ${packages.join(', ')}.`,
    )
    return false
  }
  say(`  Installing ${packages.join(', ')} with ${machine.manager} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  let last = { code: 0, output: '' }
  // Updating the package lists may fail in part, when a source is unavailable, and the packages still
  // install.
  for (const [command = '', ...parameters] of installCommands(packages, machine)) {
    last = await capture(command, parameters, {
      env,
      waiting: parameters.includes('update') ? 'still reading the lists of packages' : 'still installing',
    })
  }
  if (last.code !== 0)
    say(`${shortened(last.output, 8)}\n  ${machine.manager} could not install ${packages.join(', ')}.`)
  return last.code === 0
}
