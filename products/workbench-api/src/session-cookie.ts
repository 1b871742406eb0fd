import { sessionHours } from '@customer-portal/workbench'
import type { FastifyReply } from 'fastify'

const sessionCookie = 'workbench_session'

/**
 * Its name: over https one that a browser takes from this very host alone, and only over https (RFC 6265bis,
 * `__Host-`).
 */
export const sessionCookieName = ({ secure }: { secure: boolean }): string =>
  secure ? `__Host-${sessionCookie}` : sessionCookie

// A name with that prefix is for every path of its host.
const where = (secure: boolean) =>
  ({ path: secure ? '/' : '/api/workbench', httpOnly: true, sameSite: 'strict', secure }) as const

/**
 * Gives the browser the session's secret: no script reads it, no other site makes the browser send it, no
 * other path gets it.
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
