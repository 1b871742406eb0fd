/**
 * The result of one vitest run. `skipped` lists each test that did not run, with its file; `failures` each
 * failed one, with the first lines of the reason.
 * @typedef {{ passed: number, failed: number, failures: { name: string, file: string, why: string }[],
 * skipped: { name: string, file: string }[] }} Tally
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] | null }} VitestTest
 * @typedef {{ testResults: { name: string, status: string, message?: string, assertionResults: VitestTest[]
 * }[] }} VitestJson
 */

/**
 * Counts the results in vitest's JSON report. A file that could not be loaded counts as one failure.
 * @param {VitestJson} report
 * @returns {Tally}
 */
export function tally(report) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      status: test.status,
      name: test.fullName.trim(),
      file: file.name,
      why: firstLines(test.failureMessages?.[0] ?? ''),
    })),
  )
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failures = [
    ...tests.filter((test) => test.status === 'failed').map(({ name, file, why }) => ({ name, file, why })),
    ...unloaded.map((file) => ({
      name: 'the file could not be run',
      file: file.name,
      why: firstLines(file.message ?? ''),
    })),
  ]
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failures.length,
    failures,
    skipped: tests
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map(({ name, file }) => ({ name, file })),
  }
}

/** A failure message without its stack. @param {string} message */
function firstLines(message) {
  const lines = message.split('\n')
  const stack = lines.findIndex((line) => /^\s+at /.test(line))
  return lines
    .slice(0, Math.min(stack < 0 ? 5 : stack, 5))
    .join('\n')
    .slice(0, 500)
    .trimEnd()
}

/** @param {Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, each) => total + each.passed, 0),
    failed: tallies.reduce((total, each) => total + each.failed, 0),
    failures: tallies.flatMap((each) => each.failures),
    skipped: tallies.flatMap((each) => each.skipped),
  }
}

/** The last line of `npm test`. @param {Tally} total */
export function summaryLine(total) {
  return `${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`
}
