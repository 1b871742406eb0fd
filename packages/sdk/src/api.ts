// Generated from the OpenAPI document of the vendor's API: `npm run sdk-types`. A test fails when it is out of date.

export type Account = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  companyName: string
  contactName: string | null
  email: string | null
  phone: string | null
  address: string | null
  locale: 'zh-CN' | 'en'
  timezone: string
  nextTimezone: {
    timezone: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    from: string
  } | null
  /** ISO 4217 */
  currency: string
  /** Minor units, such as cents */
  creditBalance: number
  invoiceTitle: InvoiceTitle | null
  version: number
  /** RFC 3339, UTC */
  createdAt: string
  /** After a change: which characters of it an invoice cannot show */
  notices?: Array<{
    code: string
    detail: LocalizedText
  }>
}

export type Activity = {
  id: string
  type: 'account.created' | 'account.updated' | 'subscription.created' | 'subscription.changed' | 'invoice.issued' | 'invoice.paid' | 'invoice.voided' | 'invoice.payment_reversed' | 'invoice.due_again' | 'balance.refunded' | 'balance.adjusted'
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** The account, subscription or invoice it happened to: read it for its state now; of a balance, the refund or adjustment */
  subjectId: string
  /** RFC 3339, UTC */
  at: string
}

export type AdjustmentInput = {
  /** Minor units; below zero it takes from the balance, at most what is there */
  amount: number
  reason: string
}

export type Alias = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  alias: string
  /** RFC 3339, UTC */
  createdAt: string
}

export type BalanceAdjustment = {
  id: string
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** Minor units, such as cents */
  amount: number
  /** ISO 4217 */
  currency: string
  reason: string
  /** After it, and after what it paid of open invoices */
  balance: number
  /** RFC 3339, UTC */
  at: string
}

export type Changed = {
  subscription: Subscription
  invoice: Invoice | null
  /** What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
  notices: Array<{
    code: string
    detail: LocalizedText
  }>
}

/** `included: null` is unlimited. `price` rates the units above `included`; it is required where overage is billed. `minimum` (also at zero usage) and `maximum` bound what a usage period comes to; part of a period has its share of them. */
export type Charge = {
  /** Letters, digits and _ . : - */
  meter: string
  included: number | null
  overage: 'bill' | 'block'
  price?: Price
  minimum?: number
  maximum?: number
  /** Whether `included` is for the subscription (unless said otherwise) or for each seat, which needs a fee per seat */
  includedPer?: 'subscription' | 'seat'
  /** What a change to this higher plan gives in the running usage period: the share of the days left (unless said otherwise), or with `full` the whole allowance less all use of the period; both lines of the change then run from its first day */
  onUpgrade?: 'prorated' | 'full'
}

/** CloudEvents 1.0: the event id is JSON.stringify([source, id]) */
export type CloudEvent = {
  specversion: '1.0'
  id: string
  source: string
  /** The type: every meter with this `eventType` counts it, and the one of this key */
  type: string
  /** The customer: their id, or an alias */
  subject: string
  /** RFC 3339, UTC */
  time?: string
  /** JSON */
  datacontenttype?: string
  data?: {
    /** In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has */
    quantity?: number | string
  } | null
  /** An extension attribute: of more than 35 days ago, it is shown, and counts for no quota and no invoice */
  historical?: boolean | 'true' | 'false'
  data_base64?: null
}

export type ConsumeInput = {
  id: string
  /** 1 when absent; a decimal may be a text. Without one, a number in the properties that has the name of an amount is refused, as in an event */
  quantity?: number | string
  /** Where a limit blocks: as much as is left (`partial`, when absent), or the whole quantity or nothing (`all`) */
  mode?: 'partial' | 'all'
  /** A number with more digits than a double has, such as a 64-bit id, is kept as text */
  properties?: Record<string, unknown>
}

export type Consumed = {
  granted: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

export type CreatedKey = {
  /** Letters, digits and _ . : - */
  id: string
  name: string
  prefix: string | null
  lastFour: string | null
  /** `admin` allows everything; `customers:*` reading and writing */
  scopes: Array<'catalogue:read' | 'catalogue:write' | 'customers:read' | 'customers:write' | 'events:write' | 'usage:read' | 'invoices:read' | 'invoices:write' | 'payments:read' | 'payments:write' | 'portal-sessions:write' | 'agents:read' | 'agents:write' | 'admin' | 'catalogue:*' | 'customers:*' | 'invoices:*' | 'payments:*' | 'agents:*'>
  /** RFC 3339, UTC */
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
  /** The key itself; it is never shown again */
  key: string
}

export type CreditNoteInput = {
  /** With tax; spread over the lines by what is left of each */
  amount?: number
  /** Each carries its share of the discount and the tax of its line */
  lines?: Array<{
    lineId: string
    amount: number
  }>
  reason: string
  /** What it does not take off the amount due waits for a refund instead of paying other invoices */
  refund?: boolean
}

export type CustomerInput = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  id?: string
  companyName: string
  contactName?: string | null
  email?: string | null
  phone?: string | null
  address?: string | null
  timezone?: string
  locale?: 'zh-CN' | 'en'
  invoiceTitle?: InvoiceTitle | null
  /** ISO 4217 */
  currency?: string
}

export type CustomerUpdate = {
  companyName?: string
  contactName?: string | null
  email?: string | null
  phone?: string | null
  address?: string | null
  timezone?: string
  locale?: 'zh-CN' | 'en'
  invoiceTitle?: InvoiceTitle | null
  version?: number
}

export type DiscountInput = {
  /** One text for both languages, or one each */
  name?: string | LocalizedText
  kind: 'fixed' | 'percent'
  /** fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
  value: number | string
  appliesTo: 'all' | 'fee' | 'usage'
  /** A date in the customer's time zone, YYYY-MM-DD */
  from: string
  /** The last date on which it holds */
  until?: string | null
}

export type EventInput = {
  id: string
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** The one meter that counts it; or `type` */
  meter?: string
  /** What kind of event it is: every meter with this `eventType` counts it, and the one of this key */
  type?: string
  /** In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has. An event without one is refused (`validation_failed`) where a number in its properties has the name of an amount: a word such as count, total or qty, the meter's unit or what its name is about (`{ token_count: 1250 }`) */
  quantity?: number | string
  /** RFC 3339, UTC */
  time?: string
  /** A number with more digits than a double has, such as a 64-bit id, is kept as text */
  properties?: Record<string, unknown>
  /** Of more than 35 days ago: it is shown, and counts for no quota and no invoice. `time` is needed then */
  historical?: boolean
}

export type FoundEvent = {
  id: string
  /** null: an event of a type for which no meter’s filters hold */
  meter: string | null
  quantity: number
  /** RFC 3339, UTC */
  time: string
  /** RFC 3339, UTC */
  storedAt: string
  properties: Record<string, unknown>
  voided: {
    /** RFC 3339, UTC */
    at: string
    reason: string
  } | null
  /** Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** Of an event that names one: it is listed once for each meter that counts it */
  type: string | null
  /** What a quota granted above the allowance; null for what was recorded */
  overage: number | null
  /** What each meter counts of it */
  meters: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    quantity: number
  }>
}

export type Invoice = {
  id: string
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  number: string | null
  kind: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
  status: 'draft' | 'open' | 'paid' | 'void'
  overdue: boolean
  /** ISO 4217 */
  currency: string
  period: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  /** The dates its fee and its usage are of: a renewal bills the fee of the period that begins and the usage of the one that ended. `null` where it bills none */
  billedPeriods: {
    fee: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
    } | null
    usage: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
    } | null
  }
  issuedAt: string | null
  /** By the terms, counted from its issue; where it was paid and is due again, from then. `null` where there is nothing to pay: of a void document, a credit note, a total that is not above zero or that the balance paid */
  dueAt: string | null
  paidAt: string | null
  voidedAt: string | null
  voidReason: string | null
  finalizesAt: string | null
  lines: InvoiceLine[]
  /** Minor units, such as cents */
  subtotal: number
  discounts: Array<{
    /** Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    /** Minor units, such as cents */
    amount: number
  }>
  /** Minor units, such as cents */
  discountTotal: number
  taxes: Array<{
    /** Percent as a decimal string: "6" is 6 % */
    rate: string
    mode: 'exclusive' | 'inclusive'
    /** Minor units, such as cents */
    base: number
    /** Minor units, such as cents */
    amount: number
  }>
  /** Minor units, such as cents */
  taxTotal: number
  /** Minor units, such as cents */
  total: number
  /** Minor units, such as cents */
  creditApplied: number
  /** Of the payments that were not reversed */
  amountPaid: number
  /** What the balance paid of it after its issue; below zero where balance applied at its issue was taken back */
  balanceApplied: number
  /** What credit notes took off the amount due */
  amountCredited: number
  /** What it gave into the balance: a total below zero, of a credit note less what it took off its invoice, and what was paid beyond the amount due */
  addedToBalance: number
  /** Minor units, such as cents */
  amountDue: number
  /** Oldest first */
  payments: Payment[]
  /** On a credit note: what was paid back of it, oldest first */
  refunds: Array<{
    id: string
    /** Minor units */
    amount: number
    method: string
    reference: string
    /** RFC 3339, UTC */
    at: string
  }>
  /** On a credit note made with `refund`: what still waits to be paid back */
  toRefund: number
  /** The credit notes on it, oldest first */
  creditNotes: Array<{
    id: string
    number: string
    /** Minor units, such as cents */
    total: number
  }>
  creditNote: {
    invoiceId: string
    invoiceNumber: string
    reason: string
    /** What it took off the invoice's amount due; the rest became balance */
    amountCredited: number
    /** Present and true where the rest waits to be paid back instead of paying invoices */
    refund?: boolean
  } | null
  seller: Seller | null
  buyer: {
    /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
    customerId: string
    companyName: string
    email: string | null
    address: string | null
    phone: string | null
    invoiceTitle: InvoiceTitle | null
  }
  sha256: string | null
  pdfSha256: string | null
}

export type InvoiceLine = {
  id: string
  kind: 'fee' | 'usage' | 'unused_time' | 'adjustment' | 'charge' | 'credit_note'
  description: LocalizedText
  /** Letters, digits and _ . : - */
  meter?: string
  /** seats or 1 for a fee; units used for usage */
  quantity: number
  /** What is counted in: `en` for many (answers), `one` for one (answer) */
  unit?: {
    'zh-CN': string
    en: string
    /** English for one of them */
    one?: string
  }
  included?: number | null
  /** `amount` minor units for `per` units */
  rate?: {
    amount: number
    per: number
  }
  /** Minor units, such as cents */
  amount: number
  /** What discounts took off the amount; absent where nothing */
  discount?: number
  /** Percent as a decimal string: "6" is 6 % */
  taxRate: string
  taxMode: 'exclusive' | 'inclusive'
  /** start inclusive, end exclusive */
  period: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
  }
  breakdown: Array<{
    kind?: 'volume' | 'package' | 'percentage' | 'per_event' | 'minimum' | 'maximum' | 'prorated' | 'gross' | 'taken_off'
    upTo: number | null
    quantity: number
    events?: number
    rate: {
      amount: number
      per: number
    } | null
    /** Minor units, such as cents */
    flat: number
    /** Minor units, such as cents */
    amount: number
  }>
  /** Where a fee is prorated: the days billed, of the days in the period */
  days?: {
    billed: number
    of: number
  }
}

/** Sums over all documents of the filter, by currency: not of a page. A draft is not issued yet and not in them */
export type InvoiceSummary = {
  /** RFC 3339, UTC */
  asOf: string
  /** Of the oldest document: since when there are any */
  firstIssuedAt: string | null
  currencies: Array<{
    /** ISO 4217 */
    currency: string
    count: number
    open: number
    /** Of `open`, those past their due date */
    overdue: number
    paid: number
    void: number
    /** Of the documents that are not void; what gives money back counts as less */
    total: number
    /** Minor units, such as cents */
    amountDue: number
    /** Minor units, such as cents */
    amountOverdue: number
    /** When the next open invoice that is not overdue falls due */
    nextRunAt: string | null
  }>
}

export type InvoiceTitle = {
  kind: 'company' | 'personal'
  title: string
  taxId?: string
  address?: string
  phone?: string
  bankName?: string
  bankAccount?: string
}

export type KeyInput = {
  /** What it is used for */
  name: string
  /** `full` when neither it nor scopes are given */
  preset?: 'read' | 'events' | 'full'
  scopes?: Array<'catalogue:read' | 'catalogue:write' | 'customers:read' | 'customers:write' | 'events:write' | 'usage:read' | 'invoices:read' | 'invoices:write' | 'payments:read' | 'payments:write' | 'portal-sessions:write' | 'agents:read' | 'agents:write' | 'admin' | 'catalogue:*' | 'customers:*' | 'invoices:*' | 'payments:*' | 'agents:*'>
  expiresAt?: string | null
}

export type LateEvent = {
  id: string
  /** Letters, digits and _ . : - */
  meter: string
  quantity: number
  /** RFC 3339, UTC */
  time: string
  /** RFC 3339, UTC */
  storedAt: string
  properties: Record<string, unknown>
  voided: {
    /** RFC 3339, UTC */
    at: string
    reason: string
  } | null
  /** Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** The label of the usage period it falls in */
  period: string
  /** When that period was billed */
  closedAt: string
  /** `billed`: `invoice` counts it. `pending`: the next invoice will. `unchanged`: a later invoice looked at it, and nothing in what was billed changed. `uncharged`: no plan charges it. `voided`: it was taken back before */
  outcome: 'billed' | 'pending' | 'unchanged' | 'uncharged' | 'voided'
  invoice: {
    /** Letters, digits and _ . : - */
    id: string
    number: string
  } | null
}

export type ListedEvent = {
  id: string
  /** null: an event of a type for which no meter’s filters hold */
  meter: string | null
  quantity: number
  /** RFC 3339, UTC */
  time: string
  /** RFC 3339, UTC */
  storedAt: string
  properties: Record<string, unknown>
  voided: {
    /** RFC 3339, UTC */
    at: string
    reason: string
  } | null
  /** Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** Of an event that names one: it is listed once for each meter that counts it */
  type: string | null
  /** What a quota granted above the allowance; null for what was recorded */
  overage: number | null
}

export type ListedPayment = {
  id: string
  reference: string
  /** Minor units */
  amount: number
  /** What of it was beyond the amount due and became balance, taken back where it was reversed */
  addedToBalance: number
  method: string
  /** RFC 3339, UTC */
  paidAt: string
  /** RFC 3339, UTC */
  createdAt: string
  /** When it was reversed: since then it pays nothing */
  reversedAt: string | null
  reversalReason: string | null
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  invoiceId: string
  invoiceNumber: string
  /** ISO 4217 */
  currency: string
}

export type ListedReservation = {
  id: string
  /** Letters, digits and _ . : - */
  meter: string
  state: 'open' | 'expired' | 'settled' | 'released'
  /** In the meter's units */
  reserved: number
  /** RFC 3339, UTC */
  reservedAt: string
  /** RFC 3339, UTC */
  expiresAt: string
  closedAt: string | null
  settled: number | null
  granted: number | null
  overage: number | null
}

/** On its last plan; dates are the customer’s */
export type ListedSubscription = {
  id: string
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  companyName: string
  status: 'trialing' | 'active' | 'past_due' | 'canceled'
  /** Letters, digits and _ . : - */
  planId: string
  planVersion: number
  seats: number | null
  /** RFC 3339, UTC */
  startedAt: string
  /** The first date after the trial it is in */
  trialEndsOn: string | null
  /** The first date after its end, which has come or is scheduled; null where it continues */
  endsOn: string | null
  /** RFC 3339, UTC */
  createdAt: string
}

export type LocalizedText = {
  'zh-CN': string
  en: string
}

export type Meter = {
  /** Letters, digits and _ . : - */
  key: string
  name: LocalizedText
  /** What is counted in: `en` for many (answers), `one` for one (answer) */
  unit: {
    'zh-CN': string
    en: string
    /** English for one of them */
    one?: string
  }
  decimals: number
  /** What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
  aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** With `unique`: the property whose different values are counted; an event without it is rejected */
  uniqueBy?: string
  /** With `last`: a value stands until another is reported, also over the ends of periods */
  carry?: boolean
  /** With `sum` or `count`: the properties by whose values usage is broken down */
  groupBy?: string[]
  /** It reads every event of this type, beside those that name it */
  eventType?: string
  /** The property its quantity stands in; where an event lacks it, its `quantity` counts */
  valueProperty?: string
  /** Of the events of its type only those whose properties have these values are read */
  filters?: Record<string, string | number | boolean>
}

export type MeterFill = {
  /** Letters, digits and _ . : - */
  meter: string
  /** Of a break-down; null where the meter itself is filled */
  property: string | null
  /** RFC 3339, UTC */
  askedAt: string
  doneAt: string | null
  /** Events that the meter counts now */
  added: number
  /** Events of its type that it could not count */
  skipped: number
}

export type MeterInput = {
  /** One text for both languages, or one each */
  name: string | LocalizedText
  /** One text for both languages, or one each; `one` is English for one of them */
  unit: string | {
    'zh-CN': string
    en: string
    /** English for one of them */
    one?: string
  }
  decimals?: number
  /** What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
  aggregation?: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** With `unique`: the property whose different values are counted; an event without it is rejected */
  uniqueBy?: string
  /** With `last`: a value stands until another is reported, also over the ends of periods */
  carry?: boolean
  /** With `sum` or `count`: the properties by whose values usage is broken down */
  groupBy?: string[]
  /** It reads every event of this type, beside those that name it */
  eventType?: string
  /** The property its quantity stands in; where an event lacks it, its `quantity` counts */
  valueProperty?: string
  /** Of the events of its type only those whose properties have these values are read */
  filters?: Record<string, string | number | boolean>
  /** Count the events of its type that were stored before as well, in the periods that are not billed yet */
  backfill?: boolean
}

export type Payment = {
  id: string
  reference: string
  /** Minor units */
  amount: number
  /** What of it was beyond the amount due and became balance, taken back where it was reversed */
  addedToBalance: number
  method: string
  /** RFC 3339, UTC */
  paidAt: string
  /** RFC 3339, UTC */
  createdAt: string
  /** When it was reversed: since then it pays nothing */
  reversedAt: string | null
  reversalReason: string | null
}

export type PaymentInput = {
  /** Minor units */
  amount: number
  method: string
  /** Unique per invoice: paying twice under one reference is refused */
  reference: string
  /** RFC 3339, UTC */
  paidAt?: string
}

/** Sums over all payments of the filter, by currency: not of a page */
export type PaymentSummary = {
  /** RFC 3339, UTC */
  asOf: string
  currencies: Array<{
    /** ISO 4217 */
    currency: string
    count: number
    /** Minor units, such as cents */
    amount: number
  }>
}

export type Plan = {
  /** Letters, digits and _ . : - */
  id: string
  version: number
  name: LocalizedText
  description: LocalizedText | null
  features: LocalizedText[]
  recommended: boolean
  archived: boolean
  rank: number
  /** ISO 4217 */
  currency: string
  fee: {
    amount: number
    per: 'subscription' | 'seat'
  }
  interval: 'month' | 'year'
  intervalCount: number
  alignment: 'anniversary' | 'calendar'
  /** null: the plan knows no seats */
  seats: {
    min: number
    max: number | null
  } | null
  trialDays: number
  /** Percent as a decimal string: "6" is 6 % */
  taxRate: string
  taxMode: 'exclusive' | 'inclusive'
  paymentTermsDays: number
  graceHours: number
  charges: Charge[]
}

export type PlanInput = {
  /** One text for both languages, or one each */
  name: string | LocalizedText
  /** One text for both languages, or one each */
  description?: string | LocalizedText
  features?: Array<string | LocalizedText>
  recommended?: boolean
  archived?: boolean
  rank?: number
  /** ISO 4217 */
  currency?: string
  fee: {
    amount: number
    per: 'subscription' | 'seat'
  }
  interval?: 'month' | 'year'
  intervalCount?: number
  alignment?: 'anniversary' | 'calendar'
  seats?: {
    min?: number
    max?: number | null
  } | null
  trialDays?: number
  /** Percent as a decimal string: "6" is 6 % */
  taxRate?: string
  taxMode?: 'exclusive' | 'inclusive'
  paymentTermsDays?: number
  graceHours?: number
  charges?: Charge[]
}

export type PortalSession = {
  token: string
  /** RFC 3339, UTC */
  expiresAt: string
  code: string
  /** Opens the portal once, within 60 seconds */
  url: string
}

export type PortalSessionInput = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  role?: 'owner' | 'billing' | 'viewer'
  actor?: {
    id: string
    name: string
  }
  locale?: 'zh-CN' | 'en'
  /** Where the reader comes from: when the session is over, the portal leads back there */
  returnUrl?: string
  /** The page to open, below /portal */
  path?: string
}

export type Preview = {
  quoteId: string
  /** RFC 3339, UTC */
  expiresAt: string
  /** A date in the customer's time zone, YYYY-MM-DD */
  effectiveAt: string
  when: 'now' | 'period_end'
  /** ISO 4217 */
  currency: string
  lines: Array<{
    kind: 'fee' | 'usage' | 'unused_time' | 'adjustment' | 'charge' | 'credit_note'
    description: LocalizedText
    /** Letters, digits and _ . : - */
    meter?: string
    /** seats or 1 for a fee; units used for usage */
    quantity: number
    /** What is counted in: `en` for many (answers), `one` for one (answer) */
    unit?: {
      'zh-CN': string
      en: string
      /** English for one of them */
      one?: string
    }
    included?: number | null
    /** `amount` minor units for `per` units */
    rate?: {
      amount: number
      per: number
    }
    /** Minor units, such as cents */
    amount: number
    /** What discounts took off the amount; absent where nothing */
    discount?: number
    /** Percent as a decimal string: "6" is 6 % */
    taxRate: string
    taxMode: 'exclusive' | 'inclusive'
    /** start inclusive, end exclusive */
    period: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
    }
    breakdown: Array<{
      kind?: 'volume' | 'package' | 'percentage' | 'per_event' | 'minimum' | 'maximum' | 'prorated' | 'gross' | 'taken_off'
      upTo: number | null
      quantity: number
      events?: number
      rate: {
        amount: number
        per: number
      } | null
      /** Minor units, such as cents */
      flat: number
      /** Minor units, such as cents */
      amount: number
    }>
    /** Where a fee is prorated: the days billed, of the days in the period */
    days?: {
      billed: number
      of: number
    }
  }>
  /** Minor units, such as cents */
  subtotal: number
  discounts: Array<{
    /** Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    /** Minor units, such as cents */
    amount: number
  }>
  /** Minor units, such as cents */
  discountTotal: number
  taxes: Array<{
    /** Percent as a decimal string: "6" is 6 % */
    rate: string
    mode: 'exclusive' | 'inclusive'
    /** Minor units, such as cents */
    base: number
    /** Minor units, such as cents */
    amount: number
  }>
  /** Minor units, such as cents */
  taxTotal: number
  /** Minor units, such as cents */
  total: number
  /** Minor units, such as cents */
  creditApplied: number
  /** Minor units, such as cents */
  dueNow: number
  nextInvoice: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    at: string
    usageAt: string | null
    /** Minor units, such as cents */
    estimatedTotal: number
    /** Minor units, such as cents */
    estimatedDue: number
    /** ISO 4217 */
    currency: string
  } | null
  /** What remains of each allowance right after the change; where that is 0, `warnings` says so, and what counts in the next periods (`allowance_deficit`) */
  allowancesAfter: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    allowance: number | null
    used: number
    /** Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    /** Held back by open reservations */
    reserved: number
    remaining: number | null
    /** Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
    deficitAfter: number
  }>
  blockers: Array<{
    code: string
    detail: LocalizedText
  }>
  warnings: Array<{
    code: string
    detail: LocalizedText
  }>
  /** What confirming drops or keeps of what is scheduled; `invoice_will_be_issued` for each invoice it issues beside the one that is previewed */
  notices: Array<{
    code: string
    detail: LocalizedText
  }>
}

export type Price = {
  model: 'per_unit'
  /** `amount` minor units for `per` units */
  rate: {
    amount: number
    per: number
  }
} | {
  model: 'graduated'
  tiers: Array<{
    upTo: number | null
    /** `amount` minor units for `per` units */
    rate: {
      amount: number
      per: number
    }
    flat?: number
  }>
} | {
  model: 'volume'
  tiers: Array<{
    upTo: number | null
    /** `amount` minor units for `per` units */
    rate: {
      amount: number
      per: number
    }
    flat?: number
  }>
} | {
  model: 'package'
  size: number
  amount: number
} | {
  model: 'percentage'
  basisPoints: number
  perEvent?: number
}

export type Priced = {
  /** Minor units, such as cents */
  amount: number
  /** ISO 4217 */
  currency: string
  breakdown: Array<{
    kind?: 'volume' | 'package' | 'percentage' | 'per_event' | 'minimum' | 'maximum' | 'prorated' | 'gross' | 'taken_off'
    upTo: number | null
    quantity: number
    events?: number
    rate: {
      amount: number
      per: number
    } | null
    /** Minor units, such as cents */
    flat: number
    /** Minor units, such as cents */
    amount: number
  }>
}

export type PricingInput = {
  price: Price
  included?: number | null
  minimum?: number
  maximum?: number
  /** Units used, with at most six decimals; minor units where the price is a percentage */
  quantity: number
  /** In how many events: what `perEvent` is charged for; 1 when absent */
  events?: number
  /** ISO 4217 */
  currency: string
}

/** RFC 9457 application/problem+json */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  instance: string
  requestId: string
  errors?: Array<{
    pointer: string
    code: string
    detail: string
  }>
  /** Of `event_conflict`: the fields in which the event recorded under this id is another */
  differs?: Array<'meter' | 'quantity' | 'time' | 'properties'>
  /** Of `event_conflict`: the event recorded under this id */
  first?: {
    /** Letters, digits and _ . : - */
    meter: string
    quantity: number
    /** RFC 3339, UTC */
    time: string
    properties: Record<string, unknown>
  }
}

export type Quota = {
  allowed: boolean
  included: number | null
  used: number
  /** Used ahead in earlier usage periods: counts as used in this one */
  deficit: number
  /** Held back by open reservations */
  reserved: number
  remaining: number | null
  overagePolicy: 'bill' | 'block' | null
  resetsAt: string | null
}

export type Reconciliation = {
  period: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  meters: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    /** In the meter's units */
    accepted: number
    /** In the meter's units */
    billed: number
    /** In the meter's units */
    adjusted: number
    /** Waits for its invoice */
    unbilled: number
    /** Never costs anything: outside a subscription or after it was ended at once, of a meter the plan does not charge, or above a limit */
    uncharged: number
    /** Was recorded and taken back: in none of the others */
    voided: number
    /** Was recorded as history, which is shown and not billed: in none of the others */
    historical: number
    /** accepted − billed − adjusted − unbilled − uncharged: 0 */
    difference: number
  }>
  /** The refused events of the period, as sent, the last refused first; at most 1,000 */
  rejected: Array<{
    id: string
    meter: string
    quantity: number | string | null
    time: string | null
    code: string
    detail: string
    /** How often it was sent and refused */
    times: number
    /** RFC 3339, UTC */
    rejectedAt: string
  }>
}

export type Recorded = {
  accepted: number
  duplicates: number
  rejected: Array<{
    index: number
    id: string | null
    code: string
    detail: string
    /** Whether the same event may be taken another time, once a customer or a meter is made or its time has come */
    retryable: boolean
    /** Of `event_conflict`: the fields in which the event recorded under this id is another */
    differs?: Array<'meter' | 'quantity' | 'time' | 'properties'>
    /** Of `event_conflict`: the event recorded under this id */
    first?: {
      /** Letters, digits and _ . : - */
      meter: string
      quantity: number
      /** RFC 3339, UTC */
      time: string
      properties: Record<string, unknown>
    }
  }>
  /** Of those accepted: the ones of a meter that the customer's plan does not charge, or that came after a subscription was ended at once. Absent where there are none. Usage before a customer's first subscription is undecided, and not told: its `startsAt` may still be set up to 35 days back */
  uncharged?: Array<{
    index: number
    id: string
    /** Letters, digits and _ . : - */
    meter: string
  }>
}

export type Refund = {
  id: string
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  creditNoteId: string | null
  /** Minor units, such as cents */
  amount: number
  /** ISO 4217 */
  currency: string
  method: string
  reference: string
  /** RFC 3339, UTC */
  at: string
}

export type RefundInput = {
  /** Minor units */
  amount: number
  method: string
  /** Unique per customer: the same refund told again counts once */
  reference: string
  /** The credit note it pays back; without it, the balance */
  creditNoteId?: string
}

/** As it was sent */
export type RejectedEvent = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  id: string
  meter: string
  quantity: number | string | null
  time: string | null
  properties: Record<string, unknown> | null
  code: string
  detail: string
  /** How often it was sent and refused */
  times: number
  /** RFC 3339, UTC */
  rejectedAt: string
  /** Whether trying it again as it was sent may go better, once what refused it is mended */
  retryable: boolean
}

export type Released = {
  remaining: number | null
  duplicate: boolean
}

export type ReserveInput = {
  id: string
  /** The most the work may use */
  quantity: number | string
  /** After this the reservation holds nothing any more */
  ttlSeconds: number
  /** Of the usage it is settled with */
  properties?: Record<string, unknown>
}

export type Reserved = {
  /** What is held back: less than asked where no more is left */
  granted: number
  remaining: number | null
  expiresAt: string | null
  duplicate: boolean
}

export type RetryInput = {
  /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** All when absent, at most 1,000 at once */
  ids?: string[]
}

export type RotateInput = {
  /** How long the old key may still be used; a day when absent */
  overlapSeconds?: number
}

export type SecretKey = {
  /** Letters, digits and _ . : - */
  id: string
  name: string
  prefix: string | null
  lastFour: string | null
  /** `admin` allows everything; `customers:*` reading and writing */
  scopes: Array<'catalogue:read' | 'catalogue:write' | 'customers:read' | 'customers:write' | 'events:write' | 'usage:read' | 'invoices:read' | 'invoices:write' | 'payments:read' | 'payments:write' | 'portal-sessions:write' | 'agents:read' | 'agents:write' | 'admin' | 'catalogue:*' | 'customers:*' | 'invoices:*' | 'payments:*' | 'agents:*'>
  /** RFC 3339, UTC */
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
}

export type Seller = {
  name: string
  nameEn?: string
  taxId: string
  address: string
  phone: string
  bankName: string
  bankAccount: string
  timezone: string
  /** An SVG document, printed at the top of the invoice */
  logo?: string
  /** The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
  brandColor?: string
}

export type SettleInput = {
  /** What the work really used */
  quantity: number | string
  /** Added to those told when it was reserved */
  properties?: Record<string, unknown>
}

export type Settled = {
  /** What was recorded */
  granted: number
  /** What was used beyond a limit: not counted, and listed among the refused events */
  excess: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

export type Subscription = {
  id: string | null
  status: 'trialing' | 'active' | 'past_due' | 'canceled' | 'none'
  plan: Plan | null
  seats: number | null
  allowances: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    allowance: number | null
    used: number
    /** Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    /** Held back by open reservations */
    reserved: number
    remaining: number | null
    /** Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
    deficitAfter: number
  }>
  startedAt: string | null
  endedAt: string | null
  currentPeriod: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
  } | null
  usagePeriod: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  } | null
  trialEndsAt: string | null
  trialDaysLeft: number | null
  cancelAtPeriodEnd: boolean
  cancellation: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    at: string
    /** Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  } | null
  scheduledChange: {
    /** Letters, digits and _ . : - */
    planId: string
    planVersion: number
    seats: number | null
    /** A date in the customer's time zone, YYYY-MM-DD */
    at: string
    /** Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  } | null
  /** Both, in the order of their dates */
  scheduledChanges: Array<{
    /** Letters, digits and _ . : - */
    planId: string
    planVersion: number
    seats: number | null
    /** A date in the customer's time zone, YYYY-MM-DD */
    at: string
    /** Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  }>
  nextInvoice: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    at: string
    usageAt: string | null
    /** Minor units, such as cents */
    estimatedTotal: number
    /** Minor units, such as cents */
    estimatedDue: number
    /** ISO 4217 */
    currency: string
  } | null
}

export type SubscriptionInput = {
  /** Letters, digits and _ . : - */
  planId: string
  seats?: number
  /** Now when absent; at most 35 days ago */
  startsAt?: string
  /** Days without a fee before the first one; the plan's when absent, 0 for none */
  trialDays?: number
  quoteId?: string
}

/** How many subscriptions of the filter there are, and seats, by plan and status; `seats: null` where the plan knows none */
export type SubscriptionSummary = {
  /** RFC 3339, UTC */
  asOf: string
  plans: Array<{
    /** Letters, digits and _ . : - */
    planId: string
    status: 'trialing' | 'active' | 'past_due' | 'canceled'
    count: number
    seats: number | null
  }>
}

export type UsageRange = {
  start: string
  end: string
  timezone: string
  /** RFC 3339, UTC */
  asOf: string
  meters: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    name: LocalizedText
    unit: LocalizedText
    decimals: number
    /** In the meter's units */
    used: number
    windows: Array<{
      start: string
      end: string
      /** In the meter's units */
      used: number
    }>
  }>
}

export type UsageSummary = {
  period: {
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  /** Newest first, at most 24: the periods that can be asked for */
  periods: Array<{
    /** A date in the customer's time zone, YYYY-MM-DD */
    start: string
    /** A date in the customer's time zone, YYYY-MM-DD */
    end: string
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }>
  timezone: string
  /** ISO 4217 */
  currency: string
  /** RFC 3339, UTC */
  asOf: string
  meters: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    name: LocalizedText
    /** What is counted in: `en` for many (answers), `one` for one (answer) */
    unit: {
      'zh-CN': string
      en: string
      /** English for one of them */
      one?: string
    }
    decimals: number
    aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
    used: number
    /** What history alone comes to: it is in `used`, and in none of the other figures */
    historical: number
    /** What came after the subscription was ended at once, on that date: nobody is charged for it, and it is in none of the other figures */
    afterEnd: number
    included: number | null
    /** Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    remaining: number | null
    overage: number
    /** Minor units, such as cents */
    overageAmount: number
    overagePolicy: 'bill' | 'block' | null
    forecast: number | null
    runsOutAt: string | null
  }>
  daily: Array<{
    /** A date in the customer's time zone, YYYY-MM-DD */
    date: string
    usage: Record<string, number>
  }>
  usage: Record<string, number>
  groups?: Array<{
    /** Letters, digits and _ . : - */
    meter: string
    property: string
    values: Array<{
      kind: 'value' | 'none' | 'rest'
      value: string
      used: number
    }>
  }>
}

/** What each operation is given, in this order, and what it answers. */
export interface Operations {
  /** Take a further id back. */
  'DELETE /customers/{customerId}/aliases/{alias}': { arguments: [customerId: string, alias: string]; answer: void }
  /** Take a discount away. */
  'DELETE /customers/{customerId}/discounts/{discountId}': { arguments: [customerId: string, discountId: string]; answer: void }
  /** Undo a scheduled change. */
  'DELETE /customers/{customerId}/subscription/scheduled-change': { arguments: [customerId: string, query?: {
    by?: 'customer' | 'vendor'
  }]; answer: {
    subscription: Subscription
    /** What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
    notices: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** What changed, oldest first. */
  'GET /activity': { arguments: [query?: {
    cursor?: string
    limit?: number
  }]; answer: Activity }
  /** Customers, newest first. */
  'GET /customers': { arguments: [query?: {
    q?: string
    cursor?: string
    limit?: number
  }]; answer: Account }
  /** One customer. */
  'GET /customers/{customerId}': { arguments: [customerId: string]; answer: Account }
  /** A customer's further ids, oldest first. */
  'GET /customers/{customerId}/aliases': { arguments: [customerId: string]; answer: Alias }
  /** The transactions of a customer's balance, newest first. */
  'GET /customers/{customerId}/balance/transactions': { arguments: [customerId: string, query?: {
    cursor?: string
    limit?: number
  }]; answer: {
    id: string
    /** RFC 3339, UTC */
    at: string
    reason: 'negative_total' | 'applied' | 'applied_to_invoice' | 'application_undone' | 'overpaid' | 'payment_reversed' | 'void' | 'credit_note' | 'refund' | 'adjustment' | 'charged'
    /** Minor units, such as cents */
    amount: number
    /** Minor units, such as cents */
    balance: number
    /** ISO 4217 */
    currency: string
    invoiceId: string | null
    invoiceNumber: string | null
    detail: string | null
  } }
  /** A customer's deficits. */
  'GET /customers/{customerId}/deficits': { arguments: [customerId: string]; answer: {
    /** Letters, digits and _ . : - */
    meter: string
    deficit: number
  } }
  /** A customer's discounts. */
  'GET /customers/{customerId}/discounts': { arguments: [customerId: string]; answer: {
    /** Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    kind: 'fixed' | 'percent'
    /** fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
    value: number | string
    appliesTo: 'all' | 'fee' | 'usage'
    /** A date in the customer's time zone, YYYY-MM-DD */
    from: string
    /** The last date on which it holds */
    until: string | null
  } }
  /** Events that arrived after their period was billed, the last stored first. */
  'GET /customers/{customerId}/events/late': { arguments: [customerId: string, query?: {
    cursor?: string
    limit?: number
  }]; answer: LateEvent }
  /** One recorded event. */
  'GET /customers/{customerId}/events/{eventId}': { arguments: [customerId: string, eventId: string]; answer: FoundEvent }
  /** A customer's invoices, newest first. */
  'GET /customers/{customerId}/invoices': { arguments: [customerId: string, query?: {
    status?: 'draft' | 'open' | 'paid' | 'void' | 'overdue'
    year?: number
    cursor?: string
    limit?: number
  }]; answer: Invoice }
  /** What is left of an allowance. */
  'GET /customers/{customerId}/quota/{meter}': { arguments: [customerId: string, meter: string, query?: {
    quantity?: string
  }]; answer: Quota }
  /** Where the usage of a period went. */
  'GET /customers/{customerId}/reconciliation': { arguments: [customerId: string, query?: {
    period?: string
  }]; answer: Reconciliation }
  /** A customer's refunds, newest first. */
  'GET /customers/{customerId}/refunds': { arguments: [customerId: string, query?: {
    cursor?: string
    limit?: number
  }]; answer: Refund }
  /** A customer's reservations, the newest first. */
  'GET /customers/{customerId}/reservations': { arguments: [customerId: string, query?: {
    meter?: string
    state?: 'open' | 'expired' | 'settled' | 'released'
    cursor?: string
    limit?: number
  }]; answer: ListedReservation }
  /** A customer's subscription. */
  'GET /customers/{customerId}/subscription': { arguments: [customerId: string]; answer: Subscription }
  /** A customer's usage in a period. */
  'GET /customers/{customerId}/usage': { arguments: [customerId: string, query?: {
    period?: string
    groupBy?: string
  }]; answer: UsageSummary }
  /** A customer's usage over any range. */
  'GET /customers/{customerId}/usage/range': { arguments: [customerId: string, query: {
    start: string
    end: string
    meter?: string
    window?: 'hour' | 'day' | 'month'
  }]; answer: UsageRange }
  /** Recorded events. */
  'GET /events': { arguments: [query?: {
    customerId?: string
    meter?: string
    id?: string
    property?: string
    value?: string
    start?: string
    end?: string
    cursor?: string
    limit?: number
  }]; answer: ListedEvent }
  /** Recorded events as a file. */
  'GET /events/export': { arguments: [query?: {
    customerId?: string
    meter?: string
    id?: string
    property?: string
    value?: string
    start?: string
    end?: string
  }]; answer: Uint8Array }
  /** Events that were rejected, newest first. */
  'GET /events/rejected': { arguments: [query?: {
    customerId?: string
    code?: string
    cursor?: string
    limit?: number
  }]; answer: RejectedEvent }
  /** Invoices and credit notes of all customers, the last issued first. */
  'GET /invoices': { arguments: [query?: {
    customerId?: string
    status?: 'open' | 'paid' | 'void' | 'overdue'
    kind?: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
    currency?: string
    start?: string
    end?: string
    q?: string
    cursor?: string
    limit?: number
  }]; answer: Invoice }
  /** What invoices come to. */
  'GET /invoices/summary': { arguments: [query?: {
    customerId?: string
    status?: 'open' | 'paid' | 'void' | 'overdue'
    kind?: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
    currency?: string
    start?: string
    end?: string
    q?: string
    year?: number
  }]; answer: InvoiceSummary }
  /** One invoice. */
  'GET /invoices/{invoiceId}': { arguments: [invoiceId: string]; answer: Invoice }
  /** The payments on an invoice. */
  'GET /invoices/{invoiceId}/payments': { arguments: [invoiceId: string]; answer: Payment }
  /** The invoice as PDF. */
  'GET /invoices/{invoiceId}/pdf': { arguments: [invoiceId: string]; answer: Uint8Array }
  /** The secret keys, newest first. */
  'GET /keys': { arguments: [query?: {
    cursor?: string
    limit?: number
  }]; answer: SecretKey }
  /** All meters. */
  'GET /meters': { arguments: []; answer: Meter }
  /** How far meters are filled from events stored before. */
  'GET /meters/fills': { arguments: []; answer: MeterFill }
  /** Payments of all customers, the last recorded first. */
  'GET /payments': { arguments: [query?: {
    customerId?: string
    method?: string
    currency?: string
    start?: string
    end?: string
    q?: string
    cursor?: string
    limit?: number
  }]; answer: ListedPayment }
  /** What payments come to. */
  'GET /payments/summary': { arguments: [query?: {
    customerId?: string
    method?: string
    currency?: string
    start?: string
    end?: string
    q?: string
  }]; answer: PaymentSummary }
  /** All plans, newest versions. */
  'GET /plans': { arguments: [query?: {
    includeArchived?: 'true' | 'false'
  }]; answer: Plan }
  /** One plan. */
  'GET /plans/{planId}': { arguments: [planId: string, query?: {
    version?: number
  }]; answer: Plan }
  /** Prove the books. */
  'GET /reconciliation': { arguments: [query?: {
    cursor?: string
    limit?: number
  }]; answer: {
    customerId: string | null
    /** The rule */
    what: string
    /** The row that breaks it */
    row: string
  } }
  /** The seller. */
  'GET /seller': { arguments: []; answer: {
    name: string
    nameEn?: string
    taxId: string
    address: string
    phone: string
    bankName: string
    bankAccount: string
    timezone: string
    /** An SVG document, printed at the top of the invoice */
    logo?: string
    /** The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
    brandColor?: string
    /** Whether invoices of which every line is 0 are issued too, such as those of a free plan */
    zeroInvoices?: boolean
  } }
  /** Subscriptions of all customers, the last made first. */
  'GET /subscriptions': { arguments: [query?: {
    customerId?: string
    status?: 'trialing' | 'active' | 'past_due' | 'canceled'
    planId?: string
    planVersion?: number
    q?: string
    cursor?: string
    limit?: number
  }]; answer: ListedSubscription }
  /** How many subscriptions there are. */
  'GET /subscriptions/summary': { arguments: [query?: {
    customerId?: string
    status?: 'trialing' | 'active' | 'past_due' | 'canceled'
    planId?: string
    planVersion?: number
    q?: string
  }]; answer: SubscriptionSummary }
  /** The time on the test clock. */
  'GET /test-clock': { arguments: []; answer: {
    /** RFC 3339, UTC */
    now: string
  } }
  /** End a trial earlier or later. */
  'PATCH /customers/{customerId}/subscription': { arguments: [customerId: string, body: {
    trial: {
      /** The first date that is paid for, today at the earliest: the fee is then invoiced at once */
      endsOn: string
    }
  }]; answer: Changed }
  /** Create a customer. */
  'POST /customers': { arguments: [body: CustomerInput]; answer: Account }
  /** Put a customer's balance right. */
  'POST /customers/{customerId}/balance/adjustments': { arguments: [customerId: string, body: AdjustmentInput]; answer: BalanceAdjustment }
  /** Forgive a deficit. */
  'POST /customers/{customerId}/deficits/{meter}/forgive': { arguments: [customerId: string, meter: string, body: {
    /** Units; all of it when absent */
    quantity?: number
    reason: string
  }]; answer: {
    /** Letters, digits and _ . : - */
    meter: string
    deficit: number
  } }
  /** Issue a past period's invoice. */
  'POST /customers/{customerId}/invoices': { arguments: [customerId: string, body: {
    /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    period: string
  }]; answer: Invoice }
  /** Use some of an allowance, if it is left. */
  'POST /customers/{customerId}/quota/{meter}/consume': { arguments: [customerId: string, meter: string, body: ConsumeInput]; answer: Consumed }
  /** Give back what is reserved. */
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release': { arguments: [customerId: string, meter: string, reservationId: string]; answer: Released }
  /** Record what reserved work really used. */
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle': { arguments: [customerId: string, meter: string, reservationId: string, body: SettleInput]; answer: Settled }
  /** Hold back some of an allowance. */
  'POST /customers/{customerId}/quota/{meter}/reserve': { arguments: [customerId: string, meter: string, body: ReserveInput]; answer: Reserved }
  /** Record a refund that was paid out. */
  'POST /customers/{customerId}/refunds': { arguments: [customerId: string, body: RefundInput]; answer: Refund }
  /** Subscribe a customer to a plan. */
  'POST /customers/{customerId}/subscription': { arguments: [customerId: string, body: SubscriptionInput]; answer: {
    id: string | null
    status: 'trialing' | 'active' | 'past_due' | 'canceled' | 'none'
    plan: Plan | null
    seats: number | null
    allowances: Array<{
      /** Letters, digits and _ . : - */
      meter: string
      allowance: number | null
      used: number
      /** Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
      deficit: number
      /** Held back by open reservations */
      reserved: number
      remaining: number | null
      /** Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
      deficitAfter: number
    }>
    startedAt: string | null
    endedAt: string | null
    currentPeriod: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
    } | null
    usagePeriod: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
      /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
      label: string
    } | null
    trialEndsAt: string | null
    trialDaysLeft: number | null
    cancelAtPeriodEnd: boolean
    cancellation: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      at: string
      /** Who asked for it: what the vendor scheduled is not the customer's to take back */
      by: 'customer' | 'vendor'
    } | null
    scheduledChange: {
      /** Letters, digits and _ . : - */
      planId: string
      planVersion: number
      seats: number | null
      /** A date in the customer's time zone, YYYY-MM-DD */
      at: string
      /** Who asked for it: what the vendor scheduled is not the customer's to take back */
      by: 'customer' | 'vendor'
    } | null
    /** Both, in the order of their dates */
    scheduledChanges: Array<{
      /** Letters, digits and _ . : - */
      planId: string
      planVersion: number
      seats: number | null
      /** A date in the customer's time zone, YYYY-MM-DD */
      at: string
      /** Who asked for it: what the vendor scheduled is not the customer's to take back */
      by: 'customer' | 'vendor'
    }>
    nextInvoice: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      at: string
      usageAt: string | null
      /** Minor units, such as cents */
      estimatedTotal: number
      /** Minor units, such as cents */
      estimatedDue: number
      /** ISO 4217 */
      currency: string
    } | null
    invoice: Invoice | null
    /** What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
    notices: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** End a customer's subscription. */
  'POST /customers/{customerId}/subscription/cancel': { arguments: [customerId: string, body: {
    when: 'now' | 'period_end'
    reason?: string
    /** With `now`: give the days not used back as balance */
    credit?: boolean
  }]; answer: Changed }
  /** Move a customer to a plan and seats. */
  'POST /customers/{customerId}/subscription/change': { arguments: [customerId: string, body: {
    /** Letters, digits and _ . : - */
    planId: string
    /** A version of the plan: how its subscribers follow a change of it. Their own version, or the newest of another plan, when absent */
    planVersion?: number
    seats?: number
    /** A higher or equal plan now and a lower one at the end of the billing period, when absent. What is scheduled here stands beside what the customer schedules, who cannot take it back */
    when?: 'now' | 'period_end'
    quoteId?: string
  }]; answer: Changed }
  /** What a change, or a first subscription, would cost. */
  'POST /customers/{customerId}/subscription/preview': { arguments: [customerId: string, body: {
    /** Letters, digits and _ . : - */
    planId: string
    /** A version of the plan: how its subscribers follow a change of it. Their own version, or the newest of another plan, when absent */
    planVersion?: number
    seats?: number
    /** A higher or equal plan now and a lower one at the end of the billing period, when absent. What is scheduled here stands beside what the customer schedules, who cannot take it back */
    when?: 'now' | 'period_end'
    /** Of a subscription to start */
    trialDays?: number
  }]; answer: Preview }
  /** Take a cancellation back. */
  'POST /customers/{customerId}/subscription/resume': { arguments: [customerId: string]; answer: {
    subscription: Subscription
    /** What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
    notices: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** Record usage. */
  'POST /events': { arguments: [body: EventInput | EventInput[] | CloudEvent | CloudEvent[]]; answer: Recorded }
  /** Try rejected events again. */
  'POST /events/rejected/retry': { arguments: [body: RetryInput]; answer: Recorded }
  /** Take usage back. */
  'POST /events/void': { arguments: [body: {
    /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
    customerId: string
    ids: string[]
    /** The customer sees it */
    reason: string
  }]; answer: {
    voided: string[]
    notFound: string[]
    alreadyVoided: string[]
  } }
  /** Give an invoice back, in part or whole. */
  'POST /invoices/{invoiceId}/credit-notes': { arguments: [invoiceId: string, body: CreditNoteInput]; answer: {
    id: string
    /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
    customerId: string
    number: string | null
    kind: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
    status: 'draft' | 'open' | 'paid' | 'void'
    overdue: boolean
    /** ISO 4217 */
    currency: string
    period: {
      /** A date in the customer's time zone, YYYY-MM-DD */
      start: string
      /** A date in the customer's time zone, YYYY-MM-DD */
      end: string
      /** The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
      label: string
    }
    /** The dates its fee and its usage are of: a renewal bills the fee of the period that begins and the usage of the one that ended. `null` where it bills none */
    billedPeriods: {
      fee: {
        /** A date in the customer's time zone, YYYY-MM-DD */
        start: string
        /** A date in the customer's time zone, YYYY-MM-DD */
        end: string
      } | null
      usage: {
        /** A date in the customer's time zone, YYYY-MM-DD */
        start: string
        /** A date in the customer's time zone, YYYY-MM-DD */
        end: string
      } | null
    }
    issuedAt: string | null
    /** By the terms, counted from its issue; where it was paid and is due again, from then. `null` where there is nothing to pay: of a void document, a credit note, a total that is not above zero or that the balance paid */
    dueAt: string | null
    paidAt: string | null
    voidedAt: string | null
    voidReason: string | null
    finalizesAt: string | null
    lines: InvoiceLine[]
    /** Minor units, such as cents */
    subtotal: number
    discounts: Array<{
      /** Letters, digits and _ . : - */
      id: string
      name: LocalizedText
      /** Minor units, such as cents */
      amount: number
    }>
    /** Minor units, such as cents */
    discountTotal: number
    taxes: Array<{
      /** Percent as a decimal string: "6" is 6 % */
      rate: string
      mode: 'exclusive' | 'inclusive'
      /** Minor units, such as cents */
      base: number
      /** Minor units, such as cents */
      amount: number
    }>
    /** Minor units, such as cents */
    taxTotal: number
    /** Minor units, such as cents */
    total: number
    /** Minor units, such as cents */
    creditApplied: number
    /** Of the payments that were not reversed */
    amountPaid: number
    /** What the balance paid of it after its issue; below zero where balance applied at its issue was taken back */
    balanceApplied: number
    /** What credit notes took off the amount due */
    amountCredited: number
    /** What it gave into the balance: a total below zero, of a credit note less what it took off its invoice, and what was paid beyond the amount due */
    addedToBalance: number
    /** Minor units, such as cents */
    amountDue: number
    /** Oldest first */
    payments: Payment[]
    /** On a credit note: what was paid back of it, oldest first */
    refunds: Array<{
      id: string
      /** Minor units */
      amount: number
      method: string
      reference: string
      /** RFC 3339, UTC */
      at: string
    }>
    /** On a credit note made with `refund`: what still waits to be paid back */
    toRefund: number
    /** The credit notes on it, oldest first */
    creditNotes: Array<{
      id: string
      number: string
      /** Minor units, such as cents */
      total: number
    }>
    creditNote: {
      invoiceId: string
      invoiceNumber: string
      reason: string
      /** What it took off the invoice's amount due; the rest became balance */
      amountCredited: number
      /** Present and true where the rest waits to be paid back instead of paying invoices */
      refund?: boolean
    } | null
    seller: Seller | null
    buyer: {
      /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
      customerId: string
      companyName: string
      email: string | null
      address: string | null
      phone: string | null
      invoiceTitle: InvoiceTitle | null
    }
    sha256: string | null
    pdfSha256: string | null
    /** After a change: which characters of it an invoice cannot show */
    notices?: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** Record a payment. */
  'POST /invoices/{invoiceId}/payments': { arguments: [invoiceId: string, body: PaymentInput]; answer: Invoice }
  /** Void an invoice. */
  'POST /invoices/{invoiceId}/void': { arguments: [invoiceId: string, body?: {
    reason?: string
  } | null]; answer: Invoice }
  /** Create a secret key. */
  'POST /keys': { arguments: [body: KeyInput]; answer: CreatedKey }
  /** End a secret key. */
  'POST /keys/{keyId}/revoke': { arguments: [keyId: string]; answer: SecretKey }
  /** Replace a secret key. */
  'POST /keys/{keyId}/rotate': { arguments: [keyId: string, body: RotateInput]; answer: CreatedKey }
  /** Reverse a payment. */
  'POST /payments/{paymentId}/reverse': { arguments: [paymentId: string, body: {
    reason: string
  }]; answer: Invoice }
  /** Let somebody into the portal. */
  'POST /portal-sessions': { arguments: [body: PortalSessionInput]; answer: PortalSession }
  /** Redeem a one-time code. */
  'POST /portal-sessions/exchange': { arguments: [body: {
    code: string
  }]; answer: {
    token: string
    /** RFC 3339, UTC */
    expiresAt: string
    /** As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
    customerId: string
  } }
  /** What a price charges for a quantity. */
  'POST /pricing/preview': { arguments: [body: PricingInput]; answer: Priced }
  /** Move the test clock forward. */
  'POST /test-clock': { arguments: [body: {
    /** RFC 3339, UTC */
    now: string
  }]; answer: {
    /** RFC 3339, UTC */
    now: string
  } }
  /** Change a customer. */
  'PUT /customers/{customerId}': { arguments: [customerId: string, body: CustomerUpdate]; answer: Account }
  /** Give a customer a further id. */
  'PUT /customers/{customerId}/aliases/{alias}': { arguments: [customerId: string, alias: string]; answer: Alias }
  /** Give a customer a discount, or change it. */
  'PUT /customers/{customerId}/discounts/{discountId}': { arguments: [customerId: string, discountId: string, body: DiscountInput]; answer: {
    /** Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    kind: 'fixed' | 'percent'
    /** fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
    value: number | string
    appliesTo: 'all' | 'fee' | 'usage'
    /** A date in the customer's time zone, YYYY-MM-DD */
    from: string
    /** The last date on which it holds */
    until: string | null
    /** After a change: which characters of it an invoice cannot show */
    notices?: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** Create or rename a meter. */
  'PUT /meters/{key}': { arguments: [key: string, body: MeterInput]; answer: {
    /** Letters, digits and _ . : - */
    key: string
    name: LocalizedText
    /** What is counted in: `en` for many (answers), `one` for one (answer) */
    unit: {
      'zh-CN': string
      en: string
      /** English for one of them */
      one?: string
    }
    decimals: number
    /** What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
    aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
    /** With `unique`: the property whose different values are counted; an event without it is rejected */
    uniqueBy?: string
    /** With `last`: a value stands until another is reported, also over the ends of periods */
    carry?: boolean
    /** With `sum` or `count`: the properties by whose values usage is broken down */
    groupBy?: string[]
    /** It reads every event of this type, beside those that name it */
    eventType?: string
    /** The property its quantity stands in; where an event lacks it, its `quantity` counts */
    valueProperty?: string
    /** Of the events of its type only those whose properties have these values are read */
    filters?: Record<string, string | number | boolean>
    /** After a change: which characters of it an invoice cannot show */
    notices?: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** Create a plan or a new version of it. */
  'PUT /plans/{planId}': { arguments: [planId: string, body: PlanInput]; answer: {
    /** Letters, digits and _ . : - */
    id: string
    version: number
    name: LocalizedText
    description: LocalizedText | null
    features: LocalizedText[]
    recommended: boolean
    archived: boolean
    rank: number
    /** ISO 4217 */
    currency: string
    fee: {
      amount: number
      per: 'subscription' | 'seat'
    }
    interval: 'month' | 'year'
    intervalCount: number
    alignment: 'anniversary' | 'calendar'
    /** null: the plan knows no seats */
    seats: {
      min: number
      max: number | null
    } | null
    trialDays: number
    /** Percent as a decimal string: "6" is 6 % */
    taxRate: string
    taxMode: 'exclusive' | 'inclusive'
    paymentTermsDays: number
    graceHours: number
    charges: Charge[]
    /** After a change: which characters of it an invoice cannot show */
    notices?: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
  /** Set the seller printed on invoices. */
  'PUT /seller': { arguments: [body: {
    name: string
    nameEn?: string
    taxId: string
    address: string
    phone: string
    bankName: string
    bankAccount: string
    timezone: string
    /** An SVG document, printed at the top of the invoice */
    logo?: string
    /** The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
    brandColor?: string
    /** Whether invoices of which every line is 0 are issued too, such as those of a free plan */
    zeroInvoices?: boolean
  }]; answer: {
    name: string
    nameEn?: string
    taxId: string
    address: string
    phone: string
    bankName: string
    bankAccount: string
    timezone: string
    /** An SVG document, printed at the top of the invoice */
    logo?: string
    /** The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
    brandColor?: string
    /** Whether invoices of which every line is 0 are issued too, such as those of a free plan */
    zeroInvoices?: boolean
    /** After a change: which characters of it an invoice cannot show */
    notices?: Array<{
      code: string
      detail: LocalizedText
    }>
  } }
}

/** How an operation is called: which arguments follow those in its path, and what its answer is. */
export interface OperationShape {
  body?: true
  query?: true
  /** Takes an `Idempotency-Key`. */
  idempotent?: true
  /** `list`: the rows alone. `page`: one part of a longer list. */
  answer: 'json' | 'list' | 'page' | 'bytes' | 'nothing'
}

export const operations: Record<keyof Operations, OperationShape> = {
  'DELETE /customers/{customerId}/aliases/{alias}': { answer: 'nothing' },
  'DELETE /customers/{customerId}/discounts/{discountId}': { answer: 'nothing' },
  'DELETE /customers/{customerId}/subscription/scheduled-change': { query: true, answer: 'json' },
  'GET /activity': { query: true, answer: 'page' },
  'GET /customers': { query: true, answer: 'page' },
  'GET /customers/{customerId}': { answer: 'json' },
  'GET /customers/{customerId}/aliases': { answer: 'list' },
  'GET /customers/{customerId}/balance/transactions': { query: true, answer: 'page' },
  'GET /customers/{customerId}/deficits': { answer: 'list' },
  'GET /customers/{customerId}/discounts': { answer: 'list' },
  'GET /customers/{customerId}/events/late': { query: true, answer: 'page' },
  'GET /customers/{customerId}/events/{eventId}': { answer: 'json' },
  'GET /customers/{customerId}/invoices': { query: true, answer: 'page' },
  'GET /customers/{customerId}/quota/{meter}': { query: true, answer: 'json' },
  'GET /customers/{customerId}/reconciliation': { query: true, answer: 'json' },
  'GET /customers/{customerId}/refunds': { query: true, answer: 'page' },
  'GET /customers/{customerId}/reservations': { query: true, answer: 'page' },
  'GET /customers/{customerId}/subscription': { answer: 'json' },
  'GET /customers/{customerId}/usage': { query: true, answer: 'json' },
  'GET /customers/{customerId}/usage/range': { query: true, answer: 'json' },
  'GET /events': { query: true, answer: 'page' },
  'GET /events/export': { query: true, answer: 'bytes' },
  'GET /events/rejected': { query: true, answer: 'page' },
  'GET /invoices': { query: true, answer: 'page' },
  'GET /invoices/summary': { query: true, answer: 'json' },
  'GET /invoices/{invoiceId}': { answer: 'json' },
  'GET /invoices/{invoiceId}/payments': { answer: 'list' },
  'GET /invoices/{invoiceId}/pdf': { answer: 'bytes' },
  'GET /keys': { query: true, answer: 'page' },
  'GET /meters': { answer: 'list' },
  'GET /meters/fills': { answer: 'list' },
  'GET /payments': { query: true, answer: 'page' },
  'GET /payments/summary': { query: true, answer: 'json' },
  'GET /plans': { query: true, answer: 'list' },
  'GET /plans/{planId}': { query: true, answer: 'json' },
  'GET /reconciliation': { query: true, answer: 'page' },
  'GET /seller': { answer: 'json' },
  'GET /subscriptions': { query: true, answer: 'page' },
  'GET /subscriptions/summary': { query: true, answer: 'json' },
  'GET /test-clock': { answer: 'json' },
  'PATCH /customers/{customerId}/subscription': { body: true, idempotent: true, answer: 'json' },
  'POST /customers': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/balance/adjustments': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/deficits/{meter}/forgive': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/invoices': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/consume': { body: true, answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release': { answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle': { body: true, answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/reserve': { body: true, answer: 'json' },
  'POST /customers/{customerId}/refunds': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/subscription': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/subscription/cancel': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/subscription/change': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/subscription/preview': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/subscription/resume': { idempotent: true, answer: 'json' },
  'POST /events': { body: true, answer: 'json' },
  'POST /events/rejected/retry': { body: true, answer: 'json' },
  'POST /events/void': { body: true, answer: 'json' },
  'POST /invoices/{invoiceId}/credit-notes': { body: true, idempotent: true, answer: 'json' },
  'POST /invoices/{invoiceId}/payments': { body: true, idempotent: true, answer: 'json' },
  'POST /invoices/{invoiceId}/void': { body: true, idempotent: true, answer: 'json' },
  'POST /keys': { body: true, answer: 'json' },
  'POST /keys/{keyId}/revoke': { answer: 'json' },
  'POST /keys/{keyId}/rotate': { body: true, answer: 'json' },
  'POST /payments/{paymentId}/reverse': { body: true, idempotent: true, answer: 'json' },
  'POST /portal-sessions': { body: true, answer: 'json' },
  'POST /portal-sessions/exchange': { body: true, answer: 'json' },
  'POST /pricing/preview': { body: true, answer: 'json' },
  'POST /test-clock': { body: true, answer: 'json' },
  'PUT /customers/{customerId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /customers/{customerId}/aliases/{alias}': { idempotent: true, answer: 'json' },
  'PUT /customers/{customerId}/discounts/{discountId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /meters/{key}': { body: true, idempotent: true, answer: 'json' },
  'PUT /plans/{planId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /seller': { body: true, idempotent: true, answer: 'json' },
}
