import type { FastifyReply } from 'fastify'

/** Renews the token of a portal that stands alone; opens nothing else, and no script can read it. */
export const renewalCookie = 'portal_renewal'

const options = { path: '/api/portal/session', httpOnly: true, sameSite: 'strict' } as const

/** Gives the reader the cookie for `maxAge` seconds. */
export function setRenewalCookie(reply: FastifyReply, { secret, maxAge, secure }: { secret: string; maxAge: number; secure: boolean }): void {
  void reply.setCookie(renewalCookie, secret, { ...options, secure, maxAge })
}

/** Takes the cookie back. */
export function clearRenewalCookie(reply: FastifyReply, { secure }: { secure: boolean }): void {
  void reply.clearCookie(renewalCookie, { ...options, secure })
}
