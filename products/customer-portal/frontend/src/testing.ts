import { registerBillingApi } from '@customer-portal/billing-api'
import { createPortalSession } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { registerPortalApi } from '@customer-portal/portal-api'

export interface Request {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

/**
 * A real server with the customers `acme` and `globex`, and a browser that calls it: its `fetch` and its one
 * renewal cookie.
 */
export interface Browser {
  server: TestServer
  /** The page's requests since the test began. */
  requests: Request[]
  /** Paths whose calls do not reach the server. */
  unreachable: Set<string>
  /** Paths whose calls take effect, but whose responses are lost. */
  answersLost: Set<string>
  fetch: typeof fetch
  /** A link's one-time code. */
  codeFor(customerId: string): Promise<string>
  tokenFor(customerId: string): Promise<string>
}

export async function testBrowser(): Promise<Browser> {
  const server = await testServer(testDatabases[0]!.create, async (app, { engine }) => {
    await registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' })
    await registerPortalApi(app, { engine, secure: true })
  })
  await seedTwoCustomers(server)
  const requests: Request[] = []
  const unreachable = new Set<string>()
  const answersLost = new Set<string>()
  let cookies: Record<string, string> = {}
  return {
    server,
    requests,
    unreachable,
    answersLost,
    async fetch(path, { method = 'GET', headers = {}, body, credentials } = {}) {
      const asked = {
        method,
        path: String(path),
        headers: headers as Record<string, string>,
        body: typeof body === 'string' ? JSON.parse(body) : undefined,
      }
      requests.push(asked)
      if (unreachable.has(asked.path)) throw new TypeError('fetch failed')
      const answer = await server.app.inject({
        method: method as 'GET',
        url: asked.path,
        headers: asked.headers,
        payload: body as string,
        cookies: credentials === 'same-origin' ? cookies : {},
      })
      if (answersLost.has(asked.path)) throw new TypeError('fetch failed')
      for (const { name, value } of answer.cookies) cookies = { ...cookies, [name]: value }
      return new Response(answer.statusCode === 204 ? null : answer.body, {
        status: answer.statusCode,
        headers: { 'Content-Type': String(answer.headers['content-type']) },
      })
    },
    codeFor: async (customerId) => (await createPortalSession(server.engine, { customerId })).code,
    tokenFor: async (customerId) => (await createPortalSession(server.engine, { customerId })).token,
  }
}
