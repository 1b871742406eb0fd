import type { InvoiceForPdf, InvoiceLineForPdf } from './document.ts'

const period = { start: '2026-10-01', end: '2026-11-01' }
const times = { 'zh-CN': '次', en: 'answers' }
const tokens = { 'zh-CN': '个', en: 'tokens' }

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#1d4ed8"/>
<path d="M24 8l3 7 7 1-5 5 1 7-6-3-6 3 1-7-5-5 7-1z" fill="#fbbf24"/><path d="M8 38a16 12 0 0 1 32 0" fill="none" stroke="#fff" stroke-width="4"/></svg>`

/**
 * An invoice of five lines, as an AI customer-service vendor in Hangzhou issues it; the base of these tests.
 */
export const sampleInvoice: InvoiceForPdf = {
  number: 'INV-202611-000482',
  kind: 'renewal',
  status: 'open',
  currency: 'CNY',
  period,
  billedPeriods: { fee: { start: '2026-11-01', end: '2026-12-01' }, usage: period },
  issuedAt: '2026-10-31T17:00:00.123456Z',
  dueAt: '2026-11-15T17:00:00.123456Z',
  voidedAt: null,
  voidReason: null,
  lines: [
    {
      description: { 'zh-CN': '专业版 · 席位费', en: 'Professional plan, seats' },
      quantity: 8,
      unit: { 'zh-CN': '席位', en: 'seats' },
      rate: { amount: 19900, per: 1 },
      amount: 159200,
      discount: 20000,
      period: { start: '2026-11-01', end: '2026-12-01' },
      breakdown: [],
    },
    {
      description: { 'zh-CN': 'AI 问答', en: 'AI answers' },
      quantity: 12480,
      unit: times,
      included: 10000,
      rate: { amount: 8, per: 1 },
      amount: 19840,
      period,
      breakdown: [{ upTo: null, quantity: 2480, rate: { amount: 8, per: 1 }, flat: 0, amount: 19840 }],
    },
    {
      description: { 'zh-CN': '输入 Token', en: 'Input tokens' },
      quantity: 48213550,
      unit: tokens,
      included: 5000000,
      amount: 1664271,
      period,
      breakdown: [
        { upTo: 10000000, quantity: 10000000, rate: { amount: 40, per: 1000 }, flat: 0, amount: 400000 },
        { upTo: 30000000, quantity: 20000000, rate: { amount: 38, per: 1000 }, flat: 5000, amount: 765000 },
        { upTo: null, quantity: 13213550, rate: { amount: 36, per: 1000 }, flat: 0, amount: 475688 },
      ],
    },
    {
      description: { 'zh-CN': '输出 Token', en: 'Output tokens' },
      quantity: 2204010,
      unit: tokens,
      included: 5000000,
      rate: { amount: 120, per: 1000 },
      amount: 0,
      period,
      breakdown: [],
    },
    {
      description: { 'zh-CN': '席位减少折算退款', en: 'Credit for unused seat days' },
      quantity: 1,
      amount: -21186,
      period: { start: '2026-10-20', end: '2026-11-01' },
      breakdown: [],
      days: { billed: 12, of: 31 },
    },
  ],
  subtotal: 1822125,
  discounts: [{ name: { 'zh-CN': '新客户优惠', en: 'Welcome discount' }, amount: 20000 }],
  discountTotal: 20000,
  taxes: [{ rate: '6', mode: 'exclusive', base: 1802125, amount: 108128 }],
  total: 1910253,
  creditApplied: 50000,
  addedToBalance: 0,
  creditNote: null,
  seller: {
    name: '杭州星桥云计算科技有限公司',
    nameEn: 'Hangzhou Starbridge Cloud Technology Co., Ltd.',
    taxId: '91330100799655058B',
    address: '浙江省杭州市西湖区文三路 478 号华星时代广场 A 座 1803 室',
    phone: '0571-8888 6600',
    bankName: '招商银行股份有限公司杭州高新支行',
    bankAccount: '5719 0668 8810 901',
    timezone: 'Asia/Shanghai',
    logo,
  },
  buyer: {
    customerId: 'test_customer',
    companyName: '郁金香智能',
    email: 'ap@tulip.example',
    address: '北京市',
    phone: null,
    invoiceTitle: {
      title: '北京郁金香智能装备制造（集团）股份有限公司第二研发中心',
      taxId: '91110000802100433B',
      address: '北京市海淀区中关村东路 1 号院清华科技园 8 号楼科技大厦 C 座 12 层 1201–1216 室',
      phone: '010-6250 1234',
      bankName: '中国工商银行股份有限公司北京中关村支行',
      bankAccount: '0200 0045 1920 0123 456',
    },
  },
}

/** A credit note on part of the sample, with a note's signs. */
export const sampleCreditNote: InvoiceForPdf = {
  ...sampleInvoice,
  number: 'CN-202611-000007',
  kind: 'credit_note',
  dueAt: null,
  billedPeriods: { fee: { start: '2026-11-01', end: '2026-12-01' }, usage: null },
  lines: [
    {
      description: { 'zh-CN': '专业版 · 席位费', en: 'Professional plan, seats' },
      quantity: 1,
      amount: -69600,
      period: { start: '2026-11-01', end: '2026-12-01' },
      breakdown: [
        { kind: 'gross', upTo: null, quantity: 0, rate: null, flat: 0, amount: -79600 },
        { kind: 'taken_off', upTo: null, quantity: 0, rate: null, flat: 0, amount: 10000 },
      ],
    },
  ],
  subtotal: -69600,
  discounts: [],
  discountTotal: 0,
  taxes: [{ rate: '6', mode: 'exclusive', base: -69600, amount: -4176 }],
  total: -73776,
  creditApplied: 0,
  addedToBalance: 23776,
  creditNote: {
    invoiceNumber: 'INV-202611-000482',
    reason: '11 月 3 日至 5 日服务中断，按约定补偿',
    amountCredited: 50000,
  },
}

/** Returns the sample with other lines and matching sums: 6 % tax, no discount, no credit. */
export function invoiceOf(lines: InvoiceLineForPdf[], changes: Partial<InvoiceForPdf> = {}): InvoiceForPdf {
  const subtotal = lines.reduce((total, line) => total + line.amount, 0)
  const tax = Math.round(subtotal * 0.06)
  return {
    ...sampleInvoice,
    lines,
    subtotal,
    discounts: [],
    discountTotal: 0,
    taxes: [{ rate: '6', mode: 'exclusive', base: subtotal, amount: tax }],
    total: subtotal + tax,
    creditApplied: 0,
    addedToBalance: Math.max(0, -subtotal - tax),
    ...changes,
  }
}

/** Returns a plain line with a number in its description. */
export function plainLine(number: number): InvoiceLineForPdf {
  return {
    description: { 'zh-CN': `对象存储 标准存储 #${number}`, en: `Object storage, standard #${number}` },
    quantity: 1000.5 + number,
    unit: { 'zh-CN': 'GB', en: 'GB' },
    rate: { amount: 12, per: 1 },
    amount: 12006 + number * 12,
    period,
    breakdown: [],
  }
}
