import { expect, test } from 'vitest'
import type { InvoiceForPdf } from './document.ts'
import { invoicePage } from './page.ts'
import { invoiceOf, plainLine, sampleCreditNote, sampleInvoice } from './sample-invoice.ts'

const factsOf = (invoice: InvoiceForPdf) =>
  Object.fromEntries(invoicePage(invoice).facts.map(({ en, text }) => [en, text]))
const sample = sampleInvoice

test('payments are not printed: a paid invoice is the same page as an open one', () => {
  expect(invoicePage({ ...sample, status: 'paid' })).toEqual(invoicePage(sample))
})

test('instants are printed as dates in the seller’s zone, and a period with its last day', () => {
  expect(factsOf(sample)).toEqual({
    'Invoice no.': 'INV-202611-000482',
    Issued: '2026-11-01',
    Due: '2026-11-16',
    'Fee period': '2026-11-01 – 2026-11-30',
    'Usage period': '2026-10-01 – 2026-10-31',
    Kind: '续费账单 Renewal',
    Currency: 'CNY 人民币',
  })
  expect(factsOf({ ...sample, seller: { ...sample.seller!, timezone: 'America/New_York' } })).toMatchObject({
    Issued: '2026-10-31',
    Due: '2026-11-15',
  })
})

test('a draft has no number, no date and no payment details', () => {
  const page = invoicePage({ ...sample, status: 'draft' })
  expect(page).toMatchObject({ mark: { zh: '草稿', en: 'DRAFT' }, number: '', created: null, payment: [] })
  expect(invoicePage({ ...sample, status: 'draft', seller: null }).seller).toBeNull()
  expect(page.facts.map(({ en }) => en)).toEqual(['Fee period', 'Usage period', 'Kind', 'Currency'])
})

test('the printed period is that of the fee and the usage, else the document’s', () => {
  const { fee, usage } = sample.billedPeriods
  const periodsOf = (billedPeriods: InvoiceForPdf['billedPeriods']) =>
    invoicePage({ ...sample, period: { start: '2026-09-05', end: '2026-10-05' }, billedPeriods })
      .facts.filter(({ en }) => /period/i.test(en))
      .map(({ zh, text }) => [zh, text])
  expect(periodsOf({ fee, usage })).toEqual([
    ['套餐费周期', '2026-11-01 – 2026-11-30'],
    ['用量周期', '2026-10-01 – 2026-10-31'],
  ])
  expect(periodsOf({ fee, usage: null })).toEqual([['计费周期', '2026-11-01 – 2026-11-30']])
  expect(periodsOf({ fee: null, usage })).toEqual([['计费周期', '2026-10-01 – 2026-10-31']])
  expect(periodsOf({ fee: usage, usage })).toEqual([['计费周期', '2026-10-01 – 2026-10-31']])
  expect(periodsOf({ fee: null, usage: null })).toEqual([['计费周期', '2026-09-05 – 2026-10-04']])
})

test('a void invoice is marked and dated, gives the reason, and has nothing due', () => {
  const voided = {
    ...sample,
    status: 'void',
    voidedAt: '2026-11-03T17:00:00.000000Z',
    voidReason: '开错了公司名',
    dueAt: null,
  } as const
  const page = invoicePage(voided)
  expect(page.about).toEqual([{ zh: '作废原因', en: 'Void reason', text: '开错了公司名' }])
  expect([page.total, ...page.afterTotal, page.due].map(({ en, text }) => [en, text])).toEqual([
    ['Total', '¥19,102.53'],
    ['Voided', '-¥19,102.53'],
    ['Amount due', '¥0.00'],
  ])
  expect(Object.keys(factsOf(voided))).not.toContain('Due')
  expect(invoicePage({ ...voided, voidReason: null }).about).toEqual([])
  expect(invoicePage(voided)).toMatchObject({
    mark: { zh: '已作废', en: 'VOID' },
    number: sample.number,
    payment: [],
  })
  expect(factsOf(voided)).toMatchObject({ Voided: '2026-11-04' })
})

test('the sums are printed in the order in which they add up', () => {
  const page = invoicePage(sample)
  expect([...page.sums, page.total, ...page.afterTotal, page.due].map(({ en, text }) => [en, text])).toEqual([
    ['Subtotal', '¥18,221.25'],
    ['Welcome discount', '-¥200.00'],
    ['Tax on ¥18,021.25', '¥1,081.28'],
    ['Total', '¥19,102.53'],
    ['Balance applied', '-¥500.00'],
    ['Amount due', '¥18,602.53'],
  ])
  expect(page.inWords).toBe('人民币壹万玖仟壹佰零贰元伍角叁分')
})

test('tax included in prices is printed in brackets, since it is not added', () => {
  const page = invoicePage({ ...sample, taxes: [{ rate: '6', mode: 'inclusive', base: 10000, amount: 600 }] })
  expect(page.sums.at(-1)).toEqual({
    zh: '其中含税 6%',
    en: 'Tax on ¥100.00, included above',
    text: '(¥6.00)',
  })
})

test('a negative total becomes credit and leaves nothing due', () => {
  const page = invoicePage(invoiceOf([{ ...plainLine(1), amount: -100000 }], { kind: 'change' }))
  expect(page).toMatchObject({
    total: { text: '-¥1,060.00' },
    inWords: '人民币负壹仟零陆拾元整',
    afterTotal: [{ en: 'Added to balance', text: '¥1,060.00' }],
    due: { text: '¥0.00' },
    payment: [],
  })
})

test('each discount has a row with its name, and a line shows what was taken off it', () => {
  const page = invoicePage({
    ...sample,
    discounts: [
      { name: { 'zh-CN': '双十一', en: 'Singles Day' }, amount: 15000 },
      { name: { 'zh-CN': 'VIP', en: 'VIP' }, amount: 5000 },
    ],
  })
  expect(page.sums.slice(1, 3)).toEqual([
    { zh: '双十一', en: 'Singles Day', text: '-¥150.00' },
    { zh: 'VIP', en: '', text: '-¥50.00' },
  ])
  expect(page.lines[0]!.details).toEqual(['2026-11-01 – 2026-11-30', '折扣 discount -¥200.00'])
})

test('a credit note names its invoice, its reason and where the amount went', () => {
  const page = invoicePage(sampleCreditNote)
  expect(page).toMatchObject({
    title: { zh: '贷项凭证' },
    about: [{ text: 'INV-202611-000482' }, { text: sampleCreditNote.creditNote!.reason }],
    inWords: '人民币负柒佰叁拾柒元柒角陆分',
    payment: [],
  })
  expect([page.total, ...page.afterTotal, page.due].map(({ en, text }) => [en, text])).toEqual([
    ['Total', '-¥737.76'],
    ['Applied to invoice', '¥500.00'],
    ['Added to balance', '¥237.76'],
    ['Amount credited', '¥737.76'],
  ])
  expect(page.lines[0]!.tiers.map(({ bound, amount }) => [bound, amount])).toEqual([
    ['折前 before discounts', '-¥796.00'],
    ['已减免 taken off', '¥100.00'],
  ])
  expect(factsOf(sampleCreditNote)).toEqual({
    'Credit note no.': 'CN-202611-000007',
    Issued: '2026-11-01',
    Period: '2026-11-01 – 2026-11-30',
    Kind: '贷项凭证 Credit note',
    Currency: 'CNY 人民币',
  })
})

test('a refunded credit note says so and creates no credit', () => {
  const note = {
    ...sampleCreditNote,
    addedToBalance: 0,
    creditNote: { ...sampleCreditNote.creditNote!, refund: true },
  }
  const page = invoicePage(note)
  expect(page.afterTotal.map(({ en, text }) => [en, text])).toEqual([
    ['Applied to invoice', '¥500.00'],
    ['Refund', '¥237.76'],
  ])
  expect(page.notes.map(({ en }) => en).join(' ')).toContain('the rest is refunded')
  expect(page.notes.map(({ en }) => en).join(' ')).not.toContain('not paid out')
})

test('only amounts in yuan are written in capital numerals', () => {
  expect(invoicePage({ ...sample, currency: 'JPY' })).toMatchObject({
    inWords: null,
    total: { text: 'JP¥1,910,253' },
  })
  expect(invoicePage({ ...sample, currency: 'BHD' })).toMatchObject({
    inWords: null,
    total: { text: 'BHD 1,910.253' },
  })
})

test('a graduated line shows its tiers, the included quantity and the billed one', () => {
  const line = invoicePage(sample).lines[2]!
  expect(line.details).toEqual(['2026-10-01 – 2026-10-31', '含 included 5,000,000', '计费 billed 43,213,550'])
  expect(line.tiers).toEqual([
    { bound: '≤ 10,000,000', working: '10,000,000 × ¥0.40 / 1,000', amount: '¥4,000.00' },
    { bound: '≤ 30,000,000', working: '20,000,000 × ¥0.38 / 1,000 + ¥50.00', amount: '¥7,650.00' },
    { bound: '> 30,000,000', working: '13,213,550 × ¥0.36 / 1,000', amount: '¥4,756.88' },
  ])
  expect(line.price).toBe('')
})

test('a line of one price shows it without tiers; a prorated fee shows its days', () => {
  expect(invoicePage(sample).lines[1]).toMatchObject({
    price: '¥0.08',
    tiers: [],
    unit: '次 answers',
    quantity: '12,480',
  })
  expect(invoicePage(sample).lines[4]!.details).toEqual([
    '2026-10-20 – 2026-10-31',
    '折算 prorated 12/31 天 days',
  ])
})

test('the buyer is the one on the invoice title, or else the company', () => {
  expect(invoicePage(sample).buyer).toMatchObject({
    name: sample.buyer.invoiceTitle!.title,
    otherName: '郁金香智能',
  })
  expect(invoicePage({ ...sample, buyer: { ...sample.buyer, invoiceTitle: null } }).buyer).toEqual({
    name: '郁金香智能',
    otherName: '',
    details: [
      { zh: '客户编号', en: 'Customer', text: 'test_customer' },
      { zh: '地址', en: 'Address', text: '北京市' },
      { zh: '邮箱', en: 'Email', text: 'ap@tulip.example' },
    ],
  })
})

test('while an amount is due the page names the bank account and the invoice number as the reference', () => {
  expect(invoicePage(sample).payment.map(({ text }) => text)).toEqual([
    sample.seller!.name,
    sample.seller!.bankName,
    sample.seller!.bankAccount,
    sample.number,
  ])
  expect(invoicePage({ ...sample, creditApplied: sample.total }).payment).toEqual([])
})

test('breakdown steps that are no tiers are labelled', () => {
  const part = { upTo: null, quantity: 0, rate: null, flat: 0 }
  const line = {
    ...plainLine(1),
    breakdown: [
      {
        ...part,
        kind: 'volume' as const,
        upTo: 500,
        quantity: 101,
        rate: { amount: 5, per: 1 },
        amount: 505,
      },
      { ...part, kind: 'package' as const, quantity: 1001, rate: { amount: 40, per: 1000 }, amount: 80 },
      {
        ...part,
        kind: 'percentage' as const,
        quantity: 30_050,
        rate: { amount: 290, per: 10_000 },
        amount: 871,
      },
      { ...part, kind: 'per_event' as const, events: 2, rate: { amount: 10, per: 1 }, amount: 20 },
      { ...part, kind: 'minimum' as const, amount: 300 },
    ],
  }
  expect(invoicePage(invoiceOf([line])).lines[0]!.tiers).toEqual([
    { bound: '≤ 500', working: '101 × ¥0.05', amount: '¥5.05' },
    { bound: '按包 packages', working: '1,001 × ¥0.40 / 1,000', amount: '¥0.80' },
    { bound: '比例 percentage', working: '¥300.50 × 2.9%', amount: '¥8.71' },
    { bound: '每笔 per event', working: '2 × ¥0.10', amount: '¥0.20' },
    { bound: '最低消费 minimum', working: '', amount: '¥3.00' },
  ])
})
