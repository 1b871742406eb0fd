import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import en from './en.ts'
import zh from './zh-CN.ts'

type Branch = { [name: string]: string | Branch }
const leaves = (branch: Branch, path = ''): [string, string][] =>
  Object.entries(branch).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[path + name, value]] : leaves(value, `${path}${name}.`),
  )
const chinese = new Map(leaves(zh))
const english = new Map(leaves(en))
const placesIn = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test('both languages have the same keys, and none is empty', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  expect([...chinese, ...english].filter(([, text]) => text.trim() === '')).toEqual([])
})

test('both languages fill in the same places', () => {
  const differing = [...chinese].filter(
    ([key, text]) => placesIn(text).join() !== placesIn(english.get(key) ?? '').join(),
  )
  expect(differing).toEqual([])
})

test('Chinese texts have full-width punctuation', () => {
  const han = '[\\p{Script=Han}}]'
  const halfWidth = new RegExp(`${han}[,;:?!()]|[,;:?!()]${han}`, 'u')
  expect(
    [...chinese].filter(([, text]) => halfWidth.test(text) || /\p{Script=Han}\.(\s|$)/u.test(text)),
  ).toEqual([])
})

test('English texts have no Chinese punctuation, and real apostrophes', () => {
  expect([...english].filter(([, text]) => /[，。：；（）！？]|\w'\w/.test(text))).toEqual([])
})

test('an arrow is not parted from what stands beside it', () => {
  const arrows = [...chinese, ...english].filter(([, text]) => text.includes('→'))
  expect(arrows.length).toBe(6)
  expect(arrows.filter(([, text]) => !/\S\u00a0→\u00a0\S/.test(text))).toEqual([])
})

test('no punctuation of one language stands in the code, where both show it', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(vue|ts)$/.test(file) && !file.startsWith('texts') && !file.endsWith('.test.ts'),
  )
  const marked = files.filter((file) =>
    /[（）：，。、；！？「」]/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(marked).toEqual([])
})

test('every text is used', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(vue|ts)$/.test(file) && !file.startsWith('texts') && !file.endsWith('.test.ts'),
  )
  const source = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  // `nav.${page}`: what stands before the place.
  const prefixes = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix = '']) => prefix)
  const unused = [...chinese.keys()].filter(
    (key) => !source.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
  )
  expect(unused).toEqual([])
})
