import { readFileSync, statSync } from 'node:fs'

/** An image as it is sent to browsers. Only the ratio of its width and height matters. */
export interface Logo {
  type: 'image/svg+xml' | 'image/png'
  body: Buffer
  width: number
  height: number
}

const maxBytes = 200_000

/**
 * Reads a logo, an SVG or a PNG, recognised by its content. Throws an error that completes the sentence begun
 * by the setting's name.
 */
export function readLogo(path: string): Logo {
  const body = readWhole(path)
  if (body.subarray(0, 8).equals(pngSignature)) return pngOf(body)
  const text = body.toString('utf8').replace(/^\uFEFF/, '')
  const root = /^(?:\s|<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE svg[^>[]*(?:\[[^\]]*\]\s*)?>)*(<svg\b[^>]*>)/i.exec(
    text,
  )?.[1]
  if (root === undefined) throw new Error('must name an SVG or a PNG file')
  return { type: 'image/svg+xml', body, ...shapeOf(root) }
}

function readWhole(path: string): Buffer {
  try {
    const { size } = statSync(path)
    if (size > maxBytes)
      throw new TooLarge(
        `must name a file of at most ${maxBytes / 1000} kB, this one has ${Math.ceil(size / 1000)} kB`,
      )
    return readFileSync(path)
  } catch (error) {
    if (error instanceof TooLarge) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      code === 'ENOENT' ? 'must name a file that exists' : `must name a file that can be read (${code})`,
      { cause: error },
    )
  }
}

class TooLarge extends Error {}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A PNG has its size in its first chunk, the header. */
function pngOf(body: Buffer): Logo {
  const [width, height] = body.length >= 24 ? [body.readUInt32BE(16), body.readUInt32BE(20)] : [0, 0]
  if (width === 0 || height === 0) throw new Error('must name a whole PNG file, this one breaks off')
  return { type: 'image/png', body, width, height }
}

function shapeOf(root: string): { width: number; height: number } {
  const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(root)?.[1]
  if (attribute('xmlns') !== 'http://www.w3.org/2000/svg')
    throw new Error(
      'must name an SVG with xmlns="http://www.w3.org/2000/svg", without which browsers do not draw it',
    )
  const [, , ...box] = (attribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  const [width = 0, height = 0] =
    box.length === 2
      ? box
      : [attribute('width'), attribute('height')].map((text) => Number.parseFloat(text ?? ''))
  if (!(width > 0 && height > 0)) throw new Error('must name an SVG with a viewBox, which says its shape')
  return { width, height }
}
