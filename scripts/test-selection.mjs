/**
 * Whether a file of tests is run: vitest takes those whose path contains one of the filters.
 * @param {string} file
 * @param {readonly string[]} filters
 */
export function isSelected(file, filters) {
  return filters.length === 0 || filters.some((filter) => file.includes(filter))
}

/** Beside those of e2e: tests that ask a server for the built pages. */
const askForPages = ['scenarios/progress.test.ts']

/**
 * Whether any of the tests that are run needs the front ends built.
 * @param {readonly string[]} browserTests
 * @param {readonly string[]} filters
 */
export function needsFrontEnds(browserTests, filters) {
  return [...browserTests, ...askForPages].some((file) => isSelected(file, filters))
}
