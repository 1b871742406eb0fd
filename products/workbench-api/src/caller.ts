import { BillingError } from '@customer-portal/billing'
import { findAgent, type Agent, type Workbench } from '@customer-portal/workbench'
import { HttpError, authenticate, type App } from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'
import { sessionCookieName } from './session-cookie.ts'

export interface AgentCaller {
  agent: Agent
  /** The session's secret, for logging out. */
  secret: string
}

declare module '@customer-portal/http' {
  interface Scopes {
    /** A logged-in agent, by the cookie of the workbench. */
    'workbench:agent': AgentCaller
  }
}

/** Authenticates agents by their cookie. */
export function authenticateWorkbench(
  app: App,
  { workbench, secure }: { workbench: Workbench; secure: boolean },
): void {
  authenticate(app, 'workbench:agent', async (request) => {
    const secret = request.cookies[sessionCookieName({ secure })]
    const agent = secret ? await findAgent(workbench, { secret }) : undefined
    if (!secret || !agent)
      throw new BillingError('unauthorized', { message: 'Log in to the workbench first.' })
    return { agent, secret }
  })
}

/**
 * Protects against cross-site requests, since browsers send the cookie whoever caused the request. A command
 * must be JSON (which another site may only send with our permission) and come from a page of this origin.
 * Clients other than browsers send neither header and hold no cookie by accident.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new HttpError('unsupported_media_type', { message: 'Send the body as application/json.' })
  const site = request.headers['sec-fetch-site']
  const foreign =
    site === undefined ? isForeign(request.headers.origin, request.host) : site !== 'same-origin'
  if (foreign)
    throw new HttpError('forbidden', { message: 'Only a page of the workbench itself may do this.' })
}

function isForeign(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const page = new URL(origin)
  // Parsed as a URL too, so that an explicit default port is the same host.
  const own = `${page.protocol}//${host}`
  return !URL.canParse(own) || new URL(own).host !== page.host
}
