import { expect, test } from 'vitest'
import en from './en.ts'
import zh from './zh-CN.ts'

type Texts = { [key: string]: string | Texts }

function flat(texts: Texts, path = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, text]) =>
      typeof text === 'string' ? [[`${path}${key}`, text] as const] : [...flat(text, `${path}${key}.`)],
    ),
  )
}

const chinese = flat(zh)
const english = flat(en)

test('every text is there in Chinese and in English', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  for (const text of [...chinese.values(), ...english.values()]) expect(text.trim()).not.toBe('')
})

test('both languages fill in the same values', () => {
  const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
  for (const [key, text] of chinese) expect(values(english.get(key)!), key).toEqual(values(text))
})

test('a text that is read as Chinese has full-width punctuation, and the English ones hold no Chinese', () => {
  for (const [key, text] of chinese) expect(/\p{Script=Han}[,;:!?]/u.test(text), key).toBe(false)
  for (const [key, text] of english) expect(/\p{Script=Han}/u.test(text), key).toBe(false)
})

test('no text holds a character that parts its forms, or that a mail address has', () => {
  for (const [key, text] of [...chinese, ...english]) expect(/[@|]/.test(text), key).toBe(false)
})
