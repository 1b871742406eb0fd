import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { App } from './fastify.ts'

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'favicon-32x32.png'] as const
const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', png: 'image/png' }
// The hash is that of the one style element swagger-ui makes by itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** One readable page at /docs for the given OpenAPI documents; everything it needs comes from this server. */
export function serveDocs(app: App, documents: { name: string; url: string }[]): void {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')), 'static')
  const route = { config: { scope: 'public' as const }, schema: { hide: true } }
  app.get('/docs', route, async (_request, reply) => reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page))
  app.get('/docs/start.js', route, async (_request, reply) => reply.type(types.js ?? '').send(startScript(documents)))
  for (const name of assets) {
    const file = readFileSync(join(folder, name))
    app.get(`/docs/${name}`, route, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=86400').type(types[name.split('.').at(-1) ?? ''] ?? '').send(file))
  }
}

const page = `<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>API 文档 · API documentation</title>
  <link rel="icon" href="/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="docs"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/swagger-ui-standalone-preset.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`

function startScript(documents: { name: string; url: string }[]): string {
  return `SwaggerUIBundle({
  dom_id: '#docs',
  urls: ${JSON.stringify(documents)},
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  validatorUrl: null,
  deepLinking: true,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
})
`
}
