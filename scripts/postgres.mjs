import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { capture, shortened } from './child.mjs'
import { findCommand } from './system-packages.mjs'

const oldestMajor = 15

/**
 * The major version in the output of `postgres --version`: "postgres (PostgreSQL) 15.9 (Debian …)" is 15.
 * @param {string} text
 */
export function majorVersion(text) {
  const found = /\(PostgreSQL\) (\d+)/.exec(text)
  return found ? Number(found[1]) : undefined
}

/**
 * The folders that may hold a PostgreSQL server, packaged ones first by version, newest first.
 * @param {string} [packaged] where Debian keeps them, one folder per version
 */
export function candidateFolders(packaged = '/usr/lib/postgresql') {
  const versions = existsSync(packaged)
    ? readdirSync(packaged)
        .filter((name) => /^\d+$/.test(name))
        .sort((a, b) => Number(b) - Number(a))
    : []
  const onPath = findCommand(['postgres'])
  return [
    ...(onPath ? [path.dirname(onPath)] : []),
    ...versions.map((version) => path.join(packaged, version, 'bin')),
    '/usr/local/bin',
    '/usr/local/pgsql/bin',
    '/opt/homebrew/bin',
    '/opt/homebrew/opt/postgresql@17/bin',
    '/opt/homebrew/opt/postgresql@16/bin',
    '/Applications/Postgres.app/Contents/Versions/latest/bin',
  ]
}

/**
 * The folder of a PostgreSQL server of version 15 or newer on this machine.
 * @returns {Promise<string | undefined>}
 */
export async function findPostgres() {
  const configured = await capture('pg_config', ['--bindir'])
  const folders = [...candidateFolders(), ...(configured.code === 0 ? [configured.output.trim()] : [])]
  for (const folder of new Set(folders)) {
    if (!existsSync(path.join(folder, 'initdb')) || !existsSync(path.join(folder, 'postgres'))) continue
    const { output } = await capture(path.join(folder, 'postgres'), ['--version'])
    if ((majorVersion(output) ?? 0) >= oldestMajor) return folder
  }
  return undefined
}

/**
 * PostgreSQL refuses to run as root, so another user runs it then. @returns {{ uid?: number, gid?: number }}
 */
function serverUser() {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!found)
    throw new Error(
      'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody".',
    )
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}

/** Settings for data that need not survive: nothing waits for the disk. */
const forgetful = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/**
 * Starts an empty PostgreSQL server: a temporary folder, a free port of this machine, a random password. It
 * does not wait for the disk, unless `durable`: then it has the server's defaults, as benchmarks need. `stop`
 * removes it and may be called more than once; `stopAtOnce` is `pg_ctl stop -m immediate`, after which
 * `startAgain` recovers what was committed.
 * @param {string} folder
 * @param {{ durable?: boolean }} [options]
 * @returns {Promise<{ url: string, stop: () => Promise<void>, stopAtOnce: () => Promise<void>, startAgain: ()
 * => Promise<void> }>}
 */
export async function startPostgres(folder, { durable = false } = {}) {
  const user = serverUser()
  const home = mkdtempSync(path.join(os.tmpdir(), 'customer-portal-postgres-'))
  const where = { cwd: home, env: { PATH: process.env.PATH, LC_ALL: 'C' }, ...user }
  const password = await createCluster(folder, where)
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    log_min_messages: 'fatal',
    ...(durable ? {} : forgetful),
  }
  const parameters = [
    '-D',
    path.join(home, 'data'),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  let server = launch(folder, parameters, where)

  const stop = async () => {
    await server.stopAtOnce()
    rmSync(home, { recursive: true, force: true })
  }
  const whenReady = async () => {
    if (await answers(port, server.child)) return
    await stop()
    throw new Error(`PostgreSQL did not start:\n${shortened(server.log())}`)
  }
  await whenReady()
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop,
    stopAtOnce: () => server.stopAtOnce(),
    async startAgain() {
      server = launch(folder, parameters, where)
      await whenReady()
    },
  }
}

/** @typedef {{ cwd: string, env: NodeJS.ProcessEnv, uid?: number, gid?: number }} Where */

/**
 * Creates the files of an empty server; returns its password.
 * @param {string} folder
 * @param {Where} where
 * @returns {Promise<string>}
 */
async function createCluster(folder, where) {
  const passwordFile = path.join(where.cwd, 'password')
  const password = randomBytes(18).toString('base64url')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (where.uid !== undefined && where.gid !== undefined)
    for (const file of [where.cwd, passwordFile]) chownSync(file, where.uid, where.gid)
  const created = await capture(
    path.join(folder, 'initdb'),
    [
      '-D',
      path.join(where.cwd, 'data'),
      '-U',
      'postgres',
      '--pwfile',
      passwordFile,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    where,
  )
  if (created.code !== 0) {
    rmSync(where.cwd, { recursive: true, force: true })
    throw new Error(`initdb failed:\n${shortened(created.output)}`)
  }
  rmSync(passwordFile)
  return password
}

/**
 * In its own process group: Ctrl-C ends the tests first, which then stop it.
 * @param {string} folder
 * @param {string[]} parameters
 * @param {Where} where
 */
function launch(folder, parameters, where) {
  const child = spawn(path.join(folder, 'postgres'), parameters, {
    ...where,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  const keep = (/** @type {Buffer} */ chunk) => {
    log = (log + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise((resolve) => {
    child.on('exit', resolve)
  })
  return {
    child,
    log: () => log,
    async stopAtOnce() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGQUIT')
      await Promise.race([ended, wait(5000, undefined, { ref: false })])
    },
  }
}

/**
 * Whether the server accepts connections within 30 seconds.
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} server
 */
async function answers(port, server) {
  const until = Date.now() + 30_000
  while (Date.now() < until && server.exitCode === null) {
    if (await isReady(port)) return true
    await wait(50)
  }
  return false
}

/**
 * A server that is still starting answers a start-up packet with "57P03"; one that is ready asks for the
 * password ("R").
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isReady(port) {
  return new Promise((resolve) => {
    const text = Buffer.from('user\0postgres\0database\0postgres\0\0')
    const head = Buffer.alloc(8)
    head.writeInt32BE(text.length + 8, 0)
    head.writeInt32BE(196_608, 4)
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.concat([head, text])))
    const end = (/** @type {boolean} */ ready) => {
      socket.destroy()
      resolve(ready)
    }
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
    socket.on('data', (answer) => end(answer[0] === 'R'.charCodeAt(0)))
    socket.setTimeout(2000, () => end(false))
  })
}
