import { expect, test } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { differences, heading, reasonsIn, scoreTable } from './reasons.ts'
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

test('the table of scores has every file and all of them together', () => {
  const scores = fileScores(report)
  const written = scoreTable(scores)
  expect(written.startsWith(heading)).toBe(true)
  expect(written).toContain('| first.ts | 20.00 % | 1 | 4 |')
  expect(written).toContain('| all | 42.86 % | 3 | 4 |')
})

const [first, second] = fileScores(report)
test('a comment explains the mutants it names, and a new survivor has no reason', () => {
  expect(differences([first!, second!]).unexplained).toEqual(first!.survivors)
  const commented = {
    ...first!,
    source: '// Survives `a && b`, `c`: the operands\n// are equal. Survives `{}`: nobody stops.\n' + source,
    survivors: first!.survivors.map((one) => ({ ...one, line: one.line + 2 })),
  }
  const { unexplained, found } = differences([commented, second!])
  expect(unexplained.map((survivor) => survivor.to)).toEqual(['``'])
  expect(found).toEqual([])
})

test('an explained mutant that was killed is reported, and a reason holds up to the next empty line only', () => {
  const survivor = { file: 'one.ts', line: 2, from: 'a < b', to: 'a <= b', unmeasured: false }
  const code = '// Survives `a <= b`, `old`: equal.\nif (a < b) stop()\n\nif (a < b) go()\n'
  const score = { file: 'one.ts', found: 0, source: code, survivors: [survivor, { ...survivor, line: 4 }] }
  const { unexplained, found } = differences([score])
  expect(unexplained).toEqual([{ ...survivor, line: 4 }])
  expect(found.map(({ mutant }) => mutant)).toEqual(['old'])
})

test('the same mutation twice needs two reasons', () => {
  const survivor = { file: 'one.ts', line: 2, from: 'a', to: 'b', unmeasured: false }
  const scores = (comment: string) => [
    {
      file: 'one.ts',
      found: 0,
      source: `${comment}\na\na\n`,
      survivors: [survivor, { ...survivor, line: 3 }],
    },
  ]
  expect(differences(scores('// Survives `b`: equal.')).unexplained).toEqual([{ ...survivor, line: 3 }])
  expect(differences(scores('// Survives `b`, `b`: equal.')).unexplained).toEqual([])
})

test('each comment of the rules that begins as a reason is read as one', () => {
  const rules = ['pricing', 'values'].flatMap((folder) => {
    const place = new URL(`../../services/billing/src/${folder}/`, import.meta.url)
    return readdirSync(place)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => ({ name, text: readFileSync(new URL(name, place), 'utf8') }))
  })
  for (const { name, text } of rules) {
    const begun = text.match(/\/\/.*Survives `/g)?.length ?? 0
    const read = reasonsIn(name, text)
    expect([name, new Set(read.map(({ from }) => from)).size > 0]).toEqual([name, begun > 0])
    for (const { from, to } of read) expect(to, name).toBeGreaterThanOrEqual(from)
  }
})
