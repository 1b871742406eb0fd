import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import en from './en.ts'
import { fill } from './fill.ts'
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

test('a text takes its values and, where it counts, its form', () => {
  expect(fill('{n} day | {n} days', { n: 1 }, 1)).toBe('1 day')
  expect(fill('{n} day | {n} days', { n: 9 }, 9)).toBe('9 days')
  expect(fill('{n} 天', { n: 9 }, 9)).toBe('9 天')
  expect(fill('{a}{b}', { a: '{b}' })).toBe('{b}{b}')
})

test('a name in Latin letters stands apart from the Chinese around it, and from nothing else', () => {
  const filled = (text: string, name: string) => fill(text, { name })
  expect(['Token', 'AI 回答', 'GPT-5'].map((name) => filled('{name}已用', name))).toEqual([
    'Token 已用',
    'AI 回答已用',
    'GPT-5 已用',
  ])
  expect([
    filled('升级到{name}', 'Pro'),
    filled('升级到 {name}', 'Pro'),
    filled('{name}：不限量', 'Token'),
    filled('{name} used', 'Token'),
  ]).toEqual(['升级到 Pro', '升级到 Pro', 'Token：不限量', 'Token used'])
})

test('a name that is written from right to left is isolated from what stands beside it', () => {
  expect(fill('{name}：{amount}', { name: 'الخطة', amount: '¥5.00' })).toBe('\u2068الخطة\u2069：¥5.00')
})
