import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { BillingError } from '../../errors.ts'
import {
  closePdfWorkers,
  renderInvoicePdf,
  templateVersion,
  type InvoiceForPdf,
  type PdfWarning,
} from './index.ts'
import { canReadPdf, overlappingWords, pdfPages } from './pdf-text.ts'
import { invoiceOf, plainLine, sampleCreditNote, sampleInvoice } from './sample-invoice.ts'

afterAll(closePdfWorkers)

const sample = sampleInvoice
const textOf = async (invoice: InvoiceForPdf) => pdfPages(await renderInvoicePdf(invoice)).join(' ')
const plainLines = (count: number) => Array.from({ length: count }, (_, index) => plainLine(index + 1))

/** A stored hash must be reproduced: a change of these bytes needs a new template version. */
const bytesOfSample: Record<string, string> = {
  1: '4936148583b89b0af87a41aae1a6e75f0a081b995c01340c9ec26f57e3022ffd',
  2: '76706e4a37c74f267272b827ed1e2a133850b6ea93460241f5ec53bab6b89ac8',
  3: 'b75534a25765ef7c97da4263bcdbda2b285bbdb9d0ffc4ed975110a8dd72f61b',
  // The sample is unchanged, because its prices exclude tax: the base of a tax-inclusive price is now printed
  // net.
  4: 'b75534a25765ef7c97da4263bcdbda2b285bbdb9d0ffc4ed975110a8dd72f61b',
  // The periods of fee and usage, wider descriptions beside amounts, and the last line kept with the totals.
  5: '6b6b68487ef62be4beeff5dbae91a30a938773cefbbd7b3a714e054bfd6baef6',
  // The sample is unchanged: Hangul, Thai and Arabic have fonts.
  6: '6b6b68487ef62be4beeff5dbae91a30a938773cefbbd7b3a714e054bfd6baef6',
  // The sample is unchanged: it has no purchase order number.
  7: '6b6b68487ef62be4beeff5dbae91a30a938773cefbbd7b3a714e054bfd6baef6',
}

test('the bytes of a known invoice stay the same while the template version does', async () => {
  const hash = createHash('sha256')
    .update(await renderInvoicePdf(sample))
    .digest('hex')
  expect(hash).toBe(bytesOfSample[templateVersion])
})

test('the same invoice gives the same bytes, paid or not', async () => {
  const [open, paid] = await Promise.all([
    renderInvoicePdf(sample),
    renderInvoicePdf({ ...sample, status: 'paid' }),
  ])
  expect(Buffer.compare(open, paid)).toBe(0)
})

test('a void copy and a draft are different files', async () => {
  const files = await Promise.all(
    [sample, { ...sample, status: 'void' as const }, { ...sample, status: 'draft' as const }].map((invoice) =>
      renderInvoicePdf(invoice),
    ),
  )
  expect(new Set(files.map((file) => Buffer.from(file).toString('latin1'))).size).toBe(3)
})

test('the file is a tagged PDF with the issue date', async () => {
  const file = Buffer.from(await renderInvoicePdf(sample)).toString('latin1')
  expect(file).toMatch(/^%PDF-1\.7/)
  expect(file).toContain('/StructTreeRoot')
  expect(file).toContain('D:20261031170000')
})

test('an invoice with too many lines is rejected before rendering', async () => {
  const failure = await renderInvoicePdf(invoiceOf(plainLines(2001))).catch((thrown: unknown) => thrown)
  expect(failure).toBeInstanceOf(BillingError)
  expect(failure).toMatchObject({ code: 'pdf_too_large', detail: { lines: 2001, limit: 2000 } })
})

test('a logo that cannot be rendered is left out and reported', async () => {
  const warnings: PdfWarning[] = []
  const pdf = await renderInvoicePdf(
    { ...sample, seller: { ...sample.seller!, logo: '<svg nonsense' } },
    { warn: (warning) => warnings.push(warning) },
  )
  expect(pdf.length).toBeGreaterThan(10_000)
  expect(warnings).toEqual([{ kind: 'unreadable_logo', reason: expect.stringContaining('SVG') as string }])
})

describe.skipIf(!canReadPdf)('text read with pdftotext', () => {
  test('the page shows seller, buyer, amounts and payment details', async () => {
    const text = await textOf(sample)
    for (const part of [
      '账单',
      'INVOICE',
      'INV-202611-000482',
      '2026-11-01',
      sample.seller!.name,
      '91330100799655058B',
      '91110000802100433B',
      '专业版',
      'Professional plan, seats',
      '48,213,550',
      '¥1.20 / 1,000',
      '≤ 30,000,000',
      '20,000,000 × ¥0.38 / 1,000 + ¥50.00',
      '含 included 5,000,000',
      '-¥211.86',
      '¥18,221.25',
      '-¥200.00',
      '¥1,081.28',
      '¥19,102.53',
      '人民币壹万玖仟壹佰零贰元伍角叁分',
      '-¥500.00',
      '¥18,602.53',
      '5719 0668 8810 901',
      '本账单不是发票',
      'not a Chinese tax invoice',
      '第 1 页 / 共 1 页',
      'Page 1 of 1',
    ])
      expect(text).toContain(part)
  })

  test('each of several pages has the table header and its number', async () => {
    const pages = pdfPages(await renderInvoicePdf(invoiceOf(plainLines(60))))
    expect(pages).toHaveLength(3)
    pages.forEach((page, index) => {
      expect(page).toContain(`第 ${index + 1} 页 / 共 3 页 Page ${index + 1} of 3`)
      for (const heading of [
        '项目',
        '数量',
        '单价',
        '金额',
        'Description',
        'Quantity',
        'Unit price',
        'Amount',
      ])
        expect(page).toContain(heading)
      expect(page).toContain('INV-202611-000482')
    })
    plainLines(60).forEach((line) => expect(pages.join(' ')).toContain(line.description['zh-CN']))
  })

  const wide = {
    ...sample.buyer,
    companyName: 'W'.repeat(200),
    address: 'W'.repeat(300),
    email: `a@${'b'.repeat(60)}.example.com`,
    invoiceTitle: null,
  }
  const tiered = (count: number) => ({
    ...plainLine(1),
    breakdown: Array.from({ length: count }, (_, index) => ({
      upTo: (index + 1) * 1000,
      quantity: 1000,
      rate: { amount: 12, per: 1 },
      flat: 0,
      amount: 12_000,
    })),
  })
  test.each(
    [
      ...[1, 3, 9, 10, 11, 18, 40].map((count) => ({ of: `${count} lines`, lines: plainLines(count) })),
      ...[7, 13, 24, 120].map((count) => ({ of: `a line of ${count} tiers`, lines: [tiered(count)] })),
    ].flatMap((one) => [one, { ...one, of: `${one.of} for a buyer of wide details`, buyer: wide }]),
  )(
    'with $of no page holds only totals or notes, and lines have their header',
    async ({ lines, ...changes }) => {
      for (const page of pdfPages(
        await renderInvoicePdf(invoiceOf(lines, 'buyer' in changes ? { buyer: changes.buyer } : {})),
      )) {
        const holdsLines = page.includes('对象存储') || page.includes('1,000 × ¥0.12')
        expect(page.includes('Unit price')).toBe(holdsLines)
        if (page.includes('合计') || page.includes('说明'))
          expect([page.includes('合计'), page.includes('说明'), holdsLines]).toEqual([true, true, true])
      }
    },
  )

  const largest = ['CNY', 'JPY', 'HKD', 'BHD', 'USD'].flatMap((currency) =>
    (['inclusive', 'exclusive'] as const).map((mode) => ({ currency, mode, amount: 999_999_999_999_999 })),
  )
  test.each(largest)(
    'nothing overlaps with $currency, $mode tax and an amount of $amount',
    async ({ currency, mode, amount }) => {
      const tax = Math.round((amount * 0.06) / 1.06)
      const name = 'Zusatzvereinbarung'.repeat(6)
      const invoice = invoiceOf([{ ...plainLine(1), amount }], {
        currency,
        discounts: [{ name: { 'zh-CN': '长期合作客户年度优惠'.repeat(6), en: name }, amount }],
        taxes: [{ rate: '6', mode, base: amount - tax, amount: tax }],
        total: amount,
        creditApplied: 1,
      })
      expect(overlappingWords(await renderInvoicePdf(invoice))).toEqual([])
    },
  )

  test('the seller’s colour gives another file, with the same bytes each time', async () => {
    const branded = { ...sample, seller: { ...sample.seller!, brandColor: '#0f766e' } }
    const [one, again, plain] = await Promise.all(
      [branded, branded, sample].map((invoice) => renderInvoicePdf(invoice)),
    )
    expect([Buffer.compare(one!, again!), Buffer.compare(one!, plain!) === 0]).toEqual([0, false])
  })

  test('a draft and a void invoice are marked in both languages, and a draft has no number', async () => {
    const draft = await textOf({ ...sample, status: 'draft' })
    expect(draft).toMatch(/草稿 DRAFT/)
    expect(draft).not.toContain('INV-')
    expect(draft).not.toContain('2026-11-16')
    expect(await textOf({ ...sample, status: 'void' })).toMatch(/已作废 VOID/)
  })

  test('other currencies have their own decimals and no capital numerals', async () => {
    const yen = await textOf(invoiceOf([{ ...plainLine(1), amount: 123456 }], { currency: 'JPY' }))
    expect(yen).toContain('JP¥130,863')
    expect(yen).not.toContain('大写')
    expect(await textOf(invoiceOf([{ ...plainLine(1), amount: 123456 }], { currency: 'BHD' }))).toContain(
      'BHD 130.863',
    )
  })

  test('a negative total is written with 负', async () => {
    expect(await textOf(invoiceOf([{ ...plainLine(1), amount: -94900 }], { kind: 'change' }))).toContain(
      '人民币负壹仟零伍元玖角肆分',
    )
  })

  test('a credit note shows its invoice, reason and amount, and where the amount went', async () => {
    const text = await textOf(sampleCreditNote)
    for (const part of [
      '贷项凭证',
      'CREDIT NOTE',
      'CN-202611-000007',
      'INV-202611-000482',
      '服务中断',
      '-¥696.00',
      '-¥41.76',
      '-¥737.76',
      '人民币负柒佰叁拾柒元柒角陆分',
      '¥500.00',
      '¥237.76',
      '不是红字发票',
    ])
      expect(text).toContain(part)
    for (const part of ['付款期限', '本账单', '付款信息']) expect(text).not.toContain(part)
  })

  test('markup, code and other scripts are printed literally', async () => {
    const hostile = [
      '#import "x"',
      '*bold* _it_',
      '$x^2$',
      '<script>alert(1)</script>',
      'C:\\temp\\n \\u{41}',
      '#{panic()}',
      '// no /* comment */',
      '@ref <label>',
      '`raw` = Head',
      '- item -- dash ... "q"',
      '㐀㐂',
    ]
    const lines = hostile.map((text) => ({ ...plainLine(1), description: { 'zh-CN': text, en: text } }))
    const text = await textOf(
      invoiceOf(lines, { buyer: { ...sample.buyer, companyName: '#eval("1+1")', invoiceTitle: null } }),
    )
    for (const part of [...hostile, '#eval("1+1")']) expect(text).toContain(part)
  })

  test('characters without a glyph are printed as 〓 and reported', async () => {
    const warnings: PdfWarning[] = []
    const line = { ...plainLine(1), description: { 'zh-CN': '客服😀 שלום', en: 'x\u202Ey' } }
    const pdf = await renderInvoicePdf(invoiceOf([line]), { warn: (warning) => warnings.push(warning) })
    expect(pdfPages(pdf)[0]).toContain('客服〓 〓〓〓〓')
    expect(pdfPages(pdf)[0]).toContain('x〓y')
    expect(warnings).toEqual([{ kind: 'missing_glyphs', characters: ['😀', 'ש', 'ל', 'ו', 'ם', '\u202E'] }])
  })

  test('right-to-left names reorder neither each other nor the amounts beside them', async () => {
    const discounts = [{ name: { 'zh-CN': 'خصم 10%', en: 'خصم خاص 20%' }, amount: 20000 }]
    const lines = [
      { ...sample.lines[0]!, description: { 'zh-CN': 'الخطة 5', en: 'الخطة 6' } },
      ...sample.lines.slice(1),
    ]
    const warnings: PdfWarning[] = []
    const seller = {
      ...sample.seller!,
      name: 'شركة التقنية 2026',
      nameEn: 'บริษัท เทคโนโลยี',
      bankName: '서울 은행 7',
    }
    const pdf = await renderInvoicePdf(
      { ...sample, seller, discounts, lines },
      { warn: (warning) => warnings.push(warning) },
    )
    expect(warnings).toEqual([])
    const [page] = pdfPages(pdf)
    for (const part of [
      '¥1,592.00',
      '2026-11-01 – 2026-11-30 · 折扣 discount -¥200.00',
      '¥18,221.25',
      '-¥200.00',
      '¥18,602.53',
      '서울 은행 7',
      '5719 0668 8810 901',
    ])
      expect(page).toContain(part)
  })

  test('long words break without an added character and stay in their column', async () => {
    const account = 'Z'.repeat(64)
    const pdf = await renderInvoicePdf({
      ...sample,
      buyer: { ...sample.buyer, invoiceTitle: { title: '个人', bankAccount: account } },
    })
    expect(pdfPages(pdf).join('').match(/Z/g)!.join('')).toBe(account)
  })
})
