import { expect, test } from 'vitest'
import { absentPackages, missingSentences } from './test-tools.mjs'

const everything = {
  postgres: '/usr/lib/postgresql/17/bin',
  chromium: '/usr/bin/chromium',
  chineseFont: true,
  poppler: true,
}
const nothing = { postgres: undefined, chromium: undefined, chineseFont: false, poppler: false }

test('a machine that has everything lacks no package, and skips nothing', () => {
  expect(absentPackages(everything)).toEqual([])
  expect(missingSentences(everything)).toEqual([])
})

test('each missing tool has its packages, and a sentence that says what is skipped without it', () => {
  expect(absentPackages(nothing)).toEqual([
    'postgresql',
    'poppler-utils',
    'chromium',
    'fontconfig',
    'fonts-noto-cjk',
  ])
  const sentences = missingSentences(nothing)
  expect(sentences).toHaveLength(4)
  expect(sentences[0]).toBe(
    'PostgreSQL 15 or newer was not found: the tests on a real PostgreSQL are skipped.',
  )
  expect(sentences[1]).toContain('npx playwright-core install chromium')
})

test("with a given server only the tests that need PostgreSQL's programs are reported as skipped", () => {
  expect(missingSentences({ ...everything, postgres: undefined }, 'postgres://db.example.com/tests')).toEqual(
    [
      'PostgreSQL 15 or newer was not found: the tests that start a server of their own, or dump one, '
        + 'are skipped.',
    ],
  )
})
