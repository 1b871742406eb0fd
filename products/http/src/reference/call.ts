import { codeBlock, errorsOf, methodLabel, schemeName, type Page } from './context.ts'
import type { Operation, Parameter } from './document.ts'
import { answerOf, curlExample, sdkExample, type Call } from './examples.ts'
import { fieldOf, type Field } from './fields.ts'
import { html, joined, prose, type Html, type Part } from './html.ts'
import { fieldTable, schemaPart, usesOf } from './tables.ts'

/** The section of one operation: its purpose, input, answer, errors and example calls. */
export function callArticle(page: Page, call: Call): Html {
  const { t, say, document } = page
  const { method, path, operation } = call
  const { operationId, summary, description } = operation
  const sdk = sdkExample(call)
  return html`<article class="call" id="${operationId}" aria-labelledby="${operationId}-title">
<h3 id="${operationId}-title"><a href="#${operationId}">${say(summary)}</a></h3>
<p class="path">${methodLabel(method)} <code>${path}</code></p>
<div class="columns"><div>
${description === undefined ? '' : html`<p>${prose(say(description))}</p>`}
<p class="needs"><code>${operationId}</code> · ${needs(page, operation)}</p>
${parametersPart(page, operation)}${bodyPart(page, operation)}${answerPart(page, operation)}
<h4>${t.errors}</h4><p class="codes">${errorLinks(operation)}</p>
</div><div class="examples">
${codeBlock('curl', curlExample(call, document.components.securitySchemes), t)}
${sdk === undefined ? '' : codeBlock('SDK', sdk, t)}
</div></div>
</article>`
}

/** The credential the operation needs. */
function needs({ t, document }: Page, { security }: Operation): Part {
  const required = security.flatMap((one) => Object.entries(one))
  if (required.length === 0) return t.needsNothing
  const scopesOf = (scopes: string[]) =>
    html` · ${t.scope} ${scopes.map((scope) => html`<code>${scope}</code>`)}`
  const parts = required.map(([name, scopes]) => {
    const scheme = document.components.securitySchemes[name]
    return [scheme ? schemeName(scheme) : name, scopes.length > 0 ? scopesOf(scopes) : '']
  })
  return joined(parts, ' · ')
}

function parametersPart(page: Page, { parameters = [] }: Operation): Part {
  const { inPath, inQuery, inHeader } = page.t
  const places = [
    ['path', inPath],
    ['query', inQuery],
    ['header', inHeader],
  ] as const
  return places.map(([place, title]) => {
    const rows = parameters.filter((parameter) => parameter.in === place).flatMap(parameterRows)
    return rows.length === 0 ? '' : html`<h4>${title}</h4>${fieldTable(page, rows, 'required')}`
  })
}

function parameterRows({ name, schema, required = false, description }: Parameter): Field[] {
  return fieldOf(name, schema.description === undefined ? { ...schema, description } : schema, { required })
}

function bodyPart(page: Page, { requestBody }: Operation): Part {
  const media = Object.entries(requestBody?.content ?? {})
  const [first] = media
  if (!first) return ''
  const kinds = media.map(([type]) => type).join(', ')
  return html`<h4>${page.t.body} <span class="kind">${kinds}</span></h4>
${schemaPart(page, first[1].schema, { open: true, marked: 'required' })}`
}

/** The operation's answer. An object that only this operation returns is shown here, others are linked. */
function answerPart(page: Page, operation: Operation): Part {
  const { t, document } = page
  const answer = answerOf(operation)
  if (!answer) return html`<h4>${t.answer} <span class="kind">204</span></h4><p>${t.noContent}</p>`
  const { schema } = answer
  return html`<h4>${t.answer} <span class="kind">${answer.status} ${answer.kind}</span></h4>
${schemaPart(page, schema, { open: usesOf(document, schema) === 1, marked: 'optional' })}`
}

function errorLinks(operation: Operation): Part {
  const link = (code: string) => html`<a href="#error-${code}">${code}</a>`
  const parts = errorsOf(operation).map(
    ({ status, codes }) => html`<b>${status}</b> ${joined(codes.map(link), ', ')}`,
  )
  return joined(parts, ' · ')
}
