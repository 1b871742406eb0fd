import type { InvoicePage } from './invoice-page.ts'

const none = { zh: '', en: '', text: '' }

/** An empty page with a place for the logo. */
export const trialPage: InvoicePage = {
  title: { zh: '账单', en: 'INVOICE' },
  mark: null,
  number: '',
  created: null,
  facts: [],
  about: [],
  seller: { name: '试', otherName: '', details: [] },
  logo: null,
  brand: '#000000',
  buyer: { name: '试', otherName: '', details: [] },
  lines: [],
  sums: [],
  total: none,
  afterTotal: [],
  due: none,
  inWords: null,
  payment: [],
  notes: [],
}
