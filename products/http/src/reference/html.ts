/** Text that is already HTML; any other text is escaped on insertion. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Part = Html | string | number | undefined | Part[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!)

/** Inserts values into HTML as escaped text, and parts that are HTML unchanged. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(strings.reduce((text, next, index) => text + written(values[index - 1]) + next))
}

function written(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  return Array.isArray(part) ? part.map(written).join('') : escaped(String(part))
}

/** Parts with a separator between each two. */
export const joined = (parts: Part[], between: Part): Part[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]))

/** A description in which text between backticks is code. */
export const prose = (text: string): Part[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
