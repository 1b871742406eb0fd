import { expect, test } from 'vitest'
import { sum, summaryLine, tally } from './test-report.mjs'

const file = (name: string, ...statuses: string[]) => ({
  name,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, at) => ({ status, fullName: `test ${at}` })),
})

test('passed, failed and skipped tests are counted over all files and runs', () => {
  const unit = tally({ testResults: [file('a', 'passed', 'passed', 'pending'), file('b', 'failed', 'todo')] })
  const browser = tally({ testResults: [file('c', 'passed', 'skipped')] })
  expect(summaryLine(sum([unit, browser]))).toBe('3 passed, 1 failed, 3 skipped')
})

test('a file that could not be loaded is a failure', () => {
  expect(tally({ testResults: [{ name: 'a', status: 'failed', assertionResults: [] }] }).failed).toBe(1)
})

test('a file whose tests pass but whose clean-up fails is a failure', () => {
  expect(tally({ testResults: [{ ...file('a', 'passed'), status: 'failed' }] }).failed).toBe(1)
})

test('each failure has its file and the first lines of the reason, without the stack', () => {
  const message =
    'AssertionError: expected 2 to be 1\n\n- 1\n+ 2\n    at Object.check (a.test.ts:3:1)\n    at run '
    + '(runner.js:1:1)'
  const { failures } = tally({
    testResults: [
      {
        name: 'a',
        status: 'failed',
        assertionResults: [
          { status: 'failed', fullName: ' sums ', failureMessages: [message] },
          { status: 'passed', fullName: 'lists' },
        ],
      },
      { name: 'b', status: 'failed', message: 'Cannot find module c', assertionResults: [] },
    ],
  })
  expect(failures).toEqual([
    { name: 'sums', file: 'a', why: 'AssertionError: expected 2 to be 1\n\n- 1\n+ 2' },
    { name: 'the file could not be run', file: 'b', why: 'Cannot find module c' },
  ])
})
