import { customerIdPattern, limits } from '@customer-portal/billing'
import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox'

/**
 * The JSON shapes shared by the customer's and the vendor's API. Each is documentation, type and allow-list
 * at once: a field that a schema does not name never leaves the server.
 *
 * Money is a whole number of minor units (分, cents) beside a `currency`. Quantities are in the meter's
 * units. Instants are RFC 3339 UTC with six decimals. Periods are half-open ranges of the customer's local
 * dates.
 */

const closed = { additionalProperties: false } as const

export const Id = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]*$',
  description: 'Letters, digits and _ . : -',
})
export const CustomerId = Type.String({
  minLength: 1,
  maxLength: limits.maxCustomerIdCharacters,
  pattern: customerIdPattern,
  description:
    'As the vendor calls the customer: printable characters of any script, percent-encoded in paths; '
    + 'not `.` or `..`, no control or direction characters',
})
export const Quantity = Type.Union(
  [Type.Number(), Type.String({ maxLength: 64, pattern: '^-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?$' })],
  {
    description:
      "In the meter's units; 1 when absent. A decimal as text stays exact, "
      + 'and so does a number with more digits than a double has',
  },
)
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' })
export const LocalDate = Type.String({
  format: 'date',
  description: "A date in the customer's time zone, YYYY-MM-DD",
})
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' })
/** For answers: any amount, or sum of amounts. Requests have limits of their own. */
export const Amount = Type.Integer({
  minimum: -9_007_199_254_740_991,
  maximum: 9_007_199_254_740_991,
  description: 'Minor units, such as cents',
})
export const Locale = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')])
/** Years from 1900 on: looking back from an earlier one would leave the supported calendar. */
export const PeriodLabel = Type.String({
  pattern: '^(19|[2-9]\\d)\\d{2}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?$',
  description:
    'The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on',
})
export const Percent = Type.String({
  pattern: '^\\d{1,3}(\\.\\d{1,4})?$',
  description: 'Percent as a decimal string: "6" is 6 %',
})

/** A text that customers may see, in both languages. */
export const LocalizedText = Type.Object(
  {
    'zh-CN': Type.String({ minLength: 1, maxLength: 500 }),
    en: Type.String({ minLength: 1, maxLength: 500 }),
  },
  closed,
)
export type LocalizedText = Static<typeof LocalizedText>
/** A word or two beside a number. */
export const UnitWord = Type.String({ minLength: 1, maxLength: 60 })
export const Unit = Type.Object(
  {
    'zh-CN': UnitWord,
    en: UnitWord,
    one: Type.Optional({ ...UnitWord, description: 'English for one of them' }),
  },
  { ...closed, description: 'What is counted in: `en` for many (answers), `one` for one (answer)' },
)
export type Unit = Static<typeof Unit>

export const DateRange = Type.Object(
  { start: LocalDate, end: LocalDate },
  { ...closed, description: 'start inclusive, end exclusive' },
)
export const UsagePeriod = Type.Object({ start: LocalDate, end: LocalDate, label: PeriodLabel }, closed)
export type UsagePeriod = Static<typeof UsagePeriod>

export const Nullable = <T extends TSchema>(schema: T, options: { description?: string } = {}) =>
  Type.Union([schema, Type.Null()], options)
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), nextCursor: Nullable(Type.String()) }, closed)
export const List = <T extends TSchema>(item: T) => Type.Object({ data: Type.Array(item) }, closed)

export const Rate = Type.Object(
  {
    amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
    per: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  },
  { ...closed, description: '`amount` minor units for `per` units' },
)
export const Tier = Type.Object(
  {
    upTo: Nullable(Type.Integer({ minimum: 1, maximum: 9_007_199_254_740_991 })),
    rate: Rate,
    flat: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
  },
  closed,
)
export const Price = Type.Union([
  Type.Object({ model: Type.Literal('per_unit'), rate: Rate }, closed),
  Type.Object(
    { model: Type.Literal('graduated'), tiers: Type.Array(Tier, { minItems: 1, maxItems: 50 }) },
    { ...closed, description: 'Each unit at the rate of the tier it falls in' },
  ),
  Type.Object(
    { model: Type.Literal('volume'), tiers: Type.Array(Tier, { minItems: 1, maxItems: 50 }) },
    { ...closed, description: 'Every unit at the rate of the tier the last one falls in' },
  ),
  Type.Object(
    {
      model: Type.Literal('package'),
      size: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
      amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
    },
    { ...closed, description: '`amount` for each `size` units started' },
  ),
  Type.Object(
    {
      model: Type.Literal('percentage'),
      basisPoints: Type.Integer({ minimum: 0, maximum: 10_000 }),
      perEvent: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    },
    {
      ...closed,
      description:
        'Of a meter that counts minor units: 290 basis points are 2.9 %; `perEvent` for each event, '
        + 'where nothing is included',
    },
  ),
])
export type Price = Static<typeof Price>
export const Charge = Type.Object(
  {
    meter: Id,
    included: Nullable(Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 })),
    overage: Type.Union([Type.Literal('bill'), Type.Literal('block')]),
    price: Type.Optional(Price),
    minimum: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
    maximum: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
    includedPer: Type.Optional(
      Type.Union([Type.Literal('subscription'), Type.Literal('seat')], {
        description:
          'Whether `included` is for the subscription (unless said otherwise) or for each seat, '
          + 'which needs a fee per seat',
      }),
    ),
    onUpgrade: Type.Optional(
      Type.Union([Type.Literal('prorated'), Type.Literal('full')], {
        description:
          'What a change to this higher plan gives in the running usage period: '
          + 'the share of the days left (unless said otherwise), or with `full` the whole allowance less '
          + 'all use of the period; both lines of the change then run from its first day',
      }),
    ),
  },
  {
    ...closed,
    description:
      '`included: null` is unlimited. `price` rates the units above `included`; '
      + 'it is required where overage is billed. `minimum` (also at zero usage) and `maximum` bound what '
      + 'a usage period comes to; part of a period has its share of them.',
  },
)
export type Charge = Static<typeof Charge>
const feeAmount = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })
const feeParts = {
  base: feeAmount,
  perSeat: feeAmount,
  per: Type.Union([Type.Literal('subscription'), Type.Literal('seat')]),
}
const setupFeeText =
  'Minor units, due once per customer with the first fee (after a trial), also over several plans and '
  + 'subscriptions; 0: none'
const minimumSpendText =
  'What fee and usage of each usage period (a month, also on a yearly plan) come to at least, in minor units '
  + 'before discounts and tax: what is missing is billed with the usage; days of a plan have their share; 0: none'
export const Fee = Type.Object(
  { amount: Amount, ...feeParts },
  {
    ...closed,
    description:
      'Of a billing period: `base` for the subscription and `perSeat` for each seat. `amount` and `per` say '
      + 'the same where there is only one of them; where there are both, `amount` is what the fewest seats cost',
  },
)
export const FeeInput = Type.Object(
  {
    amount: Type.Optional(feeAmount),
    base: Type.Optional(feeAmount),
    perSeat: Type.Optional(feeAmount),
    per: Type.Optional(feeParts.per),
  },
  {
    ...closed,
    description:
      '`base` for the subscription and `perSeat` for each seat, one of which may be absent; or `amount` and '
      + '`per`, the short form of a fee with only one part',
  },
)

export const Plan = Type.Object(
  {
    id: Id,
    version: Type.Integer({ minimum: 1 }),
    name: LocalizedText,
    description: Nullable(LocalizedText),
    features: Type.Array(LocalizedText, { maxItems: 20 }),
    recommended: Type.Boolean(),
    archived: Type.Boolean(),
    rank: Type.Integer(),
    currency: Currency,
    fee: Fee,
    setupFee: { ...feeAmount, description: setupFeeText },
    minimumSpend: { ...feeAmount, description: minimumSpendText },
    interval: Type.Union([Type.Literal('month'), Type.Literal('year')]),
    intervalCount: Type.Integer({ minimum: 1, maximum: 36 }),
    alignment: Type.Union([Type.Literal('anniversary'), Type.Literal('calendar')]),
    seats: Type.Unsafe<{ min: number; max: number | null } | null>({
      ...Nullable(
        Type.Object(
          { min: Type.Integer({ minimum: 1 }), max: Nullable(Type.Integer({ minimum: 1 })) },
          closed,
        ),
      ),
      description: 'null: the plan knows no seats',
    }),
    trialDays: Type.Integer({ minimum: 0 }),
    taxRate: Percent,
    taxMode: Type.Union([Type.Literal('exclusive'), Type.Literal('inclusive')]),
    paymentTermsDays: Type.Integer({ minimum: 0 }),
    graceHours: Type.Integer({ minimum: 0 }),
    charges: Type.Array(Charge),
  },
  closed,
)
export type Plan = Static<typeof Plan>

export const Meter = Type.Object(
  {
    key: Id,
    name: LocalizedText,
    unit: Unit,
    decimals: Type.Integer({ minimum: 0, maximum: 6 }),
    aggregation: Type.Union(
      [
        Type.Literal('sum'),
        Type.Literal('count'),
        Type.Literal('max'),
        Type.Literal('last'),
        Type.Literal('unique'),
      ],
      {
        description:
          'What events come to: the sum of their quantities, their number, the largest, '
          + 'the latest (of equal times the last by id), or how many different values `uniqueBy` took',
      },
    ),
    uniqueBy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          'With `unique`: the property whose different values are counted; an event without it is rejected',
      }),
    ),
    carry: Type.Optional(
      Type.Boolean({
        description: 'With `last`: a value stands until another is reported, also over the ends of periods',
      }),
    ),
    groupBy: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: 2,
        description: 'With `sum` or `count`: the properties by whose values usage is broken down',
      }),
    ),
    eventType: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'It reads every event of this type, beside those that name it',
      }),
    ),
    valueProperty: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'The property its quantity stands in; where an event lacks it, its `quantity` counts',
      }),
    ),
    filters: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1, maxLength: 64 }),
        Type.Union([Type.String({ maxLength: 256 }), Type.Number(), Type.Boolean()]),
        {
          maxProperties: 10,
          description: 'Of the events of its type only those whose properties have these values are read',
        },
      ),
    ),
  },
  closed,
)
export type Meter = Static<typeof Meter>

export const SubscriptionStatus = Type.Union([
  Type.Literal('trialing'),
  Type.Literal('active'),
  Type.Literal('past_due'),
  Type.Literal('canceled'),
  Type.Literal('none'),
])
const Deficit = Type.Number({
  minimum: 0,
  description: 'Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one',
})
const DeficitAfter = Type.Number({
  minimum: 0,
  description:
    'Used beyond what the period allows and not billed, and so a `deficit` of the next periods, '
    + 'if nothing more is used in this one; mostly 0',
})
const Granted = Type.Number({
  minimum: 0,
  description: 'What grants add: what they cover of what is used, and what they have left today',
})
export const Allowance = Type.Object(
  {
    meter: Id,
    allowance: Nullable(Type.Number()),
    granted: Granted,
    used: Type.Number(),
    deficit: Deficit,
    reserved: Type.Number({ description: 'Held back by open reservations' }),
    remaining: Nullable(Type.Number()),
    deficitAfter: DeficitAfter,
  },
  {
    ...closed,
    description:
      'What may be used in the current usage period: the sum of what its plans include by the days on '
      + 'each, the current one counted to the end; `null` is unlimited. '
      + '`remaining` is `allowance` and `granted` less `used`, `deficit` and `reserved`: '
      + 'no more than that can be consumed now',
  },
)
const NextCharge = Type.Object(
  {
    id: Type.String(),
    name: LocalizedText,
    quantity: Type.Integer({ minimum: 1 }),
    amount: Type.Integer({ ...Amount, description: 'Before tax is added; with it where it is inside' }),
    taxRate: Percent,
    taxMode: Type.Union([Type.Literal('exclusive'), Type.Literal('inclusive')]),
  },
  closed,
)
export const NextInvoice = Type.Object(
  {
    at: LocalDate,
    usageAt: Nullable(LocalDate),
    estimatedTotal: Amount,
    estimatedDue: Amount,
    currency: Currency,
    charges: Type.Optional(
      Type.Array(NextCharge, {
        description: 'The one-off charges that wait for it; absent where there are none',
      }),
    ),
  },
  {
    ...closed,
    description:
      'With the usage so far: the draft that waits for its hour, a void document that is made again '
      + 'with the midnight after, or the invoice that comes if nothing more is used. '
      + '`estimatedDue` is what of it is to be paid once the balance is applied. '
      + '`usageAt`: where there is nothing to bill for the running usage period so far and the next fee '
      + 'is later, the date on which what is still used is billed',
  },
)
export const Party = Type.Union([Type.Literal('customer'), Type.Literal('vendor')], {
  description: "Who asked for it: what the vendor scheduled is not the customer's to take back",
})
export const ScheduledChange = Type.Object(
  { planId: Id, planVersion: Type.Integer(), seats: Nullable(Type.Integer()), at: LocalDate, by: Party },
  closed,
)
export const Subscription = Type.Object(
  {
    id: Nullable(Type.String()),
    status: SubscriptionStatus,
    plan: Nullable(Plan),
    seats: Nullable(Type.Integer()),
    allowances: Type.Array(Allowance),
    startedAt: Nullable(Instant),
    endedAt: Nullable({ ...Instant, description: 'When it ended; access stopped then' }),
    currentPeriod: Nullable(DateRange),
    usagePeriod: Nullable(UsagePeriod),
    trialEndsAt: Nullable(Instant),
    trialDaysLeft: Nullable(Type.Integer({ description: 'The days left of the trial, today among them' })),
    cancelAtPeriodEnd: Type.Boolean(),
    cancellation: Nullable(
      Type.Object(
        { at: LocalDate, by: Party },
        { ...closed, description: 'The date it ends on, and who ends it' },
      ),
    ),
    scheduledChange: Nullable({
      ...ScheduledChange,
      description: 'What the customer scheduled, or else what the vendor did',
    }),
    scheduledChanges: Type.Array(ScheduledChange, { description: 'Both, in the order of their dates' }),
    nextInvoice: Nullable(NextInvoice),
  },
  closed,
)
export type Subscription = Static<typeof Subscription>

export const MeterUsage = Type.Object(
  {
    meter: Id,
    name: LocalizedText,
    unit: Unit,
    decimals: Type.Integer(),
    aggregation: Type.Union([
      Type.Literal('sum'),
      Type.Literal('count'),
      Type.Literal('max'),
      Type.Literal('last'),
      Type.Literal('unique'),
    ]),
    used: Type.Number(),
    historical: Type.Number({
      description: 'What history alone comes to: it is in `used`, and in none of the other figures',
    }),
    afterEnd: Type.Number({
      description:
        'What came after the subscription was ended at once, on that date: nobody is charged for it, '
        + 'and it is in none of the other figures',
    }),
    included: Nullable(Type.Number()),
    granted: Granted,
    deficit: Deficit,
    remaining: Nullable(Type.Number()),
    overage: Type.Number(),
    overageAmount: Amount,
    overagePolicy: Nullable(Type.Union([Type.Literal('bill'), Type.Literal('block')])),
    forecast: Nullable(Type.Number()),
    runsOutAt: Nullable(LocalDate),
  },
  {
    ...closed,
    description:
      'Of the whole period. `included` is what may be used in all, by the days on each plan; '
      + '`remaining` is what is left of it and of grants (reservations are not taken off). '
      + '`overagePolicy: null`: '
      + 'the plan has no charge for this meter.',
  },
)
export const UsageSummary = Type.Object(
  {
    period: UsagePeriod,
    periods: Type.Array(UsagePeriod, {
      description: 'Newest first, at most 24: the periods that can be asked for',
    }),
    timezone: Type.String(),
    currency: Currency,
    asOf: Instant,
    meters: Type.Array(MeterUsage),
    daily: Type.Array(
      Type.Object(
        { date: LocalDate, usage: Type.Record(Type.String(), Type.Number()) },
        {
          ...closed,
          description: 'What takes the last value is what it stands at, also on days without a report',
        },
      ),
    ),
    usage: Type.Record(Type.String(), Type.Number()),
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
                },
                {
                  ...closed,
                  description:
                    '`none`: events without the property; `rest`: all values but the first 100 of a '
                    + 'month. Both have an empty `value`',
                },
              ),
            ),
          },
          {
            ...closed,
            description:
              'By the values of the property asked for, the most used first; they add up to what was used',
          },
        ),
      ),
    ),
  },
  closed,
)
export type UsageSummary = Static<typeof UsageSummary>
/** `?period=&groupBy=` of a usage summary. */
export const UsageQuery = Type.Object(
  {
    period: Type.Optional(PeriodLabel),
    groupBy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A property: adds `groups`, what was used by its values',
      }),
    ),
  },
  closed,
)
const EventVoid = Nullable(
  Type.Object(
    { at: Instant, reason: Type.String() },
    { ...closed, description: 'Taken back: it counts no more' },
  ),
)
export const UsageEvent = Type.Object(
  {
    id: Type.String(),
    meter: Id,
    quantity: Type.Number(),
    time: Instant,
    storedAt: Instant,
    properties: Type.Record(Type.String(), Type.Unknown()),
    voided: EventVoid,
    historical: Type.Boolean({ description: 'Recorded as history: it counts for no quota and no invoice' }),
    afterEnd: Type.Boolean({
      description:
        'Came after the instant at which the subscription was ended at once, on that date: '
        + 'it counts for no quota and no invoice',
    }),
  },
  closed,
)
export type UsageEvent = Static<typeof UsageEvent>

export const BreakdownStep = Type.Object(
  {
    kind: Type.Optional(
      Type.Union([
        Type.Literal('volume'),
        Type.Literal('package'),
        Type.Literal('percentage'),
        Type.Literal('per_event'),
        Type.Literal('minimum'),
        Type.Literal('maximum'),
        Type.Literal('prorated'),
        Type.Literal('gross'),
        Type.Literal('taken_off'),
        Type.Literal('base'),
        Type.Literal('seats'),
        Type.Literal('minimum_spend'),
        Type.Literal('spent'),
        Type.Literal('billed_before'),
      ]),
    ),
    upTo: Nullable(Type.Number()),
    quantity: Type.Number(),
    events: Type.Optional(Type.Integer()),
    rate: Nullable(Rate),
    flat: Amount,
    amount: Amount,
  },
  {
    ...closed,
    description:
      'One part; the parts add up. Without `kind`, a tier: its upper bound in units above the '
      + 'allowance, the units that fell in it, the rate, the flat fee, and what they come to. '
      + 'The rate of a `package` is its amount for its size, that of a `percentage` its basis points for '
      + '10,000; `minimum` is what it adds, `maximum` what it takes; '
      + '`prorated` takes off a level what its price for a month is for the days of the month that are '
      + "not the line's; "
      + '`gross` is what is given back of a price, and `taken_off` what discounts and credit notes had '
      + 'taken off it already; `base` and `seats` are the parts of a fee that has both; '
      + '`minimum_spend` is what fee and usage come to at least, `spent` what they came to of it, and '
      + '`billed_before` what an earlier invoice billed of the difference',
  },
)
export type BreakdownStep = Static<typeof BreakdownStep>
export const LineKind = Type.Union([
  Type.Literal('fee'),
  Type.Literal('usage'),
  Type.Literal('unused_time'),
  Type.Literal('adjustment'),
  Type.Literal('minimum_spend'),
  Type.Literal('charge'),
  Type.Literal('credit_note'),
])
export const InvoiceLine = Type.Object(
  {
    id: Type.String(),
    kind: LineKind,
    description: LocalizedText,
    meter: Type.Optional(Id),
    chargeId: Type.Optional(
      Type.String({ description: 'The one-off charge that a line of kind `charge` bills' }),
    ),
    quantity: Type.Number({ description: 'seats or 1 for a fee; units used for usage' }),
    unit: Type.Optional(Unit),
    included: Type.Optional(Nullable(Type.Number())),
    covered: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Units above the included ones that grants covered, at no cost; absent where none',
      }),
    ),
    rate: Type.Optional(Rate),
    amount: Amount,
    discount: Type.Optional(
      Type.Integer({ minimum: 1, description: 'What discounts took off the amount; absent where nothing' }),
    ),
    taxRate: Percent,
    taxMode: Type.Union([Type.Literal('exclusive'), Type.Literal('inclusive')]),
    period: DateRange,
    breakdown: Type.Array(BreakdownStep),
    days: Type.Optional(
      Type.Object(
        { billed: Type.Integer(), of: Type.Integer() },
        { ...closed, description: 'Where a fee is prorated: the days billed, of the days in the period' },
      ),
    ),
  },
  closed,
)
export type InvoiceLine = Static<typeof InvoiceLine>
export const TaxTotal = Type.Object(
  {
    rate: Percent,
    mode: Type.Union([Type.Literal('exclusive'), Type.Literal('inclusive')]),
    base: Amount,
    amount: Amount,
  },
  { ...closed, description: '`base`: without the tax, in both modes' },
)
export const DiscountTotal = Type.Object(
  { id: Id, name: LocalizedText, amount: Amount },
  { ...closed, description: 'What one discount took off the document' },
)
export const InvoiceTitle = Type.Object(
  {
    kind: Type.Union([Type.Literal('company'), Type.Literal('personal')]),
    title: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    taxId: Type.Optional(Type.String({ maxLength: 32 })),
    address: Type.Optional(Type.String({ maxLength: 300 })),
    phone: Type.Optional(Type.String({ maxLength: 40 })),
    bankName: Type.Optional(Type.String({ maxLength: 200 })),
    bankAccount: Type.Optional(Type.String({ maxLength: 64 })),
  },
  closed,
)
export type InvoiceTitle = Static<typeof InvoiceTitle>
const unprintable = Type.Optional(
  Type.Array(Type.Object({ code: Type.String(), detail: LocalizedText }, closed), {
    description: 'After a change: which characters of it an invoice cannot show',
  }),
)
/** The answer to a command that stores something shown on invoices: the stored object, with warnings. */
export const WithNotices = <Properties extends TProperties>(of: TObject<Properties>) =>
  Type.Object({ ...of.properties, notices: unprintable }, closed)

export const Seller = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    nameEn: Type.Optional(Type.String({ maxLength: 200 })),
    taxId: Type.String({ minLength: 1, maxLength: 32 }),
    address: Type.String({ minLength: 1, maxLength: 300 }),
    phone: Type.String({ minLength: 1, maxLength: 40 }),
    bankName: Type.String({ minLength: 1, maxLength: 200 }),
    bankAccount: Type.String({ minLength: 1, maxLength: 64 }),
    timezone: Type.String({ minLength: 1, maxLength: 64 }),
    logo: Type.Optional(
      Type.String({ maxLength: 200_000, description: 'An SVG document, printed at the top of the invoice' }),
    ),
    brandColor: Type.Optional(
      Type.String({
        pattern: '^#[0-9A-Fa-f]{6}$',
        description:
          'The colour of headings and of the amount due on the invoice; '
          + 'darkened where white could not be read on it',
      }),
    ),
  },
  closed,
)
export type Seller = Static<typeof Seller>
export const Buyer = Type.Object(
  {
    customerId: CustomerId,
    companyName: Type.String(),
    email: Nullable(Type.String()),
    address: Nullable(Type.String()),
    phone: Nullable(Type.String()),
    invoiceTitle: Nullable(InvoiceTitle),
    purchaseOrderNumber: Type.Optional(
      Type.String({
        description: 'The customer’s purchase order, as of the issue; absent where they gave none',
      }),
    ),
  },
  closed,
)

export const InvoiceStatus = Type.Union([
  Type.Literal('draft'),
  Type.Literal('open'),
  Type.Literal('paid'),
  Type.Literal('void'),
])
export const InvoiceKind = Type.Union([
  Type.Literal('start'),
  Type.Literal('renewal'),
  Type.Literal('change'),
  Type.Literal('final'),
  Type.Literal('charge'),
  Type.Literal('credit_note'),
])
/** A one-off charge with its state now. */
export const OneOffCharge = Type.Object(
  {
    id: Id,
    customerId: CustomerId,
    name: LocalizedText,
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    unitAmount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description: 'Minor units for one' }),
    amount: Type.Integer({
      ...Amount,
      description: '`quantity` × `unitAmount`; tax is added on the invoice unless it is inside',
    }),
    currency: Currency,
    taxRate: Nullable(Percent, { description: 'null: that of the plan at the time it is billed' }),
    taxMode: Nullable(Type.Union([Type.Literal('exclusive'), Type.Literal('inclusive')]), {
      description: 'null: that of the plan at the time it is billed',
    }),
    when: Type.Union([Type.Literal('now'), Type.Literal('next_invoice')]),
    source: Type.Object(
      {
        kind: Type.Union([Type.Literal('vendor'), Type.Literal('pack')]),
        id: Nullable(Type.String()),
      },
      { ...closed, description: 'What made it: the vendor by hand (`id` null), or what has the id' },
    ),
    status: Type.Union([Type.Literal('waiting'), Type.Literal('billed'), Type.Literal('withdrawn')], {
      description:
        '`waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; '
        + '`withdrawn`: it is never billed',
    }),
    invoiceId: Nullable(Type.String({ description: 'Its invoice; that of a withdrawn charge is void' })),
    invoiceNumber: Nullable(Type.String()),
    createdAt: Instant,
    withdrawnAt: Nullable(Instant),
  },
  closed,
)
export type OneOffCharge = Static<typeof OneOffCharge>
const PaidAmount = Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description: 'Minor units' })
/** A payment of an invoice. */
export const Payment = Type.Object(
  {
    id: Type.String(),
    reference: Type.String(),
    amount: PaidAmount,
    addedToBalance: Type.Integer({
      minimum: 0,
      description:
        'What of it was beyond the amount due and became balance, taken back where it was reversed',
    }),
    method: Type.String(),
    paidAt: Instant,
    createdAt: Instant,
    reversedAt: Nullable(Instant, { description: 'When it was reversed: since then it pays nothing' }),
    reversalReason: Nullable(Type.String()),
  },
  closed,
)
/** A refund of a credit note. */
const NoteRefund = Type.Object(
  { id: Type.String(), amount: PaidAmount, method: Type.String(), reference: Type.String(), at: Instant },
  closed,
)
export const Invoice = Type.Object(
  {
    id: Type.String(),
    customerId: CustomerId,
    number: Nullable(Type.String({ description: 'null while it is a draft' })),
    kind: InvoiceKind,
    status: InvoiceStatus,
    overdue: Type.Boolean(),
    currency: Currency,
    period: UsagePeriod,
    billedPeriods: Type.Object(
      { fee: Nullable(DateRange), usage: Nullable(DateRange) },
      {
        ...closed,
        description:
          'The dates its fee and its usage are of: a renewal bills the fee of the period that begins '
          + 'and the usage of the one that ended. `null` where it bills none',
      },
    ),
    issuedAt: Nullable(Instant),
    dueAt: Nullable(Instant, {
      description:
        'By the terms, counted from its issue; where it was paid and is due again, from then. '
        + '`null` where there is nothing to pay: of a void document, a credit note, '
        + 'a total that is not above zero or that the balance paid',
    }),
    paidAt: Nullable(Instant),
    voidedAt: Nullable(Instant),
    voidReason: Nullable(Type.String()),
    finalizesAt: Nullable(Type.String({ format: 'date-time', description: 'When a draft is issued' })),
    lines: Type.Array(InvoiceLine),
    subtotal: Amount,
    discounts: Type.Array(DiscountTotal),
    discountTotal: Amount,
    taxes: Type.Array(TaxTotal),
    taxTotal: Amount,
    total: Amount,
    creditApplied: Amount,
    amountPaid: Type.Integer({ ...Amount, description: 'Of the payments that were not reversed' }),
    balanceApplied: Type.Integer({
      ...Amount,
      description:
        'What the balance paid of it after its issue; below zero where balance applied at its issue '
        + 'was taken back',
    }),
    amountCredited: Type.Integer({ minimum: 0, description: 'What credit notes took off the amount due' }),
    addedToBalance: Type.Integer({
      minimum: 0,
      description:
        'What it gave into the balance: a total below zero, of a credit note less what it took off its '
        + 'invoice, and what was paid beyond the amount due',
    }),
    amountDue: Amount,
    payments: Type.Array(Payment, { description: 'Oldest first' }),
    refunds: Type.Array(NoteRefund, {
      description: 'On a credit note: what was paid back of it, oldest first',
    }),
    toRefund: Type.Integer({
      minimum: 0,
      description: 'On a credit note made with `refund`: what still waits to be paid back',
    }),
    creditNotes: Type.Array(
      Type.Object({ id: Type.String(), number: Type.String(), total: Amount }, closed),
      { description: 'The credit notes on it, oldest first' },
    ),
    creditNote: Nullable(
      Type.Object(
        {
          invoiceId: Type.String(),
          invoiceNumber: Type.String(),
          reason: Type.String(),
          amountCredited: Type.Integer({
            minimum: 0,
            description: "What it took off the invoice's amount due; the rest became balance",
          }),
          refund: Type.Optional(
            Type.Boolean({
              description: 'Present and true where the rest waits to be paid back instead of paying invoices',
            }),
          ),
        },
        {
          ...closed,
          description:
            'On a credit note: the invoice it gives back. Its own lines, taxes and total are negative',
        },
      ),
    ),
    seller: Nullable(Seller),
    buyer: Buyer,
    sha256: Nullable(Type.String({ description: 'SHA-256 of the canonical JSON of the issued document' })),
    pdfSha256: Nullable(Type.String({ description: 'SHA-256 of the PDF, once it has been rendered' })),
  },
  closed,
)
export type Invoice = Static<typeof Invoice>

const Count = Type.Integer({ minimum: 0 })
/** GET /invoices/summary */
export const InvoiceSummary = Type.Object(
  {
    asOf: Instant,
    firstIssuedAt: Type.Unsafe<string | null>({
      ...Nullable(Instant),
      description: 'Of the oldest document: since when there are any',
    }),
    currencies: Type.Array(
      Type.Object(
        {
          currency: Currency,
          count: Count,
          open: Count,
          overdue: Type.Integer({ minimum: 0, description: 'Of `open`, those past their due date' }),
          paid: Count,
          void: Count,
          total: Type.Integer({
            ...Amount,
            description: 'Of the documents that are not void; what gives money back counts as less',
          }),
          amountDue: Amount,
          amountOverdue: Amount,
          nextRunAt: Type.Unsafe<string | null>({
            ...Nullable(Instant),
            description: 'When the next open invoice that is not overdue falls due',
          }),
        },
        closed,
      ),
    ),
  },
  {
    ...closed,
    description:
      'Sums over all documents of the filter, by currency: not of a page. '
      + 'A draft is not issued yet and not in them',
  },
)
export type InvoiceSummary = Static<typeof InvoiceSummary>

const { id: _id, ...quoted } = InvoiceLine.properties
/** An invoice line without its number, which only an issued invoice has. */
export const QuoteLine = Type.Object(quoted, closed)
export type QuoteLine = Static<typeof QuoteLine>
export const Blocker = Type.Object({ code: Type.String(), detail: LocalizedText }, closed)
export const Preview = Type.Object(
  {
    quoteId: Type.String(),
    expiresAt: Instant,
    effectiveAt: LocalDate,
    when: Type.Union([Type.Literal('now'), Type.Literal('period_end')]),
    currency: Currency,
    lines: Type.Array(QuoteLine),
    subtotal: Amount,
    discounts: Type.Array(DiscountTotal),
    discountTotal: Amount,
    taxes: Type.Array(TaxTotal),
    taxTotal: Amount,
    total: Amount,
    creditApplied: Amount,
    dueNow: Amount,
    paymentTermsDays: Type.Integer({
      minimum: 0,
      description:
        'Days from the issue of the invoice until it is due: the customer’s own, or those of the plan',
    }),
    nextInvoice: Nullable({
      ...NextInvoice,
      description: 'As it will be once this is confirmed; `null` where none will come',
    }),
    allowancesAfter: Type.Array(Allowance, {
      description:
        'What remains of each allowance right after the change; where that is 0, `warnings` says so, '
        + 'and what counts in the next periods (`allowance_deficit`)',
    }),
    blockers: Type.Array(Blocker),
    warnings: Type.Array(Blocker),
    notices: Type.Array(Blocker, {
      description:
        'What confirming drops or keeps of what is scheduled; `invoice_will_be_issued` for each '
        + 'invoice it issues beside the one that is previewed',
    }),
  },
  closed,
)
export type Preview = Static<typeof Preview>

/** What only the vendor sets; documents issued from then on use it. */
export const PaymentTermsDays = Nullable(Type.Integer({ minimum: 0, maximum: limits.maxPaymentTermsDays }), {
  description: 'Days from the issue of an invoice until it is due; `null`: those of the plan',
})
export const PurchaseOrderNumber = Nullable(
  Type.String({ minLength: 1, maxLength: limits.maxPurchaseOrderCharacters, pattern: '\\S' }),
  { description: 'The customer’s purchase order, printed on documents issued from then on; `null`: none' },
)
/** A code as people type it: its case, spaces and full-width characters do not matter. */
export const CouponCode = Type.String({
  minLength: 1,
  maxLength: 80,
  description: 'A code as it was typed: its case, spaces and full-width characters do not matter',
})
export const discountFields = {
  kind: Type.Union([Type.Literal('fixed'), Type.Literal('percent')]),
  value: Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }), Percent], {
    description:
      'fixed: minor units for each billing period (`fee`) or usage period (`usage`, '
      + '`all`) that begins while it holds; percent: a decimal string such as "12.5", '
      + 'above 0 and at most 100',
  }),
  appliesTo: Type.Union([Type.Literal('all'), Type.Literal('fee'), Type.Literal('usage')]),
  from: LocalDate,
}
export const DiscountUntil = Nullable(LocalDate, { description: 'The last date on which it holds' })
export const couponTerms = {
  periods: Type.Unsafe<number | null>({
    ...Nullable(Type.Integer({ minimum: 1, maximum: limits.coupons.periods })),
    description:
      'In how many periods it takes its amount, the first that begins on the date of the redemption or '
      + 'later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period',
  }),
  maxAmount: Type.Unsafe<number | null>({
    ...Nullable(Type.Integer({ minimum: 1, maximum: limits.coupons.amount })),
    description: 'The most a percentage takes of a period, in minor units; less by days in a short one',
  }),
  plans: Type.Unsafe<string[] | null>({
    ...Nullable(Type.Array(Id, { minItems: 1, maxItems: limits.coupons.plans })),
    description: 'The plans whose lines it lowers; `null`: all',
  }),
}
export const Discount = Type.Object(
  {
    id: Id,
    name: LocalizedText,
    ...discountFields,
    until: DiscountUntil,
    coupon: Type.Optional(
      Type.Object(
        { code: Type.String(), ...couponTerms },
        { ...closed, description: 'Of a redeemed coupon: its terms at that time' },
      ),
    ),
  },
  closed,
)
/** POST …/coupons/redemptions */
export const RedemptionInput = Type.Object({ code: CouponCode }, closed)
/** A coupon a customer has redeemed. */
export const CouponRedemption = Type.Object(
  {
    code: Type.String(),
    redeemedAt: Instant,
    redeemedBy: Party,
    discount: Nullable(Discount, { description: 'What it became; `null` where that was taken away' }),
    periodsLeft: Nullable(Type.Integer({ minimum: 0 }), {
      description: 'How many of its periods have not begun; `null` where it holds for ever',
    }),
  },
  closed,
)
export type CouponRedemption = Static<typeof CouponRedemption>

export const Account = Type.Object(
  {
    customerId: CustomerId,
    companyName: Type.String(),
    contactName: Nullable(Type.String()),
    email: Nullable(Type.String()),
    phone: Nullable(Type.String()),
    address: Nullable(Type.String()),
    locale: Locale,
    timezone: Type.String(),
    nextTimezone: Nullable(Type.Object({ timezone: Type.String(), from: LocalDate }, closed)),
    currency: Currency,
    creditBalance: Amount,
    invoiceTitle: Nullable(InvoiceTitle),
    paymentTermsDays: PaymentTermsDays,
    purchaseOrderNumber: PurchaseOrderNumber,
    version: Type.Integer(),
    createdAt: Instant,
    notices: unprintable,
  },
  closed,
)
export type Account = Static<typeof Account>

/** One balance transaction, with the balance after it. */
export const BalanceTransaction = Type.Object(
  {
    id: Type.String(),
    at: Instant,
    reason: Type.Union([
      Type.Literal('negative_total'),
      Type.Literal('applied'),
      Type.Literal('applied_to_invoice'),
      Type.Literal('application_undone'),
      Type.Literal('overpaid'),
      Type.Literal('payment_reversed'),
      Type.Literal('void'),
      Type.Literal('credit_note'),
      Type.Literal('refund'),
      Type.Literal('adjustment'),
      Type.Literal('charged'),
    ]),
    amount: Amount,
    balance: Amount,
    currency: Currency,
    invoiceId: Nullable(Type.String()),
    invoiceNumber: Nullable(Type.String()),
    detail: Nullable(
      Type.String({ description: 'The reference of the payment or refund, or why the balance was adjusted' }),
    ),
  },
  {
    ...closed,
    description:
      '`negative_total`: an invoice gave more back than it charged; `applied`: '
      + 'an invoice used it when it was issued; `applied_to_invoice`: it paid an open invoice; '
      + '`application_undone`: that was taken back, and the '
      + 'invoice is due again; `overpaid`: a payment beyond what was due; `payment_reversed`: '
      + 'that payment was reversed; `void`: what a void invoice used or gave; `credit_note`: '
      + 'what a note left over; `refund`: paid back; '
      + '`adjustment`: put right by the vendor; `charged`: what could not be taken back, '
      + 'since it was paid out, and is due by a charge',
  },
)
export type BalanceTransaction = Static<typeof BalanceTransaction>

export const Notice = Type.Object({ code: Type.String(), detail: LocalizedText }, closed)
const notices = Type.Array(Notice, {
  description:
    'What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that '
    + 'was issued '
    + 'beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts '
    + 'in the next periods',
})
/** The result of a plan change: the subscription now, the invoice it made, and its other effects. */
export const Changed = Type.Object(
  { subscription: Subscription, invoice: Nullable(Invoice), notices },
  closed,
)
export type Changed = Static<typeof Changed>
/** POST /customers/{id}/subscription: the subscription and the invoice it made. */
export const Started = Type.Object(
  { ...Subscription.properties, invoice: Nullable(Invoice), notices },
  closed,
)
/** The result of scheduling something for the end of the billing period, or of undoing that. */
export const Scheduled = Type.Object({ subscription: Subscription, notices }, closed)
export type Scheduled = Static<typeof Scheduled>

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('billing'), Type.Literal('viewer')])
/**
 * POST /session/renew and POST /api/billing/portal-sessions/exchange. Includes the customer, because the
 * renewal cookie is shared by the whole browser and may by now belong to a link to another customer.
 */
export const Token = Type.Object({ token: Type.String(), expiresAt: Instant, customerId: CustomerId }, closed)
export type Token = Static<typeof Token>

// ---- errors

/** For a conflicting id: the fields that differ, and the event that was stored first. */
export const Conflict = {
  differs: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Literal('meter'),
        Type.Literal('quantity'),
        Type.Literal('time'),
        Type.Literal('properties'),
      ]),
      {
        description: 'Of `event_conflict`: the fields in which the event recorded under this id is another',
      },
    ),
  ),
  first: Type.Optional(
    Type.Object(
      {
        meter: Id,
        quantity: Type.Number(),
        time: Instant,
        properties: Type.Record(Type.String(), Type.Unknown()),
      },
      {
        ...closed,
        description: 'Of `event_conflict`: the event recorded under this id',
      },
    ),
  ),
}

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    instance: Type.String(),
    requestId: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ pointer: Type.String(), code: Type.String(), detail: Type.String() }, closed)),
    ),
    ...Conflict,
  },
  { ...closed, description: 'RFC 9457 application/problem+json' },
)
export type Problem = Static<typeof Problem>

export const GrantStatus = Type.Union([
  Type.Literal('scheduled'),
  Type.Literal('valid'),
  Type.Literal('used_up'),
  Type.Literal('expired'),
  Type.Literal('voided'),
])
export const GrantCategory = Type.Union([Type.Literal('paid'), Type.Literal('promotional')])
export const GrantSource = Type.Union([
  Type.Literal('promotion'),
  Type.Literal('pack'),
  Type.Literal('adjustment'),
])
/** Units given to a customer beside what a plan includes. */
export const Grant = Type.Object(
  {
    id: Type.String(),
    meter: Id,
    status: GrantStatus,
    units: Type.Number({ description: '`drawn` + `left` + `expired` + `voided`' }),
    drawn: Type.Number({ description: 'By what was used so far; what open reservations hold is not in it' }),
    left: Type.Number(),
    expired: Type.Number(),
    voided: Type.Number(),
    priority: Type.Integer(),
    category: GrantCategory,
    source: GrantSource,
    reason: Nullable(Type.String()),
    effectiveOn: LocalDate,
    expiresOn: Type.Unsafe<string | null>({
      ...Nullable(LocalDate),
      description: 'The last date on which it is drawn; null: none',
    }),
    createdAt: Instant,
    changes: Type.Array(
      Type.Object(
        {
          kind: Type.Union([Type.Literal('expiry'), Type.Literal('void')]),
          at: Instant,
          before: Nullable(LocalDate),
          expiresOn: Nullable(LocalDate),
          reason: Type.String(),
        },
        {
          ...closed,
          description: 'Its last date before and after, with the reason; it holds from the next date',
        },
      ),
    ),
  },
  closed,
)
export type Grant = Static<typeof Grant>
export const GrantWithDraws = Type.Object(
  {
    ...Grant.properties,
    draws: Type.Array(Type.Object({ date: LocalDate, units: Type.Number() }, closed), {
      description: 'What each date drew, the last first; at most 400 dates',
    }),
  },
  closed,
)
export type GrantWithDraws = Static<typeof GrantWithDraws>
