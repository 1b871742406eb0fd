import { keyScopes, type Engine } from '@customer-portal/billing'
import { authenticateKeys, describeApi, type App } from '@customer-portal/http'
import {
  Account,
  Changed,
  Invoice,
  InvoiceSummary,
  OneOffCharge,
  Payment,
} from '@customer-portal/http/resources'
import { askerIn } from './caller.ts'
import { CloudEvent } from './cloud-event.ts'
import {
  AdjustmentInput,
  BalanceAdjustment,
  Activity,
  ChargeInput,
  ConsumeInput,
  Consumed,
  CreatedKey,
  CreditNoteInput,
  CustomerInput,
  CustomerUpdate,
  CouponInput,
  DiscountInput,
  EventInput,
  KeyInput,
  LateEvent,
  MeterInput,
  PaymentInput,
  PlanInput,
  PortalSession,
  PortalSessionInput,
  Priced,
  PricingInput,
  Quota,
  Reconciliation,
  Recorded,
  RejectedEvent,
  Released,
  ReserveInput,
  Reserved,
  Refund,
  RefundInput,
  RetryInput,
  RotateInput,
  SecretKey,
  Settled,
  SettleInput,
  SubscriptionInput,
} from './contract.ts'
import { takeCustomersByAlias } from './customer-name.ts'
import { Alias, aliasRoutes } from './handlers/aliases.ts'
import { balanceRoutes } from './handlers/balance.ts'
import {
  eventRoutes,
  FoundEvent,
  ListedEvent,
  ListedReservation,
  MeterFill,
  UsageRange,
} from './handlers/events.ts'
import {
  ListedPayment,
  ListedSubscription,
  listRoutes,
  PaymentSummary,
  SubscriptionSummary,
} from './handlers/lists.ts'
import { Charged, chargeRoutes, ChargeSummary } from './handlers/charges.ts'
import { catalogueRoutes } from './handlers/catalogue.ts'
import { activityRoutes } from './handlers/activity.ts'
import { couponRoutes } from './handlers/coupons.ts'
import { customerRoutes } from './handlers/customers.ts'
import { deficitRoutes } from './handlers/deficits.ts'
import { discountRoutes } from './handlers/discounts.ts'
import { grantRoutes } from './handlers/grants.ts'
import { invoiceRoutes } from './handlers/invoices.ts'
import { keyRoutes } from './handlers/keys.ts'
import { portalSessionRoutes } from './handlers/portal-sessions.ts'
import { pricingRoutes } from './handlers/pricing.ts'
import { quotaRoutes } from './handlers/quota.ts'
import { reconciliationRoutes } from './handlers/reconciliation.ts'
import { testClockRoutes, type TestClock } from './handlers/test-clock.ts'
import { usageRoutes } from './handlers/usage.ts'
import { chinese } from './reference/chinese.ts'
import { operations, values } from './reference/operations.ts'

export interface BillingApiOptions {
  engine: Engine
  /** The public address of this server, without a trailing slash. */
  publicUrl: () => string
  /** Present when the server runs on a test clock. */
  testClock?: TestClock
}

/** The vendor's API, `/api/billing/*`, for the vendor's own systems. */
export async function registerBillingApi(
  app: App,
  { engine, publicUrl, testClock }: BillingApiOptions,
): Promise<void> {
  await app.register(
    async (scoped) => {
      const api = scoped as unknown as App
      authenticateKeys(api, engine)
      takeCustomersByAlias(scoped, engine)
      await describeApi(api, description)
      const askerOf = askerIn(engine)
      catalogueRoutes(api, engine, askerOf)
      pricingRoutes(api)
      customerRoutes(api, engine, askerOf)
      aliasRoutes(api, engine, askerOf)
      eventRoutes(api, engine)
      listRoutes(api, engine)
      deficitRoutes(api, engine, askerOf)
      discountRoutes(api, engine, askerOf)
      grantRoutes(api, engine, askerOf)
      couponRoutes(api, engine, askerOf)
      usageRoutes(api, engine)
      quotaRoutes(api, engine)
      invoiceRoutes(api, engine, askerOf)
      balanceRoutes(api, engine, askerOf)
      chargeRoutes(api, engine, askerOf)
      activityRoutes(api, engine)
      portalSessionRoutes(api, engine, publicUrl)
      keyRoutes(api, engine)
      reconciliationRoutes(api, engine)
      if (testClock) testClockRoutes(api, testClock)
    },
    { prefix: '/api/billing' },
  )
}

const description = {
  name: 'billing',
  title: "Vendor's API",
  description:
    "For the vendor's own systems: plans, customers, usage, quota and invoices. "
    + 'Amounts are minor units, such as cents; instants are UTC. `Idempotency-Key` makes a POST or PUT '
    + 'safe to repeat.',
  tags: [
    { name: 'catalogue', description: 'Meters, plans and the seller' },
    { name: 'customers', description: 'Customers, their subscriptions and discounts' },
    { name: 'usage', description: 'Usage events and quota' },
    { name: 'invoices', description: 'Invoices, payments and credit notes' },
    { name: 'activity', description: 'What happened, in order' },
    { name: 'portal sessions', description: 'Letting customers into the portal' },
    { name: 'keys', description: 'The secret keys of this API' },
    { name: 'test clock', description: 'Only on a server with a test clock' },
  ],
  security: {
    secretKey: {
      scheme: {
        type: 'http' as const,
        scheme: 'bearer' as const,
        description: 'A secret key of the vendor, with the scope that each operation names',
      },
      scopes: [...keyScopes],
    },
  },
  schemas: {
    MeterFill,
    Invoice,
    InvoiceSummary,
    FoundEvent,
    ListedEvent,
    ListedPayment,
    ListedReservation,
    ListedSubscription,
    PaymentSummary,
    SubscriptionSummary,
    UsageRange,
    Account,
    Alias,
    Activity,
    Changed,
    Charged,
    ChargeInput,
    ChargeSummary,
    CloudEvent,
    ConsumeInput,
    Consumed,
    CouponInput,
    CreatedKey,
    CreditNoteInput,
    CustomerInput,
    CustomerUpdate,
    DiscountInput,
    EventInput,
    KeyInput,
    LateEvent,
    MeterInput,
    OneOffCharge,
    Payment,
    PaymentInput,
    PlanInput,
    PortalSession,
    PortalSessionInput,
    Priced,
    PricingInput,
    Quota,
    Reconciliation,
    Recorded,
    RejectedEvent,
    Released,
    ReserveInput,
    Reserved,
    RetryInput,
    RotateInput,
    SecretKey,
    Settled,
    SettleInput,
    SubscriptionInput,
    AdjustmentInput,
    BalanceAdjustment,
    Refund,
    RefundInput,
  },
  operations,
  values,
  chinese,
  hasSdk: true,
}
