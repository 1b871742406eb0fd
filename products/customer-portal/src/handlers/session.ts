import { endPortalSession, renewPortalSession, type Billing } from '@customer-portal/billing'
import { callerOf, clearRenewalCookie, type App } from '@customer-portal/http'
import { Type } from 'typebox'
import { Session, Token } from '../contract.ts'

/** Who is signed in, going on, and signing out. */
export function sessionRoutes(app: App, billing: Billing, { secure }: { secure: boolean }): void {
  app.get('/session', {
    config: { scope: 'portal:read' },
    schema: { summary: 'Who is signed in', tags: ['session'], response: { 200: Session } },
  }, async (request) => callerOf(request, 'portal:read'))

  app.post('/session/renew', {
    config: { scope: 'portal:renewal' },
    schema: {
      summary: 'A new token by the renewal cookie', tags: ['session'],
      description: 'Only for a portal that stands alone; an embedded one is renewed by its host. A browser has one cookie: the token is of the link opened last in it, so compare `customerId`.',
      response: { 200: Token },
    },
  }, async (request) => renewPortalSession(billing, callerOf(request, 'portal:renewal')))

  app.post('/session/logout', {
    config: { scope: 'portal:read' },
    schema: { summary: 'Sign out', tags: ['session'], response: { 204: Type.Null({ description: 'Signed out' }) } },
  }, async (request, reply) => {
    const { sessionId, customerId } = callerOf(request, 'portal:read')
    await endPortalSession(billing, { sessionId, customerId })
    clearRenewalCookie(reply, { secure })
    return reply.code(204).send(null)
  })
}
