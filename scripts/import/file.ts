import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { cellsOf, delimiterOf } from './csv.ts'
import type { Line } from './line.ts'
import type { Encoding } from './encoding.ts'

/**
 * A CSV file after a first pass: its encoding and delimiter, the number of lines, and its records (the header
 * first).
 */
export interface UsageFile {
  encoding: Encoding
  delimiter: string
  lines: number
  records(): AsyncGenerator<Line>
}

export interface FileOptions {
  /** Set to skip detection. */
  encoding?: Encoding | undefined
  delimiter?: string | undefined
  /** Columns the header must have; they determine the delimiter. */
  columns: readonly string[]
}

/** Opens a CSV file, plain or gzipped. Records are streamed, so the file may be larger than memory. */
export async function openUsageFile(path: string, options: FileOptions): Promise<UsageFile> {
  const marked = options.encoding ?? encodingAtStart(await firstBytes(path))
  const { lines, encoding } = await survey(path, marked)
  let header = ''
  for await (const { text } of textLines(path, encoding)) {
    header = text ?? ''
    break
  }
  const delimiter = options.delimiter ?? delimiterOf(header, options.columns)
  return { encoding, delimiter, lines, records: () => recordsOf(path, encoding, delimiter) }
}

function bytesOf(path: string): AsyncIterable<Buffer> & Readable {
  const source = createReadStream(path)
  // An error reaches the reader of the last stage.
  return path.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source
}

async function firstBytes(path: string): Promise<Buffer> {
  for await (const chunk of bytesOf(path)) return chunk
  return Buffer.alloc(0)
}

/**
 * The encoding by the first bytes: a byte order mark, or the zeros in every second byte of digits and Latin
 * letters in UTF-16.
 */
function encodingAtStart(start: Buffer): Encoding | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8'
  const sample = start.subarray(0, 200)
  const zeros = (from: number) => sample.filter((byte, at) => at % 2 === from && byte === 0).length
  if (zeros(1) > sample.length / 4) return 'utf-16le'
  if (zeros(0) > sample.length / 4) return 'utf-16be'
  return undefined
}

/**
 * Counts the lines, and decides between UTF-8 and GB 18030 by the majority of lines with non-ASCII letters,
 * so that single broken lines do not matter.
 */
async function survey(path: string, known?: Encoding): Promise<{ lines: number; encoding: Encoding }> {
  let lines = 0
  let foreign = 0
  let notUtf8 = 0
  for await (const line of byteLines(path, known ?? 'utf-8')) {
    lines += 1
    if (known !== undefined || line.every((byte) => byte < 0x80)) continue
    foreign += 1
    if (!isUtf8(line)) notUtf8 += 1
  }
  return { lines, encoding: known ?? (notUtf8 * 2 > foreign ? 'gb18030' : 'utf-8') }
}

const maxLineBytes = 1024 * 1024

/**
 * The lines of a file as bytes, without their ends. One that is too long is cut, still long enough to be
 * recognised.
 */
async function* byteLines(path: string, encoding: Encoding): AsyncGenerator<Buffer> {
  const end = Buffer.from('\n', encoding.startsWith('utf-16') ? 'utf16le' : 'latin1')
  if (encoding === 'utf-16be') end.swap16()
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytesOf(path)) {
    let buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (let at = endIn(buffer, end); at >= 0; at = endIn(buffer, end)) {
      yield buffer.subarray(0, at)
      buffer = buffer.subarray(at + end.length)
    }
    // Limits memory for a line without an end; an even number of bytes keeps UTF-16 aligned.
    rest = Buffer.from(buffer.length > 2 * maxLineBytes ? buffer.subarray(0, maxLineBytes + 2) : buffer)
  }
  if (rest.length > 0) yield rest
}

function endIn(buffer: Buffer, end: Buffer): number {
  let at = buffer.indexOf(end)
  while (at >= 0 && end.length === 2 && at % 2 === 1) at = buffer.indexOf(end, at + 1)
  return at
}

interface TextLine {
  number: number
  /** Undefined when it cannot be decoded: see `mistake`. */
  text?: string
  mistake?: string
}

async function* textLines(path: string, encoding: Encoding): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let number = 0
  for await (const bytes of byteLines(path, encoding)) {
    number += 1
    if (bytes.length > maxLineBytes)
      yield { number, mistake: `The line is longer than ${maxLineBytes} bytes.` }
    else yield decoded(decoder, bytes, number, encoding)
  }
}

function decoded(decoder: TextDecoder, bytes: Buffer, number: number, encoding: Encoding): TextLine {
  try {
    const text = decoder.decode(bytes).replace(/\r$/, '')
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text }
  } catch {
    return {
      number,
      mistake:
        `The line holds bytes that are not ${encoding.toUpperCase()}: `
        + 'name another encoding with --encoding, or mend the line.',
    }
  }
}

/** Maximum number of lines of a quoted record. */
const maxLinesOfRecord = 100

/**
 * The records of the file. One with an unclosed quote is skipped alone, with its mistake, and the next begins
 * on the next line.
 */
async function* recordsOf(path: string, encoding: Encoding, delimiter: string): AsyncGenerator<Line> {
  let waiting: TextLine[] = []
  const source = textLines(path, encoding)[Symbol.asyncIterator]()
  const next = async () => waiting.shift() ?? ((await source.next()).value as TextLine | undefined)
  for (let line = await next(); line; line = await next()) {
    if (line.text === undefined) {
      yield { number: line.number, cells: [], mistake: line.mistake! }
      continue
    }
    if (line.text === '') continue
    let text = line.text
    let cells = cellsOf(text, delimiter)
    const taken: TextLine[] = []
    while (cells === 'open' && taken.length < maxLinesOfRecord) {
      const more = await next()
      if (!more) break
      taken.push(more)
      if (more.text === undefined) break
      text += `\n${more.text}`
      if (more.text.includes('"')) cells = cellsOf(text, delimiter)
    }
    if (Array.isArray(cells)) {
      yield { number: line.number, cells }
      continue
    }
    yield {
      number: line.number,
      cells: [],
      mistake:
        cells === 'open' || taken.length > 0
          ? 'A quote is opened and not closed.'
          : 'Something follows a closing quote.',
    }
    waiting = [...taken, ...waiting]
  }
}

/** SHA-256 of a file, read as a stream. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
