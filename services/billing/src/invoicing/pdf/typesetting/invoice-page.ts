/** A text with its label in both languages. */
export interface Labelled {
  zh: string
  en: string
  text: string
}

export interface Party {
  name: string
  otherName: string
  details: Labelled[]
}

export interface PageLine {
  no: string
  zh: string
  en: string
  details: string[]
  tiers: { bound: string; working: string; amount: string }[]
  quantity: string
  unit: string
  price: string
  amount: string
}

/** The input of invoice.typ. Every number is formatted already, so the template computes nothing. */
export interface InvoicePage {
  title: { zh: string; en: string }
  mark: { zh: string; en: string } | null
  number: string
  /** UTC year, month, day, hour, minute and second of issue: the file's creation date. */
  created: number[] | null
  facts: Labelled[]
  /** What a credit note is about. */
  about: Labelled[]
  seller: Party | null
  logo: string | null
  /** `#rrggbb` of headings and of the amount due. */
  brand: string
  buyer: Party
  lines: PageLine[]
  sums: Labelled[]
  total: Labelled
  afterTotal: Labelled[]
  due: Labelled
  inWords: string | null
  payment: Labelled[]
  notes: { zh: string; en: string }[]
}
