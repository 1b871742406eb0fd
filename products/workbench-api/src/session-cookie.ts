import { sessionHours } from '@customer-portal/workbench'
import type { FastifyReply } from 'fastify'

export const sessionCookie = 'workbench_session'

const where = { path: '/api/workbench', httpOnly: true, sameSite: 'strict' } as const

/** Gives the browser the session's secret: no script reads it, no other site makes the browser send it, no other path gets it. */
export function setSessionCookie(reply: FastifyReply, { secret, secure }: { secret: string; secure: boolean }): void {
  void reply.setCookie(sessionCookie, secret, { ...where, secure, maxAge: sessionHours * 3600 })
}

export function clearSessionCookie(reply: FastifyReply, { secure }: { secure: boolean }): void {
  void reply.clearCookie(sessionCookie, { ...where, secure })
}
