import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isolated, missingGlyphMark, missingGlyphs, printable } from './glyphs.ts'

const printed = (text: string) => printable(text, new Set())

test("the fonts cover Chinese, Latin, the template's signs and the mark for missing glyphs", () => {
  expect(
    missingGlyphs(
      `杭州星桥云计算科技（集团）有限公司 Été naïve 㐀 ¥$€£ ≤ × – − · “引号” ${missingGlyphMark}`,
    ),
  ).toEqual([])
})

test('the fonts cover Hangul, Thai and Arabic, but not Hebrew or CJK Extension B', () => {
  expect(missingGlyphs('서울 소프트웨어 주식회사 บริษัท เทคโนโลยี จำกัด شركة التقنية ۱۲۳ پارسی')).toEqual([])
  expect(missingGlyphs('שלום 𠮷')).toEqual(['ש', 'ל', 'ו', 'ם', '𠮷'])
})

test('only a text with right-to-left letters is isolated', () => {
  expect([isolated('خصم 10%'), isolated('折扣 10%'), isolated('')]).toEqual([
    '\u2068خصم 10%\u2069',
    '折扣 10%',
    '',
  ])
})

test('a missing character is reported once and printed as 〓, one mark per grapheme', () => {
  expect(missingGlyphs('A😀B😀 👨‍👩‍👧 𠀀')).toEqual(['😀', '👨‍👩‍👧', '𠀀'])
  expect(printed('A😀B👨‍👩‍👧')).toBe('A〓B〓')
})

test('a separate combining accent joins its letter', () => {
  expect(printed('Ko\u0308ln')).toBe('K\u00F6ln')
})

test('a direction control is shown, not applied', () => {
  expect(printed('INV\u202E100')).toBe('INV〓100')
  expect(missingGlyphs('\u2066x')).toEqual(['\u2066'])
})

test('invisible characters and line breaks are not printed', () => {
  expect(printed('6217\u200B0001\u00AD0002')).toBe('621700010002')
  expect(printed('一号楼\r\n二层\u0000')).toBe('一号楼 二层 ')
})

const texts = fc.array(fc.nat(0x10ffff)).map((codePoints) => String.fromCodePoint(...codePoints))

test('printable text is unchanged, and printing twice changes nothing', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const once = printed(text)
      expect(printed(once)).toBe(once)
      expect(missingGlyphs(once)).toEqual([])
    }),
  )
})
