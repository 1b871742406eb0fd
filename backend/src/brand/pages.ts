import type { App } from '@customer-portal/http'
import { ownName, type Brand, type WhiteLabel } from './brand.ts'

const hiddenRoute = { config: { scope: 'public' as const }, schema: { hide: true } }

/**
 * An SVG opened directly is a page: this lets it draw, but not run or load anything, nor share our origin. In
 * an `<img>` it could not anyway.
 */
const filePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

/** Serves a brand's files, each under a name that changes with its content. */
export function serveBrandFiles(app: App, { files }: WhiteLabel): void {
  const byUrl = new Map(files.map((file) => [file.url, file]))
  for (const { url, type, body } of byUrl.values()) {
    app.get(url, hiddenRoute, (_request, reply) =>
      reply
        .headers({
          'content-type': type,
          'content-security-policy': filePolicy,
          'cache-control': 'public, max-age=31536000, immutable',
          'cross-origin-resource-policy': 'same-origin',
        })
        .send(body),
    )
  }
}

/** Settings the portal needs before its first request. */
export interface PageSettings {
  embedOrigins: string[]
  brand: Brand
}

/**
 * Inserts the settings and the brand's files into the built page, so that the first paint shows the brand
 * without another request.
 */
export function brandedPage(
  html: string,
  settings: PageSettings,
  { stylesheet, icon }: Pick<WhiteLabel, 'stylesheet' | 'icon'>,
): string {
  const head = [
    `<meta name="portal-settings" content="${escaped(JSON.stringify(settings))}">`,
    ...(stylesheet ? [`<link rel="stylesheet" href="${stylesheet.url}">`] : []),
  ].join('')
  const titled = replaceOnce(
    html,
    /<title>[^<]*<\/title>/,
    `<title>${escaped(settings.brand.name['zh-CN'])}</title>`,
  )
  const marked = icon
    ? replaceOnce(
        titled,
        /<link rel="icon"[^>]*>/,
        `<link rel="icon" href="${icon.url}" type="${icon.type}">`,
      )
    : titled
  return replaceOnce(marked, /<\/head>/, `${head}</head>`)
}

/**
 * Gives the workbench's page the vendor's name, logo, colour and icon. Without a name of the vendor's it
 * keeps its own, not the portal's.
 */
export function brandedDesk(html: string, { brand, stylesheet, icon }: Omit<WhiteLabel, 'files'>): string {
  const name = brand.name['zh-CN'] === ownName['zh-CN'] ? null : brand.name
  const head = [
    `<meta name="desk-brand" content="${escaped(JSON.stringify({ name, logo: brand.logo }))}">`,
    ...(stylesheet ? [`<link rel="stylesheet" href="${stylesheet.url}">`] : []),
  ].join('')
  const titled = name
    ? replaceOnce(html, /<title>[^<]*<\/title>/, `<title>${escaped(name['zh-CN'])}</title>`)
    : html
  const marked = icon
    ? replaceOnce(
        titled,
        /<link rel="icon"[^>]*>/,
        `<link rel="icon" href="${icon.url}" type="${icon.type}">`,
      )
    : titled
  return replaceOnce(marked, /<\/head>/, `${head}</head>`)
}

/** The page is ours, so a missing placeholder is a bug in it. */
function replaceOnce(html: string, place: RegExp, text: string): string {
  if (!place.test(html)) throw new Error(`the page has no ${place.source}`)
  return html.replace(place, () => text)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!)
