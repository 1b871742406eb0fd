import { spawn } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { exitCode, stopChildren } from './child.mjs'
import { fail, say } from './console.mjs'
import { buildFrontEnds } from './front-ends.mjs'
import { whenNpmEnds } from './npm-parent.mjs'
import { installPackages } from './packages.mjs'
import { inProject, root } from './project.mjs'
import { bundleServer } from './server-bundle.mjs'

/**
 * `npm start`: installs and builds what is missing, then runs the server in the foreground until it ends, and
 * exits with its code.
 */
export async function start() {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, stopPreparing)
  await installPackages()
  const failures = await buildFrontEnds()
  if (failures.length > 0) fail(failures.join('\n'))
  const program = await bundleServer()
  writeFirstEnvironment()
  for (const signal of signals) process.off(signal, stopPreparing)
  runServer(program)
}

/** @param {NodeJS.Signals} signal */
function stopPreparing(signal) {
  stopChildren(signal)
  process.exit(exitCode(null, signal))
}

function writeFirstEnvironment() {
  const file = inProject('.env')
  if (existsSync(file)) return
  copyFileSync(inProject('.env.example'), file)
  say('Wrote .env from .env.example: it holds your settings from now on.')
}

/** @param {string} program */
function runServer(program) {
  const server = spawn(process.execPath, [program], { cwd: root, stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => server.kill(signal))
  // On a terminal Ctrl-C reaches the server by itself, and a second SIGINT would mean "do not wait for
  // requests in progress".
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) server.kill('SIGINT')
  })
  whenNpmEnds(() => server.kill('SIGTERM'))
  server.on('error', (error) => fail(`The server could not be started: ${error.message}`))
  server.on('exit', (code, signal) => process.exit(exitCode(code, signal)))
}
