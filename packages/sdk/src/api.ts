// Generated from the OpenAPI document of the vendor's API: `npm run sdk-types`. A test fails when it is out of date.

export type Account = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
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
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    from: string
  } | null
  /** @description ISO 4217 */
  currency: string
  /** @description Minor units, such as cents */
  creditBalance: number
  invoiceTitle: InvoiceTitle | null
  /** @description Days from the issue of an invoice until it is due; `null`: those of the plan */
  paymentTermsDays: number | null
  /** @description The customer’s purchase order, printed on documents issued from then on; `null`: none */
  purchaseOrderNumber: string | null
  version: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
  /** @description After a change: which characters of it an invoice cannot show */
  notices?: {
    code: string
    detail: LocalizedText
  }[]
}

export type Activity = {
  id: string
  type:
    | 'account.created'
    | 'account.updated'
    | 'subscription.created'
    | 'subscription.changed'
    | 'invoice.issued'
    | 'invoice.paid'
    | 'invoice.voided'
    | 'invoice.payment_reversed'
    | 'invoice.due_again'
    | 'balance.refunded'
    | 'balance.adjusted'
    | 'charge.created'
    | 'charge.withdrawn'
    | 'coupon.redeemed'
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description The account, subscription, invoice or charge it happened to: read it for its state now; of a balance, the refund or adjustment; of a coupon, the discount */
  subjectId: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  at: string
}

export type AdjustmentInput = {
  /** @description Minor units; below zero it takes from the balance, at most what is there */
  amount: number
  reason: string
}

export type Alias = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  alias: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
}

export type BalanceAdjustment = {
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description Minor units, such as cents */
  amount: number
  /** @description ISO 4217 */
  currency: string
  reason: string
  /** @description After it, and after what it paid of open invoices */
  balance: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  at: string
}

export type Changed = {
  subscription: Subscription
  invoice: Invoice | null
  /** @description What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
  notices: {
    code: string
    detail: LocalizedText
  }[]
}

/** @description `included: null` is unlimited. `price` rates the units above `included`; it is required where overage is billed. `minimum` (also at zero usage) and `maximum` bound what a usage period comes to; part of a period has its share of them. */
export type Charge = {
  /** @description Letters, digits and _ . : - */
  meter: string
  included: number | null
  overage: 'bill' | 'block'
  price?: Price
  minimum?: number
  maximum?: number
  /** @description Whether `included` is for the subscription (unless said otherwise) or for each seat, which needs a fee per seat */
  includedPer?: 'subscription' | 'seat'
  /** @description What a change to this higher plan gives in the running usage period: the share of the days left (unless said otherwise), or with `full` the whole allowance less all use of the period; both lines of the change then run from its first day */
  onUpgrade?: 'prorated' | 'full'
}

export type ChargeInput = {
  /** @description Unique per customer: the same charge told again is answered as it is now */
  id?: string
  /** @description One text for both languages, or one each */
  name: string | LocalizedText
  /** @default 1 */
  quantity?: number
  /** @description Minor units of the account’s currency for one, above zero: to give money, adjust the balance or credit an invoice. `quantity` × `unitAmount` is at most 1,000,000,000,000 */
  unitAmount: number
  /** @description Omitted: that of the plan at the time it is billed */
  taxRate?: string
  taxMode?: 'exclusive' | 'inclusive'
  /** @description `now`: on an invoice of its own, at once. `next_invoice`: it waits, and may be withdrawn, until the next invoice: of the subscription’s start, of a change or an ending, or of the end of the usage period, which is issued for it alone if need be. Without a subscription it is billed on the first of the month after */
  when: 'now' | 'next_invoice'
}

/** @description Over all charges of the filter, by currency, before tax is added: not of a page */
export type ChargeSummary = {
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  currencies: {
    /** @description ISO 4217 */
    currency: string
    count: number
    waiting: number
    billed: number
    withdrawn: number
    /** @description Minor units, such as cents */
    amountWaiting: number
    /** @description Minor units, such as cents */
    amountBilled: number
  }[]
}

/** @description CloudEvents 1.0: the event id is JSON.stringify([source, id]) */
export type CloudEvent = {
  /** @constant */
  specversion: '1.0'
  id: string
  source: string
  /** @description The type: every meter with this `eventType` counts it, and the one of this key */
  type: string
  /** @description The customer: their id, or an alias */
  subject: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  time?: string
  /** @description JSON */
  datacontenttype?: string
  data?:
    | ({
        /** @description In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has */
        quantity?: number | string
      } & {
        [key: string]: unknown
      })
    | null
  /** @description An extension attribute: of more than 35 days ago, it is shown, and counts for no quota and no invoice */
  historical?: boolean | 'true' | 'false'
  data_base64?: null
} & {
  [key: string]: unknown
}

export type ConsumeInput = {
  id: string
  /** @description 1 when absent; a decimal may be a text. Without one, a number in the properties that has the name of an amount is refused, as in an event */
  quantity?: number | string
  /** @description Where a limit blocks: as much as is left (`partial`, when absent), or the whole quantity or nothing (`all`) */
  mode?: 'partial' | 'all'
  /** @description A number with more digits than a double has, such as a 64-bit id, is kept as text */
  properties?: {
    [key: string]: unknown
  }
}

export type Consumed = {
  granted: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

export type CouponInput = {
  /** @description One text for both languages, or one each */
  name?: string | LocalizedText
  kind: 'fixed' | 'percent'
  /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
  value: number | string
  appliesTo?: 'all' | 'fee' | 'usage'
  /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
  periods?: number | null
  /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
  maxAmount?: number | null
  /** @description The plans whose lines it lowers; `null`: all */
  plans?: string[] | null
  /** @description Of amounts in minor units: only accounts in it redeem the code. CNY when absent */
  currency?: string | null
  /** @description The first date on which it is redeemed, on the customer's calendar; until then it is unknown */
  redeemFrom?: string | null
  /** @description The last date on which it is redeemed, on the customer's calendar */
  redeemBy?: string | null
  /** @description How often it is redeemed in all */
  maxRedemptions?: number | null
  /** @description How often one customer redeems it, 1 unless told; a discount taken away gives no code back */
  perCustomer?: number
  /** @description Only for customers without an invoice, who have redeemed no other code of this kind */
  firstTimeOnly?: boolean
  /** @description Redeemed no more; what was redeemed stays */
  archived?: boolean
}

export type CreatedKey = {
  /** @description Letters, digits and _ . : - */
  id: string
  name: string
  prefix: string | null
  lastFour: string | null
  /** @description `admin` allows everything; `customers:*` reading and writing */
  scopes: (
    | 'catalogue:read'
    | 'catalogue:write'
    | 'customers:read'
    | 'customers:write'
    | 'events:write'
    | 'usage:read'
    | 'invoices:read'
    | 'invoices:write'
    | 'payments:read'
    | 'payments:write'
    | 'portal-sessions:write'
    | 'agents:read'
    | 'agents:write'
    | 'admin'
    | 'catalogue:*'
    | 'customers:*'
    | 'invoices:*'
    | 'payments:*'
    | 'agents:*'
  )[]
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
  /** @description The key itself; it is never shown again */
  key: string
}

export type CreditNoteInput = {
  /** @description With tax; spread over the lines by what is left of each */
  amount?: number
  /** @description Each carries its share of the discount and the tax of its line */
  lines?: {
    lineId: string
    amount: number
  }[]
  reason: string
  /** @description What it does not take off the amount due waits for a refund instead of paying other invoices */
  refund?: boolean
}

export type CustomerInput = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  id?: string
  companyName: string
  contactName?: string | null
  email?: string | null
  phone?: string | null
  address?: string | null
  timezone?: string
  locale?: 'zh-CN' | 'en'
  invoiceTitle?: InvoiceTitle | null
  /** @description Days from the issue of an invoice until it is due; `null`: those of the plan */
  paymentTermsDays?: number | null
  /** @description The customer’s purchase order, printed on documents issued from then on; `null`: none */
  purchaseOrderNumber?: string | null
  /** @description ISO 4217 */
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
  /** @description Days from the issue of an invoice until it is due; `null`: those of the plan */
  paymentTermsDays?: number | null
  /** @description The customer’s purchase order, printed on documents issued from then on; `null`: none */
  purchaseOrderNumber?: string | null
  version?: number
}

export type DiscountInput = {
  /** @description One text for both languages, or one each */
  name?: string | LocalizedText
  kind: 'fixed' | 'percent'
  /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
  value: number | string
  appliesTo: 'all' | 'fee' | 'usage'
  /**
   * Format: date
   * @description A date in the customer's time zone, YYYY-MM-DD
   */
  from: string
  /** @description The last date on which it holds */
  until?: string | null
}

export type EventInput = {
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description The one meter that counts it; or `type` */
  meter?: string
  /** @description What kind of event it is: every meter with this `eventType` counts it, and the one of this key */
  type?: string
  /** @description In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has. An event without one is refused (`validation_failed`) where a number in its properties has the name of an amount: a word such as count, total or qty, the meter's unit or what its name is about (`{ token_count: 1250 }`) */
  quantity?: number | string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  time?: string
  /** @description A number with more digits than a double has, such as a 64-bit id, is kept as text */
  properties?: {
    [key: string]: unknown
  }
  /** @description Of more than 35 days ago: it is shown, and counts for no quota and no invoice. `time` is needed then */
  historical?: boolean
}

export type FoundEvent = {
  id: string
  /** @description null: an event of a type for which no meter’s filters hold */
  meter: string | null
  quantity: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  time: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  storedAt: string
  properties: {
    [key: string]: unknown
  }
  voided: {
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    at: string
    reason: string
  } | null
  /** @description Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** @description Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description Of an event that names one: it is listed once for each meter that counts it */
  type: string | null
  /** @description What a quota granted above the allowance; null for what was recorded */
  overage: number | null
  /** @description What each meter counts of it */
  meters: {
    /** @description Letters, digits and _ . : - */
    meter: string
    quantity: number
  }[]
}

export type Invoice = {
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  number: string | null
  kind: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
  status: 'draft' | 'open' | 'paid' | 'void'
  overdue: boolean
  /** @description ISO 4217 */
  currency: string
  period: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
    /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  /** @description The dates its fee and its usage are of: a renewal bills the fee of the period that begins and the usage of the one that ended. `null` where it bills none */
  billedPeriods: {
    fee: {
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      start: string
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      end: string
    } | null
    usage: {
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      start: string
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      end: string
    } | null
  }
  issuedAt: string | null
  /** @description By the terms, counted from its issue; where it was paid and is due again, from then. `null` where there is nothing to pay: of a void document, a credit note, a total that is not above zero or that the balance paid */
  dueAt: string | null
  paidAt: string | null
  voidedAt: string | null
  voidReason: string | null
  finalizesAt: string | null
  lines: InvoiceLine[]
  /** @description Minor units, such as cents */
  subtotal: number
  discounts: {
    /** @description Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    /** @description Minor units, such as cents */
    amount: number
  }[]
  /** @description Minor units, such as cents */
  discountTotal: number
  taxes: {
    /** @description Percent as a decimal string: "6" is 6 % */
    rate: string
    mode: 'exclusive' | 'inclusive'
    /** @description Minor units, such as cents */
    base: number
    /** @description Minor units, such as cents */
    amount: number
  }[]
  /** @description Minor units, such as cents */
  taxTotal: number
  /** @description Minor units, such as cents */
  total: number
  /** @description Minor units, such as cents */
  creditApplied: number
  /** @description Of the payments that were not reversed */
  amountPaid: number
  /** @description What the balance paid of it after its issue; below zero where balance applied at its issue was taken back */
  balanceApplied: number
  /** @description What credit notes took off the amount due */
  amountCredited: number
  /** @description What it gave into the balance: a total below zero, of a credit note less what it took off its invoice, and what was paid beyond the amount due */
  addedToBalance: number
  /** @description Minor units, such as cents */
  amountDue: number
  /** @description Oldest first */
  payments: Payment[]
  /** @description On a credit note: what was paid back of it, oldest first */
  refunds: {
    id: string
    /** @description Minor units */
    amount: number
    method: string
    reference: string
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    at: string
  }[]
  /** @description On a credit note made with `refund`: what still waits to be paid back */
  toRefund: number
  /** @description The credit notes on it, oldest first */
  creditNotes: {
    id: string
    number: string
    /** @description Minor units, such as cents */
    total: number
  }[]
  creditNote: {
    invoiceId: string
    invoiceNumber: string
    reason: string
    /** @description What it took off the invoice's amount due; the rest became balance */
    amountCredited: number
    /** @description Present and true where the rest waits to be paid back instead of paying invoices */
    refund?: boolean
  } | null
  seller: Seller | null
  buyer: {
    /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
    customerId: string
    companyName: string
    email: string | null
    address: string | null
    phone: string | null
    invoiceTitle: InvoiceTitle | null
    /** @description The customer’s purchase order, as of the issue; absent where they gave none */
    purchaseOrderNumber?: string
  }
  sha256: string | null
  pdfSha256: string | null
}

export type InvoiceLine = {
  id: string
  kind: 'fee' | 'usage' | 'unused_time' | 'adjustment' | 'minimum_spend' | 'charge' | 'credit_note'
  description: LocalizedText
  /** @description Letters, digits and _ . : - */
  meter?: string
  /** @description The one-off charge that a line of kind `charge` bills */
  chargeId?: string
  /** @description seats or 1 for a fee; units used for usage */
  quantity: number
  /** @description What is counted in: `en` for many (answers), `one` for one (answer) */
  unit?: {
    'zh-CN': string
    en: string
    /** @description English for one of them */
    one?: string
  }
  included?: number | null
  /** @description Units above the included ones that grants covered, at no cost; absent where none */
  covered?: number
  /** @description `amount` minor units for `per` units */
  rate?: {
    amount: number
    per: number
  }
  /** @description Minor units, such as cents */
  amount: number
  /** @description What discounts took off the amount; absent where nothing */
  discount?: number
  /** @description Percent as a decimal string: "6" is 6 % */
  taxRate: string
  taxMode: 'exclusive' | 'inclusive'
  /** @description start inclusive, end exclusive */
  period: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
  }
  breakdown: {
    kind?:
      | 'volume'
      | 'package'
      | 'percentage'
      | 'per_event'
      | 'minimum'
      | 'maximum'
      | 'prorated'
      | 'gross'
      | 'taken_off'
      | 'base'
      | 'seats'
      | 'minimum_spend'
      | 'spent'
      | 'billed_before'
    upTo: number | null
    quantity: number
    events?: number
    rate: {
      amount: number
      per: number
    } | null
    /** @description Minor units, such as cents */
    flat: number
    /** @description Minor units, such as cents */
    amount: number
  }[]
  /** @description Where a fee is prorated: the days billed, of the days in the period */
  days?: {
    billed: number
    of: number
  }
}

/** @description Sums over all documents of the filter, by currency: not of a page. A draft is not issued yet and not in them */
export type InvoiceSummary = {
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  /** @description Of the oldest document: since when there are any */
  firstIssuedAt: string | null
  currencies: {
    /** @description ISO 4217 */
    currency: string
    count: number
    open: number
    /** @description Of `open`, those past their due date */
    overdue: number
    paid: number
    void: number
    /** @description Of the documents that are not void; what gives money back counts as less */
    total: number
    /** @description Minor units, such as cents */
    amountDue: number
    /** @description Minor units, such as cents */
    amountOverdue: number
    /** @description When the next open invoice that is not overdue falls due */
    nextRunAt: string | null
  }[]
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
  /** @description What it is used for */
  name: string
  /** @description `full` when neither it nor scopes are given */
  preset?: 'read' | 'events' | 'full'
  scopes?: (
    | 'catalogue:read'
    | 'catalogue:write'
    | 'customers:read'
    | 'customers:write'
    | 'events:write'
    | 'usage:read'
    | 'invoices:read'
    | 'invoices:write'
    | 'payments:read'
    | 'payments:write'
    | 'portal-sessions:write'
    | 'agents:read'
    | 'agents:write'
    | 'admin'
    | 'catalogue:*'
    | 'customers:*'
    | 'invoices:*'
    | 'payments:*'
    | 'agents:*'
  )[]
  expiresAt?: string | null
}

export type LateEvent = {
  id: string
  /** @description Letters, digits and _ . : - */
  meter: string
  quantity: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  time: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  storedAt: string
  properties: {
    [key: string]: unknown
  }
  voided: {
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    at: string
    reason: string
  } | null
  /** @description Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** @description Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** @description The label of the usage period it falls in */
  period: string
  /**
   * Format: date-time
   * @description When that period was billed
   */
  closedAt: string
  /** @description `billed`: `invoice` counts it. `pending`: the next invoice will. `unchanged`: a later invoice looked at it, and nothing in what was billed changed. `uncharged`: no plan charges it. `voided`: it was taken back before */
  outcome: 'billed' | 'pending' | 'unchanged' | 'uncharged' | 'voided'
  invoice: {
    /** @description Letters, digits and _ . : - */
    id: string
    number: string
  } | null
}

export type ListedEvent = {
  id: string
  /** @description null: an event of a type for which no meter’s filters hold */
  meter: string | null
  quantity: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  time: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  storedAt: string
  properties: {
    [key: string]: unknown
  }
  voided: {
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    at: string
    reason: string
  } | null
  /** @description Recorded as history: it counts for no quota and no invoice */
  historical: boolean
  /** @description Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice */
  afterEnd: boolean
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description Of an event that names one: it is listed once for each meter that counts it */
  type: string | null
  /** @description What a quota granted above the allowance; null for what was recorded */
  overage: number | null
}

export type ListedPayment = {
  id: string
  reference: string
  /** @description Minor units */
  amount: number
  /** @description What of it was beyond the amount due and became balance, taken back where it was reversed */
  addedToBalance: number
  method: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  paidAt: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
  /** @description When it was reversed: since then it pays nothing */
  reversedAt: string | null
  reversalReason: string | null
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  invoiceId: string
  invoiceNumber: string
  /** @description ISO 4217 */
  currency: string
}

export type ListedReservation = {
  id: string
  /** @description Letters, digits and _ . : - */
  meter: string
  state: 'open' | 'expired' | 'settled' | 'released'
  /** @description In the meter's units */
  reserved: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  reservedAt: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  expiresAt: string
  closedAt: string | null
  settled: number | null
  granted: number | null
  overage: number | null
}

/** @description On its last plan; dates are the customer’s */
export type ListedSubscription = {
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  companyName: string
  status: 'trialing' | 'active' | 'past_due' | 'canceled'
  /** @description Letters, digits and _ . : - */
  planId: string
  planVersion: number
  seats: number | null
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  startedAt: string
  /** @description The first date after the trial it is in */
  trialEndsOn: string | null
  /** @description The first date after its end, which has come or is scheduled; null where it continues */
  endsOn: string | null
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
}

export type LocalizedText = {
  'zh-CN': string
  en: string
}

export type Meter = {
  /** @description Letters, digits and _ . : - */
  key: string
  name: LocalizedText
  /** @description What is counted in: `en` for many (answers), `one` for one (answer) */
  unit: {
    'zh-CN': string
    en: string
    /** @description English for one of them */
    one?: string
  }
  decimals: number
  /** @description What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
  aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** @description With `unique`: the property whose different values are counted; an event without it is rejected */
  uniqueBy?: string
  /** @description With `last`: a value stands until another is reported, also over the ends of periods */
  carry?: boolean
  /** @description With `sum` or `count`: the properties by whose values usage is broken down */
  groupBy?: string[]
  /** @description It reads every event of this type, beside those that name it */
  eventType?: string
  /** @description The property its quantity stands in; where an event lacks it, its `quantity` counts */
  valueProperty?: string
  /** @description Of the events of its type only those whose properties have these values are read */
  filters?: {
    [key: string]: string | number | boolean
  }
}

export type MeterFill = {
  /** @description Letters, digits and _ . : - */
  meter: string
  /** @description Of a break-down; null where the meter itself is filled */
  property: string | null
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  askedAt: string
  doneAt: string | null
  /** @description Events that the meter counts now */
  added: number
  /** @description Events of its type that it could not count */
  skipped: number
}

export type MeterInput = {
  /** @description One text for both languages, or one each */
  name: string | LocalizedText
  /** @description One text for both languages, or one each; `one` is English for one of them */
  unit:
    | string
    | {
        'zh-CN': string
        en: string
        /** @description English for one of them */
        one?: string
      }
  decimals?: number
  /** @description What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
  aggregation?: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** @description With `unique`: the property whose different values are counted; an event without it is rejected */
  uniqueBy?: string
  /** @description With `last`: a value stands until another is reported, also over the ends of periods */
  carry?: boolean
  /** @description With `sum` or `count`: the properties by whose values usage is broken down */
  groupBy?: string[]
  /** @description It reads every event of this type, beside those that name it */
  eventType?: string
  /** @description The property its quantity stands in; where an event lacks it, its `quantity` counts */
  valueProperty?: string
  /** @description Of the events of its type only those whose properties have these values are read */
  filters?: {
    [key: string]: string | number | boolean
  }
  /** @description Count the events of its type that were stored before as well, in the periods that are not billed yet */
  backfill?: boolean
}

export type OneOffCharge = {
  /** @description Letters, digits and _ . : - */
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  name: LocalizedText
  quantity: number
  /** @description Minor units for one */
  unitAmount: number
  /** @description `quantity` × `unitAmount`; tax is added on the invoice unless it is inside */
  amount: number
  /** @description ISO 4217 */
  currency: string
  /** @description null: that of the plan at the time it is billed */
  taxRate: string | null
  /** @description null: that of the plan at the time it is billed */
  taxMode: ('exclusive' | 'inclusive') | null
  when: 'now' | 'next_invoice'
  /** @description What made it: the vendor by hand (`id` null), or what has the id */
  source: {
    kind: 'vendor' | 'pack'
    id: string | null
  }
  /** @description `waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; `withdrawn`: it is never billed */
  status: 'waiting' | 'billed' | 'withdrawn'
  invoiceId: string | null
  invoiceNumber: string | null
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
  withdrawnAt: string | null
}

export type Payment = {
  id: string
  reference: string
  /** @description Minor units */
  amount: number
  /** @description What of it was beyond the amount due and became balance, taken back where it was reversed */
  addedToBalance: number
  method: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  paidAt: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  createdAt: string
  /** @description When it was reversed: since then it pays nothing */
  reversedAt: string | null
  reversalReason: string | null
}

export type PaymentInput = {
  /** @description Minor units */
  amount: number
  method: string
  /** @description Unique per invoice: paying twice under one reference is refused */
  reference: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  paidAt?: string
}

/** @description Sums over all payments of the filter, by currency: not of a page */
export type PaymentSummary = {
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  currencies: {
    /** @description ISO 4217 */
    currency: string
    count: number
    /** @description Minor units, such as cents */
    amount: number
  }[]
}

export type Plan = {
  /** @description Letters, digits and _ . : - */
  id: string
  version: number
  name: LocalizedText
  description: LocalizedText | null
  features: LocalizedText[]
  recommended: boolean
  archived: boolean
  rank: number
  /** @description ISO 4217 */
  currency: string
  /** @description Of a billing period: `base` for the subscription and `perSeat` for each seat. `amount` and `per` say the same where there is only one of them; where there are both, `amount` is what the fewest seats cost */
  fee: {
    /** @description Minor units, such as cents */
    amount: number
    base: number
    perSeat: number
    per: 'subscription' | 'seat'
  }
  /** @description Minor units, due once per customer with the first fee (after a trial), also over several plans and subscriptions; 0: none */
  setupFee: number
  /** @description What fee and usage of each usage period (a month, also on a yearly plan) come to at least, in minor units before discounts and tax: what is missing is billed with the usage; days of a plan have their share; 0: none */
  minimumSpend: number
  interval: 'month' | 'year'
  intervalCount: number
  alignment: 'anniversary' | 'calendar'
  /** @description null: the plan knows no seats */
  seats: {
    min: number
    max: number | null
  } | null
  trialDays: number
  /** @description Percent as a decimal string: "6" is 6 % */
  taxRate: string
  taxMode: 'exclusive' | 'inclusive'
  paymentTermsDays: number
  graceHours: number
  charges: Charge[]
}

export type PlanInput = {
  /** @description One text for both languages, or one each */
  name: string | LocalizedText
  /** @description One text for both languages, or one each */
  description?: string | LocalizedText
  features?: (string | LocalizedText)[]
  recommended?: boolean
  archived?: boolean
  rank?: number
  /** @description ISO 4217 */
  currency?: string
  /** @description `base` for the subscription and `perSeat` for each seat, one of which may be absent; or `amount` and `per`, the short form of a fee with only one part */
  fee: {
    amount?: number
    base?: number
    perSeat?: number
    per?: 'subscription' | 'seat'
  }
  /** @description Minor units, due once per customer with the first fee (after a trial), also over several plans and subscriptions; 0: none */
  setupFee?: number
  /** @description What fee and usage of each usage period (a month, also on a yearly plan) come to at least, in minor units before discounts and tax: what is missing is billed with the usage; days of a plan have their share; 0: none */
  minimumSpend?: number
  interval?: 'month' | 'year'
  intervalCount?: number
  alignment?: 'anniversary' | 'calendar'
  seats?: {
    min?: number
    max?: number | null
  } | null
  trialDays?: number
  /** @description Percent as a decimal string: "6" is 6 % */
  taxRate?: string
  taxMode?: 'exclusive' | 'inclusive'
  paymentTermsDays?: number
  graceHours?: number
  charges?: Charge[]
}

export type PortalSession = {
  token: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  expiresAt: string
  code: string
  /** @description Opens the portal once, within 60 seconds */
  url: string
}

export type PortalSessionInput = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  role?: 'owner' | 'billing' | 'viewer'
  actor?: {
    id: string
    name: string
  }
  locale?: 'zh-CN' | 'en'
  /**
   * Format: uri
   * @description Where the reader comes from: when the session is over, the portal leads back there
   */
  returnUrl?: string
  /** @description The page to open, below /portal */
  path?: string
}

export type Preview = {
  quoteId: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  expiresAt: string
  /**
   * Format: date
   * @description A date in the customer's time zone, YYYY-MM-DD
   */
  effectiveAt: string
  when: 'now' | 'period_end'
  /** @description ISO 4217 */
  currency: string
  lines: {
    kind: 'fee' | 'usage' | 'unused_time' | 'adjustment' | 'minimum_spend' | 'charge' | 'credit_note'
    description: LocalizedText
    /** @description Letters, digits and _ . : - */
    meter?: string
    /** @description The one-off charge that a line of kind `charge` bills */
    chargeId?: string
    /** @description seats or 1 for a fee; units used for usage */
    quantity: number
    /** @description What is counted in: `en` for many (answers), `one` for one (answer) */
    unit?: {
      'zh-CN': string
      en: string
      /** @description English for one of them */
      one?: string
    }
    included?: number | null
    /** @description Units above the included ones that grants covered, at no cost; absent where none */
    covered?: number
    /** @description `amount` minor units for `per` units */
    rate?: {
      amount: number
      per: number
    }
    /** @description Minor units, such as cents */
    amount: number
    /** @description What discounts took off the amount; absent where nothing */
    discount?: number
    /** @description Percent as a decimal string: "6" is 6 % */
    taxRate: string
    taxMode: 'exclusive' | 'inclusive'
    /** @description start inclusive, end exclusive */
    period: {
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      start: string
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      end: string
    }
    breakdown: {
      kind?:
        | 'volume'
        | 'package'
        | 'percentage'
        | 'per_event'
        | 'minimum'
        | 'maximum'
        | 'prorated'
        | 'gross'
        | 'taken_off'
        | 'base'
        | 'seats'
        | 'minimum_spend'
        | 'spent'
        | 'billed_before'
      upTo: number | null
      quantity: number
      events?: number
      rate: {
        amount: number
        per: number
      } | null
      /** @description Minor units, such as cents */
      flat: number
      /** @description Minor units, such as cents */
      amount: number
    }[]
    /** @description Where a fee is prorated: the days billed, of the days in the period */
    days?: {
      billed: number
      of: number
    }
  }[]
  /** @description Minor units, such as cents */
  subtotal: number
  discounts: {
    /** @description Letters, digits and _ . : - */
    id: string
    name: LocalizedText
    /** @description Minor units, such as cents */
    amount: number
  }[]
  /** @description Minor units, such as cents */
  discountTotal: number
  taxes: {
    /** @description Percent as a decimal string: "6" is 6 % */
    rate: string
    mode: 'exclusive' | 'inclusive'
    /** @description Minor units, such as cents */
    base: number
    /** @description Minor units, such as cents */
    amount: number
  }[]
  /** @description Minor units, such as cents */
  taxTotal: number
  /** @description Minor units, such as cents */
  total: number
  /** @description Minor units, such as cents */
  creditApplied: number
  /** @description Minor units, such as cents */
  dueNow: number
  /** @description Days from the issue of the invoice until it is due: the customer’s own, or those of the plan */
  paymentTermsDays: number
  nextInvoice: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    at: string
    usageAt: string | null
    /** @description Minor units, such as cents */
    estimatedTotal: number
    /** @description Minor units, such as cents */
    estimatedDue: number
    /** @description ISO 4217 */
    currency: string
    /** @description The one-off charges that wait for it; absent where there are none */
    charges?: {
      id: string
      name: LocalizedText
      quantity: number
      /** @description Before tax is added; with it where it is inside */
      amount: number
      /** @description Percent as a decimal string: "6" is 6 % */
      taxRate: string
      taxMode: 'exclusive' | 'inclusive'
    }[]
  } | null
  /** @description What remains of each allowance right after the change; where that is 0, `warnings` says so, and what counts in the next periods (`allowance_deficit`) */
  allowancesAfter: {
    /** @description Letters, digits and _ . : - */
    meter: string
    allowance: number | null
    /** @description What grants add: what they cover of what is used, and what they have left today */
    granted: number
    used: number
    /** @description Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    /** @description Held back by open reservations */
    reserved: number
    remaining: number | null
    /** @description Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
    deficitAfter: number
  }[]
  blockers: {
    code: string
    detail: LocalizedText
  }[]
  warnings: {
    code: string
    detail: LocalizedText
  }[]
  /** @description What confirming drops or keeps of what is scheduled; `invoice_will_be_issued` for each invoice it issues beside the one that is previewed */
  notices: {
    code: string
    detail: LocalizedText
  }[]
}

export type Price =
  | {
      /** @constant */
      model: 'per_unit'
      /** @description `amount` minor units for `per` units */
      rate: {
        amount: number
        per: number
      }
    }
  | {
      /** @constant */
      model: 'graduated'
      tiers: {
        upTo: number | null
        /** @description `amount` minor units for `per` units */
        rate: {
          amount: number
          per: number
        }
        flat?: number
      }[]
    }
  | {
      /** @constant */
      model: 'volume'
      tiers: {
        upTo: number | null
        /** @description `amount` minor units for `per` units */
        rate: {
          amount: number
          per: number
        }
        flat?: number
      }[]
    }
  | {
      /** @constant */
      model: 'package'
      size: number
      amount: number
    }
  | {
      /** @constant */
      model: 'percentage'
      basisPoints: number
      perEvent?: number
    }

export type Priced = {
  /** @description Minor units, such as cents */
  amount: number
  /** @description ISO 4217 */
  currency: string
  breakdown: {
    kind?:
      | 'volume'
      | 'package'
      | 'percentage'
      | 'per_event'
      | 'minimum'
      | 'maximum'
      | 'prorated'
      | 'gross'
      | 'taken_off'
      | 'base'
      | 'seats'
      | 'minimum_spend'
      | 'spent'
      | 'billed_before'
    upTo: number | null
    quantity: number
    events?: number
    rate: {
      amount: number
      per: number
    } | null
    /** @description Minor units, such as cents */
    flat: number
    /** @description Minor units, such as cents */
    amount: number
  }[]
}

export type PricingInput = {
  price: Price
  included?: number | null
  minimum?: number
  maximum?: number
  /** @description Units used, with at most six decimals; minor units where the price is a percentage */
  quantity: number
  /** @description In how many events: what `perEvent` is charged for; 1 when absent */
  events?: number
  /** @description ISO 4217 */
  currency: string
}

/** @description RFC 9457 application/problem+json */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  instance: string
  requestId: string
  errors?: {
    pointer: string
    code: string
    detail: string
  }[]
  /** @description Of `event_conflict`: the fields in which the event recorded under this id is another */
  differs?: ('meter' | 'quantity' | 'time' | 'properties')[]
  /** @description Of `event_conflict`: the event recorded under this id */
  first?: {
    /** @description Letters, digits and _ . : - */
    meter: string
    quantity: number
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    time: string
    properties: {
      [key: string]: unknown
    }
  }
}

export type Quota = {
  allowed: boolean
  included: number | null
  /** @description What grants add: what they cover of `used` and `reserved`, and what they have left today */
  granted: number
  used: number
  /** @description Used ahead in earlier usage periods: counts as used in this one */
  deficit: number
  /** @description Held back by open reservations */
  reserved: number
  remaining: number | null
  overagePolicy: ('bill' | 'block') | null
  resetsAt: string | null
}

export type Reconciliation = {
  period: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
    /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  meters: {
    /** @description Letters, digits and _ . : - */
    meter: string
    /** @description In the meter's units */
    accepted: number
    /** @description In the meter's units */
    billed: number
    /** @description In the meter's units */
    adjusted: number
    /** @description Waits for its invoice */
    unbilled: number
    /** @description Never costs anything: outside a subscription or after it was ended at once, of a meter the plan does not charge, or above a limit */
    uncharged: number
    /** @description Was recorded and taken back: in none of the others */
    voided: number
    /** @description Was recorded as history, which is shown and not billed: in none of the others */
    historical: number
    /** @description accepted − billed − adjusted − unbilled − uncharged: 0 */
    difference: number
  }[]
  /** @description The refused events of the period, as sent, the last refused first; at most 1,000 */
  rejected: {
    id: string
    meter: string
    quantity: (number | string) | null
    time: string | null
    code: string
    detail: string
    /** @description How often it was sent and refused */
    times: number
    /**
     * Format: date-time
     * @description RFC 3339, UTC
     */
    rejectedAt: string
  }[]
}

export type Recorded = {
  accepted: number
  duplicates: number
  rejected: {
    index: number
    id: string | null
    code: string
    detail: string
    /** @description Whether the same event may be taken another time, once a customer or a meter is made or its time has come */
    retryable: boolean
    /** @description Of `event_conflict`: the fields in which the event recorded under this id is another */
    differs?: ('meter' | 'quantity' | 'time' | 'properties')[]
    /** @description Of `event_conflict`: the event recorded under this id */
    first?: {
      /** @description Letters, digits and _ . : - */
      meter: string
      quantity: number
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      time: string
      properties: {
        [key: string]: unknown
      }
    }
  }[]
  /** @description Of those accepted: the ones of a meter that the customer's plan does not charge, or that came after a subscription was ended at once. Absent where there are none. Usage before a customer's first subscription is undecided, and not told: its `startsAt` may still be set up to 35 days back */
  uncharged?: {
    index: number
    id: string
    /** @description Letters, digits and _ . : - */
    meter: string
  }[]
}

export type Refund = {
  id: string
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  creditNoteId: string | null
  /** @description Minor units, such as cents */
  amount: number
  /** @description ISO 4217 */
  currency: string
  method: string
  reference: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  at: string
}

export type RefundInput = {
  /** @description Minor units */
  amount: number
  method: string
  /** @description Unique per customer: the same refund told again counts once */
  reference: string
  /** @description The credit note it pays back; without it, the balance */
  creditNoteId?: string
}

/** @description As it was sent */
export type RejectedEvent = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  id: string
  meter: string
  quantity: (number | string) | null
  time: string | null
  properties: {
    [key: string]: unknown
  } | null
  code: string
  detail: string
  /** @description How often it was sent and refused */
  times: number
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  rejectedAt: string
  /** @description Whether trying it again as it was sent may go better, once what refused it is mended */
  retryable: boolean
}

export type Released = {
  remaining: number | null
  duplicate: boolean
}

export type ReserveInput = {
  id: string
  /** @description The most the work may use */
  quantity: number | string
  /** @description After this the reservation holds nothing any more */
  ttlSeconds: number
  /** @description Of the usage it is settled with */
  properties?: {
    [key: string]: unknown
  }
}

export type Reserved = {
  /** @description What is held back: less than asked where no more is left */
  granted: number
  remaining: number | null
  expiresAt: string | null
  duplicate: boolean
}

export type RetryInput = {
  /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
  customerId: string
  /** @description All when absent, at most 1,000 at once */
  ids?: string[]
}

export type RotateInput = {
  /** @description How long the old key may still be used; a day when absent */
  overlapSeconds?: number
}

export type SecretKey = {
  /** @description Letters, digits and _ . : - */
  id: string
  name: string
  prefix: string | null
  lastFour: string | null
  /** @description `admin` allows everything; `customers:*` reading and writing */
  scopes: (
    | 'catalogue:read'
    | 'catalogue:write'
    | 'customers:read'
    | 'customers:write'
    | 'events:write'
    | 'usage:read'
    | 'invoices:read'
    | 'invoices:write'
    | 'payments:read'
    | 'payments:write'
    | 'portal-sessions:write'
    | 'agents:read'
    | 'agents:write'
    | 'admin'
    | 'catalogue:*'
    | 'customers:*'
    | 'invoices:*'
    | 'payments:*'
    | 'agents:*'
  )[]
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
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
  /** @description An SVG document, printed at the top of the invoice */
  logo?: string
  /** @description The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
  brandColor?: string
}

export type SettleInput = {
  /** @description What the work really used */
  quantity: number | string
  /** @description Added to those told when it was reserved */
  properties?: {
    [key: string]: unknown
  }
}

export type Settled = {
  /** @description What was recorded */
  granted: number
  /** @description What was used beyond a limit: not counted, and listed among the refused events */
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
  allowances: {
    /** @description Letters, digits and _ . : - */
    meter: string
    allowance: number | null
    /** @description What grants add: what they cover of what is used, and what they have left today */
    granted: number
    used: number
    /** @description Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    /** @description Held back by open reservations */
    reserved: number
    remaining: number | null
    /** @description Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
    deficitAfter: number
  }[]
  startedAt: string | null
  endedAt: string | null
  currentPeriod: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
  } | null
  usagePeriod: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
    /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  } | null
  trialEndsAt: string | null
  trialDaysLeft: number | null
  cancelAtPeriodEnd: boolean
  cancellation: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    at: string
    /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  } | null
  scheduledChange: {
    /** @description Letters, digits and _ . : - */
    planId: string
    planVersion: number
    seats: number | null
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    at: string
    /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  } | null
  /** @description Both, in the order of their dates */
  scheduledChanges: {
    /** @description Letters, digits and _ . : - */
    planId: string
    planVersion: number
    seats: number | null
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    at: string
    /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
    by: 'customer' | 'vendor'
  }[]
  nextInvoice: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    at: string
    usageAt: string | null
    /** @description Minor units, such as cents */
    estimatedTotal: number
    /** @description Minor units, such as cents */
    estimatedDue: number
    /** @description ISO 4217 */
    currency: string
    /** @description The one-off charges that wait for it; absent where there are none */
    charges?: {
      id: string
      name: LocalizedText
      quantity: number
      /** @description Before tax is added; with it where it is inside */
      amount: number
      /** @description Percent as a decimal string: "6" is 6 % */
      taxRate: string
      taxMode: 'exclusive' | 'inclusive'
    }[]
  } | null
}

export type SubscriptionInput = {
  /** @description Letters, digits and _ . : - */
  planId: string
  seats?: number
  /**
   * Format: date-time
   * @description Now when absent; at most 35 days ago
   */
  startsAt?: string
  /** @description Days without a fee before the first one; the plan's when absent, 0 for none */
  trialDays?: number
  quoteId?: string
  /** @description A code as it was typed: its case, spaces and full-width characters do not matter */
  coupon?: string
}

/** @description How many subscriptions of the filter there are, and seats, by plan and status; `seats: null` where the plan knows none */
export type SubscriptionSummary = {
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  plans: {
    /** @description Letters, digits and _ . : - */
    planId: string
    status: 'trialing' | 'active' | 'past_due' | 'canceled'
    count: number
    seats: number | null
  }[]
}

export type UsageRange = {
  start: string
  end: string
  timezone: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  meters: {
    /** @description Letters, digits and _ . : - */
    meter: string
    name: LocalizedText
    unit: LocalizedText
    decimals: number
    /** @description In the meter's units */
    used: number
    windows: {
      start: string
      end: string
      /** @description In the meter's units */
      used: number
    }[]
  }[]
}

export type UsageSummary = {
  period: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
    /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }
  /** @description Newest first, at most 24: the periods that can be asked for */
  periods: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    start: string
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    end: string
    /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
    label: string
  }[]
  timezone: string
  /** @description ISO 4217 */
  currency: string
  /**
   * Format: date-time
   * @description RFC 3339, UTC
   */
  asOf: string
  meters: {
    /** @description Letters, digits and _ . : - */
    meter: string
    name: LocalizedText
    /** @description What is counted in: `en` for many (answers), `one` for one (answer) */
    unit: {
      'zh-CN': string
      en: string
      /** @description English for one of them */
      one?: string
    }
    decimals: number
    aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
    used: number
    /** @description What history alone comes to: it is in `used`, and in none of the other figures */
    historical: number
    /** @description What came after the subscription was ended at once, on that date: nobody is charged for it, and it is in none of the other figures */
    afterEnd: number
    included: number | null
    /** @description What grants add: what they cover of what is used, and what they have left today */
    granted: number
    /** @description Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
    deficit: number
    remaining: number | null
    overage: number
    /** @description Minor units, such as cents */
    overageAmount: number
    overagePolicy: ('bill' | 'block') | null
    forecast: number | null
    runsOutAt: string | null
  }[]
  daily: {
    /**
     * Format: date
     * @description A date in the customer's time zone, YYYY-MM-DD
     */
    date: string
    usage: {
      [key: string]: number
    }
  }[]
  usage: {
    [key: string]: number
  }
  groups?: {
    /** @description Letters, digits and _ . : - */
    meter: string
    property: string
    values: {
      kind: 'value' | 'none' | 'rest'
      value: string
      used: number
    }[]
  }[]
}

/** What each operation is given, in this order, and what it answers. */
export interface Operations {
  /** Take a further id back. */
  'DELETE /customers/{customerId}/aliases/{alias}': {
    arguments: [customerId: string, alias: string]
    answer: void
  }
  /** Withdraw a one-off charge that waits. */
  'DELETE /customers/{customerId}/charges/{chargeId}': {
    arguments: [customerId: string, chargeId: string]
    answer: OneOffCharge
  }
  /** Take a discount away. */
  'DELETE /customers/{customerId}/discounts/{discountId}': {
    arguments: [customerId: string, discountId: string]
    answer: void
  }
  /** Undo a scheduled change. */
  'DELETE /customers/{customerId}/subscription/scheduled-change': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description Whose change: the vendor's own when absent
         * @example customer
         */
        by?: 'customer' | 'vendor'
      },
    ]
    answer: {
      subscription: Subscription
      /** @description What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
      notices: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** What changed, oldest first. */
  'GET /activity': {
    arguments: [
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 100 */
        limit?: number
      },
    ]
    answer: Activity
  }
  /** One-off charges of all customers, newest first. */
  'GET /charges': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        /**
         * @description `waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; `withdrawn`: it is never billed
         * @example waiting
         */
        status?: 'waiting' | 'billed' | 'withdrawn'
        /** @description ISO 4217 */
        currency?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        start?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        end?: string
        /** @description A whole id or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: OneOffCharge
  }
  /** What one-off charges come to. */
  'GET /charges/summary': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        /** @description `waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; `withdrawn`: it is never billed */
        status?: 'waiting' | 'billed' | 'withdrawn'
        /** @description ISO 4217 */
        currency?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-01
         */
        start?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-30
         */
        end?: string
        /** @description A whole id or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
      },
    ]
    answer: ChargeSummary
  }
  /** All coupons. */
  'GET /coupons': {
    arguments: [
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: {
      /** @description Upper case, of A to Z, 0 to 9 and hyphens */
      code: string
      name: LocalizedText
      kind: 'fixed' | 'percent'
      /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
      value: number | string
      appliesTo: 'all' | 'fee' | 'usage'
      /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
      periods: number | null
      /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
      maxAmount: number | null
      /** @description The plans whose lines it lowers; `null`: all */
      plans: string[] | null
      /** @description Of amounts in minor units: only accounts in it redeem the code. CNY when absent */
      currency: string | null
      /** @description The first date on which it is redeemed, on the customer's calendar; until then it is unknown */
      redeemFrom: string | null
      /** @description The last date on which it is redeemed, on the customer's calendar */
      redeemBy: string | null
      /** @description How often it is redeemed in all */
      maxRedemptions: number | null
      /** @description How often one customer redeems it, 1 unless told; a discount taken away gives no code back */
      perCustomer: number
      /** @description Only for customers without an invoice, who have redeemed no other code of this kind */
      firstTimeOnly: boolean
      /** @description Redeemed no more; what was redeemed stays */
      archived: boolean
      /** @description How often it was redeemed */
      redemptions: number
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
    }
  }
  /** A coupon. */
  'GET /coupons/{code}': {
    arguments: [code: string]
    answer: {
      /** @description Upper case, of A to Z, 0 to 9 and hyphens */
      code: string
      name: LocalizedText
      kind: 'fixed' | 'percent'
      /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
      value: number | string
      appliesTo: 'all' | 'fee' | 'usage'
      /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
      periods: number | null
      /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
      maxAmount: number | null
      /** @description The plans whose lines it lowers; `null`: all */
      plans: string[] | null
      /** @description Of amounts in minor units: only accounts in it redeem the code. CNY when absent */
      currency: string | null
      /** @description The first date on which it is redeemed, on the customer's calendar; until then it is unknown */
      redeemFrom: string | null
      /** @description The last date on which it is redeemed, on the customer's calendar */
      redeemBy: string | null
      /** @description How often it is redeemed in all */
      maxRedemptions: number | null
      /** @description How often one customer redeems it, 1 unless told; a discount taken away gives no code back */
      perCustomer: number
      /** @description Only for customers without an invoice, who have redeemed no other code of this kind */
      firstTimeOnly: boolean
      /** @description Redeemed no more; what was redeemed stays */
      archived: boolean
      /** @description How often it was redeemed */
      redemptions: number
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
    }
  }
  /** Customers, newest first. */
  'GET /customers': {
    arguments: [
      query?: {
        /**
         * @description The beginning of an id, an alias, an e-mail address, or a part of a company’s name
         * @example acme
         */
        q?: string
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: Account
  }
  /** One customer. */
  'GET /customers/{customerId}': { arguments: [customerId: string]; answer: Account }
  /** A customer's further ids, oldest first. */
  'GET /customers/{customerId}/aliases': { arguments: [customerId: string]; answer: Alias }
  /** The transactions of a customer's balance, newest first. */
  'GET /customers/{customerId}/balance/transactions': {
    arguments: [
      customerId: string,
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: {
      id: string
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      at: string
      reason:
        | 'negative_total'
        | 'applied'
        | 'applied_to_invoice'
        | 'application_undone'
        | 'overpaid'
        | 'payment_reversed'
        | 'void'
        | 'credit_note'
        | 'refund'
        | 'adjustment'
        | 'charged'
      /** @description Minor units, such as cents */
      amount: number
      /** @description Minor units, such as cents */
      balance: number
      /** @description ISO 4217 */
      currency: string
      invoiceId: string | null
      invoiceNumber: string | null
      detail: string | null
    }
  }
  /** A customer's one-off charges, newest first. */
  'GET /customers/{customerId}/charges': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description `waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; `withdrawn`: it is never billed
         * @example waiting
         */
        status?: 'waiting' | 'billed' | 'withdrawn'
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: OneOffCharge
  }
  /** A one-off charge. */
  'GET /customers/{customerId}/charges/{chargeId}': {
    arguments: [customerId: string, chargeId: string]
    answer: OneOffCharge
  }
  /** The coupons a customer has redeemed. */
  'GET /customers/{customerId}/coupons/redemptions': {
    arguments: [customerId: string]
    answer: {
      code: string
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      redeemedAt: string
      /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
      redeemedBy: 'customer' | 'vendor'
      /** @description What it became; `null` where that was taken away */
      discount: {
        /** @description Letters, digits and _ . : - */
        id: string
        name: LocalizedText
        kind: 'fixed' | 'percent'
        /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
        value: number | string
        appliesTo: 'all' | 'fee' | 'usage'
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        from: string
        /** @description The last date on which it holds */
        until: string | null
        /** @description Of a redeemed coupon: its terms at that time */
        coupon?: {
          code: string
          /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
          periods: number | null
          /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
          maxAmount: number | null
          /** @description The plans whose lines it lowers; `null`: all */
          plans: string[] | null
        }
      } | null
      /** @description How many of its periods have not begun; `null` where it holds for ever */
      periodsLeft: number | null
    }
  }
  /** A customer's deficits. */
  'GET /customers/{customerId}/deficits': {
    arguments: [customerId: string]
    answer: {
      /** @description Letters, digits and _ . : - */
      meter: string
      deficit: number
    }
  }
  /** A customer's discounts. */
  'GET /customers/{customerId}/discounts': {
    arguments: [customerId: string]
    answer: {
      /** @description Letters, digits and _ . : - */
      id: string
      name: LocalizedText
      kind: 'fixed' | 'percent'
      /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
      value: number | string
      appliesTo: 'all' | 'fee' | 'usage'
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      from: string
      /** @description The last date on which it holds */
      until: string | null
      /** @description Of a redeemed coupon: its terms at that time */
      coupon?: {
        code: string
        /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
        periods: number | null
        /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
        maxAmount: number | null
        /** @description The plans whose lines it lowers; `null`: all */
        plans: string[] | null
      }
    }
  }
  /** Events that arrived after their period was billed, the last stored first. */
  'GET /customers/{customerId}/events/late': {
    arguments: [
      customerId: string,
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: LateEvent
  }
  /** One recorded event. */
  'GET /customers/{customerId}/events/{eventId}': {
    arguments: [customerId: string, eventId: string]
    answer: FoundEvent
  }
  /** A customer's grants, the newest first. */
  'GET /customers/{customerId}/grants': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description Letters, digits and _ . : -
         * @example ai_chat
         */
        meter?: string
        /** @example valid */
        status?: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
    }
  }
  /** A grant, with the dates that drew on it. */
  'GET /customers/{customerId}/grants/{grantId}': {
    arguments: [customerId: string, grantId: string]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
      /** @description What each date drew, the last first; at most 400 dates */
      draws: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        date: string
        units: number
      }[]
    }
  }
  /** A customer's invoices, newest first. */
  'GET /customers/{customerId}/invoices': {
    arguments: [
      customerId: string,
      query?: {
        /** @example open */
        status?: 'draft' | 'open' | 'paid' | 'void' | 'overdue'
        year?: number
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: Invoice
  }
  /** What is left of an allowance. */
  'GET /customers/{customerId}/quota/{meter}': {
    arguments: [
      customerId: string,
      meter: string,
      query?: {
        /**
         * @description `allowed` answers whether so many units would be granted; 1 when absent
         * @example 5
         */
        quantity?: string
      },
    ]
    answer: Quota
  }
  /** Where the usage of a period went. */
  'GET /customers/{customerId}/reconciliation': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on
         * @example 2026-11
         */
        period?: string
      },
    ]
    answer: Reconciliation
  }
  /** A customer's refunds, newest first. */
  'GET /customers/{customerId}/refunds': {
    arguments: [
      customerId: string,
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: Refund
  }
  /** A customer's reservations, the newest first. */
  'GET /customers/{customerId}/reservations': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description Letters, digits and _ . : -
         * @example ai_chat
         */
        meter?: string
        /** @example open */
        state?: 'open' | 'expired' | 'settled' | 'released'
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: ListedReservation
  }
  /** A customer's subscription. */
  'GET /customers/{customerId}/subscription': { arguments: [customerId: string]; answer: Subscription }
  /** A customer's usage in a period. */
  'GET /customers/{customerId}/usage': {
    arguments: [
      customerId: string,
      query?: {
        /**
         * @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on
         * @example 2026-11
         */
        period?: string
        /** @description A property: adds `groups`, what was used by its values */
        groupBy?: string
      },
    ]
    answer: UsageSummary
  }
  /** A customer's usage over any range. */
  'GET /customers/{customerId}/usage/range': {
    arguments: [
      customerId: string,
      query: {
        /**
         * @description A date of the customer’s (both are in); by the hour also an instant (half-open)
         * @example 2026-11-01
         */
        start: string
        /**
         * @description A date of the customer’s (both are in); by the hour also an instant (half-open)
         * @example 2026-11-30
         */
        end: string
        /**
         * @description Letters, digits and _ . : -
         * @example ai_chat
         */
        meter?: string
        /**
         * @description Also by hours of UTC (of one meter, at most 31 days), days (at most 366) or months
         * @example day
         */
        window?: 'hour' | 'day' | 'month'
      },
    ]
    answer: UsageRange
  }
  /** Recorded events. */
  'GET /events': {
    arguments: [
      query?: {
        /**
         * @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters
         * @example acme
         */
        customerId?: string
        /** @description Letters, digits and _ . : - */
        meter?: string
        id?: string
        /** @description A property; with `value` and `customerId`: the events in which it has this value */
        property?: string
        /** @description As text: `5`, `true`, `web` */
        value?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-01
         */
        start?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-30
         */
        end?: string
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: ListedEvent
  }
  /** Recorded events as a file. */
  'GET /events/export': {
    arguments: [
      query?: {
        /**
         * @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters
         * @example acme
         */
        customerId?: string
        /** @description Letters, digits and _ . : - */
        meter?: string
        id?: string
        /** @description A property; with `value` and `customerId`: the events in which it has this value */
        property?: string
        /** @description As text: `5`, `true`, `web` */
        value?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-01
         */
        start?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-30
         */
        end?: string
      },
    ]
    answer: Uint8Array
  }
  /** Events that were rejected, newest first. */
  'GET /events/rejected': {
    arguments: [
      query?: {
        /**
         * @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters
         * @example acme
         */
        customerId?: string
        /** @example meter_not_found */
        code?: string
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: RejectedEvent
  }
  /** Invoices and credit notes of all customers, the last issued first. */
  'GET /invoices': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        /** @example overdue */
        status?: 'open' | 'paid' | 'void' | 'overdue'
        kind?: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
        /** @description ISO 4217 */
        currency?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        start?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        end?: string
        /** @description The beginning of a number such as INV-202603, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: Invoice
  }
  /** What invoices come to. */
  'GET /invoices/summary': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        status?: 'open' | 'paid' | 'void' | 'overdue'
        kind?: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
        /** @description ISO 4217 */
        currency?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        start?: string
        /** @description A date in the seller’s time zone (the end is inclusive) or an instant */
        end?: string
        /** @description The beginning of a number such as INV-202603, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
        /** @example 2026 */
        year?: number
      },
    ]
    answer: InvoiceSummary
  }
  /** One invoice. */
  'GET /invoices/{invoiceId}': { arguments: [invoiceId: string]; answer: Invoice }
  /** The payments on an invoice. */
  'GET /invoices/{invoiceId}/payments': { arguments: [invoiceId: string]; answer: Payment }
  /** The invoice as PDF. */
  'GET /invoices/{invoiceId}/pdf': { arguments: [invoiceId: string]; answer: Uint8Array }
  /** The secret keys, newest first. */
  'GET /keys': {
    arguments: [
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 50 */
        limit?: number
      },
    ]
    answer: SecretKey
  }
  /** All meters. */
  'GET /meters': { arguments: []; answer: Meter }
  /** How far meters are filled from events stored before. */
  'GET /meters/fills': { arguments: []; answer: MeterFill }
  /** Payments of all customers, the last recorded first. */
  'GET /payments': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        method?: string
        /** @description ISO 4217 */
        currency?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-01
         */
        start?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-30
         */
        end?: string
        /** @description A whole reference or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: ListedPayment
  }
  /** What payments come to. */
  'GET /payments/summary': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        method?: string
        /** @description ISO 4217 */
        currency?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-01
         */
        start?: string
        /**
         * @description A date in the seller’s time zone (the end is inclusive) or an instant
         * @example 2026-11-30
         */
        end?: string
        /** @description A whole reference or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
      },
    ]
    answer: PaymentSummary
  }
  /** All plans, newest versions. */
  'GET /plans': {
    arguments: [
      query?: {
        /** @example true */
        includeArchived?: 'true' | 'false'
      },
    ]
    answer: Plan
  }
  /** One plan. */
  'GET /plans/{planId}': {
    arguments: [
      planId: string,
      query?: {
        /** @example 1 */
        version?: number
      },
    ]
    answer: Plan
  }
  /** Prove the books. */
  'GET /reconciliation': {
    arguments: [
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string
        /** @example 100 */
        limit?: number
      },
    ]
    answer: {
      customerId: string | null
      /** @description The rule */
      what: string
      /** @description The row that breaks it */
      row: string
    }
  }
  /** The seller. */
  'GET /seller': {
    arguments: []
    answer: {
      name: string
      nameEn?: string
      taxId: string
      address: string
      phone: string
      bankName: string
      bankAccount: string
      timezone: string
      /** @description An SVG document, printed at the top of the invoice */
      logo?: string
      /** @description The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
      brandColor?: string
      /**
       * @description Whether invoices of which every line is 0 are issued too, such as those of a free plan
       * @default false
       */
      zeroInvoices?: boolean
    }
  }
  /** Subscriptions of all customers, the last made first. */
  'GET /subscriptions': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        /** @example active */
        status?: 'trialing' | 'active' | 'past_due' | 'canceled'
        /**
         * @description Letters, digits and _ . : -
         * @example pro
         */
        planId?: string
        planVersion?: number
        /** @description Whose it is: the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
        /** @description nextCursor of the page before */
        cursor?: string
        limit?: number
      },
    ]
    answer: ListedSubscription
  }
  /** How many subscriptions there are. */
  'GET /subscriptions/summary': {
    arguments: [
      query?: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId?: string
        /** @example active */
        status?: 'trialing' | 'active' | 'past_due' | 'canceled'
        /** @description Letters, digits and _ . : - */
        planId?: string
        planVersion?: number
        /** @description Whose it is: the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name */
        q?: string
      },
    ]
    answer: SubscriptionSummary
  }
  /** The time on the test clock. */
  'GET /test-clock': {
    arguments: []
    answer: {
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      now: string
    }
  }
  /** End a trial earlier or later. */
  'PATCH /customers/{customerId}/subscription': {
    arguments: [
      customerId: string,
      body: {
        trial: {
          /**
           * Format: date
           * @description The first date that is paid for, today at the earliest: the fee is then invoiced at once
           */
          endsOn: string
        }
      },
    ]
    answer: Changed
  }
  /** Create a customer. */
  'POST /customers': { arguments: [body: CustomerInput]; answer: Account }
  /** Put a customer's balance right. */
  'POST /customers/{customerId}/balance/adjustments': {
    arguments: [customerId: string, body: AdjustmentInput]
    answer: BalanceAdjustment
  }
  /** Charge a customer once. */
  'POST /customers/{customerId}/charges': {
    arguments: [customerId: string, body: ChargeInput]
    answer: {
      charge: OneOffCharge
      invoice: Invoice | null
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Redeem a coupon for a customer. */
  'POST /customers/{customerId}/coupons/redemptions': {
    arguments: [
      customerId: string,
      body: {
        /** @description A code as it was typed: its case, spaces and full-width characters do not matter */
        code: string
      },
    ]
    answer: {
      code: string
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      redeemedAt: string
      /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
      redeemedBy: 'customer' | 'vendor'
      /** @description What it became; `null` where that was taken away */
      discount: {
        /** @description Letters, digits and _ . : - */
        id: string
        name: LocalizedText
        kind: 'fixed' | 'percent'
        /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
        value: number | string
        appliesTo: 'all' | 'fee' | 'usage'
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        from: string
        /** @description The last date on which it holds */
        until: string | null
        /** @description Of a redeemed coupon: its terms at that time */
        coupon?: {
          code: string
          /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
          periods: number | null
          /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
          maxAmount: number | null
          /** @description The plans whose lines it lowers; `null`: all */
          plans: string[] | null
        }
      } | null
      /** @description How many of its periods have not begun; `null` where it holds for ever */
      periodsLeft: number | null
    }
  }
  /** Forgive a deficit. */
  'POST /customers/{customerId}/deficits/{meter}/forgive': {
    arguments: [
      customerId: string,
      meter: string,
      body: {
        /** @description Units; all of it when absent */
        quantity?: number
        reason: string
      },
    ]
    answer: {
      /** @description Letters, digits and _ . : - */
      meter: string
      deficit: number
    }
  }
  /** Give a customer units. */
  'POST /customers/{customerId}/grants': {
    arguments: [
      customerId: string,
      body: {
        /** @description Told again with the same content, the grant is answered as it is */
        id?: string
        /** @description Letters, digits and _ . : - */
        meter: string
        units: number
        /** @default 50 */
        priority?: number
        category: 'paid' | 'promotional'
        source: 'promotion' | 'pack' | 'adjustment'
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        effectiveOn?: string
        expiresOn?: string | null
        reason?: string
      },
    ]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
    }
  }
  /** Let a grant expire earlier. */
  'POST /customers/{customerId}/grants/{grantId}/expire': {
    arguments: [
      customerId: string,
      grantId: string,
      body: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        expiresOn?: string
        reason: string
      },
    ]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
    }
  }
  /** Let a grant last longer. */
  'POST /customers/{customerId}/grants/{grantId}/extend': {
    arguments: [
      customerId: string,
      grantId: string,
      body: {
        expiresOn: string | null
        reason: string
      },
    ]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
    }
  }
  /** Void a grant. */
  'POST /customers/{customerId}/grants/{grantId}/void': {
    arguments: [
      customerId: string,
      grantId: string,
      body: {
        reason: string
      },
    ]
    answer: {
      id: string
      /** @description Letters, digits and _ . : - */
      meter: string
      status: 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'
      /** @description `drawn` + `left` + `expired` + `voided` */
      units: number
      /** @description By what was used so far; what open reservations hold is not in it */
      drawn: number
      left: number
      expired: number
      voided: number
      priority: number
      category: 'paid' | 'promotional'
      source: 'promotion' | 'pack' | 'adjustment'
      reason: string | null
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      effectiveOn: string
      /** @description The last date on which it is drawn; null: none */
      expiresOn: string | null
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      changes: {
        kind: 'expiry' | 'void'
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
        before: string | null
        expiresOn: string | null
        reason: string
      }[]
    }
  }
  /** Issue a past period's invoice. */
  'POST /customers/{customerId}/invoices': {
    arguments: [
      customerId: string,
      body: {
        /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
        period: string
      },
    ]
    answer: Invoice
  }
  /** Use some of an allowance, if it is left. */
  'POST /customers/{customerId}/quota/{meter}/consume': {
    arguments: [customerId: string, meter: string, body: ConsumeInput]
    answer: Consumed
  }
  /** Give back what is reserved. */
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release': {
    arguments: [customerId: string, meter: string, reservationId: string]
    answer: Released
  }
  /** Record what reserved work really used. */
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle': {
    arguments: [customerId: string, meter: string, reservationId: string, body: SettleInput]
    answer: Settled
  }
  /** Hold back some of an allowance. */
  'POST /customers/{customerId}/quota/{meter}/reserve': {
    arguments: [customerId: string, meter: string, body: ReserveInput]
    answer: Reserved
  }
  /** Record a refund that was paid out. */
  'POST /customers/{customerId}/refunds': {
    arguments: [customerId: string, body: RefundInput]
    answer: Refund
  }
  /** Subscribe a customer to a plan. */
  'POST /customers/{customerId}/subscription': {
    arguments: [customerId: string, body: SubscriptionInput]
    answer: {
      id: string | null
      status: 'trialing' | 'active' | 'past_due' | 'canceled' | 'none'
      plan: Plan | null
      seats: number | null
      allowances: {
        /** @description Letters, digits and _ . : - */
        meter: string
        allowance: number | null
        /** @description What grants add: what they cover of what is used, and what they have left today */
        granted: number
        used: number
        /** @description Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one */
        deficit: number
        /** @description Held back by open reservations */
        reserved: number
        remaining: number | null
        /** @description Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0 */
        deficitAfter: number
      }[]
      startedAt: string | null
      endedAt: string | null
      currentPeriod: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        start: string
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        end: string
      } | null
      usagePeriod: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        start: string
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        end: string
        /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
        label: string
      } | null
      trialEndsAt: string | null
      trialDaysLeft: number | null
      cancelAtPeriodEnd: boolean
      cancellation: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        at: string
        /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
        by: 'customer' | 'vendor'
      } | null
      scheduledChange: {
        /** @description Letters, digits and _ . : - */
        planId: string
        planVersion: number
        seats: number | null
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        at: string
        /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
        by: 'customer' | 'vendor'
      } | null
      /** @description Both, in the order of their dates */
      scheduledChanges: {
        /** @description Letters, digits and _ . : - */
        planId: string
        planVersion: number
        seats: number | null
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        at: string
        /** @description Who asked for it: what the vendor scheduled is not the customer's to take back */
        by: 'customer' | 'vendor'
      }[]
      nextInvoice: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        at: string
        usageAt: string | null
        /** @description Minor units, such as cents */
        estimatedTotal: number
        /** @description Minor units, such as cents */
        estimatedDue: number
        /** @description ISO 4217 */
        currency: string
        /** @description The one-off charges that wait for it; absent where there are none */
        charges?: {
          id: string
          name: LocalizedText
          quantity: number
          /** @description Before tax is added; with it where it is inside */
          amount: number
          /** @description Percent as a decimal string: "6" is 6 % */
          taxRate: string
          taxMode: 'exclusive' | 'inclusive'
        }[]
      } | null
      invoice: Invoice | null
      /** @description What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
      notices: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** End a customer's subscription. */
  'POST /customers/{customerId}/subscription/cancel': {
    arguments: [
      customerId: string,
      body: {
        when: 'now' | 'period_end'
        reason?: string
        /** @description With `now`: give the days not used back as balance */
        credit?: boolean
      },
    ]
    answer: Changed
  }
  /** Move a customer to a plan and seats. */
  'POST /customers/{customerId}/subscription/change': {
    arguments: [
      customerId: string,
      body: {
        /** @description Letters, digits and _ . : - */
        planId: string
        /** @description A version of the plan: how its subscribers follow a change of it. Their own version, or the newest of another plan, when absent */
        planVersion?: number
        seats?: number
        /** @description A higher or equal plan now and a lower one at the end of the billing period, when absent. What is scheduled here stands beside what the customer schedules, who cannot take it back */
        when?: 'now' | 'period_end'
        quoteId?: string
        /** @description A code as it was typed: its case, spaces and full-width characters do not matter */
        coupon?: string
      },
    ]
    answer: Changed
  }
  /** What a change, or a first subscription, would cost. */
  'POST /customers/{customerId}/subscription/preview': {
    arguments: [
      customerId: string,
      body: {
        /** @description Letters, digits and _ . : - */
        planId: string
        /** @description A version of the plan: how its subscribers follow a change of it. Their own version, or the newest of another plan, when absent */
        planVersion?: number
        seats?: number
        /** @description A higher or equal plan now and a lower one at the end of the billing period, when absent. What is scheduled here stands beside what the customer schedules, who cannot take it back */
        when?: 'now' | 'period_end'
        /** @description Of a subscription to start */
        trialDays?: number
        /** @description A code as it was typed: its case, spaces and full-width characters do not matter */
        coupon?: string
      },
    ]
    answer: Preview
  }
  /** Take a cancellation back. */
  'POST /customers/{customerId}/subscription/resume': {
    arguments: [customerId: string]
    answer: {
      subscription: Subscription
      /** @description What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods */
      notices: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Record usage. */
  'POST /events': {
    arguments: [body: EventInput | EventInput[] | CloudEvent | CloudEvent[]]
    answer: Recorded
  }
  /** Try rejected events again. */
  'POST /events/rejected/retry': { arguments: [body: RetryInput]; answer: Recorded }
  /** Take usage back. */
  'POST /events/void': {
    arguments: [
      body: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId: string
        ids: string[]
        /** @description The customer sees it */
        reason: string
      },
    ]
    answer: {
      voided: string[]
      notFound: string[]
      alreadyVoided: string[]
    }
  }
  /** Give an invoice back, in part or whole. */
  'POST /invoices/{invoiceId}/credit-notes': {
    arguments: [invoiceId: string, body: CreditNoteInput]
    answer: {
      id: string
      /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
      customerId: string
      number: string | null
      kind: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
      status: 'draft' | 'open' | 'paid' | 'void'
      overdue: boolean
      /** @description ISO 4217 */
      currency: string
      period: {
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        start: string
        /**
         * Format: date
         * @description A date in the customer's time zone, YYYY-MM-DD
         */
        end: string
        /** @description The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on */
        label: string
      }
      /** @description The dates its fee and its usage are of: a renewal bills the fee of the period that begins and the usage of the one that ended. `null` where it bills none */
      billedPeriods: {
        fee: {
          /**
           * Format: date
           * @description A date in the customer's time zone, YYYY-MM-DD
           */
          start: string
          /**
           * Format: date
           * @description A date in the customer's time zone, YYYY-MM-DD
           */
          end: string
        } | null
        usage: {
          /**
           * Format: date
           * @description A date in the customer's time zone, YYYY-MM-DD
           */
          start: string
          /**
           * Format: date
           * @description A date in the customer's time zone, YYYY-MM-DD
           */
          end: string
        } | null
      }
      issuedAt: string | null
      /** @description By the terms, counted from its issue; where it was paid and is due again, from then. `null` where there is nothing to pay: of a void document, a credit note, a total that is not above zero or that the balance paid */
      dueAt: string | null
      paidAt: string | null
      voidedAt: string | null
      voidReason: string | null
      finalizesAt: string | null
      lines: InvoiceLine[]
      /** @description Minor units, such as cents */
      subtotal: number
      discounts: {
        /** @description Letters, digits and _ . : - */
        id: string
        name: LocalizedText
        /** @description Minor units, such as cents */
        amount: number
      }[]
      /** @description Minor units, such as cents */
      discountTotal: number
      taxes: {
        /** @description Percent as a decimal string: "6" is 6 % */
        rate: string
        mode: 'exclusive' | 'inclusive'
        /** @description Minor units, such as cents */
        base: number
        /** @description Minor units, such as cents */
        amount: number
      }[]
      /** @description Minor units, such as cents */
      taxTotal: number
      /** @description Minor units, such as cents */
      total: number
      /** @description Minor units, such as cents */
      creditApplied: number
      /** @description Of the payments that were not reversed */
      amountPaid: number
      /** @description What the balance paid of it after its issue; below zero where balance applied at its issue was taken back */
      balanceApplied: number
      /** @description What credit notes took off the amount due */
      amountCredited: number
      /** @description What it gave into the balance: a total below zero, of a credit note less what it took off its invoice, and what was paid beyond the amount due */
      addedToBalance: number
      /** @description Minor units, such as cents */
      amountDue: number
      /** @description Oldest first */
      payments: Payment[]
      /** @description On a credit note: what was paid back of it, oldest first */
      refunds: {
        id: string
        /** @description Minor units */
        amount: number
        method: string
        reference: string
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        at: string
      }[]
      /** @description On a credit note made with `refund`: what still waits to be paid back */
      toRefund: number
      /** @description The credit notes on it, oldest first */
      creditNotes: {
        id: string
        number: string
        /** @description Minor units, such as cents */
        total: number
      }[]
      creditNote: {
        invoiceId: string
        invoiceNumber: string
        reason: string
        /** @description What it took off the invoice's amount due; the rest became balance */
        amountCredited: number
        /** @description Present and true where the rest waits to be paid back instead of paying invoices */
        refund?: boolean
      } | null
      seller: Seller | null
      buyer: {
        /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
        customerId: string
        companyName: string
        email: string | null
        address: string | null
        phone: string | null
        invoiceTitle: InvoiceTitle | null
        /** @description The customer’s purchase order, as of the issue; absent where they gave none */
        purchaseOrderNumber?: string
      }
      sha256: string | null
      pdfSha256: string | null
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Record a payment. */
  'POST /invoices/{invoiceId}/payments': {
    arguments: [invoiceId: string, body: PaymentInput]
    answer: Invoice
  }
  /** Void an invoice. */
  'POST /invoices/{invoiceId}/void': {
    arguments: [
      invoiceId: string,
      body?: {
        reason?: string
      } | null,
    ]
    answer: Invoice
  }
  /** Create a secret key. */
  'POST /keys': { arguments: [body: KeyInput]; answer: CreatedKey }
  /** End a secret key. */
  'POST /keys/{keyId}/revoke': { arguments: [keyId: string]; answer: SecretKey }
  /** Replace a secret key. */
  'POST /keys/{keyId}/rotate': { arguments: [keyId: string, body: RotateInput]; answer: CreatedKey }
  /** Reverse a payment. */
  'POST /payments/{paymentId}/reverse': {
    arguments: [
      paymentId: string,
      body: {
        reason: string
      },
    ]
    answer: Invoice
  }
  /** Let somebody into the portal. */
  'POST /portal-sessions': { arguments: [body: PortalSessionInput]; answer: PortalSession }
  /** Redeem a one-time code. */
  'POST /portal-sessions/exchange': {
    arguments: [
      body: {
        code: string
      },
    ]
    answer: {
      token: string
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      expiresAt: string
      /** @description As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters */
      customerId: string
    }
  }
  /** What a price charges for a quantity. */
  'POST /pricing/preview': { arguments: [body: PricingInput]; answer: Priced }
  /** Move the test clock forward. */
  'POST /test-clock': {
    arguments: [
      body: {
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        now: string
      },
    ]
    answer: {
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      now: string
    }
  }
  /** Create a coupon, or change it. */
  'PUT /coupons/{code}': {
    arguments: [code: string, body: CouponInput]
    answer: {
      /** @description Upper case, of A to Z, 0 to 9 and hyphens */
      code: string
      name: LocalizedText
      kind: 'fixed' | 'percent'
      /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
      value: number | string
      appliesTo: 'all' | 'fee' | 'usage'
      /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
      periods: number | null
      /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
      maxAmount: number | null
      /** @description The plans whose lines it lowers; `null`: all */
      plans: string[] | null
      /** @description Of amounts in minor units: only accounts in it redeem the code. CNY when absent */
      currency: string | null
      /** @description The first date on which it is redeemed, on the customer's calendar; until then it is unknown */
      redeemFrom: string | null
      /** @description The last date on which it is redeemed, on the customer's calendar */
      redeemBy: string | null
      /** @description How often it is redeemed in all */
      maxRedemptions: number | null
      /** @description How often one customer redeems it, 1 unless told; a discount taken away gives no code back */
      perCustomer: number
      /** @description Only for customers without an invoice, who have redeemed no other code of this kind */
      firstTimeOnly: boolean
      /** @description Redeemed no more; what was redeemed stays */
      archived: boolean
      /** @description How often it was redeemed */
      redemptions: number
      /**
       * Format: date-time
       * @description RFC 3339, UTC
       */
      createdAt: string
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Change a customer. */
  'PUT /customers/{customerId}': { arguments: [customerId: string, body: CustomerUpdate]; answer: Account }
  /** Give a customer a further id. */
  'PUT /customers/{customerId}/aliases/{alias}': {
    arguments: [customerId: string, alias: string]
    answer: Alias
  }
  /** Give a customer a discount, or change it. */
  'PUT /customers/{customerId}/discounts/{discountId}': {
    arguments: [customerId: string, discountId: string, body: DiscountInput]
    answer: {
      /** @description Letters, digits and _ . : - */
      id: string
      name: LocalizedText
      kind: 'fixed' | 'percent'
      /** @description fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100 */
      value: number | string
      appliesTo: 'all' | 'fee' | 'usage'
      /**
       * Format: date
       * @description A date in the customer's time zone, YYYY-MM-DD
       */
      from: string
      /** @description The last date on which it holds */
      until: string | null
      /** @description Of a redeemed coupon: its terms at that time */
      coupon?: {
        code: string
        /** @description In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period */
        periods: number | null
        /** @description The most a percentage takes of a period, in minor units; less by days in a short one */
        maxAmount: number | null
        /** @description The plans whose lines it lowers; `null`: all */
        plans: string[] | null
      }
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Create or rename a meter. */
  'PUT /meters/{key}': {
    arguments: [key: string, body: MeterInput]
    answer: {
      /** @description Letters, digits and _ . : - */
      key: string
      name: LocalizedText
      /** @description What is counted in: `en` for many (answers), `one` for one (answer) */
      unit: {
        'zh-CN': string
        en: string
        /** @description English for one of them */
        one?: string
      }
      decimals: number
      /** @description What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took */
      aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
      /** @description With `unique`: the property whose different values are counted; an event without it is rejected */
      uniqueBy?: string
      /** @description With `last`: a value stands until another is reported, also over the ends of periods */
      carry?: boolean
      /** @description With `sum` or `count`: the properties by whose values usage is broken down */
      groupBy?: string[]
      /** @description It reads every event of this type, beside those that name it */
      eventType?: string
      /** @description The property its quantity stands in; where an event lacks it, its `quantity` counts */
      valueProperty?: string
      /** @description Of the events of its type only those whose properties have these values are read */
      filters?: {
        [key: string]: string | number | boolean
      }
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Create a plan or a new version of it. */
  'PUT /plans/{planId}': {
    arguments: [planId: string, body: PlanInput]
    answer: {
      /** @description Letters, digits and _ . : - */
      id: string
      version: number
      name: LocalizedText
      description: LocalizedText | null
      features: LocalizedText[]
      recommended: boolean
      archived: boolean
      rank: number
      /** @description ISO 4217 */
      currency: string
      /** @description Of a billing period: `base` for the subscription and `perSeat` for each seat. `amount` and `per` say the same where there is only one of them; where there are both, `amount` is what the fewest seats cost */
      fee: {
        /** @description Minor units, such as cents */
        amount: number
        base: number
        perSeat: number
        per: 'subscription' | 'seat'
      }
      /** @description Minor units, due once per customer with the first fee (after a trial), also over several plans and subscriptions; 0: none */
      setupFee: number
      /** @description What fee and usage of each usage period (a month, also on a yearly plan) come to at least, in minor units before discounts and tax: what is missing is billed with the usage; days of a plan have their share; 0: none */
      minimumSpend: number
      interval: 'month' | 'year'
      intervalCount: number
      alignment: 'anniversary' | 'calendar'
      /** @description null: the plan knows no seats */
      seats: {
        min: number
        max: number | null
      } | null
      trialDays: number
      /** @description Percent as a decimal string: "6" is 6 % */
      taxRate: string
      taxMode: 'exclusive' | 'inclusive'
      paymentTermsDays: number
      graceHours: number
      charges: Charge[]
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
  /** Set the seller printed on invoices. */
  'PUT /seller': {
    arguments: [
      body: {
        name: string
        nameEn?: string
        taxId: string
        address: string
        phone: string
        bankName: string
        bankAccount: string
        timezone: string
        /** @description An SVG document, printed at the top of the invoice */
        logo?: string
        /** @description The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
        brandColor?: string
        /**
         * @description Whether invoices of which every line is 0 are issued too, such as those of a free plan
         * @default false
         */
        zeroInvoices?: boolean
      },
    ]
    answer: {
      name: string
      nameEn?: string
      taxId: string
      address: string
      phone: string
      bankName: string
      bankAccount: string
      timezone: string
      /** @description An SVG document, printed at the top of the invoice */
      logo?: string
      /** @description The colour of headings and of the amount due on the invoice; darkened where white could not be read on it */
      brandColor?: string
      /**
       * @description Whether invoices of which every line is 0 are issued too, such as those of a free plan
       * @default false
       */
      zeroInvoices?: boolean
      /** @description After a change: which characters of it an invoice cannot show */
      notices?: {
        code: string
        detail: LocalizedText
      }[]
    }
  }
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
  'DELETE /customers/{customerId}/charges/{chargeId}': { answer: 'json' },
  'DELETE /customers/{customerId}/discounts/{discountId}': { answer: 'nothing' },
  'DELETE /customers/{customerId}/subscription/scheduled-change': { query: true, answer: 'json' },
  'GET /activity': { query: true, answer: 'page' },
  'GET /charges': { query: true, answer: 'page' },
  'GET /charges/summary': { query: true, answer: 'json' },
  'GET /coupons': { query: true, answer: 'page' },
  'GET /coupons/{code}': { answer: 'json' },
  'GET /customers': { query: true, answer: 'page' },
  'GET /customers/{customerId}': { answer: 'json' },
  'GET /customers/{customerId}/aliases': { answer: 'list' },
  'GET /customers/{customerId}/balance/transactions': { query: true, answer: 'page' },
  'GET /customers/{customerId}/charges': { query: true, answer: 'page' },
  'GET /customers/{customerId}/charges/{chargeId}': { answer: 'json' },
  'GET /customers/{customerId}/coupons/redemptions': { answer: 'list' },
  'GET /customers/{customerId}/deficits': { answer: 'list' },
  'GET /customers/{customerId}/discounts': { answer: 'list' },
  'GET /customers/{customerId}/events/late': { query: true, answer: 'page' },
  'GET /customers/{customerId}/events/{eventId}': { answer: 'json' },
  'GET /customers/{customerId}/grants': { query: true, answer: 'page' },
  'GET /customers/{customerId}/grants/{grantId}': { answer: 'json' },
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
  'POST /customers/{customerId}/charges': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/coupons/redemptions': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/deficits/{meter}/forgive': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/grants': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/grants/{grantId}/expire': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/grants/{grantId}/extend': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/grants/{grantId}/void': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/invoices': { body: true, idempotent: true, answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/consume': { body: true, answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release': { answer: 'json' },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle': {
    body: true,
    answer: 'json',
  },
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
  'PUT /coupons/{code}': { body: true, idempotent: true, answer: 'json' },
  'PUT /customers/{customerId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /customers/{customerId}/aliases/{alias}': { idempotent: true, answer: 'json' },
  'PUT /customers/{customerId}/discounts/{discountId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /meters/{key}': { body: true, idempotent: true, answer: 'json' },
  'PUT /plans/{planId}': { body: true, idempotent: true, answer: 'json' },
  'PUT /seller': { body: true, idempotent: true, answer: 'json' },
}
