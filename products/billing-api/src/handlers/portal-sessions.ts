import { BillingError, createPortalSession, exchangePortalCode, type Engine } from '@customer-portal/billing'
import { setRenewalCookie, type App } from '@customer-portal/http'
import { Token } from '@customer-portal/http/resources'
import { ExchangeInput, PortalSession, PortalSessionInput } from '../contract.ts'

/**
 * Throws unless the path, as a browser resolves it, is below /portal: browsers take `%2e%2e` for dots too.
 */
function assertInPortal(path: string): void {
  const { pathname, origin } = new URL(`/portal${path}`, 'https://portal.invalid')
  if (origin === 'https://portal.invalid' && (pathname === '/portal' || pathname.startsWith('/portal/')))
    return
  throw new BillingError('validation_failed', {
    pointer: '/path',
    message: 'The path must lead to a page of the portal.',
  })
}

/**
 * Portal sessions: the vendor creates them, and the customer's browser redeems the code. No `Idempotency-Key`
 * here, because the answers hold secrets and must not be stored.
 */
export function portalSessionRoutes(app: App, engine: Engine, publicUrl: () => string): void {
  app.post(
    '/portal-sessions',
    {
      config: { scope: 'portal-sessions:write' },
      schema: {
        summary: 'Let somebody into the portal',
        tags: ['portal sessions'],
        description:
          'An embedded portal takes the `token`; `url` opens one that stands alone, once, within 60 '
          + 'seconds. Without a `role` the session may do everything.',
        body: PortalSessionInput,
        response: { 201: PortalSession },
      },
    },
    async (request, reply) => {
      const { path = '', ...session } = request.body
      assertInPortal(path)
      const { token, expiresAt, code } = await createPortalSession(engine, session)
      void reply.code(201)
      return { token, expiresAt, code, url: `${publicUrl()}/portal${path}#code=${code}` }
    },
  )

  app.post(
    '/portal-sessions/exchange',
    {
      config: { scope: 'public' },
      schema: {
        summary: 'Redeem a one-time code',
        tags: ['portal sessions'],
        description: 'No key needed; works once, within 60 seconds. Also sets the renewal cookie.',
        body: ExchangeInput,
        response: { 200: Token },
      },
    },
    async (request, reply) => {
      const { token, expiresAt, customerId, renewal } = await exchangePortalCode(engine, request.body)
      const maxAge = Math.max(
        0,
        Math.floor((Date.parse(renewal.expiresAt) - Date.parse(engine.now())) / 1000),
      )
      setRenewalCookie(reply, { secret: renewal.secret, maxAge, secure: publicUrl().startsWith('https:') })
      return { token, expiresAt, customerId }
    },
  )
}
