import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { App } from '@customer-portal/http'

const project = fileURLToPath(new URL('../..', import.meta.url))
/** The build folders of the two front ends. */
export const portalBuild = join(project, 'products', 'customer-portal', 'frontend', 'dist')
export const workbenchBuild = join(project, 'agent-workbench', 'dist')

const hiddenRoute = { config: { scope: 'public' as const }, schema: { hide: true } }
const aYear = 'public, max-age=31536000, immutable'

/**
 * Enables `serveFrontEnd` to send files, compressed where the browser accepts it and the build has compressed
 * files; once per app.
 */
export async function allowFiles(app: App): Promise<void> {
  await app.register(fastifyStatic, { serve: false, preCompressed: true })
}

/** The origin a page was requested at. */
export interface Asked {
  protocol: string
  host: string
}

export interface FrontEnd {
  base: string
  folder: string
  policy: string
  /** Replaces the built page. */
  page?: (html: string, request: Asked) => string
}

/**
 * Serves one built front end below `base`. Paths without a file are the front end's own routes and get its
 * page.
 */
export function serveFrontEnd(app: App, { base, folder, policy, page = (html) => html }: FrontEnd): void {
  if (!existsSync(join(folder, 'index.html')))
    app.log.warn(`${base} answers 404: ${folder} is not built. Run npm run build.`)
  // Read each time: a new build meanwhile refers to other files.
  const pageFor = (request: Asked) =>
    readFile(join(folder, 'index.html'), 'utf8').then(
      (html) => page(html, request),
      () => undefined,
    )
  const ofPage = {
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    'content-type': 'text/html; charset=utf-8',
  }
  app.get(base, hiddenRoute, async (request, reply) => {
    const html = await pageFor(request)
    return html === undefined ? reply.callNotFound() : reply.headers(ofPage).send(html)
  })
  app.get(`${base}/*`, hiddenRoute, async (request, reply) => {
    const path = (request.params as { '*': string })['*']
    if (!/\.[a-z\d]+$/i.test(path)) {
      const html = await pageFor(request)
      return html === undefined ? reply.callNotFound() : reply.headers(ofPage).send(html)
    }
    void reply.headers({
      'content-security-policy': policy,
      'cache-control': path.startsWith('assets/') ? aYear : 'no-cache',
    })
    return reply.sendFile(path, folder, { cacheControl: false, dotfiles: 'deny' })
  })
}

const own =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
  + "connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"

/** The portal may be framed by its own origin and by those the vendor names. */
export function portalPolicy(embedOrigins: string[]): string {
  return `${own}; frame-ancestors 'self' ${embedOrigins.join(' ')}`.trim()
}

/** The workbench frames the portal, and nobody may frame the workbench. */
export function workbenchPolicy(portalOrigin: string | undefined): string {
  return `${own}; frame-src 'self'${portalOrigin ? ` ${portalOrigin}` : ''}; frame-ancestors 'none'`
}
