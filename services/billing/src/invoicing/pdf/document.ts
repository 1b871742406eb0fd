/**
 * The template's version, stored with an issued invoice. It changes whenever the bytes of a printed invoice
 * would.
 */
export const templateVersion = '7'

/**
 * The part of the API's `Invoice` that is printed. Payments are excluded: the page shows the state at issue.
 */
export interface InvoiceForPdf {
  number: string | null
  kind: 'start' | 'renewal' | 'change' | 'final' | 'charge' | 'credit_note'
  status: 'draft' | 'open' | 'paid' | 'void'
  currency: string
  period: DateRange
  billedPeriods: { fee: DateRange | null; usage: DateRange | null }
  issuedAt: string | null
  dueAt: string | null
  voidedAt: string | null
  voidReason: string | null
  lines: readonly InvoiceLineForPdf[]
  subtotal: number
  discounts: readonly { name: LocalizedText; amount: number }[]
  discountTotal: number
  taxes: readonly { rate: string; mode: 'exclusive' | 'inclusive'; base: number; amount: number }[]
  total: number
  creditApplied: number
  addedToBalance: number
  seller: SellerForPdf | null
  buyer: BuyerForPdf
  /** For a credit note: the invoice it names. */
  creditNote: { invoiceNumber: string; reason: string; amountCredited: number; refund?: boolean } | null
}

export interface InvoiceLineForPdf {
  description: LocalizedText
  quantity: number
  unit?: LocalizedText & { one?: string }
  included?: number | null
  /** Units above the included ones that grants covered. */
  covered?: number
  rate?: Rate
  amount: number
  discount?: number
  period: DateRange
  breakdown: readonly BreakdownStep[]
  days?: { billed: number; of: number }
}

/** `amount` minor units for `per` units. */
export interface Rate {
  amount: number
  per: number
}

/**
 * One breakdown step: a tier with its bound in units above the allowance, its units and their amount; or what
 * `kind` says.
 */
export interface BreakdownStep {
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
  events?: number
  upTo: number | null
  quantity: number
  rate: Rate | null
  flat: number
  amount: number
}

export interface SellerForPdf {
  name: string
  nameEn?: string
  taxId: string
  address: string
  phone: string
  bankName: string
  bankAccount: string
  timezone: string
  logo?: string
  brandColor?: string
}

export interface BuyerForPdf {
  customerId: string
  companyName: string
  email: string | null
  address: string | null
  phone: string | null
  invoiceTitle: {
    title: string
    taxId?: string
    address?: string
    phone?: string
    bankName?: string
    bankAccount?: string
  } | null
  purchaseOrderNumber?: string
}

export interface LocalizedText {
  'zh-CN': string
  en: string
}

/** Local dates, `end` exclusive. */
interface DateRange {
  start: string
  end: string
}
