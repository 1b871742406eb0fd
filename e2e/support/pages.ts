import { once } from 'node:events'
import { createServer } from 'node:http'
import { vendorOf } from './vendor.ts'

/** A vendor's site with one page, and the route that returns a token to it. */
export interface Pages {
  url: string
  /** Replaces the page. */
  show(body: string, headers?: Record<string, string>): void
  stop(): void
}

/**
 * Serves such a site at an origin of its own. A real server, because a browser does not let a page mocked by
 * a test load anything from this machine.
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
