import { protocol } from '@electric-sql/pglite'

interface Message {
  name: string
  fields?: (string | null)[]
}
type Parse = (
  this: object,
  bytes: ArrayBuffer | ArrayBufferView,
  onMessage: (message: Message) => void,
) => void

/** U+FEFF in UTF-8. */
const mark = Buffer.from([0xef, 0xbb, 0xbf])
/** A message is a type byte, a four-byte length that includes itself, and the content. */
const headerBytes = 5
const dataRow = 'D'.charCodeAt(0)

/** The part of a message that has arrived so far. */
interface Waiting {
  parts: Buffer[]
  bytes: number
  wanted: number
}

/** Marks the decoder itself, of which a process has one even where this module is loaded twice. */
const kept = Symbol.for('customer-portal.byte-order-marks-kept')

/**
 * PGlite's decoder takes a U+FEFF at the start of a text for a byte order mark and drops it, so a read would
 * not return what was written. This puts it back, for every embedded database of the process.
 */
export function keepByteOrderMarks(): void {
  const { prototype } = protocol.Parser as unknown as { prototype: { parse: Parse; [kept]?: true } }
  if (prototype[kept]) return
  prototype[kept] = true
  const parse = prototype.parse
  const waiting = new WeakMap<object, Waiting>()
  prototype.parse = function (bytes, onMessage) {
    const whole = wholeMessages(
      waiting,
      this,
      Buffer.from(
        ArrayBuffer.isView(bytes) ? bytes.buffer : bytes,
        ArrayBuffer.isView(bytes) ? bytes.byteOffset : 0,
        bytes.byteLength,
      ),
    )
    if (whole.length === 0) return
    if (!whole.includes(mark)) return parse.call(this, whole, onMessage)
    let at = 0
    parse.call(this, whole, (message) => {
      if (message.fields && whole[at] === dataRow) putBack(message.fields, whole, at + headerBytes)
      at += 1 + whole.readUInt32BE(at + 1)
      onMessage(message)
    })
  }
}

/** Returns the complete messages received for a parser and keeps an incomplete one until the rest arrives. */
function wholeMessages(waiting: WeakMap<object, Waiting>, parser: object, bytes: Buffer): Buffer {
  const before = waiting.get(parser)
  if (before) {
    before.parts.push(bytes)
    before.bytes += bytes.length
    // Joined once, not again with each chunk of a long row.
    if (before.bytes < before.wanted) return Buffer.alloc(0)
    waiting.delete(parser)
  }
  const come = before ? Buffer.concat(before.parts) : bytes
  let end = 0
  let wanted = headerBytes
  for (; end + headerBytes <= come.length; end += wanted) {
    wanted = 1 + come.readUInt32BE(end + 1)
    if (end + wanted > come.length) break
    if (end + wanted === come.length) return come
  }
  const rest = Buffer.from(come.subarray(end))
  waiting.set(parser, {
    parts: [rest],
    bytes: rest.length,
    wanted: rest.length < headerBytes ? headerBytes : wanted,
  })
  return come.subarray(0, end)
}

/**
 * A row is a two-byte field count, then for each field a four-byte length and the text; the length −1 is
 * null.
 */
function putBack(fields: (string | null)[], bytes: Buffer, start: number): void {
  let at = start + 2
  for (const [index, field] of fields.entries()) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) continue
    if (
      typeof field === 'string'
      && length >= mark.length
      && mark.equals(bytes.subarray(at, at + mark.length))
    )
      fields[index] = `\ufeff${field}`
    at += length
  }
}
