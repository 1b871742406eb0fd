import { duration, say } from './console.mjs'

/** The names of failed steps, in order. @type {string[]} */
export const failedSteps = []

/**
 * Runs one step with a line before and after it, and continues after a failure, so that one run shows them
 * all.
 * @param {string} name
 * @param {() => Promise<string>} work returns what is wrong, or ''
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function step(name, work) {
  say(`▶ ${name}`)
  const began = Date.now()
  const trouble = await work()
  if (trouble) {
    say(trouble.trimEnd())
    failedSteps.push(name)
  }
  say(`${trouble ? '✗' : '✓'} ${name}, ${duration(Date.now() - began)}\n`)
  return trouble === ''
}
