import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { remedies } from './errors.ts'

/** The rows of the table whose first column has `bad_options`, without backticks around codes. */
function errorsIn(file: string): [code: string, cause: string, remedy: string][] {
  const rows = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const from = rows.findIndex(([first]) => first === '`bad_options`')
  const to = rows.findIndex((row, index) => index > from && row.length === 0)
  return rows
    .slice(from, to)
    .map(([code = '', cause = '', remedy = '']) => [code.replaceAll('`', ''), cause, remedy])
}

test('the English table has every error, with the remedy in the code', () => {
  expect(Object.fromEntries(errorsIn('README.md').map(([code, , remedy]) => [code, remedy]))).toEqual(
    remedies,
  )
})

test('the Chinese table has every error, each with cause and remedy', () => {
  const rows = errorsIn('README.zh-CN.md')
  expect(rows.map(([code]) => code)).toEqual(Object.keys(remedies))
  for (const row of rows) expect(row.every((cell) => cell.length > 5)).toBe(true)
})
