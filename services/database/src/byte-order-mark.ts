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

/** U+FEFF as UTF-8 has it. */
const mark = Buffer.from([0xef, 0xbb, 0xbf])
/** A message is a letter, four bytes of its length (these four among it), and its content. */
const headerBytes = 5
const dataRow = 'D'.charCodeAt(0)

/** What has come of a message that is not whole yet. */
interface Waiting {
  parts: Buffer[]
  bytes: number
  wanted: number
}

/** Says so on the decoder itself, which this process has once, also where it has this module twice. */
const kept = Symbol.for('customer-portal.byte-order-marks-kept')

/**
 * PGlite's decoder takes a U+FEFF at the beginning of a text for a byte order mark and drops it, so that what
 * is read is not what was written. From now on it is put back, for every embedded database of this process.
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

/**
 * All whole messages of what has come for a parser; the beginning of another is kept until the rest is there.
 */
function wholeMessages(waiting: WeakMap<object, Waiting>, parser: object, bytes: Buffer): Buffer {
  const before = waiting.get(parser)
  if (before) {
    before.parts.push(bytes)
    before.bytes += bytes.length
    // Put together once, not with each part of a long row.
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
 * A row is two bytes of the number of its fields, and for each four bytes of its length and the text; a
 * length of −1 is null.
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
