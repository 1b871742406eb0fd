import { HttpError } from './http-error.ts'
import {
  allowsScope,
  BillingError,
  findSecretKey,
  keyScopes,
  type Engine,
  type KeyScope,
} from '@customer-portal/billing'
import type { FastifyInstance } from 'fastify'
import { authenticate, bearerOf } from './scope.ts'

/** Accepts callers with a secret key that has the scope of the route. Throws unauthorized, scope_missing. */
export function authenticateKeys(app: FastifyInstance, engine: Engine): void {
  for (const scope of keyScopes) {
    authenticate(app, scope, async (request) => {
      const key = await findSecretKey(engine, { key: bearerOf(request) })
      if (!key)
        throw new BillingError('unauthorized', {
          message: 'The secret key is unknown, was revoked or has expired.',
        })
      if (!allowsScope(key.scopes, scope)) {
        throw new HttpError('scope_missing', {
          scope,
          message: `This needs the scope ${scope}; the key has ${key.scopes.join(', ')}.`,
        })
      }
      return key
    })
  }
}

/** Whether a scope belongs to the vendor's secret keys. */
export const isKeyScope = (scope: string | undefined): scope is KeyScope =>
  (keyScopes as readonly string[]).includes(scope ?? '')
