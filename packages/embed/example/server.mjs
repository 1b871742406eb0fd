// The example's server: its page, and the token for the customer of the logged-in user (here always the same
// one).
//   BILLING_API_KEY=sk_… npm run example -w @customer-portal/embed and
//   PORTAL_EMBED_ORIGINS=http://localhost:8090 for the portal's server.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const types = /** @type {Record<string, string>} */ ({
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
})
const files = ['index.html', 'host.css', 'host.js']

/**
 * Serves the example. `portal` is the portal's address, `key` a secret key of its billing API, which stays on
 * this server.
 * @param {{ portal: string, key: string, customerId: string, port?: number }} settings
 */
export async function startExample({ portal, key, customerId, port = 0 }) {
  const { origin } = new URL(portal)
  const policy =
    `default-src 'none'; script-src 'self' ${origin}; style-src 'self'; img-src data:; `
    + `connect-src 'self' ${origin}; frame-src ${origin}; base-uri 'none'; form-action 'none'; `
    + `require-trusted-types-for 'script'`
  const server = createServer(async ({ method, url = '/' }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1)
    if (method === 'POST' && url === '/portal-token') {
      const { status, body } = await portalToken().catch(() => ({ status: 502, body: {} }))
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body))
    } else if (method === 'GET' && files.includes(name)) {
      const text = readFileSync(new URL(name, import.meta.url), 'utf8').replaceAll(
        'https://billing.example.com',
        origin,
      )
      response
        .writeHead(200, {
          'content-type': types[name.split('.').at(-1) ?? ''],
          'content-security-policy': policy,
        })
        .end(text)
    } else response.writeHead(404).end()
  })

  /** Returns the token and nothing else of the response. */
  async function portalToken() {
    const answer = await fetch(`${origin}/api/billing/portal-sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ customerId, role: 'owner', actor: { id: 'u_42', name: '林晓' } }),
    })
    return answer.ok
      ? { status: 200, body: { token: (await answer.json()).token } }
      : { status: 502, body: {} }
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://localhost:${typeof address === 'object' ? address?.port : port}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {
    PORTAL_URL = 'http://127.0.0.1:8000/portal',
    BILLING_API_KEY: key,
    CUSTOMER_ID = 'test_customer',
    PORT = '8090',
  } = process.env
  if (!key) throw new Error('Set BILLING_API_KEY to a secret key of the billing API.')
  const { url } = await startExample({ portal: PORTAL_URL, key, customerId: CUSTOMER_ID, port: Number(PORT) })
  console.log(`The example host: ${url}`)
}
