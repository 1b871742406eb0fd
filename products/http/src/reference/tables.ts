import { filled, type Page } from './context.ts'
import type { OpenApi, Schema } from './document.ts'
import { fieldsOf, schemaName, typeOf, type Field, type Limit, type TypePart } from './fields.ts'
import { html, joined, prose, type Html, type Part } from './html.ts'
import type { Texts } from './texts.ts'

/** Which fields are marked: in a request the required ones, in an answer the optional ones. */
export type Marked = 'required' | 'optional'

/** A schema as a table of its fields. A named schema is expanded when `open` is set, and linked otherwise. */
export function schemaPart(
  page: Page,
  schema: Schema,
  { open, marked }: { open: boolean; marked: Marked },
): Part {
  const named = schema.$ref ? page.document.components.schemas[schemaName(schema.$ref)] : undefined
  if (named && !open) return html`<p>${page.t.seeObject} ${typeName(page, typeOf(schema))}</p>`
  const shown = named ?? schema
  const type = shown.properties ? '' : html`<p class="type">${typeName(page, typeOf(shown))}</p>`
  const { description: explanation } = shown
  const description = explanation === undefined ? '' : html`<p>${prose(page.say(explanation))}</p>`
  return [type, description, fieldTable(page, fieldsOf(shown), marked)]
}

const written = new WeakMap<OpenApi, string>()

/** How often the document references a schema; one without a name is used where it is written. */
export function usesOf(document: OpenApi, { $ref }: Schema): number {
  if ($ref === undefined) return 1
  const text = written.get(document) ?? JSON.stringify(document)
  written.set(document, text)
  return text.split(JSON.stringify($ref)).length - 1
}

/** A table with a row per field; empty when there are none. */
export function fieldTable(page: Page, rows: Field[], marked: Marked): Part {
  if (rows.length === 0) return ''
  const { field, meaning } = page.t
  return html`<table><thead><tr><th scope="col">${field}</th><th scope="col">${meaning}</th></tr></thead>
<tbody>${rows.map((row) => tableRow(page, row, marked))}</tbody></table>`
}

function tableRow(page: Page, field: Field, marked: Marked): Html {
  const { name, depth, type, required, description, limits } = field
  const isMarked = type.length > 0 && required === (marked === 'required')
  const mark = isMarked ? html` <em>${page.t[marked]}</em>` : ''
  const typed = type.length > 0 ? html`<span class="type">${typeName(page, type)}</span>` : ''
  const explanation = description === undefined ? '' : prose(page.say(description))
  // A pattern is shown only when no description explains it in words.
  const shownLimits = limits.filter(({ of }) => of !== 'pattern' || description === undefined)
  const bounds = shownLimits.map((limit) => limitText(page.t, limit))
  const bounded = bounds.length > 0 ? html`<span class="limits">${joined(bounds, ' · ')}</span>` : ''
  return html`<tr class="d${Math.min(depth, 6)}"><th scope="row"><code>${name}</code>${mark}${typed}</th>
<td>${explanation}${bounded}</td></tr>`
}

function typeName(page: Page, type: TypePart[]): Part {
  return type.map((part) => {
    if (typeof part === 'string') return part
    page.linked.add(part.schema)
    return html`<a href="#object-${part.schema}">${part.schema}</a>`
  })
}

function limitText(t: Texts, limit: Limit): Part {
  if (limit.of === 'pattern') return html`<code>${limit.pattern}</code>`
  if (limit.of === 'default') return filled(t.fallback, { value: JSON.stringify(limit.value) })
  if (limit.of === 'above') return filled(t.above, { least: shownNumber(limit.least) })
  const range = rangeText(t, limit)
  return limit.of === 'value' ? range : filled(t[limit.of], { range })
}

function rangeText(t: Texts, { least, most }: { least?: number; most?: number }): string {
  if (least === undefined) return filled(t.atMost, { most: shownNumber(most ?? 0) })
  if (most === undefined) return filled(t.atLeast, { least: shownNumber(least) })
  return least === most ? shownNumber(least) : `${shownNumber(least)}–${shownNumber(most)}`
}

const shownNumber = (value: number) => value.toLocaleString('en')
