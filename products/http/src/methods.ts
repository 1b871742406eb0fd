import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Records which methods each path has, so that a known path answers 405 with `Allow` instead of 404. */
export function rememberMethods(app: FastifyInstance): (request: FastifyRequest) => string[] {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', (route) => {
    const known = methods.get(route.url) ?? new Set<string>()
    for (const method of [route.method].flat()) known.add(method)
    methods.set(route.url, known)
  })
  const patterns: { pattern: RegExp; methods: Set<string> }[] = []
  app.addHook('onReady', async () => {
    for (const [url, taken] of methods) patterns.push({ pattern: patternOf(url), methods: taken })
  })
  return (request) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    return [
      ...new Set(patterns.filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods])),
    ]
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
  return new RegExp(`^${source.join('/')}$`)
}
