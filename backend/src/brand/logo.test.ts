import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readLogo } from './logo.ts'

const folder = mkdtempSync(join(tmpdir(), 'logo-'))
afterAll(() => rmSync(folder, { recursive: true }))

const xmlns = 'xmlns="http://www.w3.org/2000/svg"'
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAQAAABeK7cBAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
)
const read = (content: string | Buffer, name = 'logo') => {
  writeFileSync(join(folder, name), content)
  return readLogo(join(folder, name))
}

test('an SVG is recognised by its content, and its shape by its viewBox or else its size', () => {
  expect(read(`<svg ${xmlns} viewBox="0 0 120 24"/>`, 'logo.png')).toMatchObject({
    type: 'image/svg+xml',
    width: 120,
    height: 24,
  })
  expect(
    read(
      `\uFEFF<?xml version="1.0"?>\n<!-- drawn by hand -->\n<!DOCTYPE svg>\n<svg width="3em" `
        + `height="1em" ${xmlns}></svg>`,
    ),
  ).toMatchObject({ type: 'image/svg+xml', width: 3, height: 1 })
})

test('a PNG is recognised by its content, and its shape by its header', () => {
  expect(read(png, 'logo.svg')).toMatchObject({ type: 'image/png', width: 2, height: 1 })
})

test.each([
  ['neither', 'GIF89a', 'must name an SVG or a PNG file'],
  ['a page', '<!doctype html><svg></svg>', 'must name an SVG or a PNG file'],
  ['empty', '', 'must name an SVG or a PNG file'],
  ['a PNG that breaks off', png.subarray(0, 20), 'must name a whole PNG file, this one breaks off'],
  ['an SVG without a shape', `<svg ${xmlns}/>`, 'must name an SVG with a viewBox, which says its shape'],
  [
    'an SVG browsers do not draw',
    '<svg viewBox="0 0 1 1"/>',
    'must name an SVG with xmlns="http://www.w3.org/2000/svg", without which browsers do not draw it',
  ],
  ['too large', ' '.repeat(200_001), 'must name a file of at most 200 kB, this one has 201 kB'],
])('%s is rejected with the reason', (_what, content, reason) => {
  expect(() => read(content)).toThrow(new Error(reason))
})

test('a missing file and a folder are rejected', () => {
  expect(() => readLogo(join(folder, 'gone.svg'))).toThrow('must name a file that exists')
  expect(() => readLogo(folder)).toThrow('must name a file that can be read (EISDIR)')
})
