import { sessionHours } from '@customer-portal/workbench'
import type { FastifyReply } from 'fastify'

const sessionCookie = 'workbench_session'

/**
 * The cookie's name. Over https the prefix `__Host-` makes browsers accept it from this host only, and only
 * over https (RFC 6265bis).
 */
export const sessionCookieName = ({ secure }: { secure: boolean }): string =>
  secure ? `__Host-${sessionCookie}` : sessionCookie

// The prefix requires the path `/`.
const where = (secure: boolean) =>
  ({ path: secure ? '/' : '/api/workbench', httpOnly: true, sameSite: 'strict', secure }) as const

/**
 * Sets the cookie with the session's secret: hidden from scripts, not sent by other sites' requests, and
 * limited to its path.
 */
export function setSessionCookie(
  reply: FastifyReply,
  { secret, secure }: { secret: string; secure: boolean },
): void {
  void reply.setCookie(sessionCookieName({ secure }), secret, {
    ...where(secure),
    maxAge: sessionHours * 3600,
  })
}

export function clearSessionCookie(reply: FastifyReply, { secure }: { secure: boolean }): void {
  void reply.clearCookie(sessionCookieName({ secure }), where(secure))
}
