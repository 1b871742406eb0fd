/**
 * What one run of vitest came to. `skipped` names each test that did not run, with its file.
 * @typedef {{ passed: number, failed: number, skipped: { name: string, file: string }[] }} Tally
 * @typedef {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} VitestJson
 */

/** Counts what vitest's JSON report says. A file that could not even be loaded counts as one failure. @param {VitestJson} report @returns {Tally} */
export function tally(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ status: test.status, name: test.fullName.trim(), file: file.name })))
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + unloaded.length,
    skipped: tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').map(({ name, file }) => ({ name, file })),
  }
}

/** @param {Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, each) => total + each.passed, 0),
    failed: tallies.reduce((total, each) => total + each.failed, 0),
    skipped: tallies.flatMap((each) => each.skipped),
  }
}

/** The last line of `npm test`. @param {Tally} total */
export function summaryLine(total) {
  return `${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`
}

/**
 * The skipped tests that CI does not accept: all of them, except that tests of files which read ../shared may be skipped where that folder is absent.
 * @param {Tally['skipped']} skipped @param {{ sharedIsHere: boolean, source: (file: string) => string }} where
 */
export function unexcused(skipped, { sharedIsHere, source }) {
  return skipped.filter(({ file }) => sharedIsHere || !/\bshared\b/.test(source(file)))
}
