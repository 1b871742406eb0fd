import type { Code } from '../http-error.ts'
import type { Language } from '../language.ts'
import type { OpenApi, Operation, SecurityScheme } from './document.ts'
import { html, joined, type Html, type Part } from './html.ts'
import { texts, type Texts } from './texts.ts'

/** The input of a reference page. */
export interface Reference {
  document: OpenApi
  language: Language
  /** The Chinese of the document's texts, keyed by the English. */
  chinese: Record<string, string>
  /** The URL of this page, without its language. */
  url: string
  /** The URL of the document. */
  documentUrl: string
  /** All pages, including this one, with their titles in its language. */
  pages: { title: string; url: string }[]
  assets: { style: string; script: string; icon: string }
}

/** What the parts of a page share. */
export interface Page extends Reference {
  t: Texts
  /** Translates a text of the document to the language of the page. */
  say(text: string): string
  /** The named schemas that the page links to. */
  linked: Set<string>
}

export function pageOf(reference: Reference): Page {
  const { language, chinese } = reference
  return {
    ...reference,
    t: texts[language],
    // A text without a translation is shown in English.
    say: (text) => (language === 'zh-CN' ? (chinese[text] ?? text) : text),
    linked: new Set(),
  }
}

/** A text with values in its placeholders. */
export const filled = (text: string, values: Record<string, string | number>) =>
  text.replaceAll(/\{(\w+)\}/g, (_match, name: string) => String(values[name]))

/** How a security scheme is sent. */
export const schemeName = ({ type, name }: SecurityScheme) =>
  type === 'apiKey' ? `Cookie: ${name}` : 'Authorization: Bearer'

export const methodLabel = (method: string): Html =>
  html`<span class="method ${method.toLowerCase()}">${method}</span>`

/** Text with a copy button. Where it names the server, a script inserts the address of the page. */
export function codeBlock(title: string, text: string, { copy }: Texts): Part {
  const shown = joined(text.split('$URL'), html`<span class="origin">$URL</span>`)
  const button = html`<button type="button" class="copy" aria-label="${copy} ${title}">${copy}</button>`
  return html`<figure class="code"><figcaption>${title}${button}</figcaption>
<pre><code>${shown}</code></pre></figure>`
}

/** The error codes of an operation by status, as the document lists them. */
export function errorsOf({ responses }: Operation): { status: string; codes: Code[] }[] {
  const codesIn = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name as Code)
  return Object.entries(responses)
    .filter(([status]) => !status.startsWith('2'))
    .map(([status, { description }]) => ({ status, codes: codesIn(description) }))
    .filter(({ codes }) => codes.length > 0)
}
