/** Text that is HTML already; any other text is escaped where it is put into it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Part = Html | string | number | undefined | Part[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!)

/** Puts values into HTML as text, and parts that are HTML as they are. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(strings.reduce((text, next, index) => text + written(values[index - 1]) + next))
}

function written(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  return Array.isArray(part) ? part.map(written).join('') : escaped(String(part))
}

/** Parts with something between each two. */
export const joined = (parts: Part[], between: Part): Part[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]))

/** A description: what stands between backticks is code. */
export const prose = (text: string): Part[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
