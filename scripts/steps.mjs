import { duration, say } from './console.mjs'

/** The names of failed steps, in order. @type {string[]} */
export const failedSteps = []

/**
 * A step's name, and its work, which returns what is wrong, or ''.
 * @typedef {readonly [string, () => Promise<string>]} Step
 */

/**
 * Runs steps two at a time, for two cores: where one ends, the next begins.
 * @param {readonly Step[]} steps
 */
export async function twoAtATime(steps) {
  const waiting = [...steps]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await step(...next)
  }
  await Promise.all([work(), work()])
}

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
