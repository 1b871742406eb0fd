import { activityTypes, grantableScopes, limits, type Code } from '@customer-portal/billing'
import { PageQuery } from '@customer-portal/http'
import { Type, type Static } from 'typebox'
import {
  Amount,
  Charge,
  CustomerId,
  Conflict,
  CouponCode,
  couponTerms,
  Currency,
  discountFields,
  DiscountUntil,
  BreakdownStep,
  FeeInput,
  GrantCategory,
  GrantSource,
  Id,
  Instant,
  InvoiceTitle,
  LocalDate,
  Locale,
  LocalizedText,
  Meter,
  Nullable,
  Page,
  Party,
  Percent,
  PaymentTermsDays,
  PeriodLabel,
  Plan,
  Price,
  PurchaseOrderNumber,
  Quantity,
  Role,
  Seller,
  UsageEvent,
  UsagePeriod,
  Unit,
  UnitWord,
} from '@customer-portal/http/resources'
import { CloudEvent } from './cloud-event.ts'

const closed = { additionalProperties: false } as const
const { key: _key, ...meterFields } = Meter.properties
const Text = Type.Union([Type.String({ minLength: 1, maxLength: 500 }), LocalizedText], {
  description: 'One text for both languages, or one each',
})

/** PUT and GET /seller: the seller printed on invoices, and which invoices are issued. */
export const SellerSettings = Type.Object(
  {
    ...Seller.properties,
    zeroInvoices: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether invoices of which every line is 0 are issued too, such as those of a free plan',
      }),
    ),
  },
  closed,
)

/** PUT /meters/{key} */
export const MeterInput = Type.Object(
  {
    name: Text,
    unit: Type.Union([UnitWord, Unit], {
      description: 'One text for both languages, or one each; `one` is English for one of them',
    }),
    decimals: Type.Optional(meterFields.decimals),
    aggregation: Type.Optional(meterFields.aggregation),
    uniqueBy: meterFields.uniqueBy,
    carry: meterFields.carry,
    groupBy: meterFields.groupBy,
    eventType: meterFields.eventType,
    valueProperty: meterFields.valueProperty,
    filters: meterFields.filters,
    backfill: Type.Optional(
      Type.Boolean({
        description:
          'Count the events of its type that were stored before as well, '
          + 'in the periods that are not billed yet',
      }),
    ),
  },
  closed,
)

const TrialDays = Type.Integer({ minimum: 0, maximum: limits.maxTrialDays })

/** PUT /plans/{id}: a plan without its version; omitted fields have defaults. */
export const PlanInput = Type.Object(
  {
    name: Text,
    description: Type.Optional(Text),
    features: Type.Optional(Type.Array(Text, { maxItems: 20 })),
    recommended: Type.Optional(Type.Boolean()),
    archived: Type.Optional(Type.Boolean()),
    rank: Type.Optional(Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 })),
    currency: Type.Optional(Currency),
    fee: FeeInput,
    setupFee: Type.Optional(Plan.properties.setupFee),
    minimumSpend: Type.Optional(Plan.properties.minimumSpend),
    interval: Type.Optional(Plan.properties.interval),
    intervalCount: Type.Optional(Plan.properties.intervalCount),
    alignment: Type.Optional(Plan.properties.alignment),
    seats: Type.Optional(
      Nullable(
        Type.Object(
          {
            min: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
            max: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
          },
          closed,
        ),
      ),
    ),
    trialDays: Type.Optional(TrialDays),
    taxRate: Type.Optional(Percent),
    taxMode: Type.Optional(Plan.properties.taxMode),
    paymentTermsDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3650 })),
    graceHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 8760 })),
    charges: Type.Optional(Type.Array(Charge, { maxItems: 50 })),
  },
  closed,
)

/** POST /pricing/preview */
export const PricingInput = Type.Object(
  {
    price: Price,
    included: Type.Optional(Charge.properties.included),
    minimum: Charge.properties.minimum,
    maximum: Charge.properties.maximum,
    quantity: Type.Number({
      minimum: 0,
      description: 'Units used, with at most six decimals; minor units where the price is a percentage',
    }),
    events: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000_000,
        description: 'In how many events: what `perEvent` is charged for; 1 when absent',
      }),
    ),
    currency: Currency,
  },
  closed,
)
export const Priced = Type.Object(
  { amount: Amount, currency: Currency, breakdown: Type.Array(BreakdownStep) },
  closed,
)

const customerFields = {
  companyName: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  contactName: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  email: Type.Optional(Nullable(Type.String({ format: 'email', maxLength: 254 }))),
  phone: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
  address: Type.Optional(Nullable(Type.String({ maxLength: 300 }))),
  timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  locale: Type.Optional(Locale),
  invoiceTitle: Type.Optional(Nullable(InvoiceTitle)),
  paymentTermsDays: Type.Optional(PaymentTermsDays),
  purchaseOrderNumber: Type.Optional(PurchaseOrderNumber),
}
/** POST /customers */
export const CustomerInput = Type.Object(
  { id: Type.Optional(CustomerId), ...customerFields, currency: Type.Optional(Currency) },
  closed,
)
/** PUT /customers/{id}: omitted fields stay; with `version`, a stale update is rejected. */
export const CustomerUpdate = Type.Object(
  {
    ...customerFields,
    companyName: Type.Optional(customerFields.companyName),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
)

/**
 * PUT /customers/{id}/discounts/{discountId}: applies to what begins from `from` to `until`, both inclusive,
 * whenever that is billed.
 */
export const DiscountInput = Type.Object(
  { name: Type.Optional(Text), ...discountFields, until: Type.Optional(DiscountUntil) },
  closed,
)
/** GET /customers/{id}/deficits */
export const Deficit = Type.Object(
  { meter: Id, deficit: Type.Number({ minimum: 0 }) },
  {
    ...closed,
    description:
      'Units that were used ahead of an allowance that ended lower. They are never billed: '
      + 'they count as used in the usage periods after, until they are worked off',
  },
)
/** POST /customers/{id}/deficits/{meter}/forgive */
export const ForgiveInput = Type.Object(
  {
    quantity: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Units; all of it when absent' }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  },
  closed,
)
const GrantReason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
/** POST /customers/{id}/grants */
export const GrantInput = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: '^[A-Za-z0-9._-]+$',
        description: 'Told again with the same content, the grant is answered as it is',
      }),
    ),
    meter: Id,
    units: Type.Number({ exclusiveMinimum: 0 }),
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 50 })),
    category: GrantCategory,
    source: GrantSource,
    effectiveOn: Type.Optional(LocalDate),
    expiresOn: Type.Optional(Nullable(LocalDate)),
    reason: Type.Optional(GrantReason),
  },
  {
    ...closed,
    description:
      '`effectiveOn`: from today to 366 days ahead, today when absent; `expiresOn`: the last date on which it '
      + 'is drawn, at most 3,660 days later, none when absent. Both are dates of the customer’s',
  },
)
/** POST /customers/{id}/grants/{grantId}/void */
export const VoidGrantInput = Type.Object({ reason: GrantReason }, closed)
/** POST /customers/{id}/grants/{grantId}/expire */
export const ExpireInput = Type.Object(
  { expiresOn: Type.Optional(LocalDate), reason: GrantReason },
  { ...closed, description: '`expiresOn`: today when absent' },
)
/** POST /customers/{id}/grants/{grantId}/extend */
export const ExtendInput = Type.Object({ expiresOn: Nullable(LocalDate), reason: GrantReason }, closed)

const { from: _from, ...couponFields } = discountFields
const couponLimits = {
  currency: Type.Unsafe<string | null>({
    ...Nullable(Currency),
    description: 'Of amounts in minor units: only accounts in it redeem the code. CNY when absent',
  }),
  redeemFrom: Type.Unsafe<string | null>({
    ...Nullable(LocalDate),
    description:
      "The first date on which it is redeemed, on the customer's calendar; until then it is unknown",
  }),
  redeemBy: Type.Unsafe<string | null>({
    ...Nullable(LocalDate),
    description: "The last date on which it is redeemed, on the customer's calendar",
  }),
  maxRedemptions: Type.Unsafe<number | null>({
    ...Nullable(Type.Integer({ minimum: 1, maximum: limits.coupons.redemptions })),
    description: 'How often it is redeemed in all',
  }),
  perCustomer: Type.Integer({
    minimum: 1,
    maximum: limits.coupons.perCustomer,
    description: 'How often one customer redeems it, 1 unless told; a discount taken away gives no code back',
  }),
  firstTimeOnly: Type.Boolean({
    description: 'Only for customers without an invoice, who have redeemed no other code of this kind',
  }),
  archived: Type.Boolean({ description: 'Redeemed no more; what was redeemed stays' }),
}
/** PUT /coupons/{code} */
export const CouponInput = Type.Object(
  {
    name: Type.Optional(Text),
    ...couponFields,
    appliesTo: Type.Optional(couponFields.appliesTo),
    ...Type.Partial(Type.Object({ ...couponTerms, ...couponLimits })).properties,
  },
  closed,
)
/** GET /coupons/{code} */
export const Coupon = Type.Object(
  {
    code: Type.String({ description: 'Upper case, of A to Z, 0 to 9 and hyphens' }),
    name: LocalizedText,
    ...couponFields,
    ...couponTerms,
    ...couponLimits,
    redemptions: Type.Integer({ minimum: 0, description: 'How often it was redeemed' }),
    createdAt: Instant,
  },
  closed,
)

/** POST /customers/{customerId}/charges */
export const ChargeInput = Type.Object(
  {
    id: Type.Optional({
      ...Id,
      description: 'Unique per customer: the same charge told again is answered as it is now',
    }),
    name: Text,
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    unitAmount: Type.Integer({
      maximum: 1_000_000_000_000,
      description:
        'Minor units of the account’s currency for one, above zero: to give money, adjust the balance or '
        + 'credit an invoice. `quantity` × `unitAmount` is at most 1,000,000,000,000',
    }),
    taxRate: Type.Optional({ ...Percent, description: 'Omitted: that of the plan at the time it is billed' }),
    taxMode: Type.Optional(Plan.properties.taxMode),
    when: Type.Union([Type.Literal('now'), Type.Literal('next_invoice')], {
      description:
        '`now`: on an invoice of its own, at once. `next_invoice`: it waits, and may be withdrawn, until the '
        + 'next invoice: of the subscription’s start, of a change or an ending, or of the end of the usage '
        + 'period, which is issued for it alone if need be. Without a subscription it is billed on the first '
        + 'of the month after',
    }),
  },
  closed,
)

/** GET /activity */
export const Activity = Type.Object(
  {
    id: Type.String(),
    type: Type.Unsafe<(typeof activityTypes)[number]>(
      Type.Union(activityTypes.map((type) => Type.Literal(type))),
    ),
    customerId: CustomerId,
    subjectId: Type.String({
      description:
        'The account, subscription, invoice or charge it happened to: read it for its state now; of a '
        + 'balance, the refund or adjustment; of a coupon, the discount',
    }),
    at: Instant,
  },
  closed,
)

/** POST /customers/{id}/subscription */
export const SubscriptionInput = Type.Object(
  {
    planId: Id,
    seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    startsAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Now when absent; at most 35 days ago' }),
    ),
    trialDays: Type.Optional({
      ...TrialDays,
      description: "Days without a fee before the first one; the plan's when absent, 0 for none",
    }),
    quoteId: Type.Optional(Type.String({ maxLength: 64 })),
    coupon: Type.Optional(CouponCode),
  },
  closed,
)

/** POST /customers/{id}/subscription/change */
export const ChangeInput = Type.Object(
  {
    planId: Id,
    planVersion: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'A version of the plan: how its subscribers follow a change of it. Their own version, '
          + 'or the newest of another plan, when absent',
      }),
    ),
    seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    when: Type.Optional(
      Type.Union([Type.Literal('now'), Type.Literal('period_end')], {
        description:
          'A higher or equal plan now and a lower one at the end of the billing period, when absent. '
          + 'What is scheduled here stands beside what the customer schedules, who cannot take it back',
      }),
    ),
    quoteId: Type.Optional(Type.String({ maxLength: 64 })),
    coupon: Type.Optional(CouponCode),
  },
  closed,
)
/**
 * POST /customers/{id}/subscription/preview: a plan change, or the start of a subscription when there is
 * none.
 */
export const PreviewInput = Type.Object(
  {
    planId: Id,
    planVersion: ChangeInput.properties.planVersion,
    seats: ChangeInput.properties.seats,
    when: ChangeInput.properties.when,
    trialDays: Type.Optional({ ...TrialDays, description: 'Of a subscription to start' }),
    coupon: Type.Optional(CouponCode),
  },
  closed,
)
/** PATCH /customers/{id}/subscription */
export const SubscriptionUpdate = Type.Object(
  {
    trial: Type.Object(
      {
        endsOn: {
          ...LocalDate,
          description:
            'The first date that is paid for, today at the earliest: the fee is then invoiced at once',
        },
      },
      closed,
    ),
  },
  closed,
)
/** DELETE /customers/{id}/subscription/scheduled-change */
export const ScheduledChangeQuery = Type.Object(
  { by: Type.Optional({ ...Party, description: "Whose change: the vendor's own when absent" }) },
  closed,
)
/** POST /customers/{id}/subscription/cancel */
export const CancelInput = Type.Object(
  {
    when: Type.Union([Type.Literal('now'), Type.Literal('period_end')]),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    credit: Type.Optional(
      Type.Boolean({ description: 'With `now`: give the days not used back as balance' }),
    ),
  },
  closed,
)

const Properties = Type.Record(Type.String({ maxLength: 256 }), Type.Unknown(), {
  maxProperties: 64,
  description: 'A number with more digits than a double has, such as a 64-bit id, is kept as text',
})
/** One usage event. The same id again with the same content changes nothing. */
export const EventInput = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 256 }),
    customerId: CustomerId,
    meter: Type.Optional({ ...Id, description: 'The one meter that counts it; or `type`' }),
    type: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description:
          'What kind of event it is: every meter with this `eventType` counts it, and the one of this key',
      }),
    ),
    quantity: Type.Optional(
      Type.Union([...Quantity.anyOf], {
        description:
          "In the meter's units; 1 when absent. A decimal as text stays exact, "
          + 'and so does a number with more digits than a double has. '
          + 'An event without one is refused (`validation_failed`) where a number in its properties has '
          + 'the name of '
          + "an amount: a word such as count, total or qty, the meter's unit or what its name is about "
          + '(`{ token_count: 1250 }`)',
      }),
    ),
    time: Type.Optional(Instant),
    properties: Type.Optional(Properties),
    historical: Type.Optional(
      Type.Boolean({
        description:
          'Of more than 35 days ago: it is shown, and counts for no quota and no invoice. '
          + '`time` is needed then',
      }),
    ),
  },
  closed,
)
export type EventInput = Static<typeof EventInput>
export const EventBatch = Type.Union([
  EventInput,
  Type.Array(EventInput, { minItems: 1, maxItems: 1000 }),
  CloudEvent,
  Type.Array(CloudEvent, { minItems: 1, maxItems: 1000 }),
])
export const Recorded = Type.Object(
  {
    accepted: Type.Integer(),
    duplicates: Type.Integer(),
    rejected: Type.Array(
      Type.Object(
        {
          index: Type.Integer(),
          id: Nullable(Type.String()),
          code: Type.String(),
          detail: Type.String(),
          retryable: Type.Boolean({
            description:
              'Whether the same event may be taken another time, once a customer or a meter is made or '
              + 'its time has come',
          }),
          ...Conflict,
        },
        closed,
      ),
    ),
    uncharged: Type.Optional(
      Type.Array(Type.Object({ index: Type.Integer(), id: Type.String(), meter: Id }, closed), {
        description:
          "Of those accepted: the ones of a meter that the customer's plan does not charge, "
          + 'or that came after a subscription was ended at once. Absent where there are none. '
          + "Usage before a customer's first subscription is undecided, and not told: "
          + 'its `startsAt` may still be set up to 35 days back',
      }),
    ),
  },
  closed,
)
export type Recorded = Static<typeof Recorded>

/** The quantity as it was sent: a number, or a decimal as text. */
const SentQuantity = Type.Union([Type.Number(), Type.String()])
/** GET /events/rejected */
export const RejectedEvent = Type.Object(
  {
    customerId: CustomerId,
    id: Type.String(),
    meter: Type.String(),
    quantity: Nullable(SentQuantity),
    time: Nullable(Type.String()),
    properties: Nullable(Type.Record(Type.String(), Type.Unknown())),
    code: Type.String(),
    detail: Type.String(),
    times: Type.Integer({ description: 'How often it was sent and refused' }),
    rejectedAt: Instant,
    retryable: Type.Boolean({
      description: 'Whether trying it again as it was sent may go better, once what refused it is mended',
    }),
  },
  { ...closed, description: 'As it was sent' },
)
export const RejectedQuery = Type.Object(
  {
    customerId: Type.Optional(CustomerId),
    code: Type.Optional(Type.Unsafe<Code>(Type.String({ minLength: 1, maxLength: 64 }))),
    ...PageQuery.properties,
  },
  closed,
)

/** GET /customers/{id}/events/late */
export const LateEvent = Type.Object(
  {
    ...UsageEvent.properties,
    period: Type.String({ description: 'The label of the usage period it falls in' }),
    closedAt: { ...Instant, description: 'When that period was billed' },
    outcome: Type.Union(
      [
        Type.Literal('billed'),
        Type.Literal('pending'),
        Type.Literal('unchanged'),
        Type.Literal('uncharged'),
        Type.Literal('voided'),
      ],
      {
        description:
          '`billed`: `invoice` counts it. `pending`: the next invoice will. `unchanged`: '
          + 'a later invoice looked at it, and nothing in what was billed changed. `uncharged`: '
          + 'no plan charges it. `voided`: it was taken back before',
      },
    ),
    invoice: Nullable(Type.Object({ id: Id, number: Type.String() }, closed)),
  },
  closed,
)

export const RetryInput = Type.Object(
  {
    customerId: CustomerId,
    ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        minItems: 1,
        maxItems: 1000,
        description: 'All when absent, at most 1,000 at once',
      }),
    ),
  },
  closed,
)

/** POST /events/void */
export const VoidEventsInput = Type.Object(
  {
    customerId: CustomerId,
    ids: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: limits.maxVoidedEvents,
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '\\S',
      description: 'The customer sees it',
    }),
  },
  closed,
)
const Ids = Type.Array(Type.String())
export const VoidedEvents = Type.Object({ voided: Ids, notFound: Ids, alreadyVoided: Ids }, closed)

const Steps = Type.Number({ description: "In the meter's units" })
/** GET /customers/{id}/reconciliation */
export const Reconciliation = Type.Object(
  {
    period: UsagePeriod,
    meters: Type.Array(
      Type.Object(
        {
          meter: Id,
          accepted: Steps,
          billed: Steps,
          adjusted: Steps,
          unbilled: Type.Number({ description: 'Waits for its invoice' }),
          uncharged: Type.Number({
            description:
              'Never costs anything: outside a subscription or after it was ended at once, '
              + 'of a meter the plan does not charge, or above a limit',
          }),
          voided: Type.Number({ description: 'Was recorded and taken back: in none of the others' }),
          historical: Type.Number({
            description: 'Was recorded as history, which is shown and not billed: in none of the others',
          }),
          difference: Type.Number({ description: 'accepted − billed − adjusted − unbilled − uncharged: 0' }),
        },
        closed,
      ),
    ),
    rejected: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          meter: Type.String(),
          quantity: Nullable(SentQuantity),
          time: Nullable(Type.String()),
          code: Type.String(),
          detail: Type.String(),
          times: Type.Integer({ description: 'How often it was sent and refused' }),
          rejectedAt: Instant,
        },
        closed,
      ),
      { description: 'The refused events of the period, as sent, the last refused first; at most 1,000' },
    ),
  },
  closed,
)

export const Quota = Type.Object(
  {
    allowed: Type.Boolean(),
    included: Nullable(Type.Number()),
    granted: Type.Number({
      description: 'What grants add: what they cover of `used` and `reserved`, and what they have left today',
    }),
    used: Type.Number(),
    deficit: Type.Number({ description: 'Used ahead in earlier usage periods: counts as used in this one' }),
    reserved: Type.Number({ description: 'Held back by open reservations' }),
    remaining: Nullable(
      Type.Number({ description: 'included + granted − used − deficit − reserved; null when unlimited' }),
    ),
    overagePolicy: Nullable(Type.Union([Type.Literal('bill'), Type.Literal('block')])),
    resetsAt: Nullable(
      Type.String({ description: 'When the allowance begins anew; null where only grants allow it' }),
    ),
  },
  closed,
)
const PositiveQuantity = Type.Union([Type.Number({ exclusiveMinimum: 0 }), Quantity.anyOf[1]], {
  description: '1 when absent; a decimal may be a text',
})
const UsageId = Type.String({ minLength: 1, maxLength: 256 })
export const ConsumeInput = Type.Object(
  {
    id: UsageId,
    quantity: Type.Optional(
      Type.Union([...PositiveQuantity.anyOf], {
        description:
          '1 when absent; a decimal may be a text. Without one, a number in the properties that has '
          + 'the name of an amount is refused, as in an event',
      }),
    ),
    mode: Type.Optional(
      Type.Union([Type.Literal('partial'), Type.Literal('all')], {
        description:
          'Where a limit blocks: as much as is left (`partial`, when absent), '
          + 'or the whole quantity or nothing (`all`)',
      }),
    ),
    properties: Type.Optional(Properties),
  },
  closed,
)
export const Consumed = Type.Object(
  {
    granted: Type.Number(),
    remaining: Nullable(Type.Number()),
    overage: Type.Number(),
    duplicate: Type.Boolean(),
  },
  closed,
)
/** POST /customers/{id}/quota/{meter}/reserve */
export const ReserveInput = Type.Object(
  {
    id: UsageId,
    quantity: Type.Union([...PositiveQuantity.anyOf], { description: 'The most the work may use' }),
    ttlSeconds: Type.Integer({
      minimum: 1,
      maximum: limits.maxReservationSeconds,
      description: 'After this the reservation holds nothing any more',
    }),
    properties: Type.Optional({ ...Properties, description: 'Of the usage it is settled with' }),
  },
  closed,
)
export const Reserved = Type.Object(
  {
    granted: Type.Number({ description: 'What is held back: less than asked where no more is left' }),
    remaining: Nullable(Type.Number()),
    expiresAt: Nullable(Instant),
    duplicate: Type.Boolean(),
  },
  closed,
)
/** POST /customers/{id}/quota/{meter}/reservations/{reservationId}/settle */
export const SettleInput = Type.Object(
  {
    quantity: Type.Union([Type.Number({ minimum: 0 }), Quantity.anyOf[1]], {
      description: 'What the work really used',
    }),
    properties: Type.Optional({ ...Properties, description: 'Added to those told when it was reserved' }),
  },
  closed,
)
export const Settled = Type.Object(
  {
    granted: Type.Number({ description: 'What was recorded' }),
    excess: Type.Number({
      description: 'What was used beyond a limit: not counted, and listed among the refused events',
    }),
    remaining: Nullable(Type.Number()),
    overage: Type.Number(),
    duplicate: Type.Boolean(),
  },
  closed,
)
export const Released = Type.Object({ remaining: Nullable(Type.Number()), duplicate: Type.Boolean() }, closed)

export const InvoiceRequest = Type.Object({ period: PeriodLabel }, closed)
export const VoidRequest = Nullable(
  Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) }, closed),
)
/**
 * POST /invoices/{id}/credit-notes: either an amount with tax, or amounts per line as on the invoice (before
 * discount and tax).
 */
export const CreditNoteInput = Type.Object(
  {
    amount: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000_000_000,
        description: 'With tax; spread over the lines by what is left of each',
      }),
    ),
    lines: Type.Optional(
      Type.Array(
        Type.Object(
          {
            lineId: Type.String({ minLength: 1, maxLength: 64 }),
            amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
          },
          closed,
        ),
        {
          minItems: 1,
          maxItems: 2000,
          description: 'Each carries its share of the discount and the tax of its line',
        },
      ),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
    refund: Type.Optional(
      Type.Boolean({
        description:
          'What it does not take off the amount due waits for a refund instead of paying other invoices',
      }),
    ),
  },
  closed,
)
export const PaymentInput = Type.Object(
  {
    amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description: 'Minor units' }),
    method: Type.String({ minLength: 1, maxLength: 64 }),
    reference: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'Unique per invoice: paying twice under one reference is refused',
    }),
    paidAt: Type.Optional(Instant),
  },
  closed,
)
/** POST /payments/{paymentId}/reverse */
export const ReversalInput = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  closed,
)

/** POST /customers/{customerId}/refunds */
export const RefundInput = Type.Object(
  {
    amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description: 'Minor units' }),
    method: Type.String({ minLength: 1, maxLength: 64 }),
    reference: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'Unique per customer: the same refund told again counts once',
    }),
    creditNoteId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'The credit note it pays back; without it, the balance',
      }),
    ),
  },
  closed,
)
export const Refund = Type.Object(
  {
    id: Type.String(),
    customerId: CustomerId,
    creditNoteId: Nullable(Type.String()),
    amount: Amount,
    currency: Currency,
    method: Type.String(),
    reference: Type.String(),
    at: Instant,
  },
  closed,
)

/** POST /customers/{customerId}/balance/adjustments */
export const AdjustmentInput = Type.Object(
  {
    amount: Type.Integer({
      minimum: -1_000_000_000_000,
      maximum: 1_000_000_000_000,
      description: 'Minor units; below zero it takes from the balance, at most what is there',
    }),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  },
  closed,
)
export const BalanceAdjustment = Type.Object(
  {
    id: Type.String(),
    customerId: CustomerId,
    amount: Amount,
    currency: Currency,
    reason: Type.String(),
    balance: Type.Integer({ ...Amount, description: 'After it, and after what it paid of open invoices' }),
    at: Instant,
  },
  closed,
)

export const PortalSessionInput = Type.Object(
  {
    customerId: CustomerId,
    role: Type.Optional(Role),
    actor: Type.Optional(
      Type.Object(
        {
          id: Type.String({ minLength: 1, maxLength: 128 }),
          name: Type.String({ minLength: 1, maxLength: 100 }),
        },
        closed,
      ),
    ),
    locale: Type.Optional(Locale),
    returnUrl: Type.Optional(
      Type.String({
        format: 'uri',
        pattern: '^https?://',
        maxLength: 2000,
        description: 'Where the reader comes from: when the session is over, the portal leads back there',
      }),
    ),
    path: Type.Optional(
      Type.String({
        pattern: '^/(?!/)(?!.*\\.\\.)[\\w./?=&%-]*$',
        maxLength: 200,
        description: 'The page to open, below /portal',
      }),
    ),
  },
  closed,
)
export const PortalSession = Type.Object(
  {
    token: Type.String(),
    expiresAt: Instant,
    code: Type.String(),
    url: Type.String({ description: 'Opens the portal once, within 60 seconds' }),
  },
  closed,
)
export const ExchangeInput = Type.Object({ code: Type.String({ minLength: 1, maxLength: 200 }) }, closed)

/** GET /reconciliation */
export const Mistakes = Type.Object(
  {
    ...Page(
      Type.Object(
        {
          customerId: Nullable(Type.String()),
          what: Type.String({ description: 'The rule' }),
          row: Type.String({ description: 'The row that breaks it' }),
        },
        closed,
      ),
    ).properties,
    customers: Type.Integer({ description: 'How many customers were looked at for this page' }),
  },
  closed,
)

const GrantableScope = Type.Unsafe<(typeof grantableScopes)[number]>(
  Type.Union(grantableScopes.map((scope) => Type.Literal(scope))),
)
export const SecretKey = Type.Object(
  {
    id: Id,
    name: Type.String(),
    prefix: Nullable(Type.String({ description: 'The beginning of the key' })),
    lastFour: Nullable(Type.String()),
    scopes: Type.Array(GrantableScope, {
      description: '`admin` allows everything; `customers:*` reading and writing',
    }),
    createdAt: Instant,
    lastUsedAt: Nullable({ ...Instant, description: 'To the minute' }),
    expiresAt: Nullable(Instant),
    revokedAt: Nullable(Instant),
  },
  closed,
)
/** POST /keys */
export const KeyInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'What it is used for' }),
    preset: Type.Optional(
      Type.Union([Type.Literal('read'), Type.Literal('events'), Type.Literal('full')], {
        description: '`full` when neither it nor scopes are given',
      }),
    ),
    scopes: Type.Optional(Type.Array(GrantableScope, { minItems: 1, maxItems: grantableScopes.length })),
    expiresAt: Type.Optional(Nullable(Instant)),
  },
  closed,
)
export const CreatedKey = Type.Object(
  { ...SecretKey.properties, key: Type.String({ description: 'The key itself; it is never shown again' }) },
  closed,
)
export const RotateInput = Type.Object(
  {
    overlapSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 7_776_000,
        description: 'How long the old key may still be used; a day when absent',
      }),
    ),
  },
  closed,
)

export const ClockInput = Type.Object({ now: Instant }, closed)
export const Clock = Type.Object({ now: Instant }, closed)
