import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../docs/decisions', import.meta.url))
const files = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .sort()
const decisions = files.map((file) => ({ file, ...headOf(readFileSync(join(folder, file), 'utf8')) }))
const statusLine =
  /^(?:accepted|accepted, changed by (?:\[\d+\]\([^)]+\)(?:, )?)+|replaced by \[\d+\]\([^)]+\))$/

test('decisions are numbered from 1 without a gap, and each file begins with its number', () => {
  expect(decisions.map(({ number }) => number)).toEqual(files.map((_, index) => index + 1))
  expect(files.filter((file, index) => !file.startsWith(`${String(index + 1).padStart(4, '0')}-`))).toEqual(
    [],
  )
  expect(files.filter((file) => !/^\d{4}(-[a-z0-9]+)+\.md$/.test(file))).toEqual([])
})

test.each(decisions)('$file has its date, its status and the reason', ({ date, status, text }) => {
  expect(date).toMatch(/^20\d\d-\d\d-\d\d$/)
  expect(status).toMatch(statusLine)
  expect(text.length).toBeGreaterThan(40)
})

test('the index lists every decision with its title and status', () => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  const rows = [...index.matchAll(/^\| (\d+) \| \[(.+)\]\((\S+\.md)\) \| (.+) \|$/gm)]
  const listed = rows.map(([, number, title, file, status]) => ({
    number: Number(number),
    title,
    file,
    status,
  }))
  expect(listed).toEqual(
    decisions.map(({ number, title, file, status }) => ({ number, title, file, status })),
  )
})

test('every decision that another one names exists under its number', () => {
  const named = decisions.flatMap(({ status, changes, replaces }) =>
    [status, changes, replaces].flatMap(linksIn),
  )
  expect(named.filter(({ number, file }) => decisions[number - 1]?.file !== file)).toEqual([])
})

test('an older decision names the newer one that changes or replaces it, and the reverse', () => {
  const said = decisions.flatMap(({ number, status }) =>
    linksIn(status).map(
      (newer) => `${number} ${/^replaced/.test(status) ? 'replaced' : 'changed'} by ${newer.number}`,
    ),
  )
  const meant = decisions.flatMap(({ number, changes, replaces }) => [
    ...linksIn(changes).map((older) => `${older.number} changed by ${number}`),
    ...linksIn(replaces).map((older) => `${older.number} replaced by ${number}`),
  ])
  expect(meant.sort()).toEqual(said.sort())
  expect(said.filter((each) => Number(each.split(' ')[0]) >= Number(each.split(' ').at(-1)))).toEqual([])
})

/** The title of a decision, the entries of its first list, and the text after it. */
function headOf(markdown: string) {
  const [, number, title, list = '', text = ''] =
    /^# (\d+)\. (.+)\n\n((?:- .+\n)+)\n(.+)$/s.exec(markdown) ?? []
  const says = (name: string) => new RegExp(`^- ${name}: (.+)$`, 'm').exec(list)?.[1] ?? ''
  const head = {
    date: says('Date'),
    status: says('Status'),
    changes: says('Changes'),
    replaces: says('Replaces'),
  }
  return { number: Number(number), title, text, ...head }
}

/** The decisions that a line such as `changed by [83](0083-….md), [85](…)` names. */
function linksIn(line: string): { number: number; file: string }[] {
  return [...line.matchAll(/\[(\d+)\]\(([^)]+)\)/g)].map(([, number, file]) => ({
    number: Number(number),
    file: file!,
  }))
}
