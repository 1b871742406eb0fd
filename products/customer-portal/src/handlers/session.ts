import {
  BillingError,
  endPortalSession,
  findOutcome,
  renewPortalSession,
  type Engine,
} from '@customer-portal/billing'
import { callerOf, clearRenewalCookie, type App } from '@customer-portal/http'
import { Type } from 'typebox'
import type { ActFor } from '../caller.ts'
import { CommandOutcome, Session, Token } from '../contract.ts'

/** The current session, its renewal, and signing out. */
export function sessionRoutes(
  app: App,
  engine: Engine,
  actFor: ActFor,
  { secure }: { secure: boolean },
): void {
  app.get(
    '/session',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Who is signed in',
        tags: ['session'],
        description: 'The customer, the role and the person that the token stands for.',
        response: { 200: Session },
      },
    },
    async (request) => callerOf(request, 'portal:read'),
  )

  app.get(
    '/commands/:key',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'What became of a command',
        tags: ['session'],
        params: Type.Object({ key: Type.String({ minLength: 1, maxLength: 255 }) }),
        response: { 200: CommandOutcome },
        description:
          'For whoever lost the answer to a call with an `Idempotency-Key`: '
          + '404 where it has not been done (or is still running). Kept for 48 hours.',
      },
    },
    async (request) => {
      const { engine: acting, customerId, credential } = actFor(request)
      const found = await findOutcome(acting, { customerId, credential, key: request.params.key })
      if (!found) throw new BillingError('not_found', { message: 'no command with this key has been done' })
      return { outcome: found.outcome, code: found.outcome === 'refused' ? found.code : null }
    },
  )

  app.post(
    '/session/renew',
    {
      config: { scope: 'portal:renewal' },
      schema: {
        summary: 'A new token by the renewal cookie',
        tags: ['session'],
        description:
          'Only for a portal that stands alone; an embedded one is renewed by its host. '
          + 'A browser has one cookie: the token is of the link opened last in it, '
          + 'so compare `customerId`.',
        response: { 200: Token },
      },
    },
    async (request) => renewPortalSession(engine, callerOf(request, 'portal:renewal')),
  )

  app.post(
    '/session/logout',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Sign out',
        tags: ['session'],
        description: 'Ends the session and its tokens, and takes the renewal cookie back.',
        response: { 204: Type.Null({ description: 'Signed out' }) },
      },
    },
    async (request, reply) => {
      const { sessionId, customerId } = callerOf(request, 'portal:read')
      await endPortalSession(engine, { sessionId, customerId })
      clearRenewalCookie(reply, { secure })
      return reply.code(204).send(null)
    },
  )
}
