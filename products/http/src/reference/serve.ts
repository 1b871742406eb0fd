import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../fastify.ts'
import { preferredLanguage, type Language } from '../language.ts'
import type { DescribedApi } from '../openapi.ts'
import { prepare, sendPrepared, type Prepared } from '../prepared.ts'
import { chinese } from './chinese.ts'
import type { Reference } from './context.ts'
import { referencePage } from './page.ts'

const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
].join('; ')
const aYear = 'public, max-age=31536000, immutable'
const route = { config: { scope: 'public' as const }, schema: { hide: true } }

/**
 * Serves the reference of each API at /docs/<name>, and of the first of `names` at /docs. A page is made once
 * per language, on the first request; all its assets come from this server.
 */
export function serveDocs(app: App, names: string[]): void {
  const assets = serveAssets(app)
  const pages = new Map<string, Prepared>()
  const described = () => names.flatMap((name) => app.describedApis.filter((api) => api.name === name))
  const make = (api: DescribedApi, language: Language) =>
    referencePage({
      document: api.document(),
      language,
      chinese: { ...chinese, ...api.chinese },
      url: urlOf(api),
      documentUrl: `/api/${api.name}/openapi.json`,
      pages: described().map((one) => ({ title: titleOf(one, language), url: urlOf(one) })),
      assets,
    })
  const send = async (request: FastifyRequest, reply: FastifyReply, name: string | undefined) => {
    const api = described().find((one) => one.name === name)
    if (!api) return reply.callNotFound()
    const language = languageOf(request)
    const key = `${api.name} ${language}`
    const page = pages.get(key) ?? prepare(make(api, language), 'text/html; charset=utf-8')
    pages.set(key, page)
    const headers = {
      'content-security-policy': policy,
      'content-language': language,
      vary: 'accept-language',
    }
    return sendPrepared(request, reply.headers(headers), page)
  }
  app.get('/docs', route, async (request, reply) => send(request, reply, names[0]))
  app.get<{ Params: { name: string } }>('/docs/:name', route, async (request, reply) =>
    send(request, reply, request.params.name),
  )
}

const titleOf = ({ title, chinese: own }: DescribedApi, language: Language) =>
  language === 'zh-CN' ? (own[title] ?? title) : title
const urlOf = ({ name }: Pick<DescribedApi, 'name'>) => `/docs/${name}`

/** The language in the URL, or else the one the reader prefers. */
function languageOf(request: FastifyRequest): Language {
  const { lang } = request.query as { lang?: unknown }
  return lang === 'zh-CN' || lang === 'en' ? lang : preferredLanguage(request.headers['accept-language'])
}

const files = [
  { name: 'style', file: './page.css', url: '/docs/reference.css', type: 'text/css; charset=utf-8' },
  { name: 'script', file: './page.js', url: '/docs/reference.js', type: 'text/javascript; charset=utf-8' },
  { name: 'icon', file: './icon.svg', url: '/docs/icon.svg', type: 'image/svg+xml' },
] as const

/** Serves the assets of the pages, each under a URL that changes with its content. */
function serveAssets(app: App): Reference['assets'] {
  const urls = files.map(({ name, file, url, type }) => {
    const asset = prepare(readFileSync(new URL(file, import.meta.url), 'utf8'), type)
    const version = createHash('sha256').update(asset.body).digest('hex').slice(0, 8)
    app.get<{ Querystring: { v?: unknown } }>(url, route, async (request, reply) =>
      sendPrepared(request, reply, asset, request.query.v === version ? aYear : 'no-cache'),
    )
    return [name, `${url}?v=${version}`] as const
  })
  return Object.fromEntries(urls) as unknown as Reference['assets']
}
