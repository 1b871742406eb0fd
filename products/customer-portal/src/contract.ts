import { Type, type Static } from 'typebox'
import { Id, Instant, InvoiceTitle, Locale, LocalizedText, Nullable, Plan, Role, Token } from '@customer-portal/http/resources'

export { Account, Changed, Role, Scheduled, Token } from '@customer-portal/http/resources'
export type {
  CreditMovement, Invoice, InvoiceLine, InvoiceTitle, LocalizedText, Meter, Plan, Preview, Problem, Seller, Subscription, UsageEvent, UsagePeriod, UsageSummary,
} from '@customer-portal/http/resources'

const closed = { additionalProperties: false } as const

/** PUT /account: each field optional; `version` is the one the reader saw. */
export const AccountUpdate = Type.Object(
  {
    companyName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    contactName: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    email: Type.Optional(Nullable(Type.String({ format: 'email', maxLength: 254 }))),
    phone: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
    address: Type.Optional(Nullable(Type.String({ maxLength: 300 }))),
    locale: Type.Optional(Locale),
    timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    invoiceTitle: Type.Optional(Nullable(InvoiceTitle)),
    version: Type.Integer({ minimum: 1 }),
  },
  closed,
)
export type AccountUpdate = Static<typeof AccountUpdate>

export const PortalPlan = Type.Object(
  { ...Plan.properties, relation: Type.Union([Type.Literal('current'), Type.Literal('upgrade'), Type.Literal('downgrade')]) },
  closed,
)
export type PortalPlan = Static<typeof PortalPlan>

export const PlanChange = Type.Object({ planId: Id, seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), quoteId: Type.Optional(Type.String({ maxLength: 64 })) }, closed)
export type PlanChange = Static<typeof PlanChange>
/** POST /subscription/cancel */
export const Cancellation = Nullable(Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) }, closed))
export const PreviewRequest = Type.Object({ planId: Id, seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }, closed)

/** GET /usage/rejected */
export const RejectedUsage = Type.Object(
  {
    id: Type.String(), meter: Type.String(), quantity: Nullable(Type.Number()), time: Nullable(Type.String()), code: Type.String(),
    reason: Type.Unsafe<LocalizedText>({ ...LocalizedText, description: 'Why it was not counted, in a sentence' }), rejectedAt: Instant,
  },
  closed,
)
export type RejectedUsage = Static<typeof RejectedUsage>

/** GET /usage/late */
export const LateUsage = Type.Object(
  {
    id: Type.String(), meter: Id, quantity: Type.Number(), time: Instant, storedAt: Instant, period: Type.String(),
    code: Type.Union([Type.Literal('billed'), Type.Literal('pending'), Type.Literal('unchanged'), Type.Literal('uncharged')]),
    reason: Type.Unsafe<LocalizedText>({ ...LocalizedText, description: 'What became of it, in a sentence' }),
    invoice: Nullable(Type.Object({ id: Id, number: Type.String() }, closed)),
  },
  closed,
)
export type LateUsage = Static<typeof LateUsage>

/** GET /session */
export const Session = Type.Object(
  { customerId: Id, role: Role, actor: Nullable(Type.Object({ id: Type.String(), name: Type.String() }, closed)), locale: Nullable(Locale), expiresAt: Instant },
  closed,
)
export type Session = Static<typeof Session>

/** POST /session/renew: the cookie is one for the whole browser, so by now it may be that of a link to another customer. */
export const RenewedToken = Type.Object({ ...Token.properties, customerId: Id }, closed)
export type RenewedToken = Static<typeof RenewedToken>
