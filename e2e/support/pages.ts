import { once } from 'node:events'
import { createServer } from 'node:http'
import { vendorOf } from './vendor.ts'

/** A vendor's site with one page, and the route that answers a token to it. */
export interface Pages {
  url: string
  /** What the page is from now on. */
  show(body: string, headers?: Record<string, string>): void
  stop(): void
}

/**
 * Serves such a site at an origin of its own. A real server: a browser does not let a page that a test makes
 * up load anything from this machine.
 */
export async function startPages(of: () => { api: string; key: string }): Promise<Pages> {
  let page = { body: '', headers: {} as Record<string, string> }
  const server = createServer(async ({ method }, response) => {
    if (method === 'POST') {
      const { api, key } = of()
      const { token } = await vendorOf(api, key).session('test_customer')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }))
    } else {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
        .end(`<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${page.body}`)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as { port: number }).port}`,
    show: (body, headers = {}) => {
      page = { body, headers }
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
