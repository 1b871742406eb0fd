import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import type { Drawing } from './drawing.ts'

/** The folder of reference pictures. */
export const kept = fileURLToPath(new URL('../pictures', import.meta.url))
/** What rendered them. */
export const drawnWith = (): Drawing =>
  JSON.parse(readFileSync(join(kept, 'drawn-with.json'), 'utf8')) as Drawing
/** Where differing pictures are put for inspection; ignored by git. */
const unlike = fileURLToPath(new URL('../../test-results/pictures', import.meta.url))

/**
 * How far two colours may differ (1 is black and white), and how many pixels of a square may differ by more.
 */
const threshold = 0.01
const square = 32
const maxInSquare = 12

/**
 * How a picture differs from its reference, as a sentence that names the files to look at; undefined when it
 * matches.
 */
export function unlikeKept(name: string, image: Buffer): string | undefined {
  const [actual, reference] = [PNG.sync.read(image), PNG.sync.read(readFileSync(join(kept, `${name}.png`)))]
  if (actual.width !== reference.width || actual.height !== reference.height) {
    return (
      `${name} is ${actual.width} × ${actual.height}, its picture ${reference.width} × `
      + `${reference.height}: see ${put(`${name}.png`, image)}`
    )
  }
  const difference = new PNG({ width: actual.width, height: actual.height })
  const compare = (output: Buffer | null, windowSize: number) =>
    pixelmatch(reference.data, actual.data, output, actual.width, actual.height, { threshold, windowSize })
  const most = compare(null, square)
  if (most <= maxInSquare) return undefined
  const all = compare(difference.data, Infinity)
  return (
    `${name}: ${all} pixels differ, ${most} of them in one square of ${square}: `
    + `see ${put(`${name}.png`, image)} and ${put(`${name}-difference.png`, PNG.sync.write(difference))}`
  )
}

function put(file: string, content: Buffer): string {
  mkdirSync(unlike, { recursive: true })
  writeFileSync(join(unlike, file), content)
  return join(unlike, file)
}

/** The same pixels in fewer bytes: without an alpha channel, at the highest compression. */
export function packed(image: Buffer): Buffer {
  return PNG.sync.write(PNG.sync.read(image), {
    colorType: 2,
    inputColorType: 6,
    inputHasAlpha: true,
    deflateLevel: 9,
    deflateStrategy: 0,
  })
}
