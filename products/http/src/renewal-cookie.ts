import type { FastifyReply } from 'fastify'

/** Renews the token of a portal that stands alone; opens nothing else, and no script can read it. */
const renewalCookie = 'portal_renewal'

/**
 * Its name: over https one that a browser takes from this very host alone, and only over https (RFC 6265bis,
 * `__Host-`).
 */
export const renewalCookieName = ({ secure }: { secure: boolean }): string =>
  secure ? `__Host-${renewalCookie}` : renewalCookie

// A name with that prefix is for every path of its host.
const optionsOf = (secure: boolean) =>
  ({ path: secure ? '/' : '/api/portal/session', httpOnly: true, sameSite: 'strict', secure }) as const

/** Gives the reader the cookie for `maxAge` seconds. */
export function setRenewalCookie(
  reply: FastifyReply,
  { secret, maxAge, secure }: { secret: string; maxAge: number; secure: boolean },
): void {
  void reply.setCookie(renewalCookieName({ secure }), secret, { ...optionsOf(secure), maxAge })
}

/** Takes the cookie back. */
export function clearRenewalCookie(reply: FastifyReply, { secure }: { secure: boolean }): void {
  void reply.clearCookie(renewalCookieName({ secure }), optionsOf(secure))
}
