import type { FastifyReply } from 'fastify'

/** Renews the token of a standalone portal. It grants nothing else, and scripts cannot read it. */
const renewalCookie = 'portal_renewal'

/**
 * The cookie's name. Over https the prefix `__Host-` makes browsers accept it from this host only, and only
 * over https (RFC 6265bis).
 */
export const renewalCookieName = ({ secure }: { secure: boolean }): string =>
  secure ? `__Host-${renewalCookie}` : renewalCookie

// The prefix requires the path `/`.
const optionsOf = (secure: boolean) =>
  ({ path: secure ? '/' : '/api/portal/session', httpOnly: true, sameSite: 'strict', secure }) as const

/** Sets the cookie for `maxAge` seconds. */
export function setRenewalCookie(
  reply: FastifyReply,
  { secret, maxAge, secure }: { secret: string; maxAge: number; secure: boolean },
): void {
  void reply.setCookie(renewalCookieName({ secure }), secret, { ...optionsOf(secure), maxAge })
}

/** Removes the cookie. */
export function clearRenewalCookie(reply: FastifyReply, { secure }: { secure: boolean }): void {
  void reply.clearCookie(renewalCookieName({ secure }), optionsOf(secure))
}
