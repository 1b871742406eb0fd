import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BillingError, type findSecretKey, type KeyScope } from '@customer-portal/billing'

declare module 'fastify' {
  interface FastifyContextConfig {
    scope: Scope
  }
  interface FastifyInstance {
    authenticators: Map<string, (request: FastifyRequest) => Promise<unknown>>
  }
}

/**
 * Who may call a route. Each product adds its scopes by declaration merging: the name a route declares → what
 * is known of the caller once its authenticator has let them in. A scope of the vendor's secret keys is what
 * a key must be allowed to do.
 */
export interface Scopes extends Record<KeyScope, NonNullable<Awaited<ReturnType<typeof findSecretKey>>>> {
  public: undefined
}
export type Scope = keyof Scopes & string

/** Lets a caller in, or throws BillingError `unauthorized` or `forbidden`. */
export type Authenticator<S extends Scope> = (request: FastifyRequest) => Promise<Scopes[S]>

type Authenticators = Map<string, (request: FastifyRequest) => Promise<unknown>>
const callers = new WeakMap<FastifyRequest, unknown>()

/**
 * Makes the app refuse by default: a route without a scope that somebody answers for stops the start, and
 * each request is asked for it.
 */
export function requireScopes(app: FastifyInstance): void {
  const authenticators: Authenticators = new Map([['public', async () => undefined]])
  app.decorate('authenticators', authenticators)
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope
    const name = `${String(route.method)} ${route.url}`
    if (!scope) throw new Error(`The route ${name} declares no scope. Say in config.scope who may call it.`)
    if (!authenticators.has(scope))
      throw new Error(`The route ${name} has the scope ${scope}, which nobody authenticates.`)
  })
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const authenticate = authenticators.get(request.routeOptions.config.scope)
    if (!authenticate)
      throw new Error(`${request.method} ${request.routeOptions.url} was reached without a scope`)
    callers.set(request, await authenticate(request))
  })
}

/** Says who answers for a scope; must come before the first route that declares it. */
export function authenticate<S extends Scope>(
  app: FastifyInstance,
  scope: S,
  authenticator: Authenticator<S>,
): void {
  app.authenticators.set(scope, authenticator)
}

/** What the authenticator of the route's scope found out about the caller. */
export function callerOf<S extends Scope>(request: FastifyRequest, ..._scopes: S[]): Scopes[S] {
  return callers.get(request) as Scopes[S]
}

/** The credential of `Authorization: Bearer …`. Throws `unauthorized` without one. */
export function bearerOf(request: FastifyRequest): string {
  const [, credential] = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  if (!credential)
    throw new BillingError('unauthorized', { message: 'Send the credential as "Authorization: Bearer …".' })
  return credential
}
