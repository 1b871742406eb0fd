import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { App } from '@customer-portal/http'

const project = fileURLToPath(new URL('../..', import.meta.url))
/** Where the builds of the two front ends lie. */
export const portalBuild = join(project, 'products', 'customer-portal', 'frontend', 'dist')
export const workbenchBuild = join(project, 'agent-workbench', 'dist')

const hiddenRoute = { config: { scope: 'public' as const }, schema: { hide: true } }
const aYear = 'public, max-age=31536000, immutable'

/** Lets `serveFrontEnd` send files; once per app. */
export async function allowFiles(app: App): Promise<void> {
  await app.register(fastifyStatic, { serve: false })
}

/** Serves one built front end below `base`. Paths that name no file are the front end's own routes and get its page. */
export function serveFrontEnd(app: App, { base, folder, policy }: { base: string; folder: string; policy: string }): void {
  if (!existsSync(join(folder, 'index.html'))) app.log.warn(`${base} answers 404: ${folder} is not built. Run npm run build.`)
  app.get(base, hiddenRoute, (_request, reply) => reply.header('content-security-policy', policy).header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false }))
  app.get(`${base}/*`, hiddenRoute, (request, reply) => {
    const path = (request.params as { '*': string })['*']
    const isFile = /\.[a-z\d]+$/i.test(path)
    void reply.headers({ 'content-security-policy': policy, 'cache-control': path.startsWith('assets/') ? aYear : 'no-cache' })
    return reply.sendFile(isFile ? path : 'index.html', folder, { cacheControl: false, dotfiles: 'deny' })
  })
}

const own = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"

/** The portal may be framed by its own origin and by those the vendor names. */
export function portalPolicy(embedOrigins: string[]): string {
  return `${own}; frame-ancestors 'self' ${embedOrigins.join(' ')}`.trim()
}

/** The workbench frames the portal and is framed by nobody. */
export function workbenchPolicy(portalOrigin: string | undefined): string {
  return `${own}; frame-src 'self'${portalOrigin ? ` ${portalOrigin}` : ''}; frame-ancestors 'none'`
}
