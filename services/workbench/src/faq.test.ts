import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseFaq, readFaq } from './faq.ts'

const entry = { id: 'a', category: '发票', title: '怎么开发票', questions: ['可以开票吗'], answer: '可以。' }

test('a valid file is read unchanged', () => {
  expect(parseFaq(JSON.stringify([entry]))).toEqual([entry])
})

test.each([
  ['an empty list', [], 'it must be an array with one entry at least'],
  ['an object', {}, 'it must be an array with one entry at least'],
  ['a missing answer', [{ ...entry, answer: undefined }], '/0/answer must be a text that is not empty'],
  [
    'a blank question',
    [{ ...entry, questions: ['开票', ' '] }],
    '/0/questions/1 must be a text that is not empty',
  ],
  ['no questions', [{ ...entry, questions: [] }], '/0/questions must be an array of 1 to 50 texts'],
  [
    'a field it does not know',
    [{ ...entry, tags: [] }],
    '/0/tags is not a field of an entry (id, category, title, questions, answer)',
  ],
  ['an id that is there twice', [entry, { ...entry, title: '别的' }], '/1/id repeats "a" of entry 0'],
  [
    'a title without end',
    [{ ...entry, title: '长'.repeat(121) }],
    '/0/title has 121 characters, and 120 is the limit',
  ],
  ['a number instead of an entry', [7], '/0 must be an object'],
])('%s is rejected with its place', (_, faq, message) => {
  expect(() => parseFaq(JSON.stringify(faq))).toThrow(message)
})

test('a missing file and one that is not JSON are named in the error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faq-'))
  try {
    const path = join(folder, 'faq.json')
    await expect(readFaq(path)).rejects.toThrow(`The FAQ file ${path} cannot be read`)
    await writeFile(path, '[{]')
    await expect(readFaq(path)).rejects.toThrow(`The FAQ file ${path} is not right`)
  } finally {
    await rm(folder, { recursive: true })
  }
})
