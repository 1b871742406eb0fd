import assert from 'node:assert/strict'
import { closeSync, openSync, readSync } from 'node:fs'
import { fontFamilies } from './typesetting/fonts.ts'

/** Printed for a character that the fonts lack (下駄記号, the printers' mark for a missing letter). */
export const missingGlyphMark = '〓'

/**
 * Returns the characters of a text that an invoice cannot print, each once, in order of appearance. Direction
 * controls are included, because they would change how the text around them reads.
 */
export function missingGlyphs(text: string): string[] {
  const missing = new Set<string>()
  printable(text, missing)
  return [...missing]
}

/**
 * Returns the text as the fonts can print it: missing characters become 〓 and are added to `missing`; control
 * characters are removed.
 */
export function printable(text: string, missing: Set<string>): string {
  const visible = text.replace(/\p{Cc}+/gu, ' ')
  if ([...visible].every((character) => drawable(character, families()[0]!))) return visible
  return Array.from(graphemes.segment(visible), ({ segment }) => drawn(segment, missing)).join('')
}

/**
 * Puts a text with right-to-left letters between direction isolates, so that it does not reorder an amount, a
 * number or another name beside it. Other text is unchanged.
 */
export function isolated(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text
}

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })
const directionControl = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** Handles one grapheme: a letter with its accents, or an emoji of many code points, is one mark at most. */
function drawn(grapheme: string, missing: Set<string>): string {
  if (directionControl.test(grapheme)) return marked(grapheme, missing)
  const visible = grapheme.replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
  // An accent must come from the font of its letter.
  for (const family of families())
    for (const form of [visible, visible.normalize('NFC')])
      if ([...form].every((character) => drawable(character, family))) return form
  return marked(grapheme, missing)
}

function marked(grapheme: string, missing: Set<string>): string {
  missing.add(grapheme)
  return missingGlyphMark
}

function drawable(character: string, family: Uint8Array): boolean {
  const codePoint = character.codePointAt(0)!
  return (
    (family[codePoint >> 3]! & (1 << (codePoint & 7))) !== 0
    && !/\p{Default_Ignorable_Code_Point}/u.test(character)
    && !directionControl.test(character)
  )
}

/** For each family one bit per code point that every weight has; loaded on first use. */
let coverage: Uint8Array[] | undefined
const families = () => (coverage ??= fontFamilies.map(coveredByAll))

function coveredByAll(paths: readonly string[]): Uint8Array {
  return paths.map(readCoverage).reduce((all, bits) => all.map((byte, at) => byte & bits[at]!))
}

/**
 * Reads the code points of a font file's cmap table (OpenType specification, "cmap") without reading the
 * outlines.
 */
function readCoverage(path: string): Uint8Array {
  const cmap = readTable(path, 'cmap')
  const bits = new Uint8Array(0x110000 / 8)
  const add = (codePoint: number) => {
    bits[codePoint >> 3]! |= 1 << (codePoint & 7)
  }
  const tables = subtables(cmap)
  const [groups, segments] = [12, 4].map((format) => tables.find((table) => table.getUint16(0) === format))
  if (groups) addGroups(groups, add)
  else if (segments) addSegments(segments, add)
  else assert.fail('the font has no cmap subtable of format 12 or 4')
  return bits
}

/** Format 12: groups of code points with the glyph of the first. */
function addGroups(table: DataView, add: (codePoint: number) => void): void {
  for (let group = 0; group < table.getUint32(12); group += 1) {
    const [start, end, glyph] = [0, 4, 8].map((at) => table.getUint32(16 + group * 12 + at)) as [
      number,
      number,
      number,
    ]
    for (let codePoint = start; codePoint <= end; codePoint += 1)
      if (glyph + codePoint - start !== 0) add(codePoint)
  }
}

/**
 * Format 4: segments of the first 65,536 code points, each with a delta or with offsets into a glyph array.
 */
function addSegments(table: DataView, add: (codePoint: number) => void): void {
  const bytes = table.getUint16(6)
  for (let at = 0; at < bytes; at += 2) {
    const [end, start] = [table.getUint16(14 + at), table.getUint16(16 + bytes + at)]
    const [delta, place] = [table.getUint16(16 + 2 * bytes + at), table.getUint16(16 + 3 * bytes + at)]
    for (let codePoint = start; codePoint <= end && codePoint < 0xffff; codePoint += 1) {
      const glyph =
        place === 0
          ? codePoint + delta
          : table.getUint16(16 + 3 * bytes + at + place + 2 * (codePoint - start))
      if (glyph % 0x10000 !== 0) add(codePoint)
    }
  }
}

function subtables(cmap: DataView): DataView[] {
  return Array.from(
    { length: cmap.getUint16(2) },
    (_, record) => new DataView(cmap.buffer, cmap.byteOffset + cmap.getUint32(4 + record * 8 + 4)),
  )
}

function readTable(path: string, tag: string): DataView {
  const file = openSync(path, 'r')
  try {
    const count = readBytes(file, 0, 12).getUint16(4)
    const directory = readBytes(file, 12, count * 16)
    for (let record = 0; record < count * 16; record += 16) {
      const name = String.fromCharCode(...[0, 1, 2, 3].map((at) => directory.getUint8(record + at)))
      if (name === tag)
        return readBytes(file, directory.getUint32(record + 8), directory.getUint32(record + 12))
    }
    assert.fail(`the font has no table ${tag}`)
  } finally {
    closeSync(file)
  }
}

function readBytes(file: number, position: number, length: number): DataView {
  const bytes = new Uint8Array(length)
  assert.equal(readSync(file, bytes, 0, length, position), length)
  return new DataView(bytes.buffer)
}
