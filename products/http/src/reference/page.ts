import { failures } from '../error-codes.ts'
import { callArticle } from './call.ts'
import { codeBlock, errorsOf, methodLabel, pageOf, schemeName, type Page, type Reference } from './context.ts'
import type { SecurityScheme } from './document.ts'
import { callsOf, type Call } from './examples.ts'
import { html, prose, type Html, type Part } from './html.ts'
import { schemaPart } from './tables.ts'

/** The reference of one API in one language, as a page that works without a script. */
export function referencePage(reference: Reference): string {
  const page = pageOf(reference)
  const { t, say, document, language, assets } = page
  const calls = callsOf(document)
  const groups = document.tags.map((tag) => ({
    ...tag,
    id: `group-${tag.name.replaceAll(' ', '-')}`,
    calls: calls.filter(({ operation }) => operation.tags.includes(tag.name)),
  }))
  // The operations first, because they determine which objects the page links to.
  const sections = groups.map((group) => groupSection(page, group))
  const objects = objectArticles(page)
  const { text } = html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${say(document.info.description).replaceAll('`', '')}">
<title>${say(document.info.title)} · ${t.product}</title>
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}"></script>
</head>
<body>
<a class="skip" href="#content">${t.skip}</a>
${header(page)}
<div class="frame">
${sidebar(page, groups, [...objects.keys()])}
<main id="content" tabindex="-1">
${overview(page, calls)}
${sections}
<section aria-labelledby="objects"><h2 id="objects">${t.objects}</h2>
${[...objects.values()]}</section>
${errorSection(page, calls)}
</main>
</div>
<p class="toast" role="status" data-copied="${t.copied}"></p>
</body>
</html>
`
  return `<!doctype html>\n${text}`
}

interface Group {
  id: string
  name: string
  description: string
  calls: Call[]
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function header({ t, language, url, pages }: Page): Html {
  const { lang, name } = t.otherLanguage
  const link = (page: { title: string; url: string }) => {
    const current = page.url === url ? html` aria-current="page"` : ''
    return html`<a href="${page.url}?lang=${language}"${current}>${page.title}</a>`
  }
  return html`<header class="bar">
<strong class="brand">${t.product}</strong>
<nav class="apis" aria-label="${t.apis}">${pages.map(link)}</nav>
<div class="actions">
<a class="language" href="${url}?lang=${lang}" hreflang="${lang}" lang="${lang}">${name}</a>
<button type="button" class="theme" aria-label="${t.theme}"><span></span></button>
</div>
</header>`
}

function sidebar({ t, say }: Page, groups: Group[], objects: string[]): Html {
  const toCall = ({ method, operation: { operationId, summary } }: Call) =>
    html`<li><a href="#${operationId}">${methodLabel(method)} ${say(summary)}</a></li>`
  const toObject = (name: string) => html`<li><a href="#object-${name}"><code>${name}</code></a></li>`
  return html`<nav class="calls" aria-label="${t.calls}">
<div class="search">
<input type="search" autocomplete="off" aria-label="${t.search}" placeholder="${t.search}"
 title="${t.searchHint}">
<button type="button" class="menu" aria-expanded="false">${t.calls}</button>
</div>
<p class="count" role="status" data-found="${t.found}" data-none="${t.noneFound}"></p>
<div class="index">
<ul><li><a href="#overview">${t.overview}</a></li></ul>
${groups.map((group) => html`<h2>${capital(say(group.name))}</h2><ul>${group.calls.map(toCall)}</ul>`)}
<h2>${t.objects}</h2><ul>${objects.map(toObject)}</ul>
<ul><li><a href="#errors">${t.errors}</a></li></ul>
</div>
</nav>`
}

function overview({ t, say, document, documentUrl }: Page, calls: Call[]): Html {
  const { info, components } = document
  const hasKeys = calls.some(({ operation: { parameters = [] } }) =>
    parameters.some(({ name }) => name === 'Idempotency-Key'),
  )
  const conventions = t.conventionsOf.filter((text) => hasKeys || !text.includes('Idempotency-Key'))
  const hasSdk = calls.some(({ operation }) => operation['x-sdk-method'])
  const schemes = Object.entries(components.securitySchemes).map(
    ([name, scheme]) =>
      html`<li><strong>${schemeName(scheme)}</strong>: ${prose(say(scheme.description))}
<span class="limits">${t.signInCurl} <code>${variableOf(name, scheme)}</code></span></li>`,
  )
  return html`<section class="overview" aria-labelledby="overview">
<h1 id="overview">${say(info.title)}</h1>
<p class="lead">${prose(say(info.description))}</p>
<dl class="facts">
<div><dt>${t.server}</dt><dd><code class="origin">$URL</code></dd></div>
<div><dt>${t.document}</dt><dd><a href="${documentUrl}">${documentUrl}</a></dd></div>
<div><dt>${t.version}</dt><dd>${info.version}</dd></div>
<div><dt>${t.licence}</dt><dd>${info.license.name}</dd></div>
</dl>
<h2 id="authentication">${t.signIn}</h2>
<ul>${schemes}</ul>
<h2 id="conventions">${t.conventions}</h2>
<ul>${conventions.map((text) => html`<li>${prose(text)}</li>`)}</ul>
${hasSdk ? html`<h2 id="sdk">${t.sdk}</h2><p>${t.sdkHint}</p>${codeBlock('TypeScript', sdkStart, t)}` : ''}
</section>`
}

/** The shell variable that stands for the secret in the examples. */
const variableOf = (name: string, { type }: SecurityScheme) =>
  type === 'apiKey' ? '$COOKIE' : name === 'secretKey' ? '$KEY' : '$TOKEN'

const sdkStart = `import { createClient } from '@customer-portal/sdk'

const client = createClient({ url: '$URL', key: process.env.BILLING_API_KEY ?? '' })`

function groupSection(page: Page, { id, name, description, calls }: Group): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${capital(page.say(name))}</h2><p>${prose(page.say(description))}</p>
${calls.map((call) => callArticle(page, call))}
</section>`
}

/** Every schema linked from the page, and those they link to in turn, by name. */
function objectArticles(page: Page): Map<string, Part> {
  const articles = new Map<string, Part>()
  const next = () => [...page.linked].find((name) => !articles.has(name))
  for (let name = next(); name !== undefined; name = next()) {
    const schema = page.document.components.schemas[name] ?? {}
    const id = `object-${name}`
    articles.set(
      name,
      html`<article class="object" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><a href="#${id}"><code>${name}</code></a></h3>
${schemaPart(page, schema, { open: true, marked: 'optional' })}
</article>`,
    )
  }
  return new Map([...articles].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Each error code of the page's operations, with its text. */
function errorSection({ t, language }: Page, calls: Call[]): Html {
  const used = new Set<string>(
    calls.flatMap(({ operation }) => errorsOf(operation).flatMap(({ codes }) => codes)),
  )
  const rows = Object.entries(failures)
    .filter(([name]) => used.has(name))
    .sort(([, a], [, b]) => a.status - b.status)
    .map(
      ([name, { status, [language]: text }]) =>
        html`<tr id="error-${name}"><th scope="row"><code>${name}</code><span class="type">${status}</span></th>
<td><strong>${text.title}</strong> ${text.detail}</td></tr>`,
    )
  return html`<section aria-labelledby="errors"><h2 id="errors">${t.errors}</h2><p>${prose(t.errorsHint)}</p>
<table class="errors">
<thead><tr><th scope="col">${t.error}</th><th scope="col">${t.meaning}</th></tr></thead>
<tbody>${rows}</tbody></table></section>`
}
