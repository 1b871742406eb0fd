import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { missingTexts } from './both-languages.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'texts-'))
  mkdirSync(join(folder, 'assets'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const built = (language: string, texts: object) =>
  writeFileSync(
    join(folder, 'assets', `${language}-Ab12.js`),
    `var e=${JSON.stringify(texts)};export{e as default};`,
  )

test('texts that exist in both languages give no messages', async () => {
  built('zh-CN', { nav: { usage: '用量' }, skip: '跳到正文' })
  built('en', { nav: { usage: 'Usage' }, skip: 'Skip' })
  expect(await missingTexts(folder)).toEqual([])
})

test('a text missing in either language is named', async () => {
  built('zh-CN', { nav: { usage: '用量', account: '账户' } })
  built('en', { nav: { usage: 'Usage' }, skip: 'Skip' })
  expect(await missingTexts(folder)).toEqual([
    'the text nav.account is missing in en',
    'the text skip is missing in zh-CN',
  ])
})

test('a build without a language throws', async () => {
  built('zh-CN', {})
  await expect(missingTexts(folder)).rejects.toThrow('has no texts in en')
})
