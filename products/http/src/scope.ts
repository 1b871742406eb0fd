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
 * is known of the caller once its authenticator has accepted them. A scope of a secret key is a permission of
 * that key.
 */
export interface Scopes extends Record<KeyScope, NonNullable<Awaited<ReturnType<typeof findSecretKey>>>> {
  public: undefined
}
export type Scope = keyof Scopes & string

/** Authenticates a caller, or throws BillingError `unauthorized` or `forbidden`. */
export type Authenticator<S extends Scope> = (request: FastifyRequest) => Promise<Scopes[S]>

type Authenticators = Map<string, (request: FastifyRequest) => Promise<unknown>>
const callers = new WeakMap<FastifyRequest, unknown>()

/**
 * Makes the app deny by default: a route without a scope, or whose scope has no authenticator, stops the
 * start, and each request is authenticated.
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

/** Registers the authenticator of a scope; must come before the first route that declares it. */
export function authenticate<S extends Scope>(
  app: FastifyInstance,
  scope: S,
  authenticator: Authenticator<S>,
): void {
  app.authenticators.set(scope, authenticator)
}

/** The caller as the authenticator of the route's scope returned it. */
export function callerOf<S extends Scope>(request: FastifyRequest, ..._scopes: S[]): Scopes[S] {
  return callers.get(request) as Scopes[S]
}

/** The credential of `Authorization: Bearer …`. Throws `unauthorized` when it is missing. */
export function bearerOf(request: FastifyRequest): string {
  const [, credential] = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  if (!credential)
    throw new BillingError('unauthorized', { message: 'Send the credential as "Authorization: Bearer …".' })
  return credential
}
