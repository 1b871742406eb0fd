/**
 * Whether a test file runs: vitest selects those whose path contains one of the filters.
 * @param {string} file
 * @param {readonly string[]} filters
 */
export function isSelected(file, filters) {
  return filters.length === 0 || filters.some((filter) => file.includes(filter))
}

/** Tests outside e2e that request built pages from a server. */
const askForPages = ['scenarios/progress.test.ts']

/**
 * Whether any of the selected tests needs the front ends built.
 * @param {readonly string[]} browserTests
 * @param {readonly string[]} filters
 */
export function needsFrontEnds(browserTests, filters) {
  return [...browserTests, ...askForPages].some((file) => isSelected(file, filters))
}
