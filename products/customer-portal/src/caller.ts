import { actingFor, BillingError, findPortalSession, type Engine } from '@customer-portal/billing'
import {
  HttpError,
  authenticate,
  bearerOf,
  callerOf,
  preferredLanguage,
  renewalCookieName,
  type App,
  type Asker,
  type Language,
} from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'
import type { Session } from './contract.ts'

export type PortalSession = Session & { sessionId: string }

declare module '@customer-portal/http' {
  interface Scopes {
    /** Anybody with a portal token. */
    'portal:read': PortalSession
    /** The roles owner and billing, which may change something. */
    'portal:write': PortalSession
    /** The renewal cookie of a standalone portal. */
    'portal:renewal': { secret: string }
  }
}

/** Authenticates a portal token or the renewal cookie; a viewer may only read. */
export function authenticatePortal(app: App, engine: Engine, { secure }: { secure: boolean }): void {
  const session = async (request: FastifyRequest): Promise<PortalSession> => {
    const found = await findPortalSession(engine, { token: bearerOf(request) })
    if (!found)
      throw new BillingError('unauthorized', { message: 'The portal token is unknown or has expired.' })
    return found
  }
  authenticate(app, 'portal:read', session)
  authenticate(app, 'portal:write', async (request) => {
    const found = await session(request)
    if (found.role === 'viewer')
      throw new HttpError('forbidden', { message: 'A viewer may read but not change anything.' })
    return found
  })
  authenticate(app, 'portal:renewal', async (request) => {
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin')
      throw new HttpError('forbidden', { message: 'Only the portal itself may renew its session.' })
    const secret = request.cookies[renewalCookieName({ secure })]
    if (!secret) throw new BillingError('unauthorized', { message: 'There is no session to renew.' })
    return { secret }
  })
}

/** Returns the caller's customer and an engine that sees this customer alone. Every handler starts here. */
export type ActFor = (request: FastifyRequest) => Asker

export function actForCaller(engine: Engine): ActFor {
  return (request) => {
    const { customerId, actor } = callerOf(request, 'portal:read', 'portal:write')
    return { engine: actingFor(engine, customerId), customerId, credential: `portal:${actor?.id ?? ''}` }
  }
}

/** The language of the caller's session, or of their browser when the session has none. */
export function languageFor(request: FastifyRequest): Language {
  return (
    callerOf(request, 'portal:read', 'portal:write').locale
    ?? preferredLanguage(request.headers['accept-language'])
  )
}
