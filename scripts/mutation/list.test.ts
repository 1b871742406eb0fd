import { expect, test } from 'vitest'
import { differences, heading, listOf, reasonsIn } from './list.ts'
import { fileScores, scoreOf, type MutationReport } from './report.ts'

const source = 'const low = a || b\nconst text = `x`\nif (low) {\n  stop()\n}\n'
const at = (line: number, column: number, endLine: number, end: number) => ({
  start: { line, column },
  end: { line: endLine, column: end },
})
const report: MutationReport = {
  files: {
    'src/rules/second.ts': {
      source,
      mutants: [
        { location: at(1, 13, 1, 19), replacement: 'a && b', status: 'Killed', testsCompleted: 3 },
        { location: at(1, 13, 1, 19), replacement: 'a', status: 'Timeout' },
      ],
    },
    'src/rules/first.ts': {
      source,
      mutants: [
        { location: at(3, 10, 5, 2), replacement: '{}', status: 'NoCoverage' },
        { location: at(2, 14, 2, 17), replacement: '``', status: 'Survived', testsCompleted: 1 },
        { location: at(1, 13, 1, 19), replacement: 'a && b', status: 'Survived', testsCompleted: 2 },
        { location: at(1, 13, 1, 14), replacement: 'c', status: 'RuntimeError' },
        { location: at(1, 18, 1, 19), replacement: 'c', status: 'Survived', testsCompleted: 0 },
        { location: at(1, 1, 1, 6), replacement: 'var', status: 'Killed', testsCompleted: 1 },
      ],
    },
  },
}

test('the score is the share of killed mutants among those that ran, an endless loop counting as killed', () => {
  expect(fileScores(report).map((one) => [one.file, one.found, scoreOf([one])])).toEqual([
    ['first.ts', 1, 20],
    ['second.ts', 2, 100],
  ])
  expect(scoreOf(fileScores(report))).toBeCloseTo((3 / 7) * 100)
  expect(scoreOf([])).toBe(100)
})

test('a survivor on which no test ran is distinguished', () => {
  expect(
    fileScores(report)[0]!.survivors.map(({ line, from, to, unmeasured }) => [line, from, to, unmeasured]),
  ).toEqual([
    [1, 'a || b', 'a && b', false],
    [1, 'b', 'c', true],
    [2, '`x`', '``', false],
    [3, '{ stop() }', '{}', false],
  ])
})

test('a written list returns its reasons, and a new survivor has none', () => {
  const [first, second] = fileScores(report)
  const written = listOf([first!, second!], new Map())
  expect(written).toContain('| all | 42.86 % | 3 | 4 |')
  expect(differences([first!], reasonsIn(written)).unlisted).toEqual(first!.survivors)
  const explained = written.replaceAll(/ \|  \|$/gm, ' | `a` \\| `b` are equal |')
  expect(differences([first!, second!], reasonsIn(explained))).toEqual({ unlisted: [], found: [] })
  expect(listOf([first!, second!], reasonsIn(`${heading}\n${explained}`))).toBe(explained)
})

test('a listed mutant that was killed is reported, but not for files that were not tested, and the line does not count', () => {
  const list =
    '### first.ts\n| 9 | `a \\|\\| b` → `a && b` | equal |\n| 1 | `old` → `new` | equal |\n### '
    + 'third.ts\n| 1 | `x` → `y` | equal |\n'
  const { unlisted, found } = differences(fileScores(report), reasonsIn(list))
  expect(unlisted.map((survivor) => survivor.from)).toEqual(['b', '`x`', '{ stop() }'])
  expect(found).toEqual(['first.ts `old` → `new`'])
})

test('the same mutation twice needs two reasons', () => {
  const survivor = { file: 'one.ts', line: 1, from: 'a', to: 'b', unmeasured: false }
  const scores = [{ file: 'one.ts', found: 0, survivors: [survivor, { ...survivor, line: 2 }] }]
  expect(differences(scores, reasonsIn('### one.ts\n| 1 | `a` → `b` | equal |')).unlisted).toEqual([
    { ...survivor, line: 2 },
  ])
  expect(
    differences(scores, reasonsIn('### one.ts\n| 1 | `a` → `b` | equal |\n| 2 | `a` → `b` | equal |'))
      .unlisted,
  ).toEqual([])
})
