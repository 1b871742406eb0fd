import { Type, type Static } from 'typebox'
import {
  Amount,
  Blocker,
  CouponCode,
  Currency,
  CustomerId,
  Id,
  Instant,
  Grant,
  InvoiceLine,
  InvoiceTitle,
  LocalDate,
  Locale,
  LocalizedText,
  Meter,
  Nullable,
  Page,
  PeriodLabel,
  Plan,
  Role,
  Unit,
  UsageEvent,
  UsagePeriod,
} from '@customer-portal/http/resources'

export {
  Account,
  Changed,
  CouponRedemption,
  RedemptionInput,
  Role,
  Scheduled,
  Token,
} from '@customer-portal/http/resources'
export type {
  BalanceTransaction,
  Invoice,
  InvoiceLine,
  InvoiceSummary,
  InvoiceTitle,
  LocalizedText,
  Plan,
  Preview,
  Problem,
  QuoteLine,
  Seller,
  Subscription,
  Unit,
  UsageEvent,
  UsagePeriod,
  UsageSummary,
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
  {
    ...Plan.properties,
    relation: Type.Union([
      Type.Literal('current'),
      Type.Literal('upgrade'),
      Type.Literal('downgrade'),
      Type.Literal('level'),
    ]),
    trialOffered: Type.Integer({
      description:
        'The days of trial this customer would begin it with: 0 with a subscription, or once they had one',
    }),
    setupFeeDue: Type.Integer({
      description: 'The setup fee this customer would owe: 0 once they had one, or paid for this plan',
    }),
  },
  closed,
)
export type PortalPlan = Static<typeof PortalPlan>
/** GET /plans */
export const PortalPlans = Type.Object(
  {
    data: Type.Array(PortalPlan),
    meters: Type.Array(Meter, { description: 'The meters that the plans charge for' }),
  },
  closed,
)
export type PortalPlans = Static<typeof PortalPlans>

export const PlanChange = Type.Object(
  {
    planId: Id,
    seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    quoteId: Type.Optional(Type.String({ maxLength: 64 })),
    coupon: Type.Optional(CouponCode),
  },
  closed,
)
export type PlanChange = Static<typeof PlanChange>
/** POST /subscription/cancel */
export const Cancellation = Nullable(
  Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) }, closed),
)
export const PreviewRequest = Type.Object(
  {
    planId: Id,
    seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    coupon: Type.Optional(CouponCode),
  },
  closed,
)

const AdvisedMeter = Type.Object(
  {
    meter: Id,
    used: Type.Number(),
    included: Nullable(Type.Number()),
    overage: Type.Number(),
    amount: Amount,
    overagePolicy: Nullable(Type.Union([Type.Literal('bill'), Type.Literal('block')])),
    runsOutAt: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description:
        'The date in the running period on which the allowance is used up at the pace of now, '
        + 'also one that is over; null where it lasts',
    }),
  },
  { ...closed, description: '`overagePolicy: null`: the plan has no charge for this meter' },
)
const PlanAdvice = Type.Object(
  {
    planId: Id,
    seats: Nullable(Type.Integer()),
    fee: Amount,
    usage: Amount,
    minimumSpend: Type.Integer({ description: 'What brings fee and usage to its minimum spend' }),
    discount: Amount,
    tax: Amount,
    total: Amount,
    difference: Type.Integer({ description: 'Compared with the plan of now: negative is less' }),
    meters: Type.Array(AdvisedMeter),
    obstacles: Type.Array(Blocker),
    soFar: Type.Integer({
      description:
        'What the running period has come to on it so far: a whole fee and the usage, its minimum spend '
        + 'at least, before discounts and tax',
    }),
    loses: Type.Array(LocalizedText, { description: 'Features of the plan of now that it does not have' }),
    fits: Type.Boolean({
      description:
        'Whether all that was used would have been possible on it with the seats of now, '
        + 'and what is used now still is to the end of the running period',
    }),
  },
  {
    ...closed,
    description:
      'What the period would have cost on one plan. A fee for longer than a month counts with its days '
      + 'in the period.',
  },
)
const MeterForecast = Type.Object(
  {
    meter: Id,
    used: Type.Number(),
    forecast: Nullable(Type.Number()),
    runsOutAt: Nullable(LocalDate),
    included: Nullable(Type.Number()),
    overage: Type.Number(),
    overagePolicy: Type.Union([Type.Literal('bill'), Type.Literal('block')]),
    usedUpOn: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description: 'The date on which it was used up; null where it was not',
    }),
    errorBasisPoints: Type.Unsafe<number | null>({
      ...Nullable(Type.Integer()),
      description:
        'The mean of |forecast − actual| ÷ actual over `tried`: 100 are 1 %. null: '
        + 'there is nothing to compare with',
    }),
    tried: Type.Array(
      Type.Object({ period: PeriodLabel, forecast: Type.Number(), actual: Type.Number() }, closed),
      { description: 'The last whole periods, at most three, newest first' },
    ),
  },
  closed,
)
/** GET /subscription/advice */
export const Advice = Type.Object(
  {
    currency: Currency,
    period: Type.Unsafe<UsagePeriod | null>({
      ...Nullable(UsagePeriod),
      description: 'The period that was rated, the last one that is over; null where there is none yet',
    }),
    availableFrom: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description: 'Where there is none yet: the date from which there will be',
    }),
    plans: Type.Array(PlanAdvice),
    recommendation: Type.Unsafe<{ planId: string; saves: number } | null>({
      ...Nullable(Type.Object({ planId: Id, saves: Type.Integer() }, closed)),
      description:
        'The cheapest plan that fits and takes no feature away, a setup fee still due included, '
        + 'and what it would have saved '
        + '(negative: cost more)',
    }),
    forecast: Nullable(
      Type.Object(
        {
          method: Type.Literal('straight_line'),
          day: Type.Integer(),
          days: Type.Integer(),
          meters: Type.Array(MeterForecast),
        },
        {
          ...closed,
          description:
            'The usage of the period so far goes on to its end in a straight line. '
            + '`tried` is what the same would have said at the end of the same day (the one before '
            + '`day`) of earlier periods.',
        },
      ),
    ),
  },
  closed,
)
export type Advice = Static<typeof Advice>

/** GET /usage/rejected */
export const RejectedUsage = Type.Object(
  {
    id: Type.String(),
    meter: Type.String(),
    quantity: Nullable(Type.Number()),
    time: Nullable(Type.String()),
    code: Type.String(),
    reason: Type.Unsafe<LocalizedText>({
      ...LocalizedText,
      description: 'Why it was not counted, in a sentence',
    }),
    rejectedAt: Instant,
  },
  closed,
)
export type RejectedUsage = Static<typeof RejectedUsage>

/** GET /usage/late */
export const LateUsage = Type.Object(
  {
    id: Type.String(),
    meter: Id,
    quantity: Type.Number(),
    time: Instant,
    storedAt: Instant,
    period: Type.String(),
    code: Type.Union([
      Type.Literal('billed'),
      Type.Literal('pending'),
      Type.Literal('unchanged'),
      Type.Literal('uncharged'),
      Type.Literal('voided'),
    ]),
    reason: Type.Unsafe<LocalizedText>({ ...LocalizedText, description: 'What became of it, in a sentence' }),
    invoice: Nullable(Type.Object({ id: Id, number: Type.String() }, closed)),
  },
  closed,
)
export type LateUsage = Static<typeof LateUsage>

/** GET /usage/days */
export const UsageDays = Type.Object(
  {
    start: LocalDate,
    end: Type.String({ format: 'date', description: 'The last date, itself in' }),
    since: Type.String({ format: 'date', description: 'The first date that can have usage' }),
    timezone: Type.String(),
    currency: Currency,
    asOf: Instant,
    meters: Type.Array(
      Type.Object(
        {
          meter: Id,
          name: LocalizedText,
          unit: Unit,
          decimals: Type.Integer(),
          groupBy: Type.Array(Type.String()),
          used: Type.Number(),
          events: Type.Integer(),
          fee: Amount,
        },
        {
          ...closed,
          description:
            '`groupBy`: the properties it is broken down by. `fee`: what these days add to the fees '
            + 'for usage, before discounts and tax',
        },
      ),
    ),
    days: Type.Array(
      Type.Object(
        {
          date: LocalDate,
          usage: Type.Record(Type.String(), Type.Number()),
          events: Type.Record(Type.String(), Type.Integer()),
          fees: Type.Record(Type.String(), Amount),
          historical: Type.Optional(
            Type.Record(Type.String(), Type.Number(), {
              description: 'What of the `usage` is history, which costs nothing. Absent where there is none',
            }),
          ),
        },
        {
          ...closed,
          description:
            'By meter; the `usage` of one that takes the last value is what it stands at, '
            + 'also on days without a report. The `fees` of a period’s days add up to what its usage '
            + 'costs; where a price falls with the quantity, a day may take something off',
        },
      ),
    ),
    groups: Type.Optional(
      Type.Array(
        Type.Object(
          {
            meter: Id,
            property: Type.String(),
            values: Type.Array(
              Type.Object(
                {
                  kind: Type.Union([Type.Literal('value'), Type.Literal('none'), Type.Literal('rest')]),
                  value: Type.String(),
                  used: Type.Number(),
                  daily: Type.Array(Type.Number()),
                },
                {
                  ...closed,
                  description:
                    '`none`: events without the property; `rest`: all but the 20 most used. '
                    + 'Both have an empty `value`. `daily` has a number for each of the `days`',
                },
              ),
            ),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
)
export type UsageDays = Static<typeof UsageDays>

export const DetailEvent = Type.Object(
  {
    ...UsageEvent.properties,
    uncharged: Type.Boolean({
      description:
        'Whether no plan charges for it: there is none on its date, or none that has its meter, '
        + 'or it came after the end',
    }),
  },
  closed,
)
export type DetailEvent = Static<typeof DetailEvent>
/** GET /usage/detail */
export const UsageDetail = Type.Object(
  {
    ...Page(DetailEvent).properties,
    total: Type.Optional(
      Type.Object(
        { events: Type.Integer(), isLeast: Type.Boolean() },
        {
          ...closed,
          description:
            'Where asked for: the events on all pages. At most 100,000 are counted; '
            + '`isLeast` where there are more',
        },
      ),
    ),
  },
  closed,
)
export type UsageDetail = Static<typeof UsageDetail>

const { description, quantity, unit, included, covered, rate, amount, taxRate, taxMode, period, breakdown } =
  InvoiceLine.properties
export const UsageLine = Type.Object(
  {
    id: Type.String({
      description: 'The meter and the first date: the same for as long as the period can be asked for',
    }),
    meter: Id,
    description,
    quantity,
    unit,
    included,
    covered,
    rate,
    amount,
    taxRate,
    taxMode,
    period,
    breakdown,
    trial: Type.Boolean({ description: 'Usage in a trial is never billed' }),
    daily: Type.Array(
      Type.Object(
        { date: LocalDate, quantity: Type.Number(), events: Type.Integer(), amount: Amount },
        closed,
      ),
      {
        description:
          'What each date added; the amounts add up to the line’s. Where a price falls with the '
          + 'quantity, a date may take something off. Days to come are not listed',
      },
    ),
  },
  closed,
)
export type UsageLine = Static<typeof UsageLine>
/** GET /usage/lines */
export const UsageLines = Type.Object(
  {
    period: UsagePeriod,
    timezone: Type.String(),
    currency: Currency,
    asOf: Instant,
    lines: Type.Array(UsageLine),
  },
  closed,
)
export type UsageLines = Static<typeof UsageLines>

const MeterOfMonth = Type.Object({ meter: Id, used: Type.Number(), amount: Type.Integer() }, closed)
/** GET /usage/months */
export const UsageMonths = Type.Object(
  {
    timezone: Type.String(),
    currency: Currency,
    asOf: Instant,
    meters: Type.Array(
      Type.Object({ meter: Id, name: LocalizedText, unit: Unit, decimals: Type.Integer() }, closed),
    ),
    months: Type.Array(
      Type.Object(
        {
          period: UsagePeriod,
          running: Type.Boolean({ description: 'It is not over: what is told of it is so far' }),
          fee: Type.Integer({
            description:
              'The plan’s fee for its dates as the invoices have it, less what changes gave back, and a setup '
              + 'fee in the month it is of; '
              + 'one of more than a month counts with its days',
          }),
          amount: Type.Integer({ description: 'Fee and usage together' }),
          meters: Type.Array(MeterOfMonth, { description: 'As the summary of the period has them' }),
          change: Nullable(
            Type.Object(
              { fee: Type.Integer(), amount: Type.Integer(), meters: Type.Array(MeterOfMonth) },
              {
                ...closed,
                description:
                  'How much more there was than in the month before; less is negative. null: '
                  + 'there was no month before',
              },
            ),
          ),
        },
        { ...closed, description: 'A usage period. Amounts are before discounts and tax' },
      ),
      { description: 'At most twelve, the oldest first, the running one last' },
    ),
  },
  closed,
)
export type UsageMonths = Static<typeof UsageMonths>

/** GET /commands/{key} */
export const CommandOutcome = Type.Object(
  {
    outcome: Type.Union([Type.Literal('done'), Type.Literal('refused')]),
    code: Type.Unsafe<string | null>({ ...Nullable(Type.String()), description: 'Why it was refused' }),
  },
  {
    ...closed,
    description:
      'What became of the command that was sent with this `Idempotency-Key`; '
      + 'sending it again gives the whole answer',
  },
)
export type CommandOutcome = Static<typeof CommandOutcome>

/** GET /session */
export const Session = Type.Object(
  {
    customerId: CustomerId,
    role: Role,
    actor: Nullable(Type.Object({ id: Type.String(), name: Type.String() }, closed)),
    locale: Nullable(Locale),
    returnUrl: Nullable(Type.String()),
    expiresAt: Instant,
  },
  closed,
)
export type Session = Static<typeof Session>

const { id, meter, status, units, drawn, left, expired, voided, category, effectiveOn, expiresOn } =
  Grant.properties
/** GET /usage/grants */
export const PortalGrant = Type.Object(
  {
    id,
    meter,
    name: LocalizedText,
    unit: Unit,
    status,
    units,
    drawn,
    left,
    expired,
    voided,
    category,
    effectiveOn,
    expiresOn,
  },
  closed,
)
export type PortalGrant = Static<typeof PortalGrant>
