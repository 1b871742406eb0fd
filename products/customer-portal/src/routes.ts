import type { Engine } from '@customer-portal/billing'
import { describeApi, renewalCookieName, type App } from '@customer-portal/http'
import { actForCaller, authenticatePortal } from './caller.ts'
import { AccountUpdate, Advice, PortalPlan, Session, Token } from './contract.ts'
import { accountRoutes } from './handlers/account.ts'
import { billingRoutes } from './handlers/billing.ts'
import { couponGuesses } from './coupon-guesses.ts'
import { couponRoutes } from './handlers/coupons.ts'
import { sessionRoutes } from './handlers/session.ts'
import { subscriptionRoutes } from './handlers/subscription.ts'
import { usageRoutes } from './handlers/usage.ts'
import { usageStreamRoutes, type UsageStreamLimits } from './handlers/usage-stream.ts'
import { chinese } from './reference/chinese.ts'
import { operations, values } from './reference/operations.ts'

export interface PortalApiOptions {
  engine: Engine
  /** Send cookies over https only. */
  secure: boolean
  /** Whether plans are compared on the customer's usage; default true. */
  advice?: boolean
  /** Overrides of the usage stream's limits. */
  streams?: Partial<UsageStreamLimits>
}

/**
 * The customer's API, `/api/portal/*`. The customer comes from the token alone, and the database shows each
 * call only that customer's rows.
 */
export async function registerPortalApi(
  app: App,
  { engine, secure, streams, advice = true }: PortalApiOptions,
): Promise<void> {
  await app.register(
    async (scoped) => {
      const api = scoped as unknown as App
      authenticatePortal(api, engine, { secure })
      await describeApi(api, description({ secure }))
      const actFor = actForCaller(engine)
      accountRoutes(api, actFor)
      const guesses = couponGuesses()
      subscriptionRoutes(api, actFor, { advice, guesses })
      couponRoutes(api, actFor, guesses)
      usageRoutes(api, actFor)
      usageStreamRoutes(api, engine, streams)
      billingRoutes(api, actFor)
      sessionRoutes(api, engine, actFor, { secure })
    },
    { prefix: '/api/portal' },
  )
}

const description = ({ secure }: { secure: boolean }) => ({
  name: 'portal',
  title: "Customer's API",
  description:
    'What the portal shows and does for the customer whose token the call carries. '
    + 'Amounts are minor units, such as cents; instants are UTC.',
  tags: [
    { name: 'account', description: "The customer's details and invoice title" },
    { name: 'subscription', description: 'The plan, the plans on sale, and changing it' },
    { name: 'usage', description: 'What was used' },
    { name: 'billing', description: 'Invoices and their PDF' },
    { name: 'session', description: 'Who is signed in' },
  ],
  security: {
    portalToken: {
      scheme: {
        type: 'http' as const,
        scheme: 'bearer' as const,
        description: 'The token of a portal session, 15 minutes',
      },
      scopes: ['portal:read' as const, 'portal:write' as const],
    },
    renewalCookie: {
      scheme: {
        type: 'apiKey' as const,
        in: 'cookie' as const,
        name: renewalCookieName({ secure }),
        description: 'Set by the exchange of a one-time code',
      },
      scopes: ['portal:renewal' as const],
    },
  },
  schemas: { AccountUpdate, Advice, PortalPlan, Session, Token },
  operations,
  values,
  chinese,
})
