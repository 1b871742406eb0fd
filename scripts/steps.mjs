import { duration, say } from './console.mjs'

/** The names of the steps that failed, in their order. @type {string[]} */
export const failedSteps = []

/**
 * Runs one step between two lines that say so, and goes on after a failure, so that one run shows them all.
 * @param {string} name
 * @param {() => Promise<string>} work answers what is wrong, or ''
 * @returns {Promise<boolean>} whether nothing is
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
