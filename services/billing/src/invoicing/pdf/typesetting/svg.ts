const maxDepth = 64
const maxElements = 5_000

/**
 * Returns why a text is not an SVG that may be rendered, or undefined. It rejects what crashes parsers
 * (nesting, entities) or refers outside the drawing; Typst parses the rest later. One pass for any text.
 */
export function svgProblem(text: string): string | undefined {
  let [depth, elements, at] = [0, 0, 0]
  for (;;) {
    const open = text.indexOf('<', at)
    if (open < 0) break
    if (text.startsWith('<!--', open)) at = after(text, '-->', open)
    else if (text.startsWith('<![CDATA[', open)) at = after(text, ']]>', open)
    else if (text.startsWith('<?', open)) at = after(text, '?>', open)
    else if (text.startsWith('<!', open)) {
      // The doctype that drawing programs write is harmless; declarations inside it are not.
      const end = endOfTag(text, open)
      if (
        end < 0
        || text.slice(open, end).includes('[')
        || !/^<!doctype\s/i.test(text.slice(open, open + 10))
      )
        return 'The drawing must not declare entities.'
      at = end + 1
    } else {
      const end = endOfTag(text, open)
      if (end < 0) return 'The drawing is not well-formed XML.'
      const isEnd = text[open + 1] === '/'
      if (isEnd) depth -= 1
      else {
        elements += 1
        const name = nameAt(text, open + 1)
        if (elements === 1 && name !== 'svg') return 'The drawing must be an SVG document.'
        if (forbidden.has(name)) return `The drawing must not hold <${name}>.`
        if (text[end - 1] !== '/') depth += 1
      }
      if (depth < 0) return 'The drawing is not well-formed XML.'
      if (depth > maxDepth) return `The drawing is nested more than ${maxDepth} deep.`
      if (elements > maxElements) return `The drawing has more than ${maxElements} elements.`
      at = end + 1
    }
    if (at < 0) return 'The drawing is not well-formed XML.'
  }
  if (elements === 0) return 'The drawing must be an SVG document.'
  return depth === 0 ? undefined : 'The drawing is not well-formed XML.'
}

const forbidden = new Set(['script', 'foreignobject', 'iframe', 'image', 'feimage'])

function nameAt(text: string, start: number): string {
  const name = /[^\s/>]{1,40}/y
  name.lastIndex = start
  return (name.exec(text)?.[0] ?? '').toLowerCase().replace(/^.*:/, '')
}

/** Returns the position of the `>` that ends a tag, skipping those in quotes. */
function endOfTag(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '>') return at
    if (character === '<') return -1
    if (character === '"' || character === "'") {
      at = text.indexOf(character, at + 1)
      if (at < 0) return -1
    }
  }
  return -1
}

/** Returns the position after the next `end`, or -1. */
function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at < 0 ? -1 : at + end.length
}
