import { BillingError, findSecretKey, type Billing } from '@customer-portal/billing'
import { authenticate, bearerOf, callerOf, type App, type Asker } from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'

declare module '@customer-portal/http' {
  interface Scopes {
    /** A system of the vendor's, with a secret key. */
    billing: { id: string; name: string }
  }
}

/** Lets in who carries one of the vendor's secret keys. */
export function authenticateVendor(app: App, billing: Billing): void {
  authenticate(app, 'billing', async (request) => {
    const key = await findSecretKey(billing, { key: bearerOf(request) })
    if (!key) throw new BillingError('unauthorized', { message: 'The secret key is unknown.' })
    return key
  })
}

/** Who asks, for the idempotency of a command about one customer ('' for one about none). */
export type AskerOf = (request: FastifyRequest, customerId?: string) => Asker

export function askerIn(billing: Billing): AskerOf {
  return (request, customerId = '') => ({ billing, customerId, credential: `key:${callerOf(request, 'billing').id}` })
}
