import assert from 'node:assert/strict'
import { closeSync, openSync, readSync } from 'node:fs'
import { fontPaths } from './fonts.ts'

/** Stands on the page for a character that the fonts cannot draw (下駄記号, the printers' mark for a missing letter). */
export const missingGlyphMark = '〓'

/**
 * The characters of a text that an invoice cannot show, each once, in order of appearance; empty when all can be printed.
 * Controls of writing direction count as such, since they would let a text change how its neighbours read.
 */
export function missingGlyphs(text: string): string[] {
  const missing = new Set<string>()
  printable(text, missing)
  return [...missing]
}

/** The text as the fonts can draw it: 〓 for what they cannot, which is added to `missing`; no control characters. */
export function printable(text: string, missing: Set<string>): string {
  const visible = text.replace(/\p{Cc}+/gu, ' ')
  if (![...visible].some((character) => !drawable(character))) return visible
  return Array.from(graphemes.segment(visible), ({ segment }) => drawn(segment, missing)).join('')
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })
const directionControl = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** One grapheme: a letter with its accents, or an emoji of many code points, is one mark at most. */
function drawn(grapheme: string, missing: Set<string>): string {
  if (directionControl.test(grapheme)) return marked(grapheme, missing)
  const visible = grapheme.replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
  for (const form of [visible, visible.normalize('NFC')]) if ([...form].every(drawable)) return form
  return marked(grapheme, missing)
}

function marked(grapheme: string, missing: Set<string>): string {
  missing.add(grapheme)
  return missingGlyphMark
}

function drawable(character: string): boolean {
  coverage ??= fontPaths.map(readCoverage)
  const codePoint = character.codePointAt(0)!
  return coverage.every((bits) => (bits[codePoint >> 3]! & (1 << (codePoint & 7))) !== 0)
    && !/\p{Default_Ignorable_Code_Point}/u.test(character) && !directionControl.test(character)
}

/** A bit for each code point that every weight can draw, read at the first question. */
let coverage: Uint8Array[] | undefined

/** The code points of a font file's cmap table, format 12 (OpenType specification, "cmap"), without reading the outlines. */
function readCoverage(path: string): Uint8Array {
  const cmap = readTable(path, 'cmap')
  const bits = new Uint8Array(0x110000 / 8)
  const groups = subtable(cmap)
  for (let group = 0; group < groups.getUint32(12); group += 1) {
    const [start, end, glyph] = [0, 4, 8].map((at) => groups.getUint32(16 + group * 12 + at)) as [number, number, number]
    for (let codePoint = start; codePoint <= end; codePoint += 1) if (glyph + codePoint - start !== 0) bits[codePoint >> 3]! |= 1 << (codePoint & 7)
  }
  return bits
}

function subtable(cmap: DataView): DataView {
  for (let record = 0; record < cmap.getUint16(2); record += 1) {
    const offset = cmap.getUint32(4 + record * 8 + 4)
    if (cmap.getUint16(offset) === 12) return new DataView(cmap.buffer, cmap.byteOffset + offset)
  }
  assert.fail('the font has no cmap subtable of format 12')
}

function readTable(path: string, tag: string): DataView {
  const file = openSync(path, 'r')
  try {
    const count = readBytes(file, 0, 12).getUint16(4)
    const directory = readBytes(file, 12, count * 16)
    for (let record = 0; record < count * 16; record += 16) {
      const name = String.fromCharCode(...[0, 1, 2, 3].map((at) => directory.getUint8(record + at)))
      if (name === tag) return readBytes(file, directory.getUint32(record + 8), directory.getUint32(record + 12))
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
