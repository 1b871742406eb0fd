import { spawn } from 'node:child_process'
import os from 'node:os'
import { duration, say } from './console.mjs'

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, uid?: number, gid?: number }} Where */
/** @typedef {{ code: number, output: string }} Outcome */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Ends every running child. Called once, when this process gets a signal.
 * @param {NodeJS.Signals} signal
 */
export function stopChildren(signal) {
  for (const child of running) child.kill(signal)
}

/**
 * Runs a command with its output on this terminal. Returns its exit code (128 + n when a signal ended it).
 * @param {string} command
 * @param {string[]} args
 * @param {Where} [where]
 * @returns {Promise<number>}
 */
export function show(command, args, where = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...where, stdio: 'inherit' })
    running.add(child)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(exitCode(code, signal))
    })
  })
}

/**
 * Runs a command and captures its output. With `waiting`, prints that text and the elapsed time every ten
 * seconds. A command that cannot be started returns code 127.
 * @param {string} command
 * @param {string[]} args
 * @param {Where & { waiting?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function capture(command, args, { waiting, ...where } = {}) {
  return new Promise((resolve) => {
    const began = Date.now()
    const child = spawn(command, args, { ...where, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const heartbeat = waiting
      ? setInterval(() => say(`  ${waiting} (${duration(Date.now() - began)})`), 10_000)
      : undefined
    const done = (/** @type {Outcome} */ outcome) => {
      clearInterval(heartbeat)
      running.delete(child)
      resolve(outcome)
    }
    child.on('error', (error) => done({ code: 127, output: error.message }))
    child.on('close', (code, signal) => done({ code: exitCode(code, signal), output }))
  })
}

/**
 * The exit code of a process as a shell reports it: 128 + n when a signal ended it.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCode(code, signal) {
  if (code !== null) return code
  return 128 + (signal ? os.constants.signals[signal] : 9)
}

/**
 * A command's output without its middle when it is long: the reason of a failure is at the beginning or the
 * end.
 * @param {string} output
 * @param {number} [lines]
 */
export function shortened(output, lines = 30) {
  const all = output.trimEnd().split('\n')
  const half = Math.ceil(lines / 2)
  return (
    all.length <= lines
      ? all
      : [...all.slice(0, half), `… (${all.length - 2 * half} lines left out)`, ...all.slice(-half)]
  ).join('\n')
}
