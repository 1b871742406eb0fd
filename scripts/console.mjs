/** Prints one line about the work in progress. @param {string} text */
export function say(text) {
  console.log(text)
}

/**
 * Prints one sentence that says what is wrong and how to fix it, and exits with code 1.
 * @param {string} text
 * @returns {never}
 */
export function fail(text) {
  console.error(text)
  process.exit(1)
}

/** A duration for people: "0.4 s", "12 s", "3 min 05 s". @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}
