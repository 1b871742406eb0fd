import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isolated, missingGlyphMark, missingGlyphs, printable } from './glyphs.ts'

const printed = (text: string) => printable(text, new Set())

test('Chinese, Latin and the signs of the template can be drawn, and so can the mark itself', () => {
  expect(
    missingGlyphs(
      `杭州星桥云计算科技（集团）有限公司 Été naïve 㐀 ¥$€£ ≤ × – − · “引号” ${missingGlyphMark}`,
    ),
  ).toEqual([])
})

test('Hangul, Thai and Arabic can be drawn; Hebrew and the rare characters of CJK Extension B can not', () => {
  expect(missingGlyphs('서울 소프트웨어 주식회사 บริษัท เทคโนโลยี จำกัด شركة التقنية ۱۲۳ پارسی')).toEqual([])
  expect(missingGlyphs('שלום 𠮷')).toEqual(['ש', 'ל', 'ו', 'ם', '𠮷'])
})

test('only a text with letters from right to left is isolated', () => {
  expect([isolated('خصم 10%'), isolated('折扣 10%'), isolated('')]).toEqual([
    '\u2068خصم 10%\u2069',
    '折扣 10%',
    '',
  ])
})

test('what cannot be drawn is named once and printed as 〓, one mark for what a reader sees as one', () => {
  expect(missingGlyphs('A😀B😀 👨‍👩‍👧 𠀀')).toEqual(['😀', '👨‍👩‍👧', '𠀀'])
  expect(printed('A😀B👨‍👩‍👧')).toBe('A〓B〓')
})

test('an accent written apart joins its letter', () => {
  expect(printed('Ko\u0308ln')).toBe('K\u00F6ln')
})

test('a control of writing direction is shown, not obeyed', () => {
  expect(printed('INV\u202E100')).toBe('INV〓100')
  expect(missingGlyphs('\u2066x')).toEqual(['\u2066'])
})

test('invisible characters and line ends do not reach the page', () => {
  expect(printed('6217\u200B0001\u00AD0002')).toBe('621700010002')
  expect(printed('一号楼\r\n二层\u0000')).toBe('一号楼 二层 ')
})

const texts = fc.array(fc.nat(0x10ffff)).map((codePoints) => String.fromCodePoint(...codePoints))

test('what is printable stays as it is, and printing twice changes nothing', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const once = printed(text)
      expect(printed(once)).toBe(once)
      expect(missingGlyphs(once)).toEqual([])
    }),
  )
})
